"""The table of permissions keeps the duties apart."""

import pytest

from sme_tracker.rules.access import PERMISSIONS, Permission, may, own_unit_only
from sme_tracker.rules.terms import Role

CHANGES = {
    permission
    for permission in Permission
    if not permission.endswith("_read") and permission not in {Permission.EXPORT, Permission.CONTACT_SHOW}
}
RECORDS = {permission for permission in Permission if permission.startswith(("enterprise", "recognition", "pipeline"))}


def test_every_role_has_a_line_and_every_permission_somebody_who_has_it():
    assert set(PERMISSIONS) == set(Role)
    assert set().union(*PERMISSIONS.values()) == set(Permission)


def test_an_administrator_reaches_no_enterprise_record_and_no_history():
    assert not PERMISSIONS[Role.ADMINISTRATOR] & (RECORDS | {Permission.EXPORT, Permission.HISTORY_READ})


def test_an_auditor_changes_nothing():
    assert not PERMISSIONS[Role.AUDITOR] & CHANGES
    assert may(Role.AUDITOR, Permission.HISTORY_READ)


def test_only_the_auditor_reads_the_whole_history():
    assert [role for role in Role if may(role, Permission.HISTORY_READ)] == [Role.AUDITOR]


def test_nobody_both_drafts_and_publishes_a_rule_set_or_picks_and_freezes_a_shortlist():
    for role in Role:
        assert not (may(role, Permission.RULES_DRAFT) and may(role, Permission.RULES_PUBLISH))
        assert not (may(role, Permission.SHORTLIST_WRITE) and may(role, Permission.SHORTLIST_FREEZE))


def test_a_leader_sets_targets_but_edits_no_enterprise():
    assert may(Role.LEADER, Permission.TARGET_WRITE)
    assert not may(Role.LEADER, Permission.ENTERPRISE_WRITE)
    assert not may(Role.LEADER, Permission.CONTACT_SHOW)


def test_a_clerk_does_what_a_caseworker_does_within_the_unit_and_speaks_for_the_district_before_the_city_decides():
    assert PERMISSIONS[Role.CLERK] - PERMISSIONS[Role.CASEWORKER] == {Permission.DISTRICT_RECOMMEND}
    assert PERMISSIONS[Role.CASEWORKER] - PERMISSIONS[Role.CLERK] == {
        Permission.ENTERPRISE_MOVE,
        Permission.PUT_FORWARD,
        Permission.SHORTLIST_READ,
        Permission.SHORTLIST_WRITE,
        Permission.RULES_DRAFT,
        Permission.TABLE_WRITE,
    }


@pytest.mark.parametrize("role", Role)
def test_only_a_clerk_is_bound_to_the_own_unit(role):
    assert own_unit_only(role) is (role is Role.CLERK)
