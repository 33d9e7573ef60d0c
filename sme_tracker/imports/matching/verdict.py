"""What becomes of one row: created, changed, unchanged or refused, with what is to be said and to be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sme_tracker.enterprises.actions import NewEnterprise
from sme_tracker.imports.matching.known import Known, KnownEnterprise, KnownTitle, Listed, Lists, Reach
from sme_tracker.imports.plan import Action
from sme_tracker.imports.rows import EnterpriseRow
from sme_tracker.rules import credit_code
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.findings import Finding, Severity
from sme_tracker.rules.names import name_key
from sme_tracker.rules.terms import Status

NO_UNIT = frozenset(map(name_key, ("未指定县区", "尚无报送单位", "未分配", "No unit yet")))
"""How our own lists say that an enterprise has no unit."""
OFFICIAL = "official"
"""The answer that says that a file is a published list."""
MOST_OFFERED = 30
"""How many units are named at most where a word is none of them."""


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """What is to change about an enterprise; what is None or empty stays."""

    enterprise_id: int
    profile: Mapping[str, object] = field(default_factory=dict)
    name: str | None = None
    unit_id: int | None = None
    unit_from_beginning: bool = False


@dataclass(frozen=True, slots=True)
class EnteredAgain:
    """That an enterprise that was entered by mistake is one of the city's after all, from the beginning."""

    enterprise_id: int


@dataclass(frozen=True, slots=True)
class ContactGiven:
    """A person to call, of the enterprise with the code."""

    code: str
    name: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class TitleGiven:
    """A recognition to be recorded or corrected (`title.id`), a review to be opened, a revocation."""

    code: str
    title: KnownTitle
    is_corrected: bool = False
    opens_review_on: date | None = None
    revoked_on: date | None = None
    revoke_reason: str | None = None


@dataclass(frozen=True, slots=True)
class FiguresGiven:
    """The figures of a year and source as they are to stand."""

    code: str
    figures: YearlyFigures


Write = NewEnterprise | ChangedRecord | EnteredAgain | ContactGiven | TitleGiven | FiguresGiven


@dataclass(slots=True)
class Verdict:
    """What becomes of a row; `said` holds findings with the field they are about."""

    row: EnterpriseRow
    action: Action = Action.UNCHANGED
    enterprise: KnownEnterprise | None = None
    changes: dict[str, tuple[object, object]] = field(default_factory=dict)
    said: list[tuple[Finding, str]] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)

    def refuse(self, code: str, key: str, **parameters: object) -> "Verdict":
        """Leave the row out, for a reason in the column of `key`."""
        return self.refuse_for(Finding(code, parameters), key)

    def refuse_for(self, finding: Finding, key: str) -> "Verdict":
        """Leave the row out for what was found."""
        self.action = Action.REFUSED
        self.said.append((finding, key))
        self.changes.clear()
        self.writes.clear()
        return self

    def notice(self, code: str, key: str, **parameters: object) -> None:
        """Say something about the column of `key` that lets the row come in."""
        self.said.append((Finding(code, parameters, Severity.NOTICE), key))


