"""The sentences of `check` where a cache is not what the facts say: of whom, in what, since when, and both values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.dashboard.measures import MEASURES
from sme_tracker.enterprises.audit import Difference
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.counting import FAR_FUTURE, FAR_PAST, Span, bit, value_on
from sme_tracker.rules.terms import Level, Track
from sme_tracker.web.fields import shown_number
from sme_tracker.web.history_words import FIELDS
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import LEVELS, SIZE_CLASSES, STATUSES, listed, step_words, track_words

LONGEST_SHOWN = 60
_TRACKS = frozenset(of.value for of in Track)
COLUMNS: Mapping[str, Any] = {
    "name": FIELDS["name"],
    "name_key": _l("name for comparing"),
    "search_text": _l("text for searching"),
    "code_reversed": _l("code from its end"),
    "unit_id": FIELDS["unit_id"],
    "status": FIELDS["status"],
    "level": _l("Level"),
    "holds": _l("levels held"),
    "level_until": _l("level held through"),
    "stage": _l("Stage"),
    "changes_on": _l("next change by date"),
    "figures_year": FIELDS["fiscal_year"],
    "revenue_wan": FIELDS["revenue_wan"],
    "rd_intensity_percent": FIELDS["rd_intensity_percent"],
    "size_class": _l("Size class"),
}
"""What the columns that keep something of today, and the dimensions of a standing, are called; tracks by their name."""


class Sayer:
    """Says differences, with the names of enterprises and units as one database knows them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        rows = session.execute(select(ReportingUnit.id, ReportingUnit.short_name, ReportingUnit.name_en))
        self._units = {row.id: listed(row.short_name, row.name_en) or "" for row in rows}

    def __call__(self, found: Difference) -> str:
        """The sentence of a difference."""
        say = SENTENCES.get(found.what, _standing if found.what.startswith("standing.") else _column)
        return say(self, found)

    def code(self, enterprise_id: int | None) -> str:
        """The credit code of an enterprise, its number if it is not there."""
        code = self._session.scalar(select(Enterprise.code).where(Enterprise.id == enterprise_id))
        return code or str(enterprise_id)

    def value(self, name: str, value: Any) -> str:
        """A value of a column or dimension in words."""
        if value is None or value == "":
            return _("nothing")
        if name in _TRACKS:
            return step_words(name, str(value))
        if name in ("unit_id", *_CODES):
            known = self._units if name == "unit_id" else _CODES[name]()
            return str(known.get(value, value))
        return _plain(value)

    def unit(self, unit_id: int | None) -> str:
        """The name of a unit, or that there is none."""
        return self._units.get(unit_id, str(unit_id)) if unit_id else _("No unit yet")


def _levels_held(holds: int) -> str:
    held = [str(LEVELS[level]) for level in Level if level and holds & bit(level)]
    return _(", ").join(held) or str(LEVELS[Level.NONE])


_CODES: Mapping[str, Callable[[], Mapping[Any, Any]]] = {
    "status": lambda: STATUSES,
    "level": lambda: LEVELS,
    "holds": lambda: {holds: _levels_held(holds) for holds in range(2 ** len(LEVELS))},
    "stage": lambda: {of.value: track_words(of) for of in Track},
    "size_class": lambda: SIZE_CLASSES,
}
"""The words of the values that are codes, by the column or dimension they stand in."""


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return shown_number(value)
    text = str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _what(name: str) -> str:
    return track_words(name) if name in _TRACKS else str(COLUMNS.get(name, name))


def _column(sayer: Sayer, found: Difference) -> str:
    return _of_enterprise(sayer, found, _what(found.what), found.what, (found.stored, found.computed))


def _of_enterprise(sayer: Sayer, found: Difference, what: str, name: str, values: tuple[Any, Any]) -> str:
    stored, computed = (sayer.value(name, value) for value in values)
    return _(
        "Enterprise %(code)s, %(what)s: stored is %(stored)s, the facts say %(computed)s.",
        code=sayer.code(found.enterprise_id),
        what=what,
        stored=stored,
        computed=computed,
    )


