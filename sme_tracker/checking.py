"""Whether what is stored is sound: caches equal the facts, no save is without its history, chain and file are whole."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from flask_babel import ngettext
from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from sme_tracker.assessments import audit as assessments
from sme_tracker.assessments import judging as verdicts
from sme_tracker.assessments.due import due_enterprises, waiting
from sme_tracker.assessments.set_aside import set_aside_words
from sme_tracker.backup import findings
from sme_tracker.dashboard import kept as board
from sme_tracker.difference_words import Sayer
from sme_tracker.enterprises import audit as enterprises
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.standing import rolled_to
from sme_tracker.history.chain import broken_links
from sme_tracker.history.models import HistoryEntry
from sme_tracker.history.untold import untold_rows
from sme_tracker.history.words import broken_link_words
from sme_tracker.pipeline import audit as pipeline
from sme_tracker.recognitions import audit as recognitions
from sme_tracker.rules.terms import Title
from sme_tracker.shortlists import audit as shortlists
from sme_tracker.shortlists.models import TableTemplate
from sme_tracker.tables import METADATA
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import CACHES, TITLES

SUBJECTS = {
    "target": "target",
    "rule_assignment": "rule_set",
    "table_template": "table_template",
    "export_withheld": "export_right",
}
"""What the history calls the facts that are about no enterprise, by their table."""
EXAMPLES = 3
"""So many faults of a kind are said where not all are asked for."""
KINDS = {
    "file": _l("Database file"),
    "files": _l("Kept files"),
    **CACHES,
    "history": _l("History"),
    "accounts": _l("Accounts"),
    "rules": _l("Standards"),
    "set_aside": _l("Set aside"),
}
"""What the kinds of faults are called, in the order in which they are said."""


class Fault(NamedTuple):
    """Something that is not as it must be: its kind, one of `KINDS`, and the sentence that says it."""

    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: the sentences of each kind of fault, and how many enterprises only wait to be judged."""

    by_kind: Mapping[str, Sequence[str]]
    waiting: int

    @property
    def faults(self) -> int:
        """How many faults there are; what waits is none."""
        return sum(len(sentences) for sentences in self.by_kind.values())

    def lines(self, most: int | None = EXAMPLES) -> Iterator[str]:
        """A line for each kind of fault with the first of them, what they come to, and at the end what waits."""
        for kind in sorted(self.by_kind, key=list(KINDS).index):
            sentences = self.by_kind[kind]
            shown = sentences[:most]
            yield _("%(kind)s: %(count)s", kind=KINDS[kind], count=_findings(len(sentences)))
            yield from (f"  {sentence}" for sentence in shown)
            if len(shown) < len(sentences):
                yield _("  … and %(more)s more, all of them with --all", more=len(sentences) - len(shown))
        yield _findings(self.faults) if self.faults else _("All is sound.")
        if self.waiting:
            yield ngettext(
                "%(num)s enterprise waits to be judged, which the server does by itself; that is no fault.",
                "%(num)s enterprises wait to be judged, which the server does by itself; that is no fault.",
                self.waiting,
            )

    def as_json(self) -> str:
        """The same for other programs, with all sentences."""
        said = {"sound": not self.faults, "faults": self.by_kind, "waiting": self.waiting}
        return json.dumps(said, ensure_ascii=False, indent=1)


def check(session: Session, today: date, data_folder: Path | None = None) -> Report:
    """Look at everything that is stored; at the kept files where their folder is given."""
    by_kind: dict[str, list[str]] = {}
    for kind, sentence in faults(session, today, data_folder):
        by_kind.setdefault(kind, []).append(sentence)
    return Report(by_kind, waiting(session, rolled_to(session) or today))


