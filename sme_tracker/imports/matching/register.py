"""The rows of a register against what is known: new enterprises, and what changes about known ones."""

from dataclasses import replace
from typing import cast

from sme_tracker.enterprises.actions import NewEnterprise
from sme_tracker.imports.matching.known import KnownEnterprise
from sme_tracker.imports.matching.verdict import (
    ChangedRecord,
    Circumstances,
    ContactGiven,
    Verdict,
    bring_back,
    check_reach,
    could_be,
    find_enterprise,
    find_unit,
    is_printed,
    settle_estimates,
    unit_of_new,
)
from sme_tracker.imports.plan import Action
from sme_tracker.imports.rows import RegisterRow
from sme_tracker.rules.findings import Severity
from sme_tracker.rules.names import name_key
from sme_tracker.rules.records import check_name, check_profile, masked_phone

AS_WRITTEN = (
    "registered_region",
    "address",
    "enterprise_type",
    "legal_representative",
    "registered_capital",
    "registered_capital_wan",
    "founded_on",
    "niche",
    "main_product",
    "business_scope",
    "group_parent",
)
"""The fields of a profile that are taken over as the file has them."""
COMPARED = (*AS_WRITTEN, "industry_code", "chain_id")
"""The fields of a profile a register can fill."""


def match(row: RegisterRow, around: Circumstances) -> Verdict:
    """What becomes of an enterprise of the register; empty cells say nothing and change nothing."""
    verdict = Verdict(row)
    row = cast(RegisterRow, settle_estimates(verdict, around.today))
    verdict.enterprise = find_enterprise(verdict, around)
    unit = find_unit(verdict, around)
    if verdict.action is Action.REFUSED or not check_reach(verdict, unit, around):
        return verdict
    profile = _profile(row, verdict, around)
    if row.is_branch:
        verdict.notice("row.branch", "name")
    if row.former_name:
        verdict.notice("row.former_name_said", "name", former=row.former_name)
    if verdict.enterprise is None:
        _create(row, verdict, profile, unit_of_new(unit, around), around)
    else:
        bring_back(verdict, verdict.enterprise, around)
        _compare(row, verdict, verdict.enterprise, profile, int(unit.key) if unit else None, around)
    _take_contact(row, verdict, around)
    return verdict


def _create(
    row: RegisterRow, verdict: Verdict, profile: dict[str, object], unit_id: int | None, around: Circumstances
) -> None:
    """A new enterprise; one whose name another code has is asked first."""
    if row.code is None or row.name is None:
        verdict.refuse("row.code_unknown", "code")
        return
    for finding in check_name(row.name):
        verdict.refuse_for(finding, "name")
        return
    alike = [one for one in around.known.by_name.get(name_key(row.name), []) if one.code != row.code]
    visible = next((one for one in alike if around.reach.holds(one.unit_id)), None)
    asked = f"twin:{row.code}"
    if visible and visible.id is None:
        verdict.notice("row.name_twice_in_file", "name", recorded=visible.code)
    elif visible and not around.answers.confirmed(asked):
        verdict.refuse("row.name_has_other_code", "name", recorded=visible.code, question=asked)
        return
    verdict.action = Action.CREATE
    verdict.writes.append(NewEnterprise(row.code, row.name, unit_id, is_printed(verdict, row.code), profile))
    enterprise = KnownEnterprise(
        None,
        row.code,
        row.name,
        unit_id,
        row.is_branch,
        row.founded_on,
        profile,
    )
    around.known.add(enterprise)
    verdict.enterprise = enterprise


