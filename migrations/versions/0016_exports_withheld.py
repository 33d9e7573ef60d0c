"""The right to take lists out of the house can be taken from a role or a person."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "export_withheld",
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(role is null) <> (user_id is null)", name=op.f("ck_export_withheld_role_or_person")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_export_withheld_user_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_export_withheld_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_export_withheld_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_withheld")),
    )
    op.create_index(
        "uq_export_withheld_in_force",
        "export_withheld",
        [sa.text("coalesce(role, '')"), sa.text("coalesce(user_id, 0)")],
        unique=True,
        sqlite_where=sa.text("retired_at is null"),
        postgresql_where=sa.text("retired_at is null"),
    )


def downgrade() -> None:
    op.drop_table("export_withheld")
