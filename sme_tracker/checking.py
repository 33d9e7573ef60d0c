"""Whether what is stored is sound: caches equal the facts, no save is without its history, chain and file are whole."""

from collections.abc import Iterator
from datetime import date
from itertools import chain as one_after_another
from pathlib import Path

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session

from sme_tracker.assessments import audit as assessments
from sme_tracker.assessments import judging as verdicts
from sme_tracker.assessments.set_aside import set_aside_words
from sme_tracker.backup import findings
from sme_tracker.dashboard import kept as board
from sme_tracker.enterprises import audit as enterprises
from sme_tracker.enterprises.audit import Difference
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.standing import rolled_to
from sme_tracker.history.chain import broken_links
from sme_tracker.history.models import HistoryEntry
from sme_tracker.history.untold import untold_rows
from sme_tracker.history.words import broken_link_words
from sme_tracker.pipeline import audit as pipeline
from sme_tracker.recognitions import audit as recognitions
from sme_tracker.shortlists import audit as shortlists
from sme_tracker.shortlists.models import TableTemplate
from sme_tracker.tables import METADATA
from sme_tracker.web.language import gettext as _

LONGEST_SHOWN = 200
SUBJECTS = {"target": "target", "rule_assignment": "rule_set", "table_template": "table_template"}
"""What the history calls the facts that are about no enterprise, by their table."""


def faults(session: Session, today: date, data_folder: Path | None = None) -> Iterator[str]:
    """A sentence for everything that is not as it must be; nothing if all is sound.

    Caches are compared with the facts as of the day they were last rolled to, `today` if they never were; the kept
    files are looked at where their folder is given.
    """
    if data_folder:
        yield from findings.of_files(session, data_folder)
    yield from _of_the_file(session)
    yield from findings.of_schema(session)
    derived = one_after_another(
        enterprises.differences(session, rolled_to(session) or today),
        recognitions.differences(session),
        pipeline.differences(session),
        board.differences(session),
    )
    for difference in derived:
        yield _difference_words(session, difference)
    yield from _old_verdicts(session, rolled_to(session) or today)
    yield from _saves_without_history(session)
    yield from _history_without_saves(session)
    yield from findings.of_accounts(session)
    yield from findings.of_lists(session)
    yield from set_aside_words(session)
    for link in broken_links(session):
        yield broken_link_words(link)


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


def _difference_words(session: Session, difference: Difference) -> str:
    stored, computed = (str(value)[:LONGEST_SHOWN] for value in (difference.stored, difference.computed))
    values = {"what": difference.what, "stored": stored, "computed": computed}
    if difference.enterprise_id is None:
        return str(_("%(what)s: stored is %(stored)s, the facts say %(computed)s.", **values))
    code = session.scalar(select(Enterprise.code).where(Enterprise.id == difference.enterprise_id))
    sentence = _(
        "Enterprise %(code)s, %(what)s: stored is %(stored)s, the facts say %(computed)s.", code=code, **values
    )
    return str(sentence)


def _old_verdicts(session: Session, today: date) -> Iterator[str]:
    """Verdicts that judging anew would make otherwise."""
    for enterprise_id, level in verdicts.differing(session, today):
        code = session.scalar(select(Enterprise.code).where(Enterprise.id == enterprise_id))
        words = _("Enterprise %(code)s: the verdict for %(level)s is older than its data.", code=code, level=level)
        yield str(words)


def _saves_without_history(session: Session) -> Iterator[str]:
    """Facts, rule sets and frozen shortlists of whose making the history knows nothing."""
    supplied = {"table_template": TableTemplate.recorded_by_id.is_(None), "rule_assignment": assessments.is_shipped()}
    for table, row_id in untold_rows(session, METADATA, SUBJECTS, supplied):
        yield _("History: nothing tells of row %(row_id)s of %(table)s being recorded.", row_id=row_id, table=table)
    for key in assessments.untold_rule_sets(session):
        yield _("History: nothing tells of the rule set %(key)s being drafted.", key=key)
    for key in assessments.altered_rule_sets(session):
        yield _("The rule set %(key)s is not the text its checksum was made of.", key=key)
    for version in shortlists.untold_versions(session):
        yield _("History: nothing tells of the shortlist %(version)s being frozen.", version=version)


def _history_without_saves(session: Session) -> Iterator[str]:
    """Entries about an enterprise that is not there."""
    there = exists().where(Enterprise.id == HistoryEntry.enterprise_id)
    untold = select(HistoryEntry.id).where(HistoryEntry.enterprise_id.is_not(None), ~there).order_by(HistoryEntry.id)
    for entry_id in session.scalars(untold):
        yield _("History: entry %(number)s tells of an enterprise that is not there.", number=entry_id)
