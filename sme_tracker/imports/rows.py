"""The rows of a list as typed facts, part by part, and what there is to say about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sme_tracker.imports import cells
from sme_tracker.rules.findings import Finding, Severity
from sme_tracker.rules.terms import RecognitionKind, Source, Title
from sme_tracker.sheets.sheet import Cell

LONGEST_VALUE_SHOWN = 100


@dataclass(frozen=True)
class Problem:
    """One thing to say about a file: what, and at which sheet, row, column and value; row None is the whole sheet.

    `enterprise` is the name that stands in the row.
    """

    finding: Finding
    sheet: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    enterprise: str | None = None

    @property
    def severity(self) -> Severity:
        """An error leaves its row or column out, a notice only informs."""
        return self.finding.severity


@dataclass(frozen=True, kw_only=True, slots=True)
class EnterpriseRow:
    """What every kind of row says first: where it stands and which enterprise it is about.

    `former_name` stood in brackets behind the name. `estimated` holds the fields whose day is the last one of a month
    or year, which is all the file says of it, with the first day it could be.
    """

    sheet: str
    row: int
    code: str | None = None
    name: str | None = None
    unit: str | None = None
    former_name: str | None = None
    estimated: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterRow(EnterpriseRow):
    """One enterprise of a register; what is None was empty or has no column, and says nothing."""

    registered_region: str | None = None
    address: str | None = None
    enterprise_type: str | None = None
    legal_representative: str | None = None
    registered_capital: str | None = None
    registered_capital_wan: Decimal | None = None
    founded_on: date | None = None
    industry: str | None = None
    chain: str | None = None
    niche: str | None = None
    main_product: str | None = None
    business_scope: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    group_parent: str | None = None
    is_branch: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerRow(EnterpriseRow):
    """One recognition of a ledger; `valid_years` is how long it is valid where no end is given."""

    title: Title
    valid_years: int | None = None
    kind: RecognitionKind | None = None
    batch: str | None = None
    document_no: str | None = None
    certificate_no: str | None = None
    published_on: date | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    review_opened_on: date | None = None
    revoked_on: date | None = None
    revoke_reason: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FiguresRow(EnterpriseRow):
    """The figures of one enterprise, year and source; money in 万元."""

    fiscal_year: int
    source: Source | None = None
    revenue_wan: Decimal | None = None
    main_revenue_wan: Decimal | None = None
    rd_expense_wan: Decimal | None = None
    assets_wan: Decimal | None = None
    liabilities_wan: Decimal | None = None
    net_profit_wan: Decimal | None = None
    total_profit_wan: Decimal | None = None
    tax_wan: Decimal | None = None
    staff: int | None = None
    rd_staff: int | None = None


def shown_value(cell: Cell) -> str | None:
    """A cell as a problem shows it: its beginning, where it is long."""
    if cell is None:
        return None
    text = cells.shown(cell)
    return text if len(text) <= LONGEST_VALUE_SHOWN else text[: LONGEST_VALUE_SHOWN - 1] + "…"
