"""What an address of the board asks for: the day, what was known when, the unit, and the goal of the trend."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sme_tracker.clock import end_of_day
from sme_tracker.enterprises.measure import NO_UNIT, MeasureQuery, UnitChoice
from sme_tracker.enterprises.queries import Viewer
from sme_tracker.rules.access import own_unit_only
from sme_tracker.rules.bounds import plain_day, whole_number
from sme_tracker.rules.terms import Indicator, Role

FIRST_DAY = date(2000, 1, 1)
NOBODYS_UNIT = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """The choices of an address; `ignored` names the parameters that could not be used."""

    as_of: date
    today: date
    known_on: date | None = None
    unit: UnitChoice = None
    series: Indicator = Indicator.SRDI
    ignored: tuple[str, ...] = ()

    @property
    def query(self) -> MeasureQuery:
        """What is asked of the measures."""
        known_at = end_of_day(self.known_on) if self.known_on else None
        return MeasureQuery(self.as_of.year, self.as_of, known_at, self.unit)

    def parameters(self, **changes: object) -> dict[str, object]:
        """The parameters of an address that asks for the same with changes; what goes without saying is left out."""
        chosen: dict[str, object] = {
            "as_of": self.as_of,
            "known": self.known_on,
            "unit": self.unit,
            "series": self.series.value,
        } | changes
        silent = {"as_of": self.today, "series": Indicator.SRDI.value}
        return {name: value for name, value in chosen.items() if value is not None and silent.get(name) != value}


def read_address(parameters: Mapping[str, str], today: date, viewer: Viewer, units: Collection[int]) -> Asked:
    """What the parameters ask for; a clerk gets the own unit whatever they say."""
    ignored: list[str] = []
    day = _day(parameters, "as_of", today, ignored)
    known_on = _day(parameters, "known", today, ignored)
    unit = _own_unit(viewer) if own_unit_only(Role(viewer.role)) else _unit(parameters, units, ignored)
    series = parameters.get("series")
    if series and series not in set(Indicator):
        ignored.append("series")
        series = None
    return Asked(
        day or today,
        today,
        known_on if known_on != today else None,
        unit,
        Indicator(series) if series else Indicator.SRDI,
        tuple(ignored),
    )


def _day(parameters: Mapping[str, str], name: str, today: date, ignored: list[str]) -> date | None:
    written = parameters.get(name)
    if not written:
        return None
    try:
        day: date | None = plain_day(written)
    except ValueError:
        day = None
    if day and FIRST_DAY <= day <= today:
        return day
    ignored.append(name)
    return None


def _own_unit(viewer: Viewer) -> UnitChoice:
    return viewer.unit_id if viewer.unit_id is not None else NOBODYS_UNIT


def _unit(parameters: Mapping[str, str], units: Collection[int], ignored: list[str]) -> UnitChoice:
    written = parameters.get("unit")
    if not written:
        return None
    if written == NO_UNIT:
        return NO_UNIT
    number = whole_number(written)
    if number is not None and number in units:
        return number
    ignored.append("unit")
    return None
