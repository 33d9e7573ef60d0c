"""Who stands on a shortlist: the enterprises that hold the level below, their key figures, and whether put forward."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from sme_tracker.enterprises.models import Enterprise, StandingSpan, YearlyFigure
from sme_tracker.history.facts import portions
from sme_tracker.recognitions.models import Recognition
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.figures import BestFigures, YearlyFigures, best_figures, growth, ratio
from sme_tracker.rules.terms import LADDER, Level, Source, Status, Title
from sme_tracker.shortlists.models import Outcome, PutForward, ShortlistVersion

YEARS_OF_FIGURES = 3


@dataclass(frozen=True, slots=True)
class ShortlistKey:
    """Which shortlist: the title applied for and the year, written `national-2022`."""

    title: Title
    year: int

    def __str__(self) -> str:
        return f"{self.title.value}-{self.year}"

    @classmethod
    def read(cls, written: str) -> "ShortlistKey | None":
        """The key as written, None if there is no such shortlist: the title must have a level below it."""
        title, _, year = written.rpartition("-")
        if title not in {known.value for known in LADDER[1:]} or not (year.isdecimal() and len(year) == 4):
            return None
        return cls(Title(title), int(year))

    @classmethod
    def of(cls, version: ShortlistVersion) -> "ShortlistKey":
        """The shortlist a frozen version is of."""
        return cls(Title(version.title), version.year)

    def is_current(self, today: date) -> bool:
        """Whether its year is still running."""
        return self.year == today.year

    @property
    def level_below(self) -> Level:
        """The level a candidate must hold."""
        return Level(self.title.level - 1)

    def as_of(self, today: date) -> date:
        """The day the list shows: today in its own year, the last day of a year gone by."""
        return min(today, date(self.year, 12, 31))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An enterprise on a shortlist and its R&D intensity in the year before, by which it is ranked; None: not known."""

    enterprise_id: int
    name: str
    code: str
    unit_id: int | None
    unit: str | None
    unit_en: str | None
    industry_code: str | None
    niche: str | None
    main_product: str | None
    rd_intensity_percent: Decimal | None
    put_forward_on: date | None


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The figures of a fiscal year beside a candidate; shares and rates in per cent, money in 万元, None: not known."""

    figures_year: int | None = None
    revenue_wan: Decimal | None = None
    main_revenue_share_percent: Decimal | None = None
    growth_percent: Decimal | None = None
    rd_intensity_percent: Decimal | None = None
    debt_ratio_percent: Decimal | None = None
    staff: int | None = None


def shortlist_keys(session: Session, today: date) -> list[ShortlistKey]:
    """The shortlists there are: a title and a year in which somebody held the level below, the latest first."""
    keys = []
    for title in LADDER[1:]:
        below = LADDER[title.level - 2]
        first = session.scalar(
            select(func.min(Recognition.valid_from)).where(Recognition.title == below, Recognition.in_force())
        )
        if first:
            keys += [ShortlistKey(title, year) for year in range(first.year, today.year + 1)]
    return sorted(keys, key=lambda key: (-key.year, -key.title.level))


def is_open_to_districts(session: Session, key: ShortlistKey, today: date) -> bool:
    """Whether districts may still say what they think: in the list's own year, until an outcome is entered."""
    known = select(Outcome.id).where(Outcome.title == key.title.value, Outcome.year == key.year, Outcome.in_force())
    return key.is_current(today) and session.scalar(known.limit(1)) is None


def put_forward_counts(session: Session) -> dict[str, int]:
    """How many enterprises were put forward, by the key of the shortlist."""
    rows = session.execute(
        select(PutForward.title, PutForward.year, func.count())
        .where(PutForward.in_force(), PutForward.taken_back_on.is_(None))
        .group_by(PutForward.title, PutForward.year)
    )
    return {f"{title}-{year}": count for title, year, count in rows}


