"""Work that fails too often is set aside: try-outs say why they ended, enterprises nobody can judge are noted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("try_out", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("failure", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("error", sa.String(), nullable=True))
    op.execute("update try_out set failure = 'error' where finished_at is not null and result is null")
    op.create_table(
        "judging_failure",
        sa.Column("enterprise_id", ID, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_judging_failure_enterprise_id")),
        sa.PrimaryKeyConstraint("enterprise_id", name=op.f("pk_judging_failure")),
    )


def downgrade() -> None:
    op.drop_table("judging_failure")
    with op.batch_alter_table("try_out", schema=None) as batch_op:
        batch_op.drop_column("error")
        batch_op.drop_column("failure")
        batch_op.drop_column("attempts")
