"""Indexes for lists: another day, branches, ends of the code, verdicts and findings, the plan."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

IN_FORCE = {"sqlite_where": sa.text("retired_at is null"), "postgresql_where": sa.text("retired_at is null")}
STANDING = {
    "ix_standing_listed": ["level", "enterprise_id", "from_day", "until_day"],
    "ix_standing_begun": ["from_day", "until_day", "level"],
    "ix_standing_ended": ["until_day", "from_day", "level"],
}
BY_CODE_POINT = (
    ("enterprise", "code"),
    ("enterprise", "code_reversed"),
    ("enterprise", "industry_code"),
    ("verdict", "marks"),
)


def upgrade() -> None:
    _collate("C")
    for name, columns in STANDING.items():
        op.create_index(name, "standing", [*columns, "status", "unit_id", "retired_at"], **IN_FORCE)
    op.create_index(
        "ix_enterprise_branch",
        "enterprise",
        ["level", "id"],
        sqlite_where=sa.text("is_branch = 1"),
        postgresql_where=sa.text("is_branch"),
    )
    op.create_index("ix_enterprise_industry", "enterprise", ["industry_code", "id"])
    op.drop_index("ix_verdict_rule_set", "verdict")
    op.create_index("ix_verdict_outcome", "verdict", ["rule_set_id", "purpose", "outcome", "enterprise_id"])
    op.create_index("ix_verdict_marks", "verdict", ["rule_set_id", "purpose", "marks", "enterprise_id"])
    op.create_index("ix_plan_title", "plan", ["title", "year", "enterprise_id"])


def downgrade() -> None:
    op.drop_index("ix_plan_title", "plan")
    op.drop_index("ix_verdict_marks", "verdict")
    op.drop_index("ix_verdict_outcome", "verdict")
    op.create_index("ix_verdict_rule_set", "verdict", ["rule_set_id"])
    op.drop_index("ix_enterprise_industry", "enterprise")
    op.drop_index("ix_enterprise_branch", "enterprise")
    for name in STANDING:
        op.drop_index(name, "standing")
    _collate("default")


def _collate(collation: str) -> None:
    """Compare these texts by their characters' numbers, as SQLite does anyhow."""
    if op.get_context().dialect.name == "postgresql":
        for table, column in BY_CODE_POINT:
            op.execute(f'ALTER TABLE {table} ALTER COLUMN {column} TYPE varchar COLLATE "{collation}"')
