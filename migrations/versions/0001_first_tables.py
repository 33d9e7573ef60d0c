"""The first tables: accounts, history, reference lists, enterprises and their facts, files in and out."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BY_CODE_POINT = sa.String().with_variant(sa.String(collation="C"), "postgresql")

# The history only grows: the database itself refuses to change or remove an entry.
KEPT_FOR_GOOD = {
    "sqlite": {
        "up": [
            """CREATE TRIGGER history_entry_no_update BEFORE UPDATE ON history_entry
            BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END""",
            """CREATE TRIGGER history_entry_no_delete BEFORE DELETE ON history_entry
            BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END""",
        ],
        "down": ["DROP TRIGGER history_entry_no_update", "DROP TRIGGER history_entry_no_delete"],
    },
    "postgresql": {
        "up": [
            """CREATE FUNCTION keep_history() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the history is append-only'; END $$""",
            """CREATE TRIGGER history_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history_entry
            FOR EACH STATEMENT EXECUTE FUNCTION keep_history()""",
        ],
        "down": [
            "DROP TRIGGER history_entry_append_only ON history_entry",
            "DROP FUNCTION keep_history()",
        ],
    },
}


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("notice_number", sa.String(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("closed_from", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
        sa.UniqueConstraint("code", name=op.f("uq_batch_code")),
    )
    op.create_table(
        "chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("closed_from", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chain")),
        sa.UniqueConstraint("code", name=op.f("uq_chain_code")),
    )
    op.create_table(
        "history_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_head")),
    )
    op.create_table(
        "industry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("closed_from", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_industry")),
        sa.UniqueConstraint("code", name=op.f("uq_industry_code")),
    )
    op.create_table(
        "reporting_unit",
        sa.Column("short_name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=True),
        sa.Column("office_name", sa.String(), nullable=True),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("closed_from", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporting_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_reporting_unit_code")),
        sa.UniqueConstraint("short_name", name=op.f("uq_reporting_unit_short_name")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "tally",
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("enterprises", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id", "status", "level", "stage", name=op.f("pk_tally")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("first_password_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("shortcuts_on", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("name = lower(name)", name=op.f("ck_user_account_name_lower")),
        sa.ForeignKeyConstraint(["unit_id"], ["reporting_unit.id"], name=op.f("fk_user_account_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("name", name=op.f("uq_user_account_name")),
    )
    op.create_table(
        "enterprise",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("code_reversed", sa.String(), nullable=False),
        sa.Column("code_as_printed", sa.Boolean(), nullable=False),
        sa.Column("is_branch", sa.Boolean(), nullable=False),
        sa.Column("registered_region", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("enterprise_type", sa.String(), nullable=True),
        sa.Column("legal_representative", sa.String(), nullable=True),
        sa.Column("registered_capital", sa.String(), nullable=True),
        sa.Column("registered_capital_wan", sa.BigInteger(), nullable=True),
        sa.Column("business_scope", sa.String(), nullable=True),
        sa.Column("industry_code", sa.String(), nullable=True),
        sa.Column("chain_id", sa.Integer(), nullable=True),
        sa.Column("niche", sa.String(), nullable=True),
        sa.Column("niche_since", sa.Date(), nullable=True),
        sa.Column("main_product", sa.String(), nullable=True),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("group_parent", sa.String(), nullable=True),
        sa.Column("barred_until", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", BY_CODE_POINT, nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("search_text", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("holds", sa.Integer(), nullable=False),
        sa.Column("level_until", sa.Date(), nullable=True),
        sa.Column("upgrade", sa.String(), nullable=True),
        sa.Column("convert", sa.String(), nullable=True),
        sa.Column("go_public", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("figures_year", sa.Integer(), nullable=True),
        sa.Column("revenue_wan", sa.BigInteger(), nullable=True),
        sa.Column("rd_intensity_percent", sa.BigInteger(), nullable=True),
        sa.Column("size_class", sa.String(), nullable=True),
        sa.Column("changes_on", sa.Date(), nullable=True),
        sa.CheckConstraint("length(code) = 18", name=op.f("ck_enterprise_code_length")),
        sa.CheckConstraint("level between 0 and 3", name=op.f("ck_enterprise_level_range")),
        sa.ForeignKeyConstraint(["chain_id"], ["chain.id"], name=op.f("fk_enterprise_chain_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_enterprise_owner_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["reporting_unit.id"], name=op.f("fk_enterprise_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise")),
        sa.UniqueConstraint("code", name=op.f("uq_enterprise_code")),
    )
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.create_index("ix_enterprise_chain", ["chain_id", "id"], unique=False)
        batch_op.create_index("ix_enterprise_changes_on", ["changes_on"], unique=False)
        for track in ("upgrade", "convert", "go_public"):
            on_track = sa.text(f'"{track}" is not null')
            batch_op.create_index(
                f"ix_enterprise_{track}", [track, "id"], sqlite_where=on_track, postgresql_where=on_track
            )
        batch_op.create_index("ix_enterprise_code_reversed", ["code_reversed"], unique=False)
        batch_op.create_index("ix_enterprise_level_until", ["level_until", "id"], unique=False)
        batch_op.create_index("ix_enterprise_name", ["name", "id"], unique=False)
        batch_op.create_index("ix_enterprise_name_key", ["name_key"], unique=False)
        batch_op.create_index("ix_enterprise_owner", ["owner_id", "id"], unique=False)
        batch_op.create_index("ix_enterprise_rd_intensity", ["rd_intensity_percent", "id"], unique=False)
        batch_op.create_index("ix_enterprise_revenue", ["revenue_wan", "id"], unique=False)
        gone = sa.text("status <> 'active'")
        batch_op.create_index("ix_enterprise_gone", ["status", "level", "id"], sqlite_where=gone, postgresql_where=gone)
        batch_op.create_index("ix_enterprise_level", ["level", "id"], unique=False)
        batch_op.create_index("ix_enterprise_stage_unit", ["stage", "unit_id", "id"], unique=False)
        batch_op.create_index("ix_enterprise_unit", ["unit_id", "id"], unique=False)
        batch_op.create_index("ix_enterprise_unit_level", ["unit_id", "level", "id"], unique=False)
        batch_op.create_index("ix_enterprise_updated", ["updated_at", "id"], unique=False)

    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["taken_by_id"], ["user_account.id"], name=op.f("fk_export_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export")),
    )
    op.create_table(
        "form_token",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_form_token_user_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_form_token")),
    )
    op.create_table(
        "history_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("through", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("previous_seal", sa.String(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_history_entry_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_entry")),
    )
    with op.batch_alter_table("history_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_history_entry_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_history_entry_at"), ["at"], unique=False)
        batch_op.create_index("ix_history_entry_enterprise", ["enterprise_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_history_entry_user_id"), ["user_id"], unique=False)

    op.create_table(
        "import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("stored_as", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user_account.id"], name=op.f("fk_import_uploaded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    op.create_table(
        "password_hash",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_password_hash_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_hash")),
    )
    with op.batch_alter_table("password_hash", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_hash_user_id"), ["user_id"], unique=False)

    op.create_table(
        "target",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("value >= 0", name=op.f("ck_target_value_range")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_target_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_target_retired_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["reporting_unit.id"], name=op.f("fk_target_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("agent", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_contact_enterprise_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "enterprise_name",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_enterprise_name_enterprise_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_enterprise_name_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_enterprise_name_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_name")),
    )
    with op.batch_alter_table("enterprise_name", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprise_name_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "enterprise_status",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_enterprise_status_enterprise_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_enterprise_status_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["retired_by_id"], ["user_account.id"], name=op.f("fk_enterprise_status_retired_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_status")),
    )
    with op.batch_alter_table("enterprise_status", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprise_status_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "enterprise_unit",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_enterprise_unit_enterprise_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_enterprise_unit_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_enterprise_unit_retired_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["reporting_unit.id"], name=op.f("fk_enterprise_unit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enterprise_unit")),
    )
    with op.batch_alter_table("enterprise_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enterprise_unit_enterprise_id"), ["enterprise_id"], unique=False)

    op.create_table(
        "pipeline_case",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("plan_year", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_pipeline_case_enterprise_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_pipeline_case_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_pipeline_case_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pipeline_case")),
    )
    with op.batch_alter_table("pipeline_case", schema=None) as batch_op:
        batch_op.create_index("ix_pipeline_case_enterprise", ["enterprise_id", "track"], unique=False)

    op.create_table(
        "plan",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_plan_enterprise_id")),
        sa.ForeignKeyConstraint(["officer_id"], ["user_account.id"], name=op.f("fk_plan_officer_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_plan_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_plan_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.create_index(
            "uq_plan_in_force",
            ["enterprise_id", "title", "year"],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.create_table(
        "put_forward",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("put_forward_on", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_put_forward_enterprise_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_put_forward_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_put_forward_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_put_forward")),
    )
    with op.batch_alter_table("put_forward", schema=None) as batch_op:
        batch_op.create_index("ix_put_forward_year", ["title", "year", "put_forward_on"], unique=False)
        batch_op.create_index(
            "uq_put_forward_in_force",
            ["enterprise_id", "title", "year"],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.create_table(
        "recognition",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("batch", sa.String(), nullable=True),
        sa.Column("document_number", sa.String(), nullable=True),
        sa.Column("certificate_number", sa.String(), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("valid_from <= valid_until", name=op.f("ck_recognition_validity_order")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_recognition_enterprise_id")),
        sa.ForeignKeyConstraint(["origin_id"], ["recognition.id"], name=op.f("fk_recognition_origin_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_recognition_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_recognition_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition")),
    )
    with op.batch_alter_table("recognition", schema=None) as batch_op:
        batch_op.create_index("ix_recognition_enterprise", ["enterprise_id", "retired_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_recognition_origin_id"), ["origin_id"], unique=False)
        batch_op.create_index("ix_recognition_published", ["published_on", "title"], unique=False)
        batch_op.create_index(
            "uq_recognition_in_force",
            ["enterprise_id", "title", "valid_from"],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.create_table(
        "search_pair",
        sa.Column("pair", BY_CODE_POINT, nullable=False),
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_search_pair_enterprise_id")),
        sa.PrimaryKeyConstraint("pair", "enterprise_id", name=op.f("pk_search_pair")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "standing",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("holds", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("upgrade", sa.String(), nullable=True),
        sa.Column("convert", sa.String(), nullable=True),
        sa.Column("go_public", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_standing_enterprise_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["reporting_unit.id"], name=op.f("fk_standing_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing")),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index(
            "ix_standing_count",
            ["level", "unit_id", "from_day", "until_day", "recorded_at", "retired_at", "enterprise_id"],
            unique=False,
        )
        batch_op.create_index("ix_standing_enterprise", ["enterprise_id", "retired_at"], unique=False)

    op.create_table(
        "yearly_figure",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("revenue_wan", sa.BigInteger(), nullable=True),
        sa.Column("main_revenue_wan", sa.BigInteger(), nullable=True),
        sa.Column("rd_expense_wan", sa.BigInteger(), nullable=True),
        sa.Column("assets_wan", sa.BigInteger(), nullable=True),
        sa.Column("liabilities_wan", sa.BigInteger(), nullable=True),
        sa.Column("net_profit_wan", sa.BigInteger(), nullable=True),
        sa.Column("total_profit_wan", sa.BigInteger(), nullable=True),
        sa.Column("tax_wan", sa.BigInteger(), nullable=True),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("rd_staff", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("fiscal_year between 1949 and 2200", name=op.f("ck_yearly_figure_year_range")),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_yearly_figure_enterprise_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_yearly_figure_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_yearly_figure_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_yearly_figure")),
    )
    with op.batch_alter_table("yearly_figure", schema=None) as batch_op:
        batch_op.create_index(
            "uq_yearly_figure_in_force",
            ["enterprise_id", "fiscal_year", "source"],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.create_table(
        "case_closing",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("exit", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["pipeline_case.id"], name=op.f("fk_case_closing_case_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_case_closing_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_case_closing_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_closing")),
    )
    with op.batch_alter_table("case_closing", schema=None) as batch_op:
        batch_op.create_index(
            "uq_case_closing_in_force",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.create_table(
        "case_step",
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["pipeline_case.id"], name=op.f("fk_case_step_case_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_case_step_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_case_step_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.create_index("ix_case_step_step", ["step", "actual_on"], unique=False)
        batch_op.create_index(
            "uq_case_step_in_force",
            ["case_id", "step"],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.create_table(
        "review",
        sa.Column("recognition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["recognition_id"], ["recognition.id"], name=op.f("fk_review_recognition_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_review_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_review_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_recognition_id"), ["recognition_id"], unique=False)

    op.create_table(
        "revocation",
        sa.Column("recognition_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["recognition_id"], ["recognition.id"], name=op.f("fk_revocation_recognition_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_revocation_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_revocation_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocation")),
    )
    with op.batch_alter_table("revocation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_revocation_recognition_id"), ["recognition_id"], unique=False)
    for name in ("name", "unit", "status"):
        op.create_index(
            f"uq_enterprise_{name}_in_force",
            f"enterprise_{name}",
            ["enterprise_id", sa.text("coalesce(from_day, '0001-01-01')")],
            unique=True,
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )
    op.create_index(
        "uq_target_in_force",
        "target",
        ["year", "indicator", sa.text("coalesce(unit_id, 0)")],
        unique=True,
        sqlite_where=sa.text("retired_at is null"),
        postgresql_where=sa.text("retired_at is null"),
    )
    op.bulk_insert(
        sa.table("history_head", sa.column("id"), sa.column("entry_id"), sa.column("seal")),
        [{"id": 1, "entry_id": 0, "seal": "0" * 64}],
    )
    for statement in KEPT_FOR_GOOD[op.get_bind().dialect.name]["up"]:
        op.execute(statement)


def downgrade() -> None:
    for statement in KEPT_FOR_GOOD[op.get_bind().dialect.name]["down"]:
        op.execute(statement)
    with op.batch_alter_table("revocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_revocation_recognition_id"))

    op.drop_table("revocation")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_recognition_id"))

    op.drop_table("review")
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_case_step_in_force",
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )
        batch_op.drop_index("ix_case_step_step")

    op.drop_table("case_step")
    with op.batch_alter_table("case_closing", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_case_closing_in_force",
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.drop_table("case_closing")
    with op.batch_alter_table("yearly_figure", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_yearly_figure_in_force",
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.drop_table("yearly_figure")
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index("ix_standing_enterprise")
        batch_op.drop_index("ix_standing_count")

    op.drop_table("standing")
    op.drop_table("search_pair")
    with op.batch_alter_table("recognition", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_recognition_in_force",
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )
        batch_op.drop_index("ix_recognition_published")
        batch_op.drop_index(batch_op.f("ix_recognition_origin_id"))
        batch_op.drop_index("ix_recognition_enterprise")

    op.drop_table("recognition")
    with op.batch_alter_table("put_forward", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_put_forward_in_force",
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )
        batch_op.drop_index("ix_put_forward_year")

    op.drop_table("put_forward")
    with op.batch_alter_table("plan", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_plan_in_force",
            sqlite_where=sa.text("retired_at is null"),
            postgresql_where=sa.text("retired_at is null"),
        )

    op.drop_table("plan")
    with op.batch_alter_table("pipeline_case", schema=None) as batch_op:
        batch_op.drop_index("ix_pipeline_case_enterprise")

    op.drop_table("pipeline_case")
    with op.batch_alter_table("enterprise_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enterprise_unit_enterprise_id"))

    op.drop_table("enterprise_unit")
    with op.batch_alter_table("enterprise_status", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enterprise_status_enterprise_id"))

    op.drop_table("enterprise_status")
    with op.batch_alter_table("enterprise_name", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enterprise_name_enterprise_id"))

    op.drop_table("enterprise_name")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_enterprise_id"))

    op.drop_table("contact")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    op.drop_table("target")
    with op.batch_alter_table("password_hash", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_password_hash_user_id"))

    op.drop_table("password_hash")
    op.drop_table("import")
    with op.batch_alter_table("history_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_history_entry_user_id"))
        batch_op.drop_index("ix_history_entry_enterprise")
        batch_op.drop_index(batch_op.f("ix_history_entry_at"))
        batch_op.drop_index(batch_op.f("ix_history_entry_action"))

    op.drop_table("history_entry")
    op.drop_table("form_token")
    op.drop_table("export")
    with op.batch_alter_table("enterprise", schema=None) as batch_op:
        batch_op.drop_index("ix_enterprise_updated")
        batch_op.drop_index("ix_enterprise_unit_level")
        batch_op.drop_index("ix_enterprise_unit")
        batch_op.drop_index("ix_enterprise_level")
        batch_op.drop_index("ix_enterprise_gone")
        batch_op.drop_index("ix_enterprise_stage_unit")
        batch_op.drop_index("ix_enterprise_revenue")
        batch_op.drop_index("ix_enterprise_rd_intensity")
        batch_op.drop_index("ix_enterprise_owner")
        batch_op.drop_index("ix_enterprise_name_key")
        batch_op.drop_index("ix_enterprise_name")
        batch_op.drop_index("ix_enterprise_level_until")
        batch_op.drop_index("ix_enterprise_code_reversed")
        for track in ("upgrade", "convert", "go_public"):
            batch_op.drop_index(f"ix_enterprise_{track}")
        batch_op.drop_index("ix_enterprise_changes_on")
        batch_op.drop_index("ix_enterprise_chain")

    op.drop_table("enterprise")
    op.drop_table("user_account")
    op.drop_table("tally")
    op.drop_table("setting")
    op.drop_table("reporting_unit")
    op.drop_table("industry")
    op.drop_table("history_head")
    op.drop_table("chain")
    op.drop_table("batch")
