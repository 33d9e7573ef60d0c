"""What a freeze takes back: only whom a decision names, never whom the round has recognised, and it says so before."""

import re
from datetime import datetime
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sme_tracker import checking
from sme_tracker.assessments.due import judge_due
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import Role
from sme_tracker.shortlists.draft import draft
from sme_tracker.shortlists.models import ShortlistVersion
from sme_tracker.web.history_words import shown
from sme_tracker.web.language import speaking
from tests.shortlists import round as of_year
from tests.shortlists.round import BAD, GOOD, KEY, OPEN, TODAY
from tests.signing import add_user, sign_in_as


@pytest.fixture
def firms(session: GuardedSession) -> list[int]:
    """Four candidates: 甲, 乙, 丙 and 丁."""
    return of_year.candidates(session, 4)


def test_who_was_put_forward_by_date_is_recommended_in_the_draft(session: GuardedSession, firms: list[int]):
    of_year.put_forward(session, *firms[:2])
    rows = {row.candidate.enterprise_id: row.decision for row in draft(session, KEY, TODAY).rows}
    assert rows == {firms[0]: GOOD, firms[1]: GOOD, firms[2]: None, firms[3]: None}


def test_the_draft_says_so_in_row_count_filter_export_and_on_paper(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    of_year.put_forward(session, firms[0])
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/shortlists/{KEY}")
    assert "拟推荐 1 户" in page.text and "尚无初审意见 3" in page.text
    row = re.search(rf'<tr id="c-{firms[0]}".*?</tr>', page.text, re.DOTALL)
    assert row and re.search(r'value="\d+\.recommended" class="yes" aria-pressed="true"', row[0])
    assert "已上报" in row[0]
    assert f'id="c-{firms[0]}"' in client.get(f"/shortlists/{KEY}?show=recommended").text
    assert f'id="c-{firms[0]}"' not in client.get(f"/shortlists/{KEY}?show=none").text
    exported = of_year.send(client, "export", format="csv").data.decode("utf-8-sig")
    assert len([line for line in exported.splitlines() if "拟推荐" in line]) == 1
    paper = client.get(f"/shortlists/{KEY}/paper")
    assert "共 2 页以上" in paper.text and f"{TODAY.year}-01-01 已上报" in paper.text


def test_freezing_keeps_who_was_put_forward_by_date_and_freezes_them_as_recommended(
    session: GuardedSession, firms: list[int]
):
    of_year.put_forward(session, *firms[:3])
    of_year.decide(session, GOOD, firms[3])
    version = of_year.freeze(session)
    assert of_year.counted(session) == set(firms)
    assert version.recommended == 4


@pytest.mark.parametrize("word", [BAD, OPEN])
def test_only_a_decision_takes_back(session: GuardedSession, firms: list[int], word):
    of_year.put_forward(session, *firms[:3])
    of_year.decide(session, word, firms[0])
    of_year.freeze(session)
    assert of_year.counted(session) == set(firms[1:3])


def test_who_is_no_candidate_any_more_stays_put_forward(session: GuardedSession, firms: list[int]):
    of_year.put_forward(session, *firms[:2])
    with transaction(session):
        of_year.bureau.enterprises.update_profiles(session, of_year.by(), {firms[0]: {"barred_until": TODAY}})
    of_year.freeze(session)
    assert of_year.counted(session) == set(firms[:2])


def test_the_round_once_it_has_recognised_somebody_never_takes_it_back(session: GuardedSession, firms: list[int]):
    of_year.put_forward(session, *firms[:2])
    of_year.recognise(session, firms[0])
    of_year.decide(session, BAD, *firms[:2])
    with pytest.raises(Refused) as refused:
        of_year.take_back(session, *firms[:2])
    assert refused.value.findings[0].parameters["names"] == ("长春甲有限公司",)
    assert of_year.counted(session) == set(firms[:2])
    of_year.freeze(session)
    assert of_year.counted(session) == {firms[0]}


def test_nothing_is_taken_back_by_hand_while_a_version_stands(session: GuardedSession, firms: list[int]):
    of_year.put_forward(session, firms[0])
    of_year.freeze(session)
    with pytest.raises(Refused):
        of_year.take_back(session, firms[0])
    assert of_year.counted(session) == {firms[0]}


def test_the_page_before_freezing_names_who_no_longer_counts_and_why_and_what_the_goal_becomes(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    caseworker, _password = add_user(session, Role.CASEWORKER)
    of_year.put_forward(session, *firms[:3])
    of_year.decide(session, BAD, firms[0], user_id=caseworker.id)
    of_year.recognise(session, firms[1])
    of_year.decide(session, OPEN, firms[1])
    sign_in_as(client, session, Role.LEADER)
    page = client.get(f"/shortlists/{KEY}/freeze").text
    assert "已上报 <b>3 → 2</b>" in page
    leaving = page[page.index("将不再计入已上报") : page.index("但已获认定")]
    assert "长春甲有限公司" in leaving and "材料不全" in leaving and caseworker.full_name in leaving
    assert "长春乙有限公司" not in leaving
    recognised = page[page.index("但已获认定") : page.index("按拟推荐保留")]
    assert "长春乙有限公司" in recognised and f"{TODAY}" in recognised
    assert "长春丙有限公司" in page[page.index("按拟推荐保留") :]


def test_who_has_changed_since_the_page_named_them_is_asked_about_again(
    client: FlaskClient, session: GuardedSession, firms: list[int]
):
    of_year.put_forward(session, *firms[:2])
    sign_in_as(client, session, Role.LEADER)
    page = client.get(f"/shortlists/{KEY}/freeze")
    assert 'name="leaving" value=""' in page.text
    of_year.decide(session, BAD, firms[0])
    refused = of_year.send(client, "freeze", page, leaving="")
    assert refused.status_code == 422 and "长春甲有限公司" in refused.text
    assert of_year.counted(session) == set(firms[:2])
    named = re.search(r'name="leaving" value="([^"]*)"', refused.text)
    assert named and of_year.send(client, "freeze", page, leaving=named[1]).status_code == 303
    assert of_year.counted(session) == {firms[1]}


def test_the_history_says_by_which_freeze_and_whose_decision_somebody_no_longer_counts(
    session: GuardedSession, firms: list[int]
):
    caseworker, _password = add_user(session, Role.CASEWORKER)
    leader, _password = add_user(session, Role.LEADER)
    of_year.put_forward(session, firms[0])
    of_year.decide(session, BAD, firms[0], user_id=caseworker.id)
    of_year.freeze(session, user_id=leader.id)
    own = select(HistoryEntry).where(HistoryEntry.enterprise_id == firms[0]).order_by(HistoryEntry.id)
    last = session.scalars(own).all()[-1]
    assert last.action == "shortlist.leave"
    with speaking("zh"):
        told = shown(last, leader.full_name, {})
    assert told.kind == f"名单定稿，不再计入已上报（{KEY.year} 年国家级“小巨人”推荐名单）"
    assert "版本 1" in told.text and "不推荐" in told.text and caseworker.full_name in told.text
    assert told.reason == "材料不全"
    assert not session.scalars(own.where(HistoryEntry.action == "take_back")).all()


def test_taking_back_by_hand_tells_its_reason(session: GuardedSession, firms: list[int]):
    of_year.put_forward(session, firms[0])
    of_year.take_back(session, firms[0])
    told = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "take_back")).one()
    assert told.changes["reason"] == [None, "误报"] and told.changes["shortlist"] == [None, str(KEY)]


