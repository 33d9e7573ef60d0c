"""Rule sets: drafted, tried out, published by somebody else, assigned from a day, and then never changed."""

from collections.abc import Mapping
from datetime import date

import pytest
from flask.testing import FlaskClient

from sme_tracker.accounts.models import User
from sme_tracker.assessments import drafting, queries
from sme_tracker.assessments.models import StoredRuleSet
from sme_tracker.assessments.rule_sets import standards
from sme_tracker.assessments.tryout import Trial, try_out
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.shipped import RuleSetRefused, rule_set_from
from sme_tracker.rules.terms import Role
from sme_tracker.rules.text.editing import edited, places
from tests.assessments.bureau import NOW, TODAY, provincial, verdict, with_rules
from tests.signing import add_user, csrf, sign_in_as

KEY = "little-giant-2-2026"
SHARE = "criteria[4].condition.any_of[0].at_least"


@pytest.fixture
def writer(session: GuardedSession) -> Author:
    """A caseworker who writes drafts."""
    return _author(add_user(session, Role.CASEWORKER)[0])


@pytest.fixture
def leader(session: GuardedSession) -> Author:
    """A leader who publishes them."""
    return _author(add_user(session, Role.LEADER)[0])


def _author(user: User) -> Author:
    return Author(user.id, "form", NOW)


def shipped(session: GuardedSession, key: str = KEY) -> StoredRuleSet:
    """A rule set that ships with the product."""
    found = queries.find_rule_set(session, key)
    assert found
    return found


def draft(session: GuardedSession, writer: Author, values: Mapping[str, str]) -> StoredRuleSet:
    """A copy of the Little Giant standard with other values."""
    with transaction(session):
        made = drafting.copy_to_draft(session, writer, shipped(session), "little-giant-next")
        drafting.change_draft(session, writer, made, made.version, edited(made.table, values))
    return made