@dataclass(frozen=True, slots=True)
class PutForwardRow:
    """An enterprise put forward and what became of it, if that is known."""

    enterprise_id: int
    name: str
    code: str
    put_forward_on: date
    outcome: str | None
    reason: str | None


def put_forward(session: Session, key: ShortlistKey) -> list[PutForwardRow]:
    """Those put forward and not taken back, with their outcome, by name."""
    columns = (Enterprise.id, Enterprise.name, Enterprise.code, PutForward.put_forward_on)
    known = and_(
        Outcome.enterprise_id == PutForward.enterprise_id,
        Outcome.title == PutForward.title,
        Outcome.year == PutForward.year,
        Outcome.in_force(),
    )
    rows = session.execute(
        select(*columns, Outcome.outcome, Outcome.reason)
        .join(Enterprise, Enterprise.id == PutForward.enterprise_id)
        .outerjoin(Outcome, known)
        .where(
            PutForward.title == key.title,
            PutForward.year == key.year,
            PutForward.taken_back_on.is_(None),
            PutForward.in_force(),
        )
        .order_by(Enterprise.name)
    )
    return [PutForwardRow(*row) for row in rows]


def latest(session: Session) -> dict[str, int]:
    """The number of the latest frozen version, by the key of the shortlist."""
    rows = session.execute(
        select(ShortlistVersion.title, ShortlistVersion.year, func.max(ShortlistVersion.number)).group_by(
            ShortlistVersion.title, ShortlistVersion.year
        )
    )
    return {f"{title}-{year}": number for title, year, number in rows}


def candidates(session: Session, key: ShortlistKey, today: date, added: Collection[int] = ()) -> list[Candidate]:
    """The candidates in no order, with what they are ranked by.

    A candidate is an active enterprise whose highest level is the one below the title on the day the list shows, is no
    branch and is not barred on that day; whoever was put forward or `added` by hand stays on the list.
    """
    day = key.as_of(today)
    forward = _put_forward(session, key, day)
    standing, enterprise = _STANDING.c, _ENTERPRISE.c
    rows = _shown(
        session,
        day,
        standing.level == int(key.level_below),
        standing.status == Status.ACTIVE,
        enterprise.is_branch.is_(False),
        enterprise.barred_until.is_(None) | (enterprise.barred_until < day),
    )
    wanted = {*forward, *added} - {row[0] for row in rows}
    for ids in portions(wanted):
        rows += _shown(session, day, enterprise.id.in_(ids))
    intensity = _intensities(
        session, [(which, of_year, cached) for which, *_told, of_year, cached in rows], key.year - 1
    )
    return [
        Candidate(
            which, name, code, unit_id, unit, en, industry, niche, product, intensity.get(which), forward.get(which)
        )
        for which, name, code, unit_id, unit, en, industry, niche, product, _year, _cached in rows
    ]


def _shown(session: Session, day: date, *conditions: ColumnElement[bool]) -> list[Any]:
    """The enterprises that fit the conditions, as a candidate tells of them, then the year and R&D intensity cached."""
    standing, enterprise, unit = _STANDING.c, _ENTERPRISE.c, _UNIT.c
    columns = (
        *(enterprise.id, enterprise.name, enterprise.code, standing.unit_id, unit.short_name, unit.name_en),
        *(enterprise.industry_code, enterprise.niche, enterprise.main_product),
        *(enterprise.figures_year, enterprise.rd_intensity_percent),
    )
    rows = session.execute(
        select(*columns)
        .select_from(_STANDING)
        .join(_ENTERPRISE, standing.enterprise_id == enterprise.id)
        .outerjoin(_UNIT, unit.id == standing.unit_id)
        .where(standing.retired_at.is_(None), standing.from_day <= day, standing.until_day > day, *conditions)
    )
    return list(rows.all())


def key_figures(session: Session, enterprise_ids: Collection[int], latest_year: int) -> dict[int, KeyFigures]:
    """The key figures of the fiscal year, of enterprises of which any are known."""
    years = _figures(session, enterprise_ids, latest_year)
    return {each: _key_figures(known, latest_year) for each, known in years.items() if latest_year in known}


