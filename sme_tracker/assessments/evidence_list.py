"""An enterprise's papers as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sme_tracker.assessments.facts import NONE_OF, papers_of
from sme_tracker.enterprises.panels import Subject
from sme_tracker.web.paper_words import PAPER_FIELDS, PAPER_KINDS, choice_words


@dataclass(frozen=True, slots=True)
class ShownPaper:
    """A paper ready for the page; `days` is how long it is still valid."""

    id: int
    anchor: int
    kind: str
    kind_words: str
    name: str
    ref: str | None
    from_day: date | None
    until_day: date | None
    days: int | None
    source: str | None
    data: Mapping[str, object]
    file_name: str | None
    verified_by: str | None
    verified_on: date | None

    @property
    def said(self) -> list[tuple[str, str]]:
        """The fields of its own in words."""
        return [
            (str(PAPER_FIELDS[name]), _words(self.kind, name, value))
            for name, value in self.data.items()
            if name in PAPER_FIELDS
        ]


def evidence_panel(subject: Subject) -> Mapping[str, object]:
    """What the panel of papers shows: those that end soonest first."""
    papers = [shown_paper(row, subject.today) for row in subject.known(papers_of) if row.kind != NONE_OF]
    papers.sort(key=lambda paper: (paper.until_day or date.max, paper.id))
    return {"papers": papers, "kinds": PAPER_KINDS}


def shown_paper(row: Any, today: date, verified_by: str | None = None) -> ShownPaper:
    """A paper as recorded, ready for the page."""
    return ShownPaper(
        row.id,
        row.origin_id or row.id,
        row.kind,
        str(PAPER_KINDS.get(row.kind, row.kind)),
        row.name,
        row.ref,
        row.from_day,
        row.until_day,
        (row.until_day - today).days if row.until_day else None,
        row.source,
        row.data,
        row.file_name,
        verified_by,
        row.verified_on,
    )


def _words(kind: str, name: str, value: object) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return choice_words(kind, name, value)
