"""The words of shortlists: why somebody stands on one, came onto it or left it, and what turned."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session

from sme_tracker.assessments.sentences import lacks_in_words, threshold_in_words, value_in_words
from sme_tracker.rules.comparison import Cause, FindingChange
from sme_tracker.rules.criteria import Criterion, Gate, RuleSet
from sme_tracker.rules.verdicts import Finding
from sme_tracker.shortlists.bars import Bar
from sme_tracker.shortlists.changes import Short
from sme_tracker.shortlists.differences import Move, Side, Stand, moves
from sme_tracker.shortlists.draft import Basis
from sme_tracker.web.language import code as language
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import DECISIONS, LEVELS, STATUSES

BARS: Mapping[Bar, LazyString] = {
    Bar.NOT_ACTIVE: _l("no longer active"),
    Bar.BRANCH: _l("a branch"),
    Bar.BARRED: _l("barred from applying"),
    Bar.LEVEL_BELOW: _l("does not hold the level below"),
    Bar.LEVEL_HELD: _l("holds the level already"),
    Bar.VETOED: _l("vetoed"),
}

BASES: Mapping[Basis, LazyString] = {
    Basis.RULE: _l("by the rule"),
    Basis.PUT_FORWARD: _l("kept because put forward"),
    Basis.BY_HAND: _l("added by hand"),
}

CAUSES: Mapping[Cause, LazyString] = {
    Cause.FACT: _l("a fact changed"),
    Cause.RULE: _l("the rule changed"),
    Cause.DATE: _l("days have passed"),
}


def basis_words(basis: Basis | str, bars: tuple[Bar, ...] | list[str]) -> str:
    """What somebody stands on the list by, and what the rule has against it: "因已上报保留：已获本级称号"."""
    said = str(BASES[Basis(basis)])
    against = str(_(", ")).join(str(BARS[Bar(bar)]) for bar in bars)
    return f"{said}{_(': ')}{against}" if against else said


def remark_words(frozen: Mapping[str, Any]) -> str:
    """What stands beside a frozen candidate: the reason, since when it is put forward, why it is on the list at all."""
    day, bars = frozen.get("put_forward_on"), frozen.get("bars")
    said = [
        frozen["reason"],
        str(_("put forward on %(day)s", day=day)) if day else None,
        basis_words(frozen["basis"], bars) if bars else None,
    ]
    return str(_("; ")).join(each for each in said if each)


def names_of(rule_set: RuleSet | None) -> dict[str, str]:
    """The names of a standard's criteria and gates by key."""
    parts: tuple[Criterion | Gate, ...] = (*rule_set.criteria, *rule_set.gates) if rule_set else ()
    return {part.key: part.en if language() == "en" else part.zh for part in parts}


def move_words(move: Move, before: Side, after: Side) -> str:
    """Why somebody came onto the list or left it, each cause with the values before and after."""
    found = [*_bar_words(move, before, after), *_wanted_words(move, before)]
    return str(_("; ")).join(found) or str(_("the data it rested on were corrected afterwards"))


def why_moved(session: Session, before: Side, after: Side, codes: Collection[str]) -> dict[str, str]:
    """Why those with the codes came onto the list or left it, in words."""
    return {code: move_words(move, before, after) for code, move in moves(session, before, after, codes).items()}


def decision_words(said: Short) -> str:
    """By what a decision stands: its reason and who said it, or the day on which it was put forward."""
    if said.put_forward_on:
        return str(_("put forward on %(day)s", day=said.put_forward_on))
    return " ".join(each for each in (said.reason, said.said_by) if each) or "—"


def finding_side(found: Finding | None) -> str:
    """The values a finding rests on, or what is lacking for it."""
    return value_in_words(found) or lacks_in_words(found.lacks) if found else ""


def cause_words(change: FindingChange) -> str:
    """By what a finding turned; the thresholds where these are not the same."""
    said = str(_(", ")).join(str(CAUSES[cause]) for cause in change.causes)
    old, new = (threshold_in_words(side) if side else "" for side in (change.before, change.after))
    return f"{said}{_(': ')}{old or '—'} → {new or '—'}" if old != new else said


def _bar_words(move: Move, before: Side, after: Side) -> Iterator[str]:
    old, new = move.before, move.after
    differing = old.bars ^ new.bars
    if old.status != new.status and Bar.NOT_ACTIVE in differing:
        yield _turn(_("Status"), *(str(STATUSES[side.status]) if side.status else None for side in (old, new)))
    if old.level != new.level and differing & {Bar.LEVEL_BELOW, Bar.LEVEL_HELD}:
        yield _turn(_("Level"), *(str(LEVELS[side.level]) if side.level is not None else None for side in (old, new)))
    if Bar.BRANCH in differing:
        yield _turn(_("Branch"), *(str(_("yes") if Bar.BRANCH in side.bars else _("no")) for side in (old, new)))
    if Bar.BARRED in differing:
        yield _turn(_("Barred until"), *(_until(side) for side in (old, new)))
    if Bar.VETOED in differing:
        yield from _gate_words(old, new, before, after)


def _gate_words(old: Stand, new: Stand, before: Side, after: Side) -> Iterator[str]:
    """Each veto by name; of a candidate no veto is known, so it had none."""
    names = names_of(before.short.rule_set) | names_of(after.short.rule_set)
    for gate in dict.fromkeys((*old.gates, *new.gates)):
        values = (str(_("applies") if gate in side.gates else _("does not apply")) for side in (old, new))
        yield _turn(_("Veto “%(name)s”", name=names.get(gate, gate)), *values)


def _wanted_words(move: Move, before: Side) -> Iterator[str]:
    old, new = move.before, move.after
    if old.added_because != new.added_because:
        yield _turn(_("Added by hand"), old.added_because, new.added_because)
    if old.is_put_forward and not new.is_put_forward:
        said = before.short.candidates[move.code]
        word = str(DECISIONS[said.decision]) if said.decision else ""  # type: ignore[index]
        why = " ".join(each for each in (word, said.reason, said.said_by) if each)
        after = _("taken back (%(why)s)", why=why) if why else _("taken back")
        yield _turn(_("Put forward"), str(_("yes")), str(after))
    elif new.is_put_forward and not old.is_put_forward:
        yield _turn(_("Put forward"), str(_("no")), str(_("yes")))


def _until(side: Stand) -> str | None:
    return side.barred_until.isoformat() if side.barred_until else None


def _turn(what: str, old: str | None, new: str | None) -> str:
    return f"{what} {old or '—'} → {new or '—'}"
