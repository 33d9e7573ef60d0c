"""The columns of a shortlist, the same on the page, in the workbook and in the file for machines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from sme_tracker.assessments.judging import LETTERS
from sme_tracker.rules.terms import DecisionWord
from sme_tracker.rules.verdicts import Result
from sme_tracker.sheets.writing import Column, Kind, Row
from sme_tracker.shortlists.draft import Draft
from sme_tracker.shortlists.draft import Row as Standing
from sme_tracker.shortlists.queries import KeyFigures
from sme_tracker.shortlists.words import basis_words
from sme_tracker.web.language import code as language
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import DECISIONS, listed


@dataclass(frozen=True, slots=True)
class Shown:
    """A column: its heading, what kind of value it holds, and where the value comes from."""

    key: str
    heading: str
    kind: Kind
    width: int
    value: Callable[["Line"], object]


@dataclass(frozen=True, slots=True)
class Line:
    """A candidate with its key figures."""

    row: Standing
    figures: KeyFigures


def order() -> str:
    """The stated order of the list."""
    return str(_l("criteria not met → open criteria → R&D intensity"))


def columns() -> list[Column]:
    """The columns in the language of the page, the rank first."""
    rank = Column("rank", str(_l("Rank")), "whole", 6)
    return [rank, *(Column(shown.key, str(shown.heading), shown.kind, shown.width) for shown in SHOWN)]


def rows(standing: Sequence[Standing], figures: Mapping[int, KeyFigures]) -> Iterator[Row]:
    """The cells of each candidate, in the order of the page."""
    unknown = KeyFigures()
    for row in standing:
        line = Line(row, figures.get(row.candidate.enterprise_id, unknown))
        yield [row.rank, *(shown.value(line) for shown in SHOWN)]


def notes(draft: Draft) -> list[tuple[str, str]]:
    """What stands beside the list: its standard and its order."""
    standard = draft.standard.rule_set if draft.standard else None
    named = (standard.en if language() == "en" else standard.zh) if standard else str(_l("none applied on this day"))
    return [(str(_l("Judged by")), named), (str(_l("Order")), order())]


def _count(line: Line, result: Result) -> int | None:
    return line.row.marks.letters.count(LETTERS[result]) if line.row.marks else None


def _word(said: DecisionWord | None) -> str | None:
    return str(DECISIONS[said]) if said else None


def _unit(line: Line) -> str | None:
    return listed(line.row.candidate.unit, line.row.candidate.unit_en)


SHOWN = (
    Shown("name", _l("Enterprise"), "text", 34, attrgetter("row.candidate.name")),
    Shown("code", _l("Credit code"), "text", 22, attrgetter("row.candidate.code")),
    Shown("unit", _l("District or zone"), "text", 16, _unit),
    Shown("niche", _l("Niche"), "text", 18, attrgetter("row.candidate.niche")),
    Shown("main_product", _l("Main product"), "text", 20, attrgetter("row.candidate.main_product")),
    Shown("figures_year", _l("Figures of"), "whole", 8, attrgetter("figures.figures_year")),
    Shown("revenue_wan", _l("Revenue"), "wan", 14, attrgetter("figures.revenue_wan")),
    Shown(
        "main_revenue_share_percent",
        _l("Main-business share"),
        "percent",
        12,
        attrgetter("figures.main_revenue_share_percent"),
    ),
    Shown("growth_percent", _l("Mean growth, 2 years"), "percent", 12, attrgetter("figures.growth_percent")),
    Shown("rd_intensity_percent", _l("R&D intensity"), "percent", 12, attrgetter("figures.rd_intensity_percent")),
    Shown("debt_ratio_percent", _l("Debt ratio"), "percent", 12, attrgetter("figures.debt_ratio_percent")),
    Shown("staff", _l("Staff"), "whole", 8, attrgetter("figures.staff")),
    Shown("met", _l("Criteria met"), "whole", 8, lambda line: _count(line, Result.MET)),
    Shown("not_met", _l("Criteria not met"), "whole", 8, lambda line: _count(line, Result.NOT_MET)),
    Shown("missing", _l("Data missing"), "whole", 8, lambda line: _count(line, Result.MISSING)),
    Shown("to_judge", _l("Criteria to judge"), "whole", 8, lambda line: _count(line, Result.TO_JUDGE)),
    Shown("district", _l("District’s word"), "text", 12, lambda line: _word(line.row.district_word)),
    Shown("decision", _l("Decision"), "text", 12, lambda line: _word(line.row.decision)),
    Shown("reason", _l("Reason"), "text", 28, lambda line: line.row.decided.reason if line.row.decided else None),
    Shown("put_forward_on", _l("Put forward on"), "date", 12, attrgetter("row.candidate.put_forward_on")),
    Shown("basis", _l("On the list"), "text", 28, lambda line: basis_words(line.row.basis, line.row.bars)),
)