def faults(session: Session, today: date, data_folder: Path | None = None) -> Iterator[Fault]:
    """Everything that is not as it must be; nothing if all is sound.

    Caches are compared with the facts as of the day they were last rolled to, `today` if they never were; the kept
    files are looked at where their folder is given.
    """
    day = rolled_to(session) or today
    if data_folder:
        yield from _each("files", findings.of_files(session, data_folder))
    yield from _each("file", _of_the_file(session))
    yield from _each("file", findings.of_schema(session))
    yield from _wrong_caches(session, day)
    yield from _each("verdicts", _wrong_verdicts(session, day))
    yield from _each("history", _saves_without_history(session))
    yield from _each("history", _history_without_saves(session))
    yield from _each("history", map(broken_link_words, broken_links(session)))
    yield from _each("accounts", findings.of_accounts(session))
    yield from _each("history", findings.of_lists(session))
    yield from _each("set_aside", set_aside_words(session))
    yield from _each("rules", _altered_rule_sets(session))


def _each(kind: str, sentences: Iterable[str]) -> Iterator[Fault]:
    return (Fault(kind, str(sentence)) for sentence in sentences)


def _findings(count: int) -> str:
    return str(ngettext("%(num)s finding", "%(num)s findings", count))


def _of_the_file(session: Session) -> Iterator[str]:
    """What SQLite finds wrong with its file and references; PostgreSQL keeps watch over both itself."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for (found,) in session.execute(text("PRAGMA integrity_check")):
        if found != "ok":
            yield _("Database: %(found)s", found=found)
    for table, row_id, parent, _number in session.execute(text("PRAGMA foreign_key_check")):
        yield _(
            "Database: row %(row_id)s of %(table)s refers to a row of %(parent)s that is not there.",
            row_id=row_id,
            table=table,
            parent=parent,
        )


def _wrong_caches(session: Session, day: date) -> Iterator[Fault]:
    """What is derived from the facts and is not what they say."""
    say = Sayer(session)
    derived = chain(
        enterprises.differences(session, day),
        recognitions.differences(session),
        pipeline.differences(session),
        board.differences(session),
    )
    return (Fault(difference.kind, say(difference)) for difference in derived)


def _wrong_verdicts(session: Session, day: date) -> Iterator[str]:
    """Verdicts that judging anew would make otherwise, but for those that wait for it."""
    due = due_enterprises(session, day)
    for enterprise_id, level in verdicts.differing(session, day):
        if enterprise_id not in due:
            code = session.scalar(select(Enterprise.code).where(Enterprise.id == enterprise_id))
            of = TITLES[Title(level)]
            yield _("Enterprise %(code)s: the verdict for %(level)s is not what its data give.", code=code, level=of)


def _saves_without_history(session: Session) -> Iterator[str]:
    """Facts, rule sets and frozen shortlists of whose making the history knows nothing."""
    supplied = {"table_template": TableTemplate.recorded_by_id.is_(None), "rule_assignment": assessments.is_shipped()}
    for table, row_id in untold_rows(session, METADATA, SUBJECTS, supplied):
        yield _("History: nothing tells of row %(row_id)s of %(table)s being recorded.", row_id=row_id, table=table)
    for key in assessments.untold_rule_sets(session):
        yield _("History: nothing tells of the rule set %(key)s being drafted.", key=key)
    for version in shortlists.untold_versions(session):
        yield _("History: nothing tells of the shortlist %(version)s being frozen.", version=version)
    for version in shortlists.differing_undoings(session):
        yield _("History: what it tells of undoing the shortlist %(version)s is not what is stored.", version=version)


def _altered_rule_sets(session: Session) -> Iterator[str]:
    for key in assessments.altered_rule_sets(session):
        yield _("The rule set %(key)s is not the text its checksum was made of.", key=key)


def _history_without_saves(session: Session) -> Iterator[str]:
    """Entries about an enterprise that is not there."""
    there = exists().where(Enterprise.id == HistoryEntry.enterprise_id)
    untold = select(HistoryEntry.id).where(HistoryEntry.enterprise_id.is_not(None), ~there).order_by(HistoryEntry.id)
    for entry_id in session.scalars(untold):
        yield _("History: entry %(number)s tells of an enterprise that is not there.", number=entry_id)
