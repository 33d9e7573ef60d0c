"""The pairs an enterprise is found by need no key that leads back to it: looking it up cost more than the rows."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BY_CODE_POINT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
KEY = "fk_search_pair_enterprise_id"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        op.drop_constraint(KEY, "search_pair", type_="foreignkey")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=KEY))
    else:
        op.create_foreign_key(KEY, "search_pair", "enterprise", ["enterprise_id"], ["id"])


def _rebuild(*key: sa.ForeignKeyConstraint) -> None:
    """SQLite cannot drop a key: the rows move into a new table, in its order."""
    op.rename_table("search_pair", "search_pair_before")
    op.create_table(
        "search_pair",
        sa.Column("pair", BY_CODE_POINT, nullable=False),
        sa.Column("enterprise_id", ID, nullable=False),
        *key,
        sa.PrimaryKeyConstraint("pair", "enterprise_id", name="pk_search_pair"),
        sqlite_with_rowid=False,
    )
    op.execute("insert into search_pair select pair, enterprise_id from search_pair_before order by 1, 2")
    op.drop_table("search_pair_before")
