"""What districts say of their candidates, and how the province wants its recommendation table."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

LINES = ["{year} 年{title}推荐汇总表", "填报单位（盖章）：{bureau}　　　　填报人：　　　　　　　　填报日期：{today}"]
COLUMNS = """
序号|serial
企业名称|name
统一社会信用代码|code
所属县（市、区）|unit
所属行业|industry
主导产品|main_product
从事细分领域|niche
从事细分领域年限|niche_years
细分市场占有率（%）|market_share_percent
上年营业收入（万元）|revenue_last_wan
前年营业收入（万元）|revenue_before_wan
上年研发费用占比（%）|rd_intensity_last_percent
Ⅰ类知识产权（项）|class1_ip
推荐类别|purpose
联系人|contact_name
联系电话|contact_phone
备注|reason
"""


def upgrade() -> None:
    op.create_table(
        "district_word",
        sa.Column("enterprise_id", _big(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        *_recorded("district_word"),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"], name=op.f("fk_district_word_enterprise_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["reporting_unit.id"], name=op.f("fk_district_word_unit_id")),
    )
    _one_in_force("district_word", "title", "year", "enterprise_id")
    op.create_table(
        "table_template",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sheet_title", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("rows", sa.String(), nullable=False),
        *_recorded("table_template"),
    )
    _one_in_force("table_template", "code")
    written = sa.table(
        "table_template",
        *(sa.column(name, sa.String) for name in ("code", "name", "sheet_title", "rows")),
        *(sa.column(name, sa.JSON) for name in ("lines", "columns")),
        sa.column("recorded_at", sa.DateTime(timezone=True)),
    )
    op.bulk_insert(
        written,
        [
            {
                "code": "recommendation",
                "name": "推荐汇总表",
                "sheet_title": "推荐汇总表",
                "lines": LINES,
                "columns": [line.split("|") for line in COLUMNS.split()],
                "rows": "recommended",
                "recorded_at": datetime.now(UTC),
            }
        ],
    )


def downgrade() -> None:
    op.drop_table("table_template")
    op.drop_table("district_word")


def _big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _recorded(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", _big(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("retired_by_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        *(
            sa.ForeignKeyConstraint([name], ["user_account.id"], name=op.f(f"fk_{table}_{name}"))
            for name in ("recorded_by_id", "retired_by_id")
        ),
    ]


def _one_in_force(table: str, *columns: str) -> None:
    still = sa.text("retired_at is null")
    op.create_index(
        f"uq_{table}_in_force", table, list(columns), unique=True, sqlite_where=still, postgresql_where=still
    )