@dataclass(frozen=True, slots=True)
class Answers:
    """What people answered to what an import asked; `confirms` answers yes where nobody did and one answer is near."""

    given: Mapping[str, str] = field(default_factory=dict)
    confirms: bool = False

    @property
    def of_published_list(self) -> bool:
        """Whether the file is a published list, of which nothing is taken for certain but what agrees by code."""
        return self.given.get(OFFICIAL) == "yes"

    def of(self, question: str) -> str | None:
        """The answer to a question, None if it was not answered."""
        return self.given.get(question) or self.given.get(f"{question.partition(':')[0]}:*")

    @property
    def enterprises(self) -> set[str]:
        """The codes of the enterprises that somebody chose for names that nobody has."""
        return {code for question, code in self.given.items() if question.startswith("same:")}

    def asks(self, question: str) -> bool:
        """Whether a published list has to ask this first, and nobody has answered."""
        return self.of_published_list and not self.confirmed(question)

    def confirmed(self, question: str) -> bool:
        """Whether a question that asks for yes or no was answered with yes."""
        answer = self.of(question)
        return answer == "yes" if answer else self.confirms


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that a row is matched against."""

    known: Known
    lists: Lists
    reach: Reach
    today: date
    answers: Answers = field(default_factory=Answers)


def settle_estimates(verdict: Verdict, today: date) -> EnterpriseRow:
    """The row with its estimated days, each of them said, but without those that are still to come."""
    for key, first in verdict.row.estimated.items():
        day = getattr(verdict.row, key)
        if day > today and key != "valid_until":
            verdict.notice("row.estimate_to_come", key, first=first, last=day)
            left_out: dict[str, Any] = {key: None}
            verdict.row = replace(verdict.row, **left_out)
        else:
            verdict.notice("row.day_estimated", key, day=day)
    return verdict.row


def could_be(row: EnterpriseRow, key: str, day: date | None) -> bool:
    """Whether the day is the one the row says, or one that its estimate leaves open."""
    said: date | None = getattr(row, key)
    return said is not None and day is not None and row.estimated.get(key, said) <= day <= said


def find_unit(verdict: Verdict, around: Circumstances) -> Listed | None:
    """The reporting unit the row names; a word that is none, or could be several, is said and taken for none."""
    written = verdict.row.unit
    if written is None or name_key(written) in NO_UNIT:
        return None
    unit = around.lists.units.places.find(written)
    if unit is None:
        asked = f"unit:{written}"
        if answer := around.answers.of(asked):
            return around.lists.units.of_key(answer)
        if candidates := around.lists.units.places.candidates(written):
            verdict.notice("row.unit_unclear", "unit", units=_offered(candidates), question=asked)
        else:
            verdict.notice("row.unit_unknown", "unit", units=_offered(around.lists.units.items), question=asked)
    return unit


def _offered(units: Sequence[Listed]) -> str:
    return "、".join(unit.shown for unit in units[:MOST_OFFERED])


def find_enterprise(verdict: Verdict, around: Circumstances) -> KnownEnterprise | None:
    """The enterprise the row is about, by its code or else by its exact name; refuses a name none within reach has.

    None without a refusal is an enterprise with a code nobody has recorded yet.
    """
    row = verdict.row
    if row.code:
        return around.known.by_code.get(row.code)
    asked = f"same:{name_key(row.name or '')}"
    if (answer := around.answers.of(asked)) and answer in around.known.by_code:
        return around.known.by_code[answer]
    of_the_name = around.known.by_name.get(name_key(row.name or ""), [])
    same = [enterprise for enterprise in of_the_name if around.reach.holds(enterprise.unit_id)]
    if len(same) == 1 and around.answers.asks(confirming := f"listed:{same[0].code}"):
        verdict.refuse("row.name_to_confirm", "name", recorded=same[0].name, question=confirming)
        return None
    if len(same) == 1:
        if name_key(same[0].name) != name_key(row.name or ""):
            verdict.notice("row.by_former_name", "name", recorded=same[0].name)
        return same[0]
    verdict.refuse("row.name_ambiguous" if same else "row.name_unknown", "name", enterprises=len(same), question=asked)
    return None


def is_printed(verdict: Verdict, code: str) -> bool:
    """Whether a new code does not verify and is taken because the licence prints it so, which is said."""
    finding = credit_code.check(code)
    printed = finding is not None and finding.refuses
    if printed:
        verdict.notice("row.code_as_printed", "code")
    return printed


def bring_back(verdict: Verdict, enterprise: KnownEnterprise, around: Circumstances) -> None:
    """Let an enterprise that was entered by mistake come in again with a row that names it."""
    if not enterprise.is_mistaken or enterprise.id is None:
        return
    if verdict.action is Action.UNCHANGED:
        verdict.action = Action.CHANGE
    verdict.changes["status"] = (Status.MISTAKEN, Status.ACTIVE)
    verdict.notice("row.entered_again", "code")
    verdict.writes.append(EnteredAgain(enterprise.id))
    around.known.add(replace(enterprise, is_active=True, is_mistaken=False))


def check_reach(verdict: Verdict, unit: Listed | None, around: Circumstances) -> bool:
    """Refuse a row about another unit's enterprise, or for another unit, when only one's own is within reach.

    Of what is refused only the row is repeated: not what is known of an enterprise that is out of reach.
    """
    if not around.reach.is_limited:
        return True
    named_other = verdict.row.unit is not None and not around.reach.holds(_key(unit))
    if named_other:
        verdict.refuse("row.other_unit", "unit")
    elif verdict.enterprise and not around.reach.holds(verdict.enterprise.unit_id):
        verdict.refuse("row.enterprise_of_other_unit", "code" if verdict.row.code else "name")
    if verdict.action is Action.REFUSED:
        verdict.enterprise = None
    return verdict.action is not Action.REFUSED


def unit_of_new(unit: Listed | None, around: Circumstances) -> int | None:
    """The unit a new enterprise comes in with: the one named, else that of whoever imports for one unit only."""
    return _key(unit) if unit else around.reach.own_unit_id if around.reach.is_limited else None


def say_other_name(verdict: Verdict, enterprise: KnownEnterprise) -> None:
    """Point out that the row calls its enterprise differently than the records do; a former name is in order."""
    name = verdict.row.name
    if name and name_key(name) not in {name_key(enterprise.name), *enterprise.former_names}:
        verdict.notice("row.other_name", "name", recorded=enterprise.name)


def say_other_unit(verdict: Verdict, enterprise: KnownEnterprise, unit: Listed | None, around: Circumstances) -> None:
    """Point out that the row names another unit than the records do, where it does not change it."""
    if unit is not None and enterprise.id is not None and enterprise.unit_id not in (None, unit.key):
        recorded = around.lists.units.shown(enterprise.unit_id) or ""
        verdict.notice("row.other_unit_named", "unit", recorded=recorded)


def _key(unit: Listed | None) -> int | None:
    return int(unit.key) if unit else None
