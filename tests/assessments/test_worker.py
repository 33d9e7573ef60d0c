"""The process beside the server: it judges first, ends a try-out by force, and may itself be ended at any moment."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, update

from sme_tracker.assessments import asked_tryouts, background, due, tryout, tryout_process
from sme_tracker.assessments.asked_tryouts import is_held
from sme_tracker.assessments.background import Background, work
from sme_tracker.assessments.models import TryOutRecord
from sme_tracker.assessments.tryout_process import Limits, TryOutProcess
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, make_session_factory, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.settling import settle
from tests.assessments.bureau import BY, code, provincial, with_rules
from tests.assessments.test_limits import asked, asked_in_form
from tests.conftest import CONFIG

PATIENCE_S = 120


def test_verdicts_that_are_due_do_not_wait_for_a_try_out(
    caseworker: FlaskClient, session: GuardedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_in_form(caseworker)
    with transaction(session):
        due.mark_due(session, local_today())
    left = []
    real = tryout.facts_of

    def facts_of(*asked: object) -> object:
        left.append(due.waiting(session, local_today()))
        return real(*asked)

    monkeypatch.setattr(tryout, "facts_of", facts_of)
    work(session)
    assert left == [0]


def _wait(session: GuardedSession, until: Callable[[], bool], meanwhile: Callable[[], object] = lambda: None) -> None:
    """Look until it is so, anew each time."""
    end = time.monotonic() + PATIENCE_S
    while not until():
        meanwhile()
        session.commit()
        session.expire_all()
        assert time.monotonic() < end, "nothing happens"
        time.sleep(0.05)


def _bureau(session: GuardedSession, others: int = 0) -> None:
    with_rules(session)
    provincial(session)
    if others:
        with transaction(session):
            new = [enterprises.NewEnterprise(code(number), f"长春第{number}仪表厂") for number in range(2, others + 2)]
            enterprises.register(session, BY, new)


def test_a_try_out_that_hangs_is_ended_by_force_while_verdicts_are_judged(own_engine: Engine) -> None:
    with make_session_factory(own_engine, CONFIG.history_key, settle)() as session:
        _bureau(session, 300)
        which = asked(session)
        beside = TryOutProcess(own_engine.url, Limits(seconds=1, grace_s=1))
        beside.look_after(session)
        assert beside._process
        os.kill(beside._process.pid, signal.SIGSTOP)  # as if one portion never came to its end
        with transaction(session):
            due.mark_due(session, local_today())
        due.judge_waiting(session, local_today(), lambda _done, _all: beside.look_after(session))
        assert due.waiting(session, local_today()) == 0
        work(session, beside)
        session.expire_all()
        assert session.get_one(TryOutRecord, which).failure == "time"


def test_a_try_out_without_memory_is_given_up_and_the_worker_goes_on(own_engine: Engine) -> None:
    with make_session_factory(own_engine, CONFIG.history_key, settle)() as session:
        _bureau(session)
        which = asked(session)
        work(session, TryOutProcess(own_engine.url, Limits(memory_bytes=20_000_000)))
        session.expire_all()
        starved = session.get_one(TryOutRecord, which)
        assert (starved.result, starved.failure) in [(None, "memory"), (None, "died"), (None, "error")]
        fed = asked(session, "60")
        work(session, TryOutProcess(own_engine.url))
        session.expire_all()
        assert session.get_one(TryOutRecord, fed).result


def test_a_try_out_gives_signs_of_life_in_a_long_portion_and_its_process_ends_when_it_is_stopped(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tryout_process, "BEAT_S", 0)
    with make_session_factory(own_engine, CONFIG.history_key, settle)() as session:
        _bureau(session)
        which = asked(session)
        beside = TryOutProcess(own_engine.url)
        beside.look_after(session)
        process = beside._process
        assert process and process.poll() is None
        os.kill(process.pid, signal.SIGSTOP)
        begun_at = session.get_one(TryOutRecord, which).beat_at
        beside.look_after(session)
        session.expire_all()
        alive_at = session.get_one(TryOutRecord, which).beat_at
        assert begun_at and alive_at and alive_at > begun_at
        with transaction(session):
            asked_tryouts.stop(session, BY, session.get_one(TryOutRecord, which))
        _wait(session, lambda: process.poll() is not None, lambda: beside.look_after(session))
        assert not is_held(session, *beside._held)


def test_a_try_out_ends_with_its_worker_and_is_begun_again_by_the_next(own_engine: Engine) -> None:
    first, second, third = (Background(own_engine.url) for _server in range(3))
    with make_session_factory(own_engine, CONFIG.history_key, settle)() as session, closing_all(first, second, third):
        _bureau(session)
        which = asked(session)
        first.start()
        _wait(session, lambda: session.get_one(TryOutRecord, which).worker is not None)
        assert first._process
        first._process.kill()
        first._process.wait()
        with transaction(session):  # as if the time had passed after which a worker is taken for dead
            session.execute(update(TryOutRecord).values(beat_at=utc_now() - 2 * asked_tryouts.STALLED))
        second.start()
        third.start()  # as a second server would
        _wait(session, lambda: session.get_one(TryOutRecord, which).finished_at is not None)
        assert session.get_one(TryOutRecord, which).result


@contextmanager
def closing_all(*workers: Background) -> Iterator[None]:
    """Whatever becomes of the test, its workers end with it."""
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()


def test_stopping_a_worker_that_does_not_listen_ends_it_without_an_error(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LAST_WORDS_S", 0.2)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(); time.sleep(60)"
    worker = Background(own_engine.url)
    worker._process = process = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    worker.stop()
    process.stdout.close()
    assert process.poll() is not None
    assert worker._process is None
    worker.stop()
