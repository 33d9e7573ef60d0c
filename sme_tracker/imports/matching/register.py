"""The rows of a register against what is known: new enterprises, and what changes about known ones."""

from sme_tracker.enterprises.actions import NewEnterprise
from sme_tracker.imports.matching.known import KnownEnterprise
from sme_tracker.imports.matching.verdict import (
    ChangedRecord,
    Circumstances,
    ContactGiven,
    Verdict,
    check_reach,
    find_unit,
    unit_of_new,
)
from sme_tracker.imports.plan import Action
from sme_tracker.imports.rows import RegisterRow
from sme_tracker.rules.names import name_key
from sme_tracker.rules.records import check_name, check_profile

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
    verdict = Verdict(row, enterprise=around.known.by_code.get(row.code))
    unit = find_unit(verdict, around.lists)
    if not check_reach(verdict, unit, around):
        return verdict
    profile = _profile(row, verdict, around)
    for finding in (*check_name(row.name), *check_profile(profile, around.today)):
        return verdict.refuse_for(finding, finding.code.partition(".")[0])
    if row.is_branch:
        verdict.notice("row.branch", "name")
    if verdict.enterprise is None:
        verdict.action = Action.CREATE
        verdict.writes.append(NewEnterprise(row.code, row.name, unit_of_new(unit, around), profile=profile))
    else:
        _compare(row, verdict, verdict.enterprise, profile, int(unit.key) if unit else None, around)
    _take_contact(row, verdict, around)
    return verdict


def _profile(row: RegisterRow, verdict: Verdict, around: Circumstances) -> dict[str, object]:
    profile = {name: value for name in AS_WRITTEN if (value := getattr(row, name)) is not None}
    if row.registered_capital:
        profile["registered_capital_wan"] = row.registered_capital_wan
    if row.industry:
        code = around.lists.industry(row.industry)
        if code:
            profile["industry_code"] = code
        else:
            verdict.notice("row.industry_unknown", "industry")
    if row.chain:
        chain = around.lists.chains.find(row.chain)
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
    different = {name: value for name, value in profile.items() if recorded.profile.get(name) != value}
    verdict.changes.update({name: (recorded.profile.get(name), value) for name, value in different.items()})
    if "chain_id" in different:
        old = around.lists.chains.shown(recorded.profile.get("chain_id"))
        verdict.changes["chain_id"] = (old, around.lists.chains.shown(different["chain_id"]))
    new_name = _new_name(row, verdict, recorded)
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


def _new_name(row: RegisterRow, verdict: Verdict, recorded: KnownEnterprise) -> str | None:
    if row.name == recorded.name:
        return None
    if name_key(row.name) in recorded.former_names:
        verdict.notice("row.former_name", "name", recorded=recorded.name)
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
    people = around.known.contacts.get(row.code, {})
    is_known = row.contact_name in people and row.contact_phone in (None, people[row.contact_name])
    if is_known:
        return
    if verdict.action is Action.UNCHANGED:
        verdict.action = Action.CHANGE
    if verdict.action is Action.CHANGE:
        verdict.changes["contact"] = (None, row.contact_name)
    verdict.writes.append(ContactGiven(row.code, row.contact_name, row.contact_phone))
