"""What people decided about the columns of a sheet, by its headings: where each goes, or that it goes nowhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sme_tracker.imports.columns import Column, Samples, State, units_of, with_likely_unit
from sme_tracker.imports.headings import MONEY_UNITS
from sme_tracker.imports.vocabulary import Vocabulary
from sme_tracker.rules.bounds import EARLIEST_YEAR, LATEST_YEAR
from sme_tracker.rules.terms import Title
from sme_tracker.rules.values.numbers import PEOPLE_UNITS


@dataclass(frozen=True)
class Choice:
    """Where a column goes: a meaning's key with unit, year and title, or nowhere."""

    meaning: str | None = None
    unit: str | None = None
    year: int | None = None
    title: Title | None = None

    def plain(self) -> dict[str, object]:
        """The choice as it is kept and as `--mapping` reads it."""
        return {"field": self.meaning, "unit": self.unit, "year": self.year, "title": self.title}


YEAR_DOUBTS = frozenset({"column.year_missing", "column.year_assumed", "column.heading_relative_year"})
"""The doubts about the year of a figure; a mapping without a year does not settle them."""
Choices = Mapping[str, Choice]
"""Heading as written → what was decided about its column."""


class ChoiceInvalid(Exception):
    """A mapping cannot be read; the text names what is wrong with it."""


def choices_of(kept: object) -> Choices:
    """Choices as they were kept; raises ChoiceInvalid for what no mapping can be."""
    if not isinstance(kept, dict):
        raise ChoiceInvalid(repr(kept)[:80])
    return {str(heading): choice_of(one) for heading, one in kept.items()}


def plain_choices(choices: Choices) -> dict[str, dict[str, object]]:
    """Choices as they are kept."""
    return {heading: choice.plain() for heading, choice in choices.items()}


def chosen(
    columns: Iterable[Column], choices: Choices, vocabulary: Vocabulary, samples: Samples, *, confirms: bool
) -> list[Column]:
    """The columns as they were decided upon; `confirms` takes what is proposed where nobody decided.

    Of two columns that would go to one place the first does.
    """
    decided: list[Column] = []
    taken: set[object] = set()
    for column in columns:
        choice = choices.get(column.written)
        now = _decided(column, choice, vocabulary, samples) if choice else column
        now = _confirmed(now) if confirms else now
        if now.is_read and now.place in taken:
            now = replace(column, state=State.CHOOSE)
        if now.is_read:
            taken.add(now.place)
        decided.append(now)
    return decided


def _decided(column: Column, choice: Choice, vocabulary: Vocabulary, samples: Samples) -> Column:
    """The column as somebody decided; a year or a unit of money that nobody says is still asked."""
    if choice.meaning is None:
        return replace(column, meaning=None, state=State.LEFT_OUT, doubts=())
    meaning = vocabulary.of_key.get(choice.meaning)
    if meaning is None:
        raise ChoiceInvalid(choice.meaning[:80])
    unit = next((one for one in (choice.unit, column.unit) if one in units_of(meaning)), None)
    of_the_year = tuple(one for one in column.doubts if one.code in YEAR_DOUBTS)
    if meaning.field.is_yearly and not choice.year and of_the_year:
        return replace(column, meaning=meaning, unit=unit, doubts=of_the_year)
    decided = replace(
        column,
        meaning=meaning,
        unit=unit,
        year=choice.year or (column.year if meaning.field.is_yearly else None),
        title=choice.title or column.title,
        state=State.SURE,
        doubts=(),
    )
    return decided if unit or not meaning.field.is_money else with_likely_unit(decided, samples)


def _confirmed(column: Column) -> Column:
    return replace(column, state=State.SURE) if column.state is State.CONFIRM else column


def choice_of(kept: object) -> Choice:
    """One choice as it was kept, or as a form says it; raises ChoiceInvalid for what none can be."""
    if kept is None:
        return Choice()
    if not isinstance(kept, dict):
        raise ChoiceInvalid(repr(kept)[:80])
    unit, year, title = kept.get("unit"), kept.get("year"), kept.get("title")
    if unit not in (None, *PEOPLE_UNITS, *MONEY_UNITS):
        raise ChoiceInvalid(str(unit)[:80])
    if year and not (str(year).isdecimal() and EARLIEST_YEAR <= int(str(year)) <= LATEST_YEAR):
        raise ChoiceInvalid(str(year)[:80])
    if title and title not in {one.value for one in Title}:
        raise ChoiceInvalid(str(title)[:80])
    field: Any = kept.get("field") or None
    return Choice(field, unit or None, int(str(year)) if year else None, Title(title) if title else None)
