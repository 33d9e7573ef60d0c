"""The columns of a shortlist, the same on the page, in the workbook and in the file for machines."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from flask_babel import lazy_gettext as _l

from sme_tracker.exchange.sheets.writing import Column, Kind, Row
from sme_tracker.rules.verdicts import Result
from sme_tracker.shortlists.draft import Draft
from sme_tracker.shortlists.draft import Row as Standing
from sme_tracker.web.language import code as language
from sme_tracker.web.words import DECISIONS, listed


@dataclass(frozen=True, slots=True)
class Shown:
    """A column: its heading, what kind of value it holds, and where the value comes from."""

    key: str
    heading: str
    kind: Kind
    width: int
    value: Callable[[Standing], object]


def order() -> str:
    """The stated order of the list."""
    return str(_l("criteria not met → open criteria → R&D intensity"))


def columns() -> list[Column]:
    """The columns in the language of the page, the rank first."""
    rank = Column("rank", str(_l("Rank")), "whole", 6)
    return [rank, *(Column(shown.key, str(shown.heading), shown.kind, shown.width) for shown in SHOWN)]


def rows(standing: Sequence[Standing]) -> Iterator[Row]:
    """The cells of each candidate, in the order of the page."""
    for row in standing:
        yield [row.rank, *(shown.value(row) for shown in SHOWN)]


def notes(draft: Draft) -> list[tuple[str, str]]:
    """What stands beside the list: its standard and its order."""
    standard = draft.standard.rule_set if draft.standard else None
    named = (standard.en if language() == "en" else standard.zh) if standard else str(_l("none applied on this day"))
    return [(str(_l("Judged by")), named), (str(_l("Order")), order())]


def _count(row: Standing, result: Result) -> int | None:
    return sum(found.result is result for found in row.verdict.findings) if row.verdict else None


def _decision(row: Standing) -> str | None:
    return str(DECISIONS[row.decided.decision]) if row.decided else None


SHOWN = (
    Shown("name", _l("Enterprise"), "text", 34, attrgetter("candidate.name")),
    Shown("code", _l("Credit code"), "text", 22, attrgetter("candidate.code")),
    Shown("unit", _l("Reporting unit"), "text", 16, lambda row: listed(row.candidate.unit, row.candidate.unit_en)),
    Shown("niche", _l("Niche"), "text", 18, attrgetter("candidate.niche")),
    Shown("main_product", _l("Main product"), "text", 20, attrgetter("candidate.main_product")),
    Shown("figures_year", _l("Figures of"), "whole", 8, attrgetter("candidate.figures_year")),
    Shown("revenue_wan", _l("Revenue"), "wan", 14, attrgetter("candidate.revenue_wan")),
    Shown(
        "main_revenue_share_percent",
        _l("Main-business share"),
        "percent",
        12,
        attrgetter("candidate.main_revenue_share_percent"),
    ),
    Shown("growth_percent", _l("Mean growth, 2 years"), "percent", 12, attrgetter("candidate.growth_percent")),
    Shown("rd_intensity_percent", _l("R&D intensity"), "percent", 12, attrgetter("candidate.rd_intensity_percent")),
    Shown("debt_ratio_percent", _l("Debt ratio"), "percent", 12, attrgetter("candidate.debt_ratio_percent")),
    Shown("staff", _l("Staff"), "whole", 8, attrgetter("candidate.staff")),
    Shown("met", _l("Criteria met"), "whole", 8, lambda row: _count(row, Result.MET)),
    Shown("not_met", _l("Criteria not met"), "whole", 8, lambda row: _count(row, Result.NOT_MET)),
    Shown("missing", _l("Data missing"), "whole", 8, lambda row: _count(row, Result.MISSING)),
    Shown("to_judge", _l("Criteria to judge"), "whole", 8, lambda row: _count(row, Result.TO_JUDGE)),
    Shown("decision", _l("Decision"), "text", 12, _decision),
    Shown("reason", _l("Reason"), "text", 28, lambda row: row.decided.reason if row.decided else None),
    Shown("put_forward_on", _l("Put forward on"), "date", 12, attrgetter("candidate.put_forward_on")),
)
