"""`sme-tracker import`: what it prints, what it refuses, and with whose permissions it works."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from sqlalchemy import select

from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.actions import update_profiles
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.imports.command import ImportOrder, UndoOrder, run, undo
from sme_tracker.imports.models import Import
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


def undone_number(session: GuardedSession) -> int:
    return session.scalars(select(Import.id)).one()


def test_an_import_is_undone_from_the_shell_and_says_what_that_did(
    session: GuardedSession, folder: UploadFolder, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(session, folder, ImportOrder(register))
    number = undone_number(session)
    capsys.readouterr()
    assert undo(session, UndoOrder(number, dry_run=True, as_json=True))
    assert set(session.scalars(select(Enterprise.status))) == {"active"}
    assert undo(session, UndoOrder(number, reason="口径有误", as_json=True))
    planned, told = capsys.readouterr().out.split("}\n{")
    told = json.loads("{" + told)
    assert (told["entered"], told["left"], told["staying"]) == (2, 0, [])
    assert json.loads(planned + "}") == told
    assert set(session.scalars(select(Enterprise.status))) == {"mistaken"}
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "undo_import")).one()
    assert (entry.changes["reason"], entry.through) == ([None, "口径有误"], "command import")
    with pytest.raises(click.ClickException, match="已经撤销"):
        undo(session, UndoOrder(number))
    with pytest.raises(click.ClickException, match="没有编号为 99 的导入"):
        undo(session, UndoOrder(99))


def test_what_stays_when_an_import_is_undone_is_named_and_ends_with_1(
    session: GuardedSession, folder: UploadFolder, register: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(session, folder, ImportOrder(register))
    with transaction(session):
        jia = session.scalars(select(Enterprise).where(Enterprise.code == a_code(1))).one()
        update_profiles(session, Author(None, "form", utc_now()), {jia.id: {"address": "人民大街"}})
    capsys.readouterr()
    assert not undo(session, UndoOrder(undone_number(session)))
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(f"保留  {a_code(1)} 甲有限公司 · 修改基本信息")
    assert "撤下的新建企业: 1" in said


def test_a_clerk_undoes_only_an_import_of_their_own(
    session: GuardedSession, folder: UploadFolder, register: Path
) -> None:
    nanguan = find_unit(session, "南关区")
    clerk, _password = add_user(session, Role.CLERK, nanguan.id if nanguan else None)
    run(session, folder, ImportOrder(register))
    with pytest.raises(click.ClickException, match="没有编号为"):
        undo(session, UndoOrder(undone_number(session), clerk.name))
