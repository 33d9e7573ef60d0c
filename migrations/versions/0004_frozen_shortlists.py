"""Frozen shortlists: decisions, additions by hand, versions that nobody can change, outcomes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A frozen version stays as it was frozen: the database itself refuses to change or remove it.
KEPT_FOR_GOOD = {
    "sqlite": {
        "up": [
            """CREATE TRIGGER shortlist_version_no_update BEFORE UPDATE ON shortlist_version
            BEGIN SELECT RAISE(ABORT, 'a frozen version is never changed'); END""",
            """CREATE TRIGGER shortlist_version_no_delete BEFORE DELETE ON shortlist_version
            BEGIN SELECT RAISE(ABORT, 'a frozen version is never changed'); END""",
        ],
        "down": ["DROP TRIGGER shortlist_version_no_update", "DROP TRIGGER shortlist_version_no_delete"],
    },
    "postgresql": {
        "up": [
            """CREATE FUNCTION keep_versions() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'a frozen version is never changed'; END $$""",
            """CREATE TRIGGER shortlist_version_frozen BEFORE UPDATE OR DELETE OR TRUNCATE ON shortlist_version
            FOR EACH STATEMENT EXECUTE FUNCTION keep_versions()""",
        ],
        "down": ["DROP TRIGGER shortlist_version_frozen ON shortlist_version", "DROP FUNCTION keep_versions()"],
    },
}


def upgrade() -> None:
    op.create_table(
        "shortlist_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=True),
        sa.Column("candidates", sa.Integer(), nullable=False),
        sa.Column("recommended", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("checksum", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["frozen_by_id"], ["user_account.id"], name=op.f("fk_shortlist_version_frozen_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist_version")),
        sa.UniqueConstraint("title", "year", "number", name=op.f("uq_shortlist_version_title_year_number")),
    )
    op.create_table(
        "shortlist_added",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_shortlist_added_enterprise_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_shortlist_added_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_shortlist_added_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist_added")),
    )
    with op.batch_alter_table("shortlist_added", schema=None) as batch_op:
        batch_op.create_index(
            "uq_shortlist_added_in_force",
            ["title", "year", "enterprise_id"],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.create_table(
        "shortlist_decision",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_shortlist_decision_enterprise_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_shortlist_decision_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["retired_by_id"], ["user_account.id"], name=op.f("fk_shortlist_decision_retired_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist_decision")),
    )
    with op.batch_alter_table("shortlist_decision", schema=None) as batch_op:
        batch_op.create_index(
            "uq_shortlist_decision_in_force",
            ["title", "year", "enterprise_id"],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.create_table(
        "shortlist_outcome",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("recognition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_shortlist_outcome_enterprise_id")),
        sa.ForeignKeyConstraint(
            ["recognition_id"], ["recognition.id"], name=op.f("fk_shortlist_outcome_recognition_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_shortlist_outcome_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["retired_by_id"], ["user_account.id"], name=op.f("fk_shortlist_outcome_retired_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist_outcome")),
    )
    with op.batch_alter_table("shortlist_outcome", schema=None) as batch_op:
        batch_op.create_index(
            "uq_shortlist_outcome_in_force",
            ["title", "year", "enterprise_id"],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    with op.batch_alter_table("put_forward", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_back_on", sa.Date(), nullable=True))
        batch_op.drop_index(batch_op.f("uq_put_forward_in_force"), sqlite_where=sa.text("retired_at is null"))
        batch_op.create_index(
            "uq_put_forward_in_force",
            ["enterprise_id", "title", "year", "put_forward_on"],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )
    for statement in KEPT_FOR_GOOD[op.get_bind().dialect.name]["up"]:
        op.execute(statement)


def downgrade() -> None:
    for statement in KEPT_FOR_GOOD[op.get_bind().dialect.name]["down"]:
        op.execute(statement)
    with op.batch_alter_table("put_forward", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_put_forward_in_force",
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )
        batch_op.create_index(
            batch_op.f("uq_put_forward_in_force"),
            ["enterprise_id", "title", "year"],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )
        batch_op.drop_column("taken_back_on")

    with op.batch_alter_table("shortlist_outcome", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_shortlist_outcome_in_force",
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.drop_table("shortlist_outcome")
    with op.batch_alter_table("shortlist_decision", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_shortlist_decision_in_force",
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.drop_table("shortlist_decision")
    with op.batch_alter_table("shortlist_added", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_shortlist_added_in_force",
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.drop_table("shortlist_added")
    op.drop_table("shortlist_version")