def _intensities(
    session: Session, rows: Sequence[tuple[int, int | None, Decimal | None]], year: int
) -> dict[int, Decimal | None]:
    """The R&D intensity of the year: the cached one where that is its year, else from the figures."""
    found = {which: intensity for which, of_year, intensity in rows if of_year == year}
    later = [which for which, of_year, _intensity in rows if of_year is not None and of_year > year]
    figures = key_figures(session, later, year) if later else {}
    return found | {each: known.rd_intensity_percent for each, known in figures.items()}


def _put_forward(session: Session, key: ShortlistKey, day: date) -> dict[int, date]:
    rows = session.execute(
        select(PutForward.enterprise_id, PutForward.put_forward_on).where(
            PutForward.title == key.title,
            PutForward.year == key.year,
            PutForward.put_forward_on <= day,
            or_(PutForward.taken_back_on.is_(None), PutForward.taken_back_on > day),
            PutForward.in_force(),
        )
    )
    return {row.enterprise_id: row.put_forward_on for row in rows}


def _figures(session: Session, ids: Collection[int], latest_year: int) -> dict[int, dict[int, BestFigures]]:
    columns = [getattr(YearlyFigure, name) for name in _NEEDED]
    by_enterprise: dict[int, list[YearlyFigures]] = defaultdict(list)
    for portion in portions(ids):
        rows = session.execute(
            select(YearlyFigure.enterprise_id, YearlyFigure.fiscal_year, YearlyFigure.source, *columns).where(
                YearlyFigure.enterprise_id.in_(portion),
                YearlyFigure.in_force(),
                YearlyFigure.fiscal_year.between(latest_year - YEARS_OF_FIGURES + 1, latest_year),
            )
        )
        for enterprise_id, fiscal_year, source, *values in rows:
            figures = dict(zip(_NEEDED, values, strict=True))
            by_enterprise[enterprise_id].append(YearlyFigures(fiscal_year, Source(source), **figures))
    return {enterprise_id: best_figures(found) for enterprise_id, found in by_enterprise.items()}


def _key_figures(years: dict[int, BestFigures], latest_year: int) -> KeyFigures:
    """The key figures of the fiscal year; growth is the mean of the last two yearly rates."""
    latest = years[latest_year]
    shares: dict[str, Any] = {name: ratio(latest, name) for name in _SHARES}
    revenue, staff = latest.value("revenue_wan"), latest.value("staff")
    return KeyFigures(
        figures_year=latest_year,
        revenue_wan=None if revenue is None else Decimal(revenue),
        staff=None if staff is None else int(staff),
        growth_percent=_mean_growth(years, latest_year),
        **{name: rounded(share.percent) if share else None for name, share in shares.items()},
    )


def _mean_growth(years: dict[int, BestFigures], latest_year: int) -> Decimal | None:
    rates = [
        growth(years[year], years.get(year - 1), "main_revenue_wan")
        for year in (latest_year, latest_year - 1)
        if year in years
    ]
    known = [rate.percent for rate in rates if rate]
    return rounded(sum(known, Decimal()) / 2) if len(known) == 2 else None


def rounded(percent: Decimal) -> Decimal:
    """A share or rate in per cent as lists and tables show it, with two decimals."""
    return percent.quantize(_HUNDREDTH, ROUND_HALF_UP)


_HUNDREDTH = Decimal("0.01")
_NEEDED = ("revenue_wan", "main_revenue_wan", "rd_expense_wan", "assets_wan", "liabilities_wan", "staff")
_SHARES = ("main_revenue_share_percent", "rd_intensity_percent", "debt_ratio_percent")
_ENTERPRISE, _STANDING, _UNIT = (
    of.metadata.tables[of.__tablename__] for of in (Enterprise, StandingSpan, ReportingUnit)
)
