"""The columns of a shortlist, the same on the page, in the workbook and in the file for machines."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from sme_tracker.exchange.sheets.writing import Column, Kind, Row
from sme_tracker.shortlists.queries import Candidate
from sme_tracker.web.words import listed


@dataclass(frozen=True, slots=True)
class Shown:
    """A column: its heading, what kind of value it holds, and where the value comes from."""

    key: str
    heading: str
    kind: Kind
    width: int
    value: Callable[[Candidate], object]


SHOWN = (
    Shown("name", _l("Enterprise"), "text", 34, lambda c: c.name),
    Shown("code", _l("Credit code"), "text", 22, lambda c: c.code),
    Shown("unit", _l("Reporting unit"), "text", 16, lambda c: listed(c.unit, c.unit_en)),
    Shown("niche", _l("Niche"), "text", 18, lambda c: c.niche),
    Shown("main_product", _l("Main product"), "text", 20, lambda c: c.main_product),
    Shown("figures_year", _l("Figures of"), "whole", 8, lambda c: c.figures_year),
    Shown("revenue_wan", _l("Revenue"), "wan", 14, lambda c: c.revenue_wan),
    Shown(
        "main_revenue_share_percent", _l("Main-business share"), "percent", 12, lambda c: c.main_revenue_share_percent
    ),
    Shown("growth_percent", _l("Mean growth, 2 years"), "percent", 12, lambda c: c.growth_percent),
    Shown("rd_intensity_percent", _l("R&D intensity"), "percent", 12, lambda c: c.rd_intensity_percent),
    Shown("debt_ratio_percent", _l("Debt ratio"), "percent", 12, lambda c: c.debt_ratio_percent),
    Shown("staff", _l("Staff"), "whole", 8, lambda c: c.staff),
    Shown("put_forward_on", _l("Put forward on"), "date", 12, lambda c: c.put_forward_on),
)


def order() -> str:
    """The stated order of the list."""
    return str(_l("by R&D intensity, the highest first"))


def columns() -> list[Column]:
    """The columns in the language of the page, the rank first."""
    rank = Column("rank", str(_l("Rank")), "whole", 6)
    return [rank, *(Column(shown.key, str(shown.heading), shown.kind, shown.width) for shown in SHOWN)]


def rows(candidates: Sequence[Candidate]) -> Iterator[Row]:
    """The cells of each candidate, in the order of the page."""
    for rank, candidate in enumerate(candidates, start=1):
        yield [rank, *(shown.value(candidate) for shown in SHOWN)]