def _profile(row: RegisterRow, verdict: Verdict, around: Circumstances) -> dict[str, object]:
    profile = {name: value for name in AS_WRITTEN if (value := getattr(row, name)) is not None}
    for finding in check_profile(profile, around.today):
        name = finding.code.partition(".")[0]
        profile.pop(name, None)
        verdict.said.append((replace(finding, severity=Severity.NOTICE), name))
    if row.registered_capital:
        profile["registered_capital_wan"] = row.registered_capital_wan
    if row.industry:
        code = around.lists.industry(row.industry)
        if code:
            profile["industry_code"] = code
        else:
            verdict.notice("row.industry_unknown", "industry")
    if row.chain:
        chain = around.lists.chain(row.chain)
        if chain:
            profile["chain_id"] = chain.key
        else:
            verdict.notice("row.chain_unknown", "chain")
    return profile


def _compare(
    row: RegisterRow,
    verdict: Verdict,
    recorded: KnownEnterprise,
    profile: dict[str, object],
    unit_id: int | None,
    around: Circumstances,
) -> None:
    """Fill the verdict with what the row says differently; a name or unit changes from today on."""
    if could_be(row, "founded_on", recorded.founded_on):
        profile.pop("founded_on", None)
    different = {name: value for name, value in profile.items() if recorded.profile.get(name) != value}
    if "registered_capital" in different and "registered_capital_wan" not in different and row.registered_capital_wan:
        del different["registered_capital"]  # the same amount, written in another way
    verdict.changes.update({name: (recorded.profile.get(name), value) for name, value in different.items()})
    if "chain_id" in different:
        old = around.lists.chains.shown(recorded.profile.get("chain_id"))
        verdict.changes["chain_id"] = (old, around.lists.chains.shown(different["chain_id"]))
    new_name = _new_name(row, verdict, recorded, around)
    moved_to = unit_id if unit_id not in (None, recorded.unit_id) else None
    if moved_to is not None:
        old, new = around.lists.units.shown(recorded.unit_id), around.lists.units.shown(moved_to)
        verdict.changes["unit_id"] = (old, new)
        if recorded.unit_id is not None:
            verdict.notice("row.moves", "unit", old=old, new=new)
    if verdict.changes and recorded.id is not None:
        verdict.action = Action.CHANGE
        from_beginning = recorded.unit_id is None
        verdict.writes.append(ChangedRecord(recorded.id, different, new_name, moved_to, from_beginning))


def _new_name(row: RegisterRow, verdict: Verdict, recorded: KnownEnterprise, around: Circumstances) -> str | None:
    """A name that differs in more than how it is written is asked; without an answer it stays as recorded."""
    if row.name is None or name_key(row.name) == name_key(recorded.name):
        return None
    if name_key(row.name) in recorded.former_names:
        verdict.notice("row.former_name", "name", recorded=recorded.name)
        return None
    asked = f"rename:{recorded.code}"
    if not around.answers.confirmed(asked) or any(check_name(row.name)):
        verdict.notice("row.renamed_asked", "name", recorded=recorded.name, question=asked)
        return None
    verdict.changes["name"] = (recorded.name, row.name)
    verdict.notice("row.renamed", "name", recorded=recorded.name)
    return row.name


def _take_contact(row: RegisterRow, verdict: Verdict, around: Circumstances) -> None:
    """A person the enterprise is not known to have, or whose number is another one; numbers on record stay unsaid."""
    if row.contact_name is None:
        if row.contact_phone is not None:
            verdict.notice("row.phone_without_name", "contact_phone")
        return
    if verdict.enterprise is None:  # it could not be recorded
        return
    code = verdict.enterprise.code
    people = around.known.contacts.get(code, {})
    is_known = row.contact_name in people and row.contact_phone in (None, people[row.contact_name])
    if is_known:
        return
    if verdict.action is Action.UNCHANGED:
        verdict.action = Action.CHANGE
    if verdict.action is Action.CHANGE:
        known = row.contact_name in people
        before = _person(row.contact_name, people[row.contact_name]) if known else None
        verdict.changes["contact"] = (before, _person(row.contact_name, row.contact_phone))
    verdict.writes.append(ContactGiven(code, row.contact_name, row.contact_phone))


def _person(name: str, phone: str | None) -> str:
    """Whom to call, the number masked."""
    return " ".join(filter(None, [name, masked_phone(phone)]))
