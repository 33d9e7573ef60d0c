"""After a rebuild the check finds nothing, whatever a cache held before; what was sound stays as it was."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, text, update

from sme_tracker import checking, rebuilding
from sme_tracker.assessments.due import judge_due, waiting
from sme_tracker.assessments.models import VerdictRecord
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.clock import local_today, utc_now
from sme_tracker.daily import begin_day
from sme_tracker.dashboard.queries import state_of_enterprises
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, transaction
from sme_tracker.enterprises import actions
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rebuilding import CACHES, outdated, rebuild, rebuild_outdated
from sme_tracker.reference.models import Setting
from sme_tracker.rules.terms import Title, Track
from sme_tracker.settling import settle
from sme_tracker.tables import METADATA
from sme_tracker.web.language import speaking
from tests.assessments.bureau import code, provincial
from tests.checking.tampering import tamper
from tests.conftest import CONFIG, Databases
from tests.dashboard.bureau import Bureau
from tests.dashboard.test_kept import lives
from tests.enterprises.test_actions import BY


@pytest.fixture
def bureau(session: GuardedSession) -> Bureau:
    """A bureau with titles, a case, verdicts and the board of the day, in which all is sound."""
    with transaction(session):
        load_shipped(session, utc_now())
    bureau = Bureau(session)
    for unit in ("NG", "CY"):
        bureau.recognise(bureau.enterprise(unit), Title.MUNICIPAL, "2025-03-01")
    bureau.case(bureau.enterprise(), Track.UPGRADE, "2025-02-01")
    provincial(session, 500)
    with transaction(session):
        judge_due(session, local_today())
    begin_day(session, local_today())
    assert wrong(session) == []
    rebuild_outdated(session, BY, local_today())
    return bureau


def wrong(session: GuardedSession) -> list[checking.Fault]:
    """What the check finds today."""
    with speaking("en"):
        return list(checking.faults(session, local_today()))


def stored(session: GuardedSession) -> dict[str, list[Any]]:
    """Every row of every table."""
    session.expire_all()
    return {table.name: sorted(map(repr, session.execute(select(table)))) for table in METADATA.sorted_tables}


TAMPERED = {
    "a span ends too late": ("standing", "UPDATE standing SET until_day = '2400-01-01' WHERE holds = 1"),
    "a span is gone": ("standing", "DELETE FROM standing WHERE holds = 1"),
    "all spans are gone": ("standing", "DELETE FROM standing"),
    "a span stands there twice": (
        "standing",
        """
        INSERT INTO standing (enterprise_id, from_day, until_day, unit_id, status, holds, level, recorded_at)
        SELECT enterprise_id, from_day, until_day, unit_id, status, holds, level, recorded_at
        FROM standing WHERE holds = 1
        """,
    ),
    "a span is counted at another level": ("standing", "UPDATE standing SET level = 3 WHERE holds = 1"),
    "a span is of another district": ("standing", "UPDATE standing SET unit_id = NULL WHERE holds = 1"),
    "a step is another": ("standing", "UPDATE standing SET upgrade = 'key_cultivation' WHERE upgrade IS NOT NULL"),
    "a row says another level": ("columns", "UPDATE enterprise SET level = 3, holds = 7 WHERE level = 1"),
    "a row says another name": ("columns", "UPDATE enterprise SET name = '无', name_key = '无' WHERE level = 1"),
    "a row is found by another text": ("columns", "UPDATE enterprise SET search_text = '无' WHERE level = 1"),
    "a row says other figures": ("columns", "UPDATE enterprise SET revenue_wan = 1, size_class = 'large'"),
    "a row never changes": ("columns", "UPDATE enterprise SET changes_on = NULL"),
    "a number is another": ("tally", "UPDATE tally SET enterprises = enterprises + 5"),
    "a number is gone": ("tally", "DELETE FROM tally"),
    "a number is of nowhere": ("tally", "INSERT INTO tally VALUES (99, 'active', 3, '', 7)"),
    "pairs are gone": ("pairs", "DELETE FROM search_pair"),
    "a pair is too many": ("pairs", "INSERT INTO search_pair SELECT '无有', min(id) FROM enterprise"),
    "a pair is of nobody": ("pairs", "INSERT INTO search_pair VALUES ('无有', 987654)"),
    "a verdict is another": ("verdicts", "UPDATE verdict SET outcome = 'eligible', marks = 'x'"),
    "a verdict is too many": (
        "verdicts",
        "UPDATE verdict SET level = 'champion' WHERE level = 'national'",
    ),
    "a verdict is never due": ("verdicts", "UPDATE verdict SET changes_on = '2999-01-01'"),
    "a share is another": ("board", "UPDATE board_share SET counts = '[[\"level.total\", null, 9]]'"),
    "a share is gone": ("board", "DELETE FROM board_share"),
    "the board is another": ("board", "UPDATE board_total SET counts = '[[\"level.total\", null, 9]]'"),
    "the board is gone": ("board", "DELETE FROM board_total"),
}


@pytest.mark.parametrize(("kind", "statement"), TAMPERED.values(), ids=TAMPERED)
def test_whatever_a_cache_held_it_is_sound_after_a_rebuild(
    session: GuardedSession, bureau: Bureau, kind: str, statement: str
) -> None:
    assert bureau
    tamper(session, statement)
    assert kind in {fault.kind for fault in wrong(session)}
    found = rebuild(session, BY, local_today())
    assert found[kind]
    assert wrong(session) == []
    assert waiting(session, local_today()) == 0


def test_everything_wrong_at_once_is_put_right(session: GuardedSession, bureau: Bureau) -> None:
    assert bureau
    tamper(session, *(statement for _kind, statement in TAMPERED.values() if "twice" not in statement))
    rebuild(session, BY, local_today())
    assert wrong(session) == []


@pytest.mark.parametrize("seed", [3, 4])
def test_a_rebuild_of_what_is_sound_changes_nothing(session: GuardedSession, seed: int) -> None:
    with transaction(session):
        load_shipped(session, utc_now())
    bureau = Bureau(session)
    for _on, happen in lives(bureau, random.Random(seed)):
        happen()
    with transaction(session):
        judge_due(session, local_today())
    begin_day(session, local_today())
    rebuild_outdated(session, BY, local_today())
    before = stored(session)
    assert set(rebuild(session, BY, local_today()).values()) == {0}
    assert stored(session) == before


def test_the_history_tells_of_what_was_put_right_and_remembered_boards_are_counted_again(
    session: GuardedSession, bureau: Bureau
) -> None:
    assert bureau
    remembered = state_of_enterprises(session)
    tamper(session, "UPDATE enterprise SET level = 3 WHERE level = 1")
    rebuild(session, BY, local_today())
    last = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc()).limit(1)).one()
    assert (last.action, last.changes["columns"]) == ("rebuild", [None, 2])
    assert state_of_enterprises(session) != remembered
    assert wrong(session) == []


def made_by_another_version(session: GuardedSession, kind: str) -> None:
    with transaction(session):
        session.execute(update(Setting).where(Setting.key == f"cache {kind}").values(value="0"))


def test_nothing_is_outdated_that_this_version_made(session: GuardedSession, bureau: Bureau) -> None:
    assert bureau
    assert outdated(session) == []


@pytest.mark.parametrize(
    ("kind", "with_it"),
    {
        "standing": ["standing", "columns", "tally", "pairs", "board"],
        "columns": ["columns", "tally", "pairs", "board"],
        "tally": ["tally"],
        "pairs": ["pairs"],
        "verdicts": ["verdicts"],
        "board": ["board"],
    }.items(),
)
def test_exactly_the_kinds_of_another_version_and_those_made_of_them_are_made_anew(
    session: GuardedSession, bureau: Bureau, kind: str, with_it: list[str]
) -> None:
    assert bureau
    made_by_another_version(session, kind)
    assert list(rebuild_outdated(session, BY, local_today())) == with_it
    assert outdated(session) == []
    assert wrong(session) == []


def test_a_kind_that_another_version_made_otherwise_is_put_right_and_another_is_left(
    session: GuardedSession, bureau: Bureau
) -> None:
    assert bureau
    tamper(session, TAMPERED["pairs are gone"][1], TAMPERED["a share is gone"][1])
    made_by_another_version(session, "pairs")
    rebuild_outdated(session, BY, local_today())
    assert {fault.kind for fault in wrong(session)} == {"board"}


def test_verdicts_of_another_version_are_judged_or_wait_which_is_no_fault(
    session: GuardedSession, bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bureau
    tamper(session, "UPDATE verdict SET outcome = 'eligible', marks = 'x'")
    made_by_another_version(session, "verdicts")
    monkeypatch.setattr(rebuilding, "judge_portion", lambda _session, _day: [])
    rebuild_outdated(session, BY, local_today())
    everybody = len(session.scalars(select(VerdictRecord.enterprise_id).distinct()).all())
    report = checking.check(session, local_today())
    assert (report.faults, report.waiting) == (0, everybody)
    monkeypatch.undo()
    made_by_another_version(session, "verdicts")
    rebuild_outdated(session, BY, local_today())
    assert waiting(session, local_today()) == 0
    assert wrong(session) == []


def test_caches_speak_of_the_day_they_were_rolled_to(session: GuardedSession, bureau: Bureau) -> None:
    assert bureau
    tamper(session, "UPDATE enterprise SET level = 3 WHERE level = 1")
    rebuild(session, BY, date(2400, 1, 1))
    assert session.scalars(select(Enterprise.level).where(Enterprise.level == 1)).all() == [1, 1]
    assert wrong(session) == []


@pytest.fixture
def own_engine(databases: Databases, template_url: str) -> Iterator[Engine]:
    """A database of the test's own, in which two sessions meet."""
    url = databases.create(template_url)
    engine = make_engine(url)
    yield engine
    engine.dispose()
    databases.drop(url)


