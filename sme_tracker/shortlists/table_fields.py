"""What a column of the province's recommendation table may hold: a closed list of fields, each with its label."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sme_tracker.rules.facts import EnterpriseFacts
from sme_tracker.rules.terms import Title
from sme_tracker.sheets.writing import Kind
from sme_tracker.shortlists.queries import rounded
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import DECISIONS, TITLES

NO_FACTS = EnterpriseFacts(enterprise="")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom to call at an enterprise."""

    name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A candidate as a version froze it, with its place in the table and whom to call today."""

    serial: int
    frozen: Mapping[str, Any]
    facts: EnterpriseFacts
    as_of: date
    last_year: int
    purpose: str
    industry: str | None
    contact: Person

    def figure(self, name: str, years_back: int = 0) -> Decimal | None:
        """A figure of the last fiscal year, or of one before it."""
        found = self.facts.figures.get((name, self.last_year - years_back))
        return found.value if found else None

    def percent(self, above: str, below: str, years_back: int = 0) -> Decimal | None:
        """A figure in per cent of another of the same year, unrounded."""
        part, whole = self.figure(above, years_back), self.figure(below, years_back)
        return None if part is None or whole is None or whole <= 0 else 100 * part / whole

    def growth_percent(self, name: str, years_back: int = 0) -> Decimal | None:
        """How much a figure has grown over the year before, unrounded."""
        now, before = self.figure(name, years_back), self.figure(name, years_back + 1)
        return None if now is None or before is None or before <= 0 else 100 * now / before - 100

    def holding(self, papers: tuple[Any, ...]) -> list[Any]:
        """The papers that hold on the day."""
        return [paper for paper in papers if paper.holds_on(self.as_of)]


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its label, what kind of cell it makes, how wide, and where its value comes from."""

    key: str
    label: Any
    value: Callable[[Entry], object]
    kind: Kind = "text"
    width: int = 14

    def cell(self, entry: Entry) -> object:
        """Its value as the table has it: rates and shares are rounded here and nowhere before."""
        value = self.value(entry)
        return rounded(value) if self.kind == "percent" and isinstance(value, Decimal) else value

    @property
    def is_contact(self) -> bool:
        """Whether it holds somebody's name or number, which is read when the table is written and never frozen."""
        return self.key.startswith("contact_")


def _niche_years(entry: Entry) -> int | None:
    since = entry.facts.niche_since
    if since is None:
        return None
    return entry.as_of.year - since.year - ((entry.as_of.month, entry.as_of.day) < (since.month, since.day))


def _mean_growth(entry: Entry) -> Decimal | None:
    rates = [entry.growth_percent("main_revenue_wan", back) for back in (0, 1)]
    known = [rate for rate in rates if rate is not None]
    return sum(known, Decimal()) / 2 if len(known) == 2 else None


def _market_share(entry: Entry) -> Decimal | None:
    shares = [each.share_percent for each in entry.holding(entry.facts.market_shares) if each.share_percent is not None]
    return max(shares, default=None)


def _titles(entry: Entry) -> str:
    held = dict.fromkeys(str(TITLES[Title(each.level)]) for each in entry.holding(entry.facts.titles))
    return str(_(", ")).join(held)


def _ip(ip_class: int) -> Callable[[Entry], int]:
    return lambda entry: sum(each.ip_class == ip_class for each in entry.holding(entry.facts.ip_assets))


def _found(result: str) -> Callable[[Entry], int | None]:
    def count(entry: Entry) -> int | None:
        verdict = entry.frozen["verdict"]
        return sum(each["result"] == result for each in verdict["findings"]) if verdict else None

    return count


def _frozen(name: str) -> Callable[[Entry], object]:
    return lambda entry: entry.frozen.get(name)


def _word(entry: Entry) -> str | None:
    return _said(entry.frozen["decision"])


def _district_word(entry: Entry) -> str | None:
    said = entry.frozen.get("district")
    return _said(said["decision"]) if said else None


def _district_reason(entry: Entry) -> str | None:
    said = entry.frozen.get("district")
    return said["reason"] if said else None


def _said(decision: str | None) -> str | None:
    return str(DECISIONS[decision]) if decision else None  # type: ignore[index]


def _purpose(entry: Entry) -> str:
    return str(_("new application") if entry.purpose == "new" else _("review"))


def _yearly(name: str, years_back: int) -> Callable[[Entry], object]:
    return lambda entry: entry.figure(name, years_back)


def _intensity(years_back: int) -> Callable[[Entry], object]:
    return lambda entry: entry.percent("rd_expense_wan", "revenue_wan", years_back)


