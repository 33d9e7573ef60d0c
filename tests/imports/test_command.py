"""`sme-tracker import`: what it prints, what it refuses, and with whose permissions it works."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from sqlalchemy import select

from sme_tracker.db import GuardedSession
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.models import HistoryEntry
from sme_tracker.imports.command import ImportOrder, run
from sme_tracker.imports.uploads import UploadFolder
from sme_tracker.reference.queries import find_unit
from sme_tracker.rules.terms import Role
from sme_tracker.web.language import speaking
from tests.imports.test_file import a_code
from tests.sheets.files import write_table
from tests.signing import add_user

HEAD = ["企业名称", "统一社会信用代码", "县区"]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    rows = [
        ["甲有限公司", a_code(1), "南关区"],
        ["乙有限公司", a_code(2), "朝阳区"],
        ["丙", "92220106MA00000000", None],
    ]
    return write_table(tmp_path / "名单.xlsx", HEAD, *rows)


@pytest.fixture
def folder(tmp_path: Path) -> UploadFolder:
    return UploadFolder(tmp_path / "uploads")


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    with speaking("zh"):
        yield


def names(session: GuardedSession) -> list[str]:
    return list(session.scalars(select(Enterprise.name).order_by(Enterprise.code)))


def test_the_json_counts_rows_and_names_every_problem(
    session: GuardedSession, folder: UploadFolder, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(session, folder, ImportOrder(register, as_json=True))
    told = json.loads(capsys.readouterr().out)
    problems = told.pop("problems")
    assert told == {"created": 2, "changed": 0, "unchanged": 0, "refused": 1}
    assert problems == [
        {
            "severity": "error",
            "sheet": "Sheet",
            "row": 4,
            "column": "统一社会信用代码",
            "value": "92220106MA00000000",
            "reason": "个体工商户（代码 92 开头）不能纳入培育。",
        },
    ]
    assert names(session) == ["甲有限公司", "乙有限公司"]


def test_a_dry_run_counts_and_writes_nothing(
    session: GuardedSession, folder: UploadFolder, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(session, folder, ImportOrder(register, dry_run=True))
    assert capsys.readouterr().out.endswith("新建 2 行，更新 0 行，无变化 0 行，未导入 1 行。\n")
    assert names(session) == []


def test_a_clerks_import_stays_in_the_clerks_district(
    session: GuardedSession, folder: UploadFolder, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = find_unit(session, "南关区")
    assert unit
    user, _ = add_user(session, Role.CLERK, unit.id)
    run(session, folder, ImportOrder(register, user.name, as_json=True))
    told = json.loads(capsys.readouterr().out)
    assert (told["created"], told["refused"]) == (1, 2)
    assert names(session) == ["甲有限公司"]
    assert session.scalars(select(HistoryEntry.user_id).where(HistoryEntry.action == "register")).all() == [user.id]


def test_accounts_that_are_not_there_or_may_not_are_refused_in_one_sentence(
    session: GuardedSession, folder: UploadFolder, register: Path
) -> None:
    leader, _ = add_user(session, Role.LEADER)
    for name, sentence in (("nobody", "没有在用的账号“nobody”。"), (leader.name, f"账号“{leader.name}”没有导入权限。")):
        with pytest.raises(click.ClickException) as refused:
            run(session, folder, ImportOrder(register, name))
        assert refused.value.message == sentence
    assert names(session) == []


def test_a_file_that_cannot_be_read_is_one_sentence(
    session: GuardedSession, folder: UploadFolder, tmp_path: Path
) -> None:
    path = tmp_path / "空.xlsx"
    path.write_bytes(b"")
    with pytest.raises(click.ClickException) as refused:
        run(session, folder, ImportOrder(path))
    assert refused.value.message == "文件是空的，没有内容。"
