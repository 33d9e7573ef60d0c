"""An import keeps what people decided about its columns and answered, a heading once mapped is known next time.

Days of which only the month or year is known are marked.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.add_column(sa.Column("choices", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("answers", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("recognition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("estimated", sa.String(), nullable=True))
    op.create_table(
        "heading_choice",
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("chosen_by_id", sa.Integer(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["chosen_by_id"], ["user_account.id"], name=op.f("fk_heading_choice_chosen_by_id")),
        sa.PrimaryKeyConstraint("heading", "chosen_by_id", name=op.f("pk_heading_choice")),
    )


def downgrade() -> None:
    op.drop_table("heading_choice")
    with op.batch_alter_table("recognition", schema=None) as batch_op:
        batch_op.drop_column("estimated")
    with op.batch_alter_table("import", schema=None) as batch_op:
        batch_op.drop_column("undone_at")
        batch_op.drop_column("answers")
        batch_op.drop_column("choices")
