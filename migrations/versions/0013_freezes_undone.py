"""Who is put forward knows the frozen version that made it so, and freezing a version can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# What a freeze wrote bears its instant; what it replaced was retired at that instant.
OF_WHICH_VERSION = """
    UPDATE put_forward SET version_id = (
        SELECT max(v.id) FROM shortlist_version v
        WHERE v.title = put_forward.title AND v.year = put_forward.year AND v.frozen_at = put_forward.recorded_at
    )
"""
WHAT_IT_REPLACED = """
    UPDATE put_forward SET replaces_id = (
        SELECT max(earlier.id) FROM put_forward earlier
        WHERE earlier.enterprise_id = put_forward.enterprise_id AND earlier.title = put_forward.title
        AND earlier.year = put_forward.year AND earlier.put_forward_on = put_forward.put_forward_on
        AND earlier.retired_at = put_forward.recorded_at AND earlier.id < put_forward.id
    )
    WHERE version_id IS NOT NULL AND taken_back_on IS NOT NULL
"""


def upgrade() -> None:
    op.create_table(
        "shortlist_version_undone",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["shortlist_version.id"], name=op.f("fk_shortlist_version_undone_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["user_account.id"], name=op.f("fk_shortlist_version_undone_undone_by_id")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_shortlist_version_undone")),
    )
    with op.batch_alter_table("put_forward", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", ID, nullable=True))
        batch_op.create_foreign_key(op.f("fk_put_forward_version_id"), "shortlist_version", ["version_id"], ["id"])
        batch_op.create_foreign_key(op.f("fk_put_forward_replaces_id"), "put_forward", ["replaces_id"], ["id"])
        batch_op.create_index(op.f("ix_put_forward_version_id"), ["version_id"])
    op.execute(OF_WHICH_VERSION)
    op.execute(WHAT_IT_REPLACED)


def downgrade() -> None:
    with op.batch_alter_table("put_forward", schema=None) as batch_op:
        batch_op.drop_index(op.f("ix_put_forward_version_id"))
        batch_op.drop_constraint(op.f("fk_put_forward_replaces_id"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_put_forward_version_id"), type_="foreignkey")
        batch_op.drop_column("replaces_id")
        batch_op.drop_column("version_id")
    op.drop_table("shortlist_version_undone")