def findings(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    """The codes of what was found."""
    return [finding.code for finding in refused.value.findings]


def test_every_threshold_of_a_set_may_be_edited_by_its_path(session: GuardedSession) -> None:
    with_rules(session)
    table = shipped(session).table
    assert SHARE in {place.path for place in places(table)}
    assert rule_set_from(edited(table, {SHARE: "15"})).criteria[4] != rule_set_from(table).criteria[4]


@pytest.mark.parametrize(("value", "code"), [("0.05", "rules.percent_as_fraction"), ("viel", "rules.wrong_type")])
def test_a_value_that_cannot_be_right_is_refused_at_its_place(
    session: GuardedSession, writer: Author, value: str, code: str
) -> None:
    with_rules(session)
    with pytest.raises(RuleSetRefused) as refused:
        draft(session, writer, {SHARE: value})
    assert (refused.value.problems[0].path, refused.value.problems[0].code) == (SHARE, code)


def test_a_draft_is_tried_out_beside_the_current_set(session: GuardedSession, writer: Author) -> None:
    with_rules(session)
    provincial(session)
    made = draft(session, writer, {SHARE: "50", "criteria[4].condition.any_of[1].where.rank.at_most": "1"})
    current, other = rule_set_from(shipped(session).table), rule_set_from(made.table)
    found = try_out(session, Trial(current, other, "new", Enterprise.id > 0, TODAY))
    assert found.judged == 1
    turns = [move.turn for move in found.moves]
    assert [(turn.before.value, turn.after.value, turn.leaves) for turn in turns] == [("eligible", "near", True)]


def test_who_wrote_a_draft_cannot_publish_it(session: GuardedSession, writer: Author, leader: Author) -> None:
    with_rules(session)
    made = draft(session, writer, {SHARE: "15"})
    with pytest.raises(Refused) as refused, transaction(session):
        drafting.publish(session, writer, session.get_one(StoredRuleSet, made.id))
    assert findings(refused) == ["rules.own_draft"]
    with transaction(session):
        drafting.publish(session, leader, session.get_one(StoredRuleSet, made.id))
    with pytest.raises(Refused) as refused, transaction(session):
        published = session.get_one(StoredRuleSet, made.id)
        drafting.change_draft(session, writer, published, published.version, published.table)
    assert findings(refused) == ["rules.published"]


def test_an_assignment_that_overlaps_is_refused_unless_it_ends_the_one_before(
    session: GuardedSession, writer: Author, leader: Author
) -> None:
    with_rules(session)
    which = provincial(session)
    made = draft(session, writer, {SHARE: "50", "criteria[4].condition.any_of[1].where.rank.at_most": "1"})
    with transaction(session):
        drafting.publish(session, leader, session.get_one(StoredRuleSet, made.id))
    new = drafting.NewAssignment(made.id, "new", "china", date(2026, 5, 1))
    with pytest.raises(Refused) as refused, transaction(session):
        drafting.assign(session, leader, new)
    assert findings(refused) == ["from_day.overlaps"]
    ending = drafting.NewAssignment(made.id, "new", "china", date(2026, 5, 1), ends_current=True)
    with transaction(session):
        drafting.assign(session, leader, ending)
    found = standards(session)
    before, after = found.on(date(2026, 4, 30), "national", "new"), found.on(date(2026, 5, 1), "national", "new")
    assert before and after and (before.rule_set.key, after.rule_set.key) == (KEY, "little-giant-next")
    assert verdict(session, which).near_criterion == "market_share"


def test_a_rule_set_in_use_cannot_be_deleted(session: GuardedSession, writer: Author) -> None:
    with_rules(session)
    with pytest.raises(Refused), transaction(session):
        drafting.delete_draft(session, writer, shipped(session))
    made = draft(session, writer, {})
    with transaction(session):
        drafting.delete_draft(session, writer, session.get_one(StoredRuleSet, made.id))
    assert queries.find_rule_set(session, "little-giant-next") is None


def test_a_draft_that_another_was_copied_from_is_deleted_after_it(session: GuardedSession, writer: Author) -> None:
    with_rules(session)
    made = draft(session, writer, {})
    with transaction(session):
        copied = drafting.copy_to_draft(session, writer, session.get_one(StoredRuleSet, made.id), "one-more")
    with pytest.raises(Refused) as refused, transaction(session):
        drafting.delete_draft(session, writer, session.get_one(StoredRuleSet, made.id))
    assert refused.value.findings[0].code == "rules.copied"
    for which in (copied.id, made.id):
        with transaction(session):
            drafting.delete_draft(session, writer, session.get_one(StoredRuleSet, which))


def test_the_pages_take_a_draft_from_copy_to_publication(client: FlaskClient, session: GuardedSession) -> None:
    with_rules(session)
    provincial(session)
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/rule-sets/{KEY}")
    assert page.status_code == 200 and "附件 2（五）" in page.text
    answer = client.post(f"/rule-sets/{KEY}/copy", data={"csrf_token": csrf(page), "key": "next"})
    assert answer.status_code == 303
    form = client.get("/rule-sets/next/edit")
    sent = {"csrf_token": csrf(form), "version": "1", "do": "try", f"at:{SHARE}": "50"}
    wrong = client.post("/rule-sets/next/edit", data=sent | {"do": "save", f"at:{SHARE}": "0.5"})
    assert wrong.status_code == 422 and "百分数" in wrong.text
    assert client.post("/rule-sets/next/edit", data=sent | {"do": "save"}).status_code == 303
    assert client.post("/rule-sets/next/edit", data=sent | {"do": "save"}).status_code == 409
    assert client.post("/rule-sets/next/publish", data={"csrf_token": csrf(form)}).status_code == 403
    client.post("/sign-out", data={"csrf_token": csrf(form)})
    sign_in_as(client, session, Role.LEADER)
    page = client.get("/rule-sets/next")
    assert client.post("/rule-sets/next/publish", data={"csrf_token": csrf(page)}).status_code == 303