def _standing(sayer: Sayer, found: Difference) -> str:
    """The first of the days on which a standing is not what the facts say."""
    name = found.what.partition(".")[2]
    if not isinstance(found.stored, list) or not isinstance(found.computed, list):
        return _of_enterprise(sayer, found, _what(name), name, (found.stored, found.computed))
    span = next(_unlike(found.stored, found.computed))
    what = _("%(what)s %(when)s", what=_what(name), when=_when(span.from_day, span.until_day))
    return _of_enterprise(sayer, found, what, name, span.value)


def _unlike(stored: Sequence[Span[Any]], computed: Sequence[Span[Any]]) -> Iterator[Span[tuple[Any, Any]]]:
    """The days on which two functions of days are not alike, with both values; all days if that is nowhere."""
    days = {day for span in (*stored, *computed) for day in (span.from_day, span.until_day)}
    for from_day, until_day in pairwise(sorted({FAR_PAST, FAR_FUTURE} | days)):
        values = (value_on(stored, from_day), value_on(computed, from_day))
        if values[0] != values[1]:
            yield Span(from_day, until_day, values)
    yield Span(FAR_PAST, FAR_FUTURE, (None, None))


def _when(from_day: date, until_day: date) -> str:
    first, last = from_day.isoformat(), (until_day - timedelta(days=1)).isoformat()
    if from_day == FAR_PAST:
        return _("on every day") if until_day == FAR_FUTURE else _("up to %(last)s", last=last)
    if until_day == FAR_FUTURE:
        return _("from %(first)s on", first=first)
    return _("from %(first)s to %(last)s", first=first, last=last)


def _no_standing(sayer: Sayer, found: Difference) -> str:
    return _("Enterprise %(code)s: nothing is kept of where it stands today.", code=sayer.code(found.enterprise_id))


def _no_names(sayer: Sayer, found: Difference) -> str:
    return _("Enterprise %(code)s: no name of it is on record.", code=sayer.code(found.enterprise_id))


def _tally(sayer: Sayer, found: Difference) -> str:
    unit_id, status, level, stage = cast(tuple[int, str, int, str], found.at)
    place = [sayer.unit(unit_id), *(sayer.value(name, value) for name, value in (("status", status), ("level", level)))]
    if stage:
        place.append(sayer.value("stage", stage))
    return _numbers(_(", ").join(place), found.stored, found.computed)


def _pairs(sayer: Sayer, found: Difference) -> str:
    stored, computed = set(cast(list[str], found.stored)), set(cast(list[str], found.computed))
    return _(
        "Enterprise %(code)s: %(missing)s pairs of characters it is found by are missing, %(more)s are too many.",
        code=sayer.code(found.enterprise_id),
        missing=len(computed - stored),
        more=len(stored - computed),
    )


def _share(sayer: Sayer, found: Difference) -> str:
    of = _("Enterprise %(code)s", code=sayer.code(found.enterprise_id))
    return _first_number(sayer, of, found)


def _total(sayer: Sayer, found: Difference) -> str:
    return _first_number(sayer, _("Whole city"), found)


def _first_number(sayer: Sayer, of: str, found: Difference) -> str:
    """The first number of a board that is not what the facts say."""
    stored, computed = _counts(found.stored), _counts(found.computed)
    places = sorted(stored.keys() | computed.keys(), key=str)
    wrong = [place for place in places if stored.get(place) != computed.get(place)]
    if not wrong:
        return _("%(of)s: the numbers are not kept as they are counted.", of=of)
    key, unit_id = wrong[0]
    place = _(", ").join([of, _measure(key), sayer.unit(unit_id)])
    return _numbers(place, stored.get(wrong[0], 0), computed.get(wrong[0], 0))


def _numbers(place: str, stored: object, computed: object) -> str:
    return _(
        "%(what)s: stored is %(stored)s, the facts say %(computed)s.", what=place, stored=stored, computed=computed
    )


def _counts(share: Any) -> dict[tuple[str, int | None], int]:
    return {(key, unit_id): number for key, unit_id, number in share or ()}


def _measure(key: str) -> str:
    """What a number of the board is called, by its measure or the one that it stands beside."""
    measure = MEASURES.get(key.partition(" ")[0])
    return str(measure.label) if measure else _("days in a column")


SENTENCES: Mapping[str, Callable[[Sayer, Difference], str]] = {
    "standing": _no_standing,
    "names": _no_names,
    "tally": _tally,
    "search_pair": _pairs,
    "board_share": _share,
    "board_total": _total,
}
"""How differences are said that are not about one value of a column or a dimension."""