def test_taken_back_and_put_forward_again_on_one_day_is_put_forward(session: GuardedSession, firms: list[int]):
    of_year.decide(session, GOOD, *firms)
    of_year.freeze(session)
    of_year.decide(session, BAD, firms[0])
    of_year.freeze(session)
    of_year.decide(session, GOOD, firms[0])
    of_year.freeze(session)
    assert of_year.counted(session) == set(firms)
    assert of_year.sprint(session) == 4


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_in_whatever_order_only_named_decisions_lower_the_number(
    session: GuardedSession, firms: list[int], seed: int
):
    year = _Year(session, firms, Random(seed))
    for _step in range(14):
        year.go_on()
    with transaction(session):
        judge_due(session, TODAY)
    assert list(checking.faults(session, TODAY)) == []
    for instant, number in year.numbers:
        assert of_year.sprint(session, known_at=instant) == number


class _Year:
    """A round that goes on by chance, with what must be so after each step."""

    def __init__(self, session: GuardedSession, firms: list[int], chance: Random) -> None:
        self.session, self.firms, self.chance = session, firms, chance
        self.against: set[int] = set()
        self.wanted: set[int] = set()
        self.recognised: set[int] = set()
        self.frozen: list[tuple[ShortlistVersion, list[object]]] = []
        self.numbers: list[tuple[datetime, int]] = []

    def go_on(self) -> None:
        """One step, after which the number is what it must be."""
        step = self.chance.choices(
            (self.put_forward, self.decide, self.recognise, self.take_back, self.freeze, self.undo), (3, 4, 1, 1, 3, 2)
        )[0]
        step(self.chance.choice(self.firms))
        self.numbers.append((utc_now(), of_year.sprint(self.session)))

    def put_forward(self, firm: int) -> None:
        if not self.frozen:
            before = of_year.counted(self.session)
            of_year.put_forward(self.session, firm)
            assert of_year.counted(self.session) == before | {firm}

    def decide(self, firm: int) -> None:
        word = self.chance.choice((GOOD, OPEN, BAD))
        before = of_year.counted(self.session)
        of_year.decide(self.session, word, firm)
        self.wanted = self.wanted | {firm} if word is GOOD else self.wanted - {firm}
        self.against = self.against - {firm} if word is GOOD else self.against | {firm}
        assert of_year.counted(self.session) == before

    def recognise(self, firm: int) -> None:
        if firm in of_year.counted(self.session) - self.recognised:
            of_year.recognise(self.session, firm)
            self.recognised.add(firm)

    def take_back(self, firm: int) -> None:
        before = of_year.counted(self.session)
        if self.frozen or firm in self.recognised:
            with pytest.raises(Refused):
                of_year.take_back(self.session, firm)
            assert of_year.counted(self.session) == before
        else:
            of_year.take_back(self.session, firm)
            assert of_year.counted(self.session) == before - {firm}

    def freeze(self, _firm: int) -> None:
        before, facts = of_year.counted(self.session), self._facts()
        on_the_list = {row.candidate.enterprise_id for row in draft(self.session, KEY, TODAY).rows}
        try:
            version = of_year.freeze(self.session)
        except Refused:
            assert self._facts() == facts
            return
        self.frozen.append((version, facts))
        lost = self.against - self.recognised
        assert of_year.counted(self.session) == (before - lost) | (self.wanted & on_the_list)

    def undo(self, _firm: int) -> None:
        if not self.frozen:
            return
        version, before = self.frozen[-1]
        now = self._facts()
        try:
            of_year.undo(self.session, version)
        except Refused:
            assert self._facts() == now
        else:
            self.frozen.pop()
            assert self._facts() == before
        assert self.recognised <= of_year.counted(self.session)

    def _facts(self) -> list[object]:
        return [tuple(row) for row in self.session.execute(of_year.facts())]
