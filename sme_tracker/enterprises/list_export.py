"""The list of enterprises as a file: what its address asks, with every row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy.orm import Session

from sme_tracker.enterprises.additions import Additions
from sme_tracker.enterprises.asked import Asked
from sme_tracker.enterprises.chips import Editor
from sme_tracker.enterprises.choosing import Choice
from sme_tracker.enterprises.columns import Words, written
from sme_tracker.enterprises.editors import editors
from sme_tracker.enterprises.listing import Listing
from sme_tracker.enterprises.queries import Viewer
from sme_tracker.exports.outgoing import Format, Outgoing
from sme_tracker.sheets.writing import Column, Kind, Row
from sme_tracker.web.file_words import what_words
from sme_tracker.web.language import gettext as _


@dataclass(frozen=True)
class ListExport:
    """The list that somebody asks for on a day, as it is to go out."""

    session: Session
    viewer: Viewer
    asked: Asked
    more: Additions
    today: date

    def outgoing(self, wanted: Format) -> Outgoing:
        """What is entered in the register of exports, and said on the last sheet."""
        chips = [*editors(self.asked, self._words), *self.more.editors(self.session, self.asked.filters, self.today)]
        return Outgoing(
            "enterprises",
            what_words("enterprises"),
            wanted,
            notes=_notes(self.asked, chips),
            filters=self.asked.address(),
            as_of=self.asked.filters.as_of or self.today,
            count=self._listing().count(),
        )

    def columns(self) -> Sequence[Column]:
        """The columns of the file."""
        heads, _rows = self._written()
        return [Column(*head) for head in heads]

    def rows(self) -> Iterator[Row]:
        """The rows as they are once they are drawn."""
        yield from self._written()[1]

    def _written(self) -> tuple[list[tuple[str, str, Kind]], Iterator[list[object]]]:
        return written(self._listing(), self.asked.columns, self.asked.order, self._words)

    def _listing(self) -> Listing:
        return Listing(self.session, self.viewer, self.asked.filters, self.today, self._choices)

    @cached_property
    def _choices(self) -> Sequence[Choice]:
        return self.more.choices(self.session, self.asked.filters, self.today)

    @cached_property
    def _words(self) -> Words:
        return Words.read(self.session, self.more.columns.values())


def _notes(asked: Asked, chips: Iterable[Editor]) -> list[tuple[str, str]]:
    """Search, filters and order in words."""
    search = [(_("Search"), asked.filters.q)] if asked.filters.q else []
    filters = [(editor.label, editor.words) for editor in chips if editor.words is not None]
    direction = _("descending") if asked.descending else _("ascending")
    return [*search, *filters, (_("Sorted by"), f"{asked.column_sorted_by.label} {direction}")]
