"""The board's numbers as last counted, and what each enterprise adds to them."""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    total = op.create_table(
        "board_total",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_total")),
    )
    op.create_table(
        "board_share",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_board_share_enterprise_id")),
        sa.PrimaryKeyConstraint("enterprise_id", name=op.f("pk_board_share")),
    )
    # Nothing is counted yet: the next page counts all, as on a new day.
    op.bulk_insert(total, [{"id": 1, "day": date.min, "entry_id": 0, "counts": []}])
    op.execute("delete from setting where key = 'rolled_to'")


def downgrade() -> None:
    op.drop_table("board_share")
    op.drop_table("board_total")
