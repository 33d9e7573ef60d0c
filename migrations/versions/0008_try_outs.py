"""Try-outs of rule sets: asked for, computed beside the server, kept until the data change."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "try_out",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("rule_set_id", sa.Integer(), nullable=False),
        sa.Column("beside_id", sa.Integer(), nullable=False),
        sa.Column("table", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user_account.id"], name=op.f("fk_try_out_asked_by_id")),
        sa.ForeignKeyConstraint(["beside_id"], ["rule_set.id"], name=op.f("fk_try_out_beside_id")),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set.id"], name=op.f("fk_try_out_rule_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_try_out")),
        sa.UniqueConstraint("key", name=op.f("uq_try_out_key")),
    )
    with op.batch_alter_table("try_out", schema=None) as batch_op:
        batch_op.create_index("ix_try_out_rule_set_id", ["rule_set_id"], unique=False)
        batch_op.create_index("ix_try_out_beside_id", ["beside_id"], unique=False)


def downgrade() -> None:
    op.drop_table("try_out")
