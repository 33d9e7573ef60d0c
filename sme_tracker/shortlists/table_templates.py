"""Templates of the recommendation table: reading them, what speaks against one, and keeping one as a dated fact."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.history.facts import insert_facts, retire, stamped
from sme_tracker.rules.bounds import LONGEST, check_text
from sme_tracker.rules.findings import Finding, refuse
from sme_tracker.shortlists.models import TableTemplate
from sme_tracker.shortlists.table_fields import FIELDS

ROWS = ("recommended", "all")
PLACEHOLDERS = ("year", "title", "bureau", "as_of", "today", "version", "checksum", "count")
MOST_LINES, MOST_COLUMNS = 8, 60
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Stale(Exception):
    """Somebody changed the template since it was opened."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A template as somebody writes it; columns are pairs of heading and field."""

    name: str
    sheet_title: str
    lines: Sequence[str]
    columns: Sequence[tuple[str, str]]
    rows: str

    def stored(self) -> dict[str, Any]:
        """How the fact holds it."""
        return {
            "name": self.name,
            "sheet_title": self.sheet_title,
            "lines": list(self.lines),
            "columns": [list(column) for column in self.columns],
            "rows": self.rows,
        }


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of a template: what it was, who wrote it when, and until when it was in force."""

    template: TableTemplate
    by: str | None
    from_instant: datetime
    until_instant: datetime | None


def templates(session: Session) -> Sequence[TableTemplate]:
    """The templates in force by name."""
    return session.scalars(select(TableTemplate).where(TableTemplate.in_force()).order_by(TableTemplate.name)).all()


def find_template(session: Session, code: str) -> TableTemplate | None:
    """The template of that code in force."""
    return session.scalar(select(TableTemplate).where(TableTemplate.code == code, TableTemplate.in_force()))


def editions(session: Session, code: str) -> list[Edition]:
    """Every version of a template, the latest first."""
    rows = session.execute(
        select(TableTemplate, User.full_name)
        .outerjoin(User, User.id == TableTemplate.recorded_by_id)
        .where(TableTemplate.code == code)
        .order_by(TableTemplate.id.desc())
    )
    return [Edition(row, by, row.recorded_at, row.retired_at) for row, by in rows]


def layout_of(template: TableTemplate) -> Layout:
    """What a template in force says."""
    columns = [(heading, field) for heading, field in template.columns]
    return Layout(template.name, template.sheet_title, template.lines, columns, template.rows)


def save_template(session: Session, by: Author, code: str, layout: Layout, opened: int | None) -> None:
    """Let the template of that code be this from now on; the one before stays on record.

    `opened` is the id of the fact that was opened, None for a new template. Raises Refused with a finding for each
    place (`at`), and Stale when another fact is in force by now.
    """
    refuse(check(layout))
    before = find_template(session, code)
    if (before.id if before else None) != opened:
        raise Stale
    if before and layout_of(before) == layout:
        return
    changes = _changes(layout_of(before) if before else None, layout)
    if before:
        retire(session, by, TableTemplate, [before.id])
    (which,) = insert_facts(session, TableTemplate, [stamped(by, code=code, **layout.stored())])
    record(session, by, [Entry("table.change" if before else "table.add", "table_template", which, changes=changes)])


def check(layout: Layout) -> Iterator[Finding]:
    """What speaks against a template, each with the place (`at`) it is said of."""
    for at, text in (("name", layout.name), ("sheet_title", layout.sheet_title)):
        if not text:
            yield Finding("table.empty", {"at": at})
        yield from _check_text(at, text, LONGEST["table_name"])
    if layout.rows not in ROWS:
        yield Finding("table.rows_unknown", {"at": "rows"})
    yield from _check_lines(layout.lines)
    yield from _check_columns(layout.columns)


def filled(line: str, values: Mapping[str, object]) -> str:
    """A line with its placeholders filled in."""
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), line)


def _check_lines(lines: Sequence[str]) -> Iterator[Finding]:
    if len(lines) > MOST_LINES:
        yield Finding("table.too_many_lines", {"at": "lines", "most": MOST_LINES})
    for line in lines:
        yield from _check_text("lines", line, LONGEST["table_line"])
        for name in _PLACEHOLDER.findall(line):
            if name not in PLACEHOLDERS:
                yield Finding("table.placeholder_unknown", {"at": "lines", "name": name})


def _check_columns(columns: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    if not columns:
        yield Finding("table.no_columns", {"at": "columns"})
    if len(columns) > MOST_COLUMNS:
        yield Finding("table.too_many_columns", {"at": "columns", "most": MOST_COLUMNS})
    headings: set[str] = set()
    for place, (heading, field) in enumerate(columns):
        if field not in FIELDS:
            yield Finding("table.field_unknown", {"at": f"field-{place}", "name": field})
        if not heading:
            yield Finding("table.empty", {"at": f"heading-{place}"})
        elif heading in headings:
            yield Finding("table.heading_taken", {"at": f"heading-{place}", "name": heading})
        headings.add(heading)
        yield from _check_text(f"heading-{place}", heading, LONGEST["table_heading"])


def _check_text(at: str, text: str, longest: int) -> Iterator[Finding]:
    for finding in check_text("table", text, longest):
        yield Finding(finding.code, {**finding.parameters, "at": at})


def _changes(before: Layout | None, after: Layout) -> dict[str, tuple[object, object]]:
    old = _told(before) if before else {}
    return {name: (old.get(name), value) for name, value in _told(after).items() if old.get(name) != value}


def _told(layout: Layout) -> dict[str, str]:
    """A template as the history tells of it."""
    return {
        "name": layout.name,
        "sheet_title": layout.sheet_title,
        "table_lines": " / ".join(layout.lines),
        "table_columns": "；".join(f"{heading}＝{field}" for heading, field in layout.columns),
        "table_rows": layout.rows,
    }
