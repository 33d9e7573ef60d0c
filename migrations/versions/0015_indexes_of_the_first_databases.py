"""Databases of the first versions get the two indexes of enterprises that later ones have, and lose the one before.

Where they are as they should be, nothing changes.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX IF NOT EXISTS ix_enterprise_gone ON enterprise (status, level, id) WHERE status <> 'active'"
    )
    op.execute("CREATE INDEX IF NOT EXISTS ix_enterprise_level ON enterprise (level, id)")
    op.execute("DROP INDEX IF EXISTS ix_enterprise_status_level")


def downgrade() -> None:
    """Nothing: the indexes belong to the schema of before as well."""