def test_people_save_between_two_portions_and_a_rebuild_that_was_killed_begins_again(own_engine: Engine) -> None:
    factory = make_session_factory(own_engine, CONFIG.history_key, settle)
    with factory() as session, factory() as other:
        _filled(session, 250)
        tamper(session, *(TAMPERED[what][1] for what in ("all spans are gone", "pairs are gone", "a number is gone")))
        numbers = iter(range(900, 1000))

        def save(_done: int, _all: int) -> None:
            new = actions.NewEnterprise(code(next(numbers)), "长春期间登记有限公司")
            with transaction(other, wait_ms=1000):
                actions.register(other, BY, [new])

        with pytest.raises(KeyboardInterrupt):
            rebuild(session, BY, local_today(), _watched_by(_killed))
        assert outdated(session) == list(CACHES)
        assert wrong(session)
        rebuild(session, BY, local_today(), _watched_by(save))
        other.rollback()
        assert wrong(session) == []
        assert outdated(session) == []


def _filled(session: GuardedSession, number: int) -> None:
    with transaction(session):
        new = [actions.NewEnterprise(code(each), f"长春第{each}仪表有限公司") for each in range(number)]
        actions.register(session, BY, new)


def _killed(_done: int, _all: int) -> None:
    raise KeyboardInterrupt


