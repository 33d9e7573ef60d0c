"""The import from the command line: counts and problems as text or JSON, one sentence when the file is refused."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click
from sqlalchemy import select

from sme_tracker.accounts.models import User
from sme_tracker.clock import local, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author, plain
from sme_tracker.imports import actions, staying, undoing, words
from sme_tracker.imports.choices import ChoiceInvalid, choices_of
from sme_tracker.imports.intake import Intake
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.matching.match import Matched
from sme_tracker.imports.matching.verdict import Answers
from sme_tracker.imports.plan import Action, FileContent, read_file
from sme_tracker.imports.queries import find_import, reach_of, reading_of
from sme_tracker.imports.rows import Problem
from sme_tracker.imports.uploads import UploadFolder
from sme_tracker.rules.access import Permission, may
from sme_tracker.rules.findings import Refused, Severity
from sme_tracker.sheets.sheet import SheetRefused
from sme_tracker.web.history_words import field_words
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import finding_words

COUNTED = {
    Action.CREATE: "created",
    Action.CHANGE: "changed",
    Action.UNCHANGED: "unchanged",
    Action.REFUSED: "refused",
}
"""What the JSON calls the rows by what becomes of them."""
_SEVERITIES = {Severity.ERROR: _l("error"), Severity.NOTICE: _l("notice")}


@dataclass(frozen=True)
class ImportOrder:
    """What was asked for on the command line."""

    path: Path
    user_name: str | None = None
    dry_run: bool = False
    as_json: bool = False
    mapping: Path | None = None
    confirms: bool = False


def run(session: GuardedSession, folder: UploadFolder, order: ImportOrder) -> bool:
    """Import the file and say what became of its rows; whether nothing of it was refused or left out.

    Raises ClickException with one sentence when the file is refused.
    """
    user = _user(session, order.user_name)
    intake = Intake(session, folder, reach_of(user.is_role, user.unit_id) if user else Reach())
    by = Author(user.id if user else None, "command import", utc_now())
    try:
        matched = _planned(intake, by, order) if order.dry_run else _written(intake, by, order)
    except SheetRefused as refused:
        raise click.ClickException(words.refusal(refused)) from refused
    _tell(matched, as_json=order.as_json)
    return not any(problem.severity is Severity.ERROR for problem in matched.plan.problems)


@dataclass(frozen=True)
class UndoOrder:
    """Which import is to be undone, for whom and why."""

    import_id: int
    user_name: str | None = None
    reason: str | None = None
    dry_run: bool = False
    as_json: bool = False


def undo(session: GuardedSession, order: UndoOrder) -> bool:
    """Undo a written import and say what that did; whether nothing of it stays.

    Raises ClickException with one sentence where it cannot be undone.
    """
    user = _user(session, order.user_name)
    reach = reach_of(user.is_role, user.unit_id) if user else Reach()
    past = find_import(session, reach, user.id if user else 0, order.import_id)
    if past is None:
        raise click.ClickException(_("There is no import %(number)s.", number=order.import_id))
    by = Author(user.id if user else None, "command import", utc_now())
    try:
        if order.dry_run:
            undone = undoing.what_undoing_does(session, past.imported, reach)
        else:
            with transaction(session):
                why = order.reason or _("Import %(number)s undone", number=order.import_id)
                undone = undoing.undo(session, by, past.imported, reach, why)
    except Refused as refused:
        raise click.ClickException(" ".join(str(finding_words(one)) for one in refused.findings)) from refused
    _tell_undone(session, undone, as_json=order.as_json)
    return not any(undone.counts[name] for name in ("stays", "left", "out_of_reach"))


def _tell_undone(session: GuardedSession, undone: undoing.Undoing, *, as_json: bool) -> None:
    stays = undone.enterprises.stays
    known = staying.known(session, [*(one.enterprise_id for one in stays), *(one.enterprise_id for one in undone.left)])
    rows = [staying.done(one, known) for one in stays] + [staying.changed(one, known) for one in undone.left]
    if as_json:
        told = [{name: plain(value) for name, value in row._asdict().items()} for row in rows]
        click.echo(json.dumps({**undone.counts, "staying": told}, ensure_ascii=False, indent=1))
        return
    for row in rows:
        values = " → ".join(value or "—" for value in (row.was, row.written, row.now)) if row.written else ""
        click.echo(f"{_('stays')}  {row.code} {row.enterprise} · {row.what}  {values}  {row.who}".rstrip())
    for name, number in undone.counts.items():
        click.echo(f"{field_words(name)}: {number:,}")


def _user(session: GuardedSession, name: str | None) -> User | None:
    """The account whose permissions and unit hold; without a name, the server's operator, who reaches all."""
    if name is None:
        return None
    user = session.scalars(select(User).where(User.name == name.casefold(), User.disabled_at.is_(None))).first()
    if user is None:
        raise click.ClickException(_("There is no account “%(name)s” in use.", name=name))
    if not may(user.is_role, Permission.IMPORT_WRITE):
        raise click.ClickException(_("The account “%(name)s” may not import.", name=name))
    return user


