"""A full disk is called so, with which disk it is; nothing is lost and nothing half written stays."""

import errno
import io
import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, insert, select
from sqlalchemy.exc import OperationalError

from sme_tracker.app import create_app
from sme_tracker.assessments.models import EvidenceRecord
from sme_tracker.cli import main
from sme_tracker.command_faults import sentences
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, migrate, transaction
from sme_tracker.imports.models import Import
from sme_tracker.reference.models import Setting
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from sme_tracker.web.full_disk import full_disk
from sme_tracker.web.guard import public
from sme_tracker.web.pages import current_session
from tests.assessments.bureau import provincial
from tests.conftest import CONFIG
from tests.signing import csrf, sign_in_as

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n"


@pytest.fixture
def full(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose disk takes nothing more."""
    monkeypatch.setitem(app.extensions, "config", replace(app.extensions["config"], data_folder=tmp_path))

    def no_room(_descriptor: int) -> None:
        raise OSError(*FULL.args)

    monkeypatch.setattr(os, "fsync", no_room)
    return tmp_path


def test_a_proof_that_finds_no_room_leaves_nothing(client: FlaskClient, session: GuardedSession, full: Path) -> None:
    which = provincial(session)
    sign_in_as(client, session, Role.CASEWORKER)
    page = f"/enterprises/{which}/evidence/certificates"
    sent = {
        "csrf_token": csrf(client.get(page)),
        "file": (io.BytesIO(PDF), "证书.pdf"),
        "own_kind": "management_system",
    }
    before = session.scalar(select(func.count()).select_from(EvidenceRecord))
    answer = client.post(page, data=sent, headers={"Accept-Language": "zh-CN"})
    assert answer.status_code == 507
    assert "磁盘已满：存放台账数据的磁盘没有空间了" in answer.text
    assert str(full) not in answer.text
    assert [path.name for path in full.rglob("*") if path.is_file()] == []
    assert session.scalar(select(func.count()).select_from(EvidenceRecord)) == before


def test_a_workbook_that_finds_no_room_leaves_nothing(client: FlaskClient, session: GuardedSession, full: Path) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    sent = {"csrf_token": csrf(client.get("/import")), "file": (io.BytesIO(b"a,b\n"), "名册.csv")}
    answer = client.post("/import", data=sent, headers={"Accept-Language": "en"})
    assert answer.status_code == 507
    assert "There is no room on the disk of the register’s data" in answer.text
    assert [path.name for path in full.rglob("*") if path.is_file()] == []
    assert session.scalar(select(func.count()).select_from(Import)) == 0


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Engine]:
    """An SQLite database that can grow by a few pages only."""
    engine = make_engine(f"sqlite:///{tmp_path / 'tracker.sqlite'}")
    migrate(engine)
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
    engine.dispose()
    event.listen(engine, "connect", lambda made, _record: made.execute(f"PRAGMA max_page_count={pages + 5}"))
    yield engine
    engine.dispose()


def test_a_database_that_finds_no_room_says_so_and_keeps_what_it_has(small: Engine, tmp_path: Path) -> None:
    app = create_app(replace(CONFIG, data_folder=tmp_path, testing=False), small)

    @app.get("/write")
    @public
    def write() -> str:
        session = current_session()
        with transaction(session):
            session.execute(insert(Setting), [{"key": f"long-{n}", "value": "x" * 5000} for n in range(50)])
        return "written"

    answer = app.test_client().get("/write", headers={"Accept-Language": "zh-CN"})
    assert (answer.status_code, "磁盘已满" in answer.text) == (507, True)
    with make_session_factory(small, CONFIG.history_key, settle)() as session:
        assert session.scalar(select(func.count()).where(Setting.key.startswith("long-"))) == 0
    assert app.test_client().get("/sign-in").status_code == 200


def test_the_disk_of_a_database_elsewhere_is_named(fresh_app: Flask) -> None:
    @fresh_app.get("/write")
    @public
    def write() -> None:
        raise OperationalError("insert", {}, psycopg.errors.DiskFull())

    answer = fresh_app.test_client().get("/write", headers={"Accept-Language": "zh-CN"})
    kind = fresh_app.extensions["engine"].dialect.name
    assert answer.status_code == 507
    assert {"sqlite": "存放台账数据的磁盘", "postgresql": "数据库所在的磁盘"}[kind] in answer.text


def test_a_command_that_finds_no_room_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SME_TRACKER_DATA", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("sys.argv", ["sme-tracker", "migrate"])
    main()

    def no_room(_descriptor: int) -> None:
        raise OSError(*FULL.args)

    monkeypatch.setattr(os, "fsync", no_room)
    monkeypatch.setattr("sys.argv", ["sme-tracker", "backup", str(tmp_path / "out" / "b.zip")])
    (tmp_path / "out").mkdir()
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    assert "磁盘已满 · the disk is full" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(("free", "said"), [(4096, "磁盘已满"), (1 << 30, "数据库没有应答")], ids=["no room", "room"])
def test_a_database_that_cannot_even_be_read_for_want_of_room_is_called_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, said: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))
    error = OperationalError("select", None, sqlite3.OperationalError("disk I/O error"))
    assert sentences(error, "zh", tmp_path)[0].startswith(said)
    assert full_disk(error, tmp_path, "sqlite") == ("data" if free == 4096 else None)
