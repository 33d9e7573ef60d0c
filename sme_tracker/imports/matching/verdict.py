"""What becomes of one row: created, changed, unchanged or refused, with what is to be said and to be written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sme_tracker.enterprises.actions import NewEnterprise
from sme_tracker.imports.matching.known import Known, KnownEnterprise, KnownTitle, Listed, Lists, Reach
from sme_tracker.imports.plan import Action
from sme_tracker.imports.rows import EnterpriseRow
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.findings import Finding, Severity
from sme_tracker.rules.names import name_key


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """What is to change about an enterprise; what is None or empty stays."""

    enterprise_id: int
    profile: Mapping[str, object] = field(default_factory=dict)
    name: str | None = None
    unit_id: int | None = None
    unit_from_beginning: bool = False


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


Write = NewEnterprise | ChangedRecord | ContactGiven | TitleGiven | FiguresGiven


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
class Circumstances:
    """All that a row is matched against."""

    known: Known
    lists: Lists
    reach: Reach
    today: date


def find_unit(verdict: Verdict, lists: Lists) -> Listed | None:
    """The reporting unit the row names; a word that is none is said and taken for none."""
    written = verdict.row.unit
    if written is None:
        return None
    unit = lists.units.find(written)
    if unit is None:
        verdict.notice("row.unit_unknown", "unit")
    return unit


def find_enterprise(verdict: Verdict, around: Circumstances) -> KnownEnterprise | None:
    """The enterprise the row is about, by its code or else by its exact name; refuses a name none within reach has.

    None without a refusal is an enterprise with a code nobody has recorded yet.
    """
    row = verdict.row
    if row.code:
        return around.known.by_code.get(row.code)
    of_the_name = around.known.by_name.get(name_key(row.name or ""), [])
    same = [enterprise for enterprise in of_the_name if around.reach.holds(enterprise.unit_id)]
    if len(same) == 1:
        return same[0]
    verdict.refuse("row.name_ambiguous" if same else "row.name_unknown", "name", enterprises=len(same))
    return None


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


def _key(unit: Listed | None) -> int | None:
    return int(unit.key) if unit else None
