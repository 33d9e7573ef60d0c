"""What other features add to the list of enterprises: columns and filters, handed in when pages are registered."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import NamedTuple

from flask.sansio.app import App
from sqlalchemy.orm import Session

from sme_tracker.enterprises.chips import Editor
from sme_tracker.enterprises.choosing import Choice
from sme_tracker.enterprises.columns import COLUMNS, Column
from sme_tracker.enterprises.filters import Filters

KEY = "enterprise_list_additions"
BEFORE = "valid_until"
"""The column before which those of other features stand."""

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AddedFilter:
    """A filter with its names in the address.

    `read` answers what of these an address should say, and raises ValueError for what says nothing; `choice` picks the
    enterprises; `editor` says what is asked and offers the choices. What is `of_today` is not asked of another day.
    """

    names: tuple[str, ...]
    read: Callable[[Texts], Texts]
    choice: Callable[[Session, Texts, date], Choice]
    editor: Callable[[Session, Texts, date], Editor]
    of_today: bool = False

    def asked(self, filters: Filters) -> Texts:
        """What filters ask of this one."""
        return {name: text for name, text in filters.added if name in self.names}


@dataclass(frozen=True, slots=True)
class Additions:
    """The columns and filters of other features, and all columns of the list in their order, by key."""

    filters: Sequence[AddedFilter] = ()
    columns: Mapping[str, Column] = field(default_factory=lambda: COLUMNS)

    def read(
        self, address: Iterable[tuple[str, str]], as_of: date | None
    ) -> tuple[tuple[tuple[str, str], ...], list[str]]:
        """What an address asks of these filters, and the names in it that say nothing."""
        texts = {name: text.strip() for name, text in address if text.strip()}
        found: dict[str, str] = {}
        ignored: list[str] = []
        for one in self.filters:
            given = {name: texts[name] for name in one.names if name in texts}
            try:
                found |= _of_today_only(one, as_of).read(given) if given else {}
            except ValueError:
                ignored += given
        return tuple(found.items()), ignored

    @property
    def names(self) -> frozenset[str]:
        """The names of these filters in an address."""
        return frozenset(chain.from_iterable(one.names for one in self.filters))

    def choices(self, session: Session, filters: Filters, today: date) -> list[Choice]:
        """Which enterprises the filters in force pick."""
        return [one.choice(session, asked, today) for one, asked in self._in_force(filters)]

    def editors(self, session: Session, filters: Filters, today: date) -> list[Editor]:
        """The filters in force, in the order of the chips."""
        return [one.editor(session, asked, today) for one, asked in self._in_force(filters)]

    def offered(self, session: Session, filters: Filters, today: date) -> list[Editor]:
        """The filters that are not asked, ready to be chosen from."""
        return [
            one.editor(session, {}, today)
            for one in self.filters
            if not one.asked(filters) and not (one.of_today and filters.as_of)
        ]

    def _in_force(self, filters: Filters) -> Iterator[tuple[AddedFilter, Texts]]:
        for one in self.filters:
            if asked := one.asked(filters):
                yield one, asked

    def with_more(self, more: "More") -> "Additions":
        """These and what another feature hands in."""
        all_columns: dict[str, Column] = {}
        for key, column in self.columns.items():
            if key == BEFORE:
                all_columns |= {added.key: added for added in more.columns}
            all_columns[key] = column
        return Additions((*self.filters, *more.filters), all_columns)


class More(NamedTuple):
    """What one feature hands in."""

    filters: Sequence[AddedFilter] = ()
    columns: Sequence[Column] = ()


NONE = Additions()


def hand_in(app: App, more: More) -> None:
    """Add the columns and filters of a feature to the list of an application."""
    app.extensions[KEY] = additions(app).with_more(more)


def additions(app: App) -> Additions:
    """What has been handed in."""
    found: Additions = app.extensions.get(KEY, NONE)
    return found


def _of_today_only(one: AddedFilter, as_of: date | None) -> AddedFilter:
    if one.of_today and as_of:
        raise ValueError(one.names)
    return one
