"""One-time codes in the place of first passwords, wrong tries by account and address, passwords given again."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wrong_tries",
        sa.Column("name_mark", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name_mark", "address", name=op.f("pk_wrong_tries")),
    )
    op.add_column("user_session", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    # Who signed in with a first password and has not changed it needs a code: sessions are for who has a password.
    op.execute(
        "update user_session set ended_at = seen_at"
        " where ended_at is null and user_id in (select id from user_account where must_change)"
    )
    op.alter_column("user_account", "first_password_expires_at", new_column_name="code_expires_at")
    for name in ("must_change", "failures", "locked_until"):
        op.drop_column("user_account", name)


def downgrade() -> None:
    op.add_column("user_account", sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("user_account", sa.Column("failures", sa.Integer(), server_default="0", nullable=False))
    op.add_column("user_account", sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column("user_account", "code_expires_at", new_column_name="first_password_expires_at")
    op.execute("update user_account set must_change = true where first_password_expires_at is not null")
    op.drop_column("user_session", "confirmed_at")
    op.drop_table("wrong_tries")
