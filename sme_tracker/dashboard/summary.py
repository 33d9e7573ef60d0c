"""The sentence the board opens with: how many targets stand where, and which fall short by how much."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import ngettext, pgettext

from sme_tracker.dashboard.board import Goal
from sme_tracker.rules.pace import PaceWord, summary
from sme_tracker.rules.terms import Indicator
from sme_tracker.web.language import gettext as _


@dataclass(frozen=True, slots=True)
class SummaryWords:
    """The parts of the sentence: of how many targets, how they stand, which fall short; empty where nothing is."""

    number: str
    stand: str
    short: str


def summary_words(goals: Sequence[Goal]) -> SummaryWords:
    """How the targets stand, and which of them fall short by how much."""
    paces = [goal.pace for goal in goals if goal.pace]
    counted = summary(paces)
    parts = [
        _ahead(counted.ahead) if counted.ahead else None,
        _on_pace(counted.on_pace) if counted.on_pace else None,
        _short(counted.short) if counted.short else None,
    ]
    short = _("; ").join(_short_by(goal) for goal in goals if goal.is_short)
    return SummaryWords(_number(len(paces)) if paces else "", _(", ").join(part for part in parts if part), short)


def pace_words(goal: Goal) -> str:
    """A target against pace: 多 n 户, 持平, 少 n 户; listings are counted in 家."""
    if goal.pace is None:
        return ""
    if goal.pace.word is PaceWord.ON_PACE:
        return str(_("on pace"))
    n = goal.pace.difference
    is_listing = goal.indicator is Indicator.GO_PUBLIC
    if goal.pace.word is PaceWord.AHEAD:
        return str(pgettext("listings", "%(n)s ahead", n=n) if is_listing else _("%(n)s ahead", n=n))
    return str(pgettext("listings", "%(n)s short", n=n) if is_listing else _("%(n)s short", n=n))


def _short_by(goal: Goal) -> str:
    return str(_("%(target)s is %(short)s of pace", target=goal.measure.label, short=pace_words(goal)))


def _ahead(count: int) -> str:
    return str(ngettext("%(number)s is ahead of pace", "%(number)s are ahead of pace", count, number=_number(count)))


def _on_pace(count: int) -> str:
    return str(ngettext("%(number)s is on pace", "%(number)s are on pace", count, number=_number(count)))


def _short(count: int) -> str:
    return str(ngettext("%(number)s is short of pace", "%(number)s are short of pace", count, number=_number(count)))


def _number(count: int) -> str:
    """The number of targets, as a word if it is small."""
    words = [
        pgettext("targets", "one"),
        pgettext("targets", "two"),
        pgettext("targets", "three"),
        pgettext("targets", "four"),
        pgettext("targets", "five"),
    ]
    return str(words[count - 1]) if count <= len(words) else f"{count}"