def _planned(intake: Intake, by: Author, order: ImportOrder) -> Matched:
    content = _content(intake, by, order)
    with _progress(len(content.rows)) as progress:
        today = local(by.at).date()
        return actions.plan(intake.session, content, intake.reach, today, progress, _answers(order))


def _written(intake: Intake, by: Author, order: ImportOrder) -> Matched:
    content = _content(intake, by, order)
    with _progress(2 * len(content.rows)) as progress:
        return intake.write_at_once(by, order.path, content, progress, _answers(order))


def _answers(order: ImportOrder) -> Answers:
    """Yes to what is asked, where the order confirms it; else what is asked is left out and named."""
    return Answers(confirms=order.confirms)


def _content(intake: Intake, by: Author, order: ImportOrder) -> FileContent:
    """The file as its columns are mapped: by the order's mapping, by headings once mapped, by what is recognised."""
    reading = reading_of(intake.session, None, local(by.at).date(), confirms=order.confirms, user_id=by.user_id)
    if order.mapping:
        try:
            own = choices_of(json.loads(order.mapping.read_text("utf-8-sig")))
        except (ChoiceInvalid, ValueError) as invalid:
            raise click.ClickException(_("The mapping file cannot be read: %(what)s.", what=invalid)) from invalid
        reading = replace(reading, choices={**reading.choices, **own})
    return read_file(order.path, order.path.name, reading)


@contextmanager
def _progress(rows: int) -> Iterator[actions.Progress]:
    """A bar on a terminal, silence elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _rows: None
        return
    with click.progressbar(length=rows, label=_("Importing"), file=sys.stderr) as bar:
        yield bar.update


def _tell(matched: Matched, *, as_json: bool) -> None:
    counts = {COUNTED[action]: number for action, number in matched.plan.counts.items()}
    problems = [_told(problem) for problem in matched.plan.problems]
    if as_json:
        click.echo(json.dumps({**counts, "problems": problems}, ensure_ascii=False, indent=1))
        return
    for problem in matched.plan.problems:
        click.echo(_line(problem))
    click.echo(
        _(
            "Created %(created)s, changed %(changed)s, unchanged %(unchanged)s, refused %(refused)s rows.",
            **{name: f"{number:,}" for name, number in counts.items()},
        )
    )


def _told(problem: Problem) -> Mapping[str, object]:
    return {
        "severity": problem.severity.value,
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "reason": words.reason(problem.finding),
    }


def _line(problem: Problem) -> str:
    place = [problem.sheet]
    if problem.row is not None:
        place.append(_("row %(row)s", row=problem.row))
    place += [part for part in (problem.column, problem.value and f"“{problem.value}”") if part]
    return f"{_SEVERITIES[problem.severity]}  {' · '.join(place)}  {words.reason(problem.finding)}"