def _watched_by(progress: Callable[[int, int], None]) -> rebuilding.Watch:
    @contextmanager
    def watch(_kind: str) -> Iterator[Callable[[int, int], None]]:
        yield progress

    return watch


def test_a_board_that_somebody_keeps_meanwhile_stays(session: GuardedSession, bureau: Bureau) -> None:
    assert bureau
    tamper(session, TAMPERED["a share is gone"][1])
    made = iter([True])

    def begin_another(_done: int, _all: int) -> None:
        if next(made, False):
            begin_day(session, local_today())

    rebuild(session, BY, local_today(), _watched_by(begin_another))
    assert wrong(session) == []


def test_an_enterprise_without_a_name_on_record_is_a_fault_that_no_rebuild_hides(
    session: GuardedSession, bureau: Bureau
) -> None:
    assert bureau
    with transaction(session):
        session.execute(text("DELETE FROM enterprise_name WHERE enterprise_id = (SELECT max(id) FROM enterprise)"))
    rebuild(session, BY, local_today())
    assert [fault.sentence[-26:] for fault in wrong(session)] == ["no name of it is on record."[-26:]]


def test_without_enterprises_there_is_nothing_to_watch(session: GuardedSession) -> None:
    def watch(kind: str) -> Any:
        raise AssertionError(kind)

    with transaction(session):
        session.execute(delete(Setting))
    rebuild_outdated(session, BY, local_today(), watch)
    assert outdated(session) == []
