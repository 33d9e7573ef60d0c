"""Judging: rule sets and their assignments, evidence, judgements, verdicts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("table", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state in ('draft', 'published')", name=op.f("ck_rule_set_state_known")),
        sa.ForeignKeyConstraint(["based_on_id"], ["rule_set.id"], name=op.f("fk_rule_set_based_on_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["user_account.id"], name=op.f("fk_rule_set_created_by_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user_account.id"], name=op.f("fk_rule_set_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_set")),
        sa.UniqueConstraint("key", name=op.f("uq_rule_set_key")),
    )
    op.create_table(
        "evidence",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("origin_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("file_stored_as", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("file_size", sa.Integer(), nullable=True),
        sa.Column("file_digest", sa.String(), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "from_day is null or until_day is null or from_day <= until_day", name=op.f("ck_evidence_day_order")
        ),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_evidence_enterprise_id")),
        sa.ForeignKeyConstraint(["origin_id"], ["evidence.id"], name=op.f("fk_evidence_origin_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_evidence_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_evidence_retired_by_id")),
        sa.ForeignKeyConstraint(["verified_by_id"], ["user_account.id"], name=op.f("fk_evidence_verified_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_enterprise", ["enterprise_id", "retired_at"], unique=False)
        batch_op.create_index("ix_evidence_kind", ["kind", "until_day"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_origin_id"), ["origin_id"], unique=False)

    op.create_table(
        "judgement",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_judgement_enterprise_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user_account.id"], name=op.f("fk_judgement_recorded_by_id")),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_judgement_retired_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement")),
    )
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.create_index("ix_judgement_enterprise", ["enterprise_id", "retired_at"], unique=False)

    op.create_table(
        "rule_assignment",
        sa.Column("rule_set_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("jurisdiction", sa.String(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("until_day is null or from_day <= until_day", name=op.f("ck_rule_assignment_day_order")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_rule_assignment_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["retired_by_id"], ["user_account.id"], name=op.f("fk_rule_assignment_retired_by_id")),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set.id"], name=op.f("fk_rule_assignment_rule_set_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_assignment")),
    )
    with op.batch_alter_table("rule_assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_assignment_rule_set_id"), ["rule_set_id"], unique=False)

    op.create_table(
        "verdict",
        sa.Column("enterprise_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("rule_set_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("marks", sa.String(), nullable=False),
        sa.Column("not_met", sa.String(), nullable=False),
        sa.Column("missing", sa.String(), nullable=False),
        sa.Column("to_judge", sa.String(), nullable=False),
        sa.Column("vetoes", sa.String(), nullable=False),
        sa.Column("lacks", sa.String(), nullable=False),
        sa.Column("near_criterion", sa.String(), nullable=True),
        sa.Column("near_value", sa.String(), nullable=True),
        sa.Column("near_distance", sa.String(), nullable=True),
        sa.Column("earliest_on", sa.Date(), nullable=True),
        sa.Column("judged_on", sa.Date(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changes_on", sa.Date(), nullable=True),
        sa.Column("facts_digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_verdict_enterprise_id")),
        sa.ForeignKeyConstraint(["rule_set_id"], ["rule_set.id"], name=op.f("fk_verdict_rule_set_id")),
        sa.PrimaryKeyConstraint("enterprise_id", "level", name=op.f("pk_verdict")),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index("ix_verdict_changes_on", ["changes_on"], unique=False)
        batch_op.create_index("ix_verdict_near", ["level", "outcome", "near_criterion", "enterprise_id"], unique=False)
        batch_op.create_index("ix_verdict_rule_set", ["rule_set_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.drop_index("ix_verdict_rule_set")
        batch_op.drop_index("ix_verdict_near")
        batch_op.drop_index("ix_verdict_changes_on")

    op.drop_table("verdict")
    with op.batch_alter_table("rule_assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rule_assignment_rule_set_id"))

    op.drop_table("rule_assignment")
    with op.batch_alter_table("judgement", schema=None) as batch_op:
        batch_op.drop_index("ix_judgement_enterprise")

    op.drop_table("judgement")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_origin_id"))
        batch_op.drop_index("ix_evidence_kind")
        batch_op.drop_index("ix_evidence_enterprise")

    op.drop_table("evidence")
    op.drop_table("rule_set")
