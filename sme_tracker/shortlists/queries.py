"""Who stands on a shortlist: the enterprises that hold the level below, their key figures, and whether put forward."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from sme_tracker.enterprises.models import Enterprise, StandingSpan, YearlyFigure
from sme_tracker.history.facts import portions
from sme_tracker.recognitions.models import Recognition
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.bounds import EARLIEST_YEAR, LATEST_YEAR, whole_number
from sme_tracker.rules.figures import BestFigures, YearlyFigures, best_figures, growth, ratio
from sme_tracker.rules.terms import LADDER, Level, RecognitionKind, Source, Status, Title
from sme_tracker.shortlists.bars import Bar, bars_of
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
        title, _, digits = written.rpartition("-")
        year = whole_number(digits, LATEST_YEAR)
        if title not in {known.value for known in LADDER[1:]} or year is None or year < EARLIEST_YEAR:
            return None
        return cls(Title(title), year)

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
    """An enterprise on a shortlist and its R&D intensity in the year before, by which it is ranked; None: not known.

    `recognised_on` is the day on which this very round's title was published; `bars` are what the rule has against who
    is on the list all the same.
    """

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
    recognised_on: date | None = None
    bars: tuple[Bar, ...] = ()


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


def recognised(session: Session, key: ShortlistKey) -> dict[int, date]:
    """Those put forward on the list whom its round has recognised, with the day that was published.

    The outcome entered for the list says so; without one, a title given for the first time since the list's year began,
    unless the enterprise was put forward anew for a later year before that.
    """
    own = PutForward.title == key.title, PutForward.year == key.year, PutForward.in_force()
    later = aliased(PutForward)
    put_forward_anew = exists().where(
        later.enterprise_id == Recognition.enterprise_id,
        later.title == key.title,
        later.year > key.year,
        later.put_forward_on <= Recognition.published_on,
        later.taken_back_on.is_(None),
        later.in_force(),
    )
    given = session.execute(
        select(Recognition.enterprise_id, func.min(Recognition.published_on).label("published_on"))
        .where(
            Recognition.enterprise_id.in_(select(PutForward.enterprise_id).where(*own)),
            Recognition.title == key.title,
            Recognition.kind != RecognitionKind.RENEWED,
            Recognition.published_on >= date(key.year, 1, 1),
            Recognition.in_force(),
            ~put_forward_anew,
        )
        .group_by(Recognition.enterprise_id)
    )
    found: dict[int, date] = {row.enterprise_id: row.published_on for row in given}
    entered = session.execute(
        select(Outcome.enterprise_id, Recognition.published_on)
        .outerjoin(Recognition, Recognition.id == Outcome.recognition_id)
        .where(Outcome.title == key.title, Outcome.year == key.year, Outcome.in_force())
    )
    for which, published_on in entered:
        found.pop(which, None)
        if published_on:
            found[which] = published_on
    return found


def made_by(session: Session, version: ShortlistVersion) -> Sequence[PutForward]:
    """What freezing a version made of those put forward, as far as it holds still."""
    return session.scalars(
        select(PutForward).where(PutForward.version_id == version.id, PutForward.in_force()).order_by(PutForward.id)
    ).all()


def replaced_by(session: Session, rows: Iterable[PutForward]) -> dict[int, PutForward]:
    """What the facts stand in the place of, by the id of whoever stands there now."""
    pairs = {row.replaces_id: row.id for row in rows if row.replaces_id is not None}
    found = [session.scalars(select(PutForward).where(PutForward.id.in_(ids))) for ids in portions(pairs)]
    return {pairs[before.id]: before for some in found for before in some}


def latest(session: Session) -> dict[str, int]:
    """The number of the latest frozen version that stands, by the key of the shortlist."""
    rows = session.execute(
        select(ShortlistVersion.title, ShortlistVersion.year, func.max(ShortlistVersion.number))
        .where(~ShortlistVersion.undone.has())
        .group_by(ShortlistVersion.title, ShortlistVersion.year)
    )
    return {f"{title}-{year}": number for title, year, number in rows}


def candidates(session: Session, key: ShortlistKey, today: date, added: Collection[int] = ()) -> list[Candidate]:
    """The candidates in no order, with what they are ranked by.

    A candidate is an active enterprise whose highest level is the one below the title on the day the list shows, is no
    branch and is not barred on that day; whoever was put forward or `added` by hand stays on the list, with what the
    rule has against it.
    """
    day = key.as_of(today)
    forward = _put_forward(session, key, day)
    titled = recognised(session, key) if forward else {}
    standing, enterprise = _STANDING.c, _ENTERPRISE.c
    rows = _shown(
        session,
        day,
        standing.level == int(key.level_below),
        standing.status == Status.ACTIVE,
        enterprise.is_branch.is_(False),
        enterprise.barred_until.is_(None) | (enterprise.barred_until < day),
    )
    wanted = {*forward, *added} - {row.id for row in rows}
    for ids in portions(wanted):
        rows += _shown(session, day, enterprise.id.in_(ids))
    cached = [(row.id, row.figures_year, row.rd_intensity_percent) for row in rows]
    intensity = _intensities(session, cached, key.year - 1)
    return [
        Candidate(
            enterprise_id=row.id,
            name=row.name,
            code=row.code,
            unit_id=row.unit_id,
            unit=row.short_name,
            unit_en=row.name_en,
            industry_code=row.industry_code,
            niche=row.niche,
            main_product=row.main_product,
            rd_intensity_percent=intensity.get(row.id),
            put_forward_on=forward.get(row.id),
            recognised_on=titled.get(row.id),
            bars=_bars(key, day, row) if row.id in wanted else (),
        )
        for row in rows
    ]


def _bars(key: ShortlistKey, day: date, row: Any) -> tuple[Bar, ...]:
    level, status = Level(row.level), Status(row.status)
    found = bars_of(key.title, day, level, status, is_branch=row.is_branch, barred_until=row.barred_until)
    return tuple(found)


def _shown(session: Session, day: date, *conditions: ColumnElement[bool]) -> list[Any]:
    """The enterprises that fit the conditions: what a candidate tells, the cached figures, how it stands on the day."""
    standing, enterprise, unit = _STANDING.c, _ENTERPRISE.c, _UNIT.c
    columns = (
        *(enterprise.id, enterprise.name, enterprise.code, standing.unit_id, unit.short_name, unit.name_en),
        *(enterprise.industry_code, enterprise.niche, enterprise.main_product),
        *(enterprise.figures_year, enterprise.rd_intensity_percent),
        *(standing.level, standing.status, enterprise.is_branch, enterprise.barred_until),
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