FIELDS: Mapping[str, Field] = {
    field.key: field
    for field in (
        Field("serial", _l("Serial number"), lambda entry: entry.serial, "whole", 6),
        Field("rank", _l("Rank on the list"), _frozen("rank"), "whole", 6),
        Field("name", _l("Name of the enterprise"), _frozen("name"), width=34),
        Field("code", _l("Unified social credit code"), _frozen("code"), width=22),
        Field("unit", _l("District or zone"), _frozen("unit")),
        Field("industry_code", _l("Code of the industry"), _frozen("industry_code"), width=8),
        Field("industry", _l("Industry"), lambda entry: entry.industry, width=24),
        Field("niche", _l("Niche"), _frozen("niche"), width=18),
        Field("niche_years", _l("Full years in the niche"), _niche_years, "whole", 8),
        Field("main_product", _l("Main product"), _frozen("main_product"), width=20),
        Field("established_on", _l("Founded on"), lambda entry: entry.facts.established_on, "date", 12),
        Field("revenue_last_wan", _l("Revenue of the last year (CNY 10,000)"), _yearly("revenue_wan", 0), "wan"),
        Field("revenue_before_wan", _l("Revenue of the year before (CNY 10,000)"), _yearly("revenue_wan", 1), "wan"),
        Field(
            "revenue_growth_percent",
            _l("Growth of revenue in the last year (%)"),
            lambda entry: entry.growth_percent("revenue_wan"),
            "percent",
        ),
        Field("mean_growth_percent", _l("Mean growth of main-business revenue, 2 years (%)"), _mean_growth, "percent"),
        Field(
            "main_share_percent",
            _l("Main-business share of revenue (%)"),
            lambda entry: entry.percent("main_revenue_wan", "revenue_wan"),
            "percent",
        ),
        Field("rd_last_wan", _l("R&D expense of the last year (CNY 10,000)"), _yearly("rd_expense_wan", 0), "wan"),
        Field("rd_intensity_last_percent", _l("R&D intensity of the last year (%)"), _intensity(0), "percent"),
        Field("rd_intensity_before_percent", _l("R&D intensity of the year before (%)"), _intensity(1), "percent"),
        Field(
            "debt_ratio_percent",
            _l("Debt ratio (%)"),
            lambda entry: entry.percent("liabilities_wan", "assets_wan"),
            "percent",
        ),
        Field("net_profit_wan", _l("Net profit of the last year (CNY 10,000)"), _yearly("net_profit_wan", 0), "wan"),
        Field("tax_wan", _l("Tax paid in the last year (CNY 10,000)"), _yearly("tax_wan", 0), "wan"),
        Field("staff", _l("Staff at the end of the last year"), _yearly("staff", 0), "whole", 8),
        Field("market_share_percent", _l("Market share in the niche (%)"), _market_share, "percent"),
        Field("class1_ip", _l("IP of class I (number)"), _ip(1), "whole", 8),
        Field("class2_ip", _l("IP of class II (number)"), _ip(2), "whole", 8),
        Field(
            "certificates",
            _l("Certificates (number)"),
            lambda entry: len(entry.holding(entry.facts.certificates)),
            "whole",
            8,
        ),
        Field(
            "institutions",
            _l("R&D institutions (number)"),
            lambda entry: len(entry.holding(entry.facts.institutions)),
            "whole",
            8,
        ),
        Field("titles", _l("Titles held"), _titles, width=24),
        Field("purpose", _l("Kind of application"), _purpose, width=10),
        Field("met", _l("Criteria met"), _found("met"), "whole", 8),
        Field("not_met", _l("Criteria not met"), _found("not_met"), "whole", 8),
        Field("missing", _l("Data missing"), _found("missing"), "whole", 8),
        Field("district_word", _l("The district’s word"), _district_word, width=12),
        Field("district_reason", _l("The district’s reason"), _district_reason, width=24),
        Field("decision", _l("The city’s decision"), _word, width=12),
        Field("reason", _l("The city’s reason"), _frozen("reason"), width=28),
        Field("decided_by", _l("Who decided"), _frozen("decided_by"), width=10),
        Field("contact_name", _l("Contact (as it is when the table is written)"), lambda e: e.contact.name, width=10),
        Field("contact_phone", _l("Phone (as it is when the table is written)"), lambda e: e.contact.phone, width=16),
        Field("blank", _l("Left empty, to be filled in by hand"), lambda _entry: None, width=16),
    )
}
"""Every field by its key. A template stores keys: one that is here stays here."""
