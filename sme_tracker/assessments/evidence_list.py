"""An enterprise's papers as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from sme_tracker.assessments import queries
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.web.paper_words import PAPER_FIELDS, PAPER_KINDS, choice_words
from sme_tracker.web.principal import Principal


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
    said: list[tuple[str, str]]
    file_name: str | None
    verified_by: str | None
    verified_on: date | None


def evidence_panel(session: Session, enterprise: Enterprise, _user: Principal, today: date) -> Mapping[str, object]:
    """What the panel of papers shows: those that end soonest first."""
    papers = [shown_paper(each, today) for each in queries.evidence_of(session, enterprise.id)]
    papers.sort(key=lambda paper: (paper.until_day or date.max, paper.id))
    return {"papers": papers, "kinds": PAPER_KINDS}


def shown_paper(each: queries.Verified, today: date) -> ShownPaper:
    """A paper with its own fields in words."""
    row = each.row
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
        [
            (str(PAPER_FIELDS[name]), _words(row.kind, name, value))
            for name, value in row.data.items()
            if name in PAPER_FIELDS
        ],
        row.file_name,
        each.verified_by,
        row.verified_on,
    )


def _words(kind: str, name: str, value: object) -> str:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    return choice_words(kind, name, value)
