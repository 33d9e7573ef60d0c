"""What failed and is not tried again by itself, in words: try-outs, enterprises nobody can judge, stored rule sets."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.asked_tryouts import LONGEST_S
from sme_tracker.assessments.models import MOST_ATTEMPTS, JudgingFailure, StoredRuleSet, TryOutRecord
from sme_tracker.assessments.rule_sets import read_rule_set
from sme_tracker.assessments.words import problem_in_part
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.text.rule_sets import stored_rule_set
from sme_tracker.web.language import gettext as _


def set_aside_words(session: Session) -> Iterator[str]:
    """A sentence for everything that was set aside."""
    for row in session.scalars(select(StoredRuleSet).order_by(StoredRuleSet.key)):
        for problem in read_rule_set(row).faults:
            words = problem_in_part(row.table, problem)
            yield _("Nothing is judged by the rule set %(key)s. %(problem)s", key=row.key, problem=words)
    failed = TryOutRecord.finished_at.is_not(None) & (TryOutRecord.attempts >= MOST_ATTEMPTS)
    keys = {row.id: row.key for row in session.execute(select(StoredRuleSet.id, StoredRuleSet.key))}
    for asked in session.scalars(select(TryOutRecord).where(failed).order_by(TryOutRecord.id)):
        if asked.failure in ("error", "died"):
            why = failure_words(session, asked)
            yield _("Try-out %(number)s of %(key)s: %(why)s", number=asked.id, key=keys[asked.rule_set_id], why=why)
    columns = (Enterprise.code, JudgingFailure.error, JudgingFailure.attempts)
    aside = select(*columns).join(Enterprise, Enterprise.id == JudgingFailure.enterprise_id)
    for code, error, times in session.execute(aside.where(JudgingFailure.is_set_aside()).order_by(Enterprise.code)):
        yield _(
            "Enterprise %(code)s: judging it failed %(times)s times (%(error)s); it has no verdict until it is judged"
            " again, by a change of its data or `sme-tracker judge`.",
            code=code,
            times=times,
            error=error,
        )


def count_set_aside(session: Session) -> int:
    """How many enterprises cannot be judged for now."""
    return session.scalar(select(func.count()).select_from(JudgingFailure).where(JudgingFailure.is_set_aside())) or 0


def failure_words(session: Session, asked: TryOutRecord) -> str:
    """Why a try-out ended without a result; empty if it did not."""
    match asked.failure:
        case None:
            return ""
        case "time":
            minutes = int(LONGEST_S // 60)
            return _("It took longer than %(minutes)s minutes and was ended. Try fewer enterprises.", minutes=minutes)
        case "memory":
            return _("It needed more memory than a try-out may have and was ended. Try fewer enterprises.")
        case "stopped":
            return _("It was stopped.")
        case "rules":
            return " ".join(_faults(session, asked))
        case "died":
            return _(
                "Its process was ended %(times)s times before it was done; it is not tried again.", times=_times(asked)
            )
        case _:
            error = asked.error or _("see the log of the server")
            return _("It failed %(times)s times (%(error)s); it is not tried again.", times=_times(asked), error=error)


def _times(asked: TryOutRecord) -> int:
    return max(asked.attempts, 1)


def _faults(session: Session, asked: TryOutRecord) -> Iterator[str]:
    """What is wrong with the values that were tried, or with those they were tried beside."""
    for table in (asked.table, session.get_one(StoredRuleSet, asked.beside_id).table):
        for problem in stored_rule_set(table).faults:
            yield problem_in_part(table, problem)
