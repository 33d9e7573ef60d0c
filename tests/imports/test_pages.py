"""The import pages: upload, check, write, result, the rows left out, the register of exports."""

import io
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from sme_tracker.assessments.due import MANY, judge_portion, judge_waiting, waiting
from sme_tracker.assessments.judging import differing
from sme_tracker.clock import local_today
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.exports.models import Export
from sme_tracker.history.models import HistoryEntry
from sme_tracker.imports.models import Import
from sme_tracker.reference.queries import find_unit
from sme_tracker.rules.terms import Role
from tests.assessments.bureau import with_rules
from tests.conftest import CONFIG
from tests.enterprises.test_statements import statements
from tests.imports.test_file import a_code
from tests.sheets.files import write_table
from tests.signing import csrf, sign_in_as

HEAD = ["企业名称", "统一社会信用代码", "县区"]
JIA, YI = ["甲有限公司", a_code(1), "南关区"], ["乙有限公司", a_code(2), "朝阳区"]
BAD = ["丙有限公司", "92220106MA00000000", "南关区"]


@pytest.fixture(autouse=True)
def uploads(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own for what is uploaded."""
    monkeypatch.setitem(app.extensions, "config", replace(CONFIG, data_folder=tmp_path))
    return tmp_path / "uploads"


def send(client: FlaskClient, tmp_path: Path, *rows: list[object], name: str = "名单.xlsx") -> TestResponse:
    content = write_table(tmp_path / "file", HEAD, *rows).read_bytes()
    return send_bytes(client, content, name)


def send_bytes(client: FlaskClient, content: bytes, name: str) -> TestResponse:
    data = {"csrf_token": csrf(client.get("/import")), "file": (io.BytesIO(content), name)}
    return client.post("/import", data=data, content_type="multipart/form-data")


def write(client: FlaskClient, address: str) -> TestResponse:
    page = client.get(address)
    return client.post(f"{address}/write", data={"csrf_token": csrf(page), **plan_of(page)})


def plan_of(page: TestResponse) -> dict[str, str]:
    """The plan a page shows, as its button sends it."""
    return dict(re.findall(r'name="(plan)" value="(\w+)"', page.text))


def number_of(session: GuardedSession, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_caseworker_uploads_checks_writes_and_takes_the_rest_back(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    answer = send(client, tmp_path, JIA, YI, BAD)
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "写入 2 行，跳过 1 行" in page.text and "个体工商户" in page.text and "丙有限公司" in page.text
    assert number_of(session, Enterprise) == 0
    assert write(client, answer.location).location == answer.location
    page = client.get(answer.location)
    assert "导入完成：新建 2 行，更新 0 行，跳过 1 行。" in page.text
    assert number_of(session, Enterprise) == 2
    taken = client.post(f"{answer.location}/left-out", data={"csrf_token": csrf(page)})
    assert unquote(taken.headers["Content-Disposition"]).endswith(".xlsx") and "未导入的行" in unquote(
        taken.headers["Content-Disposition"]
    )
    book = openpyxl.load_workbook(io.BytesIO(taken.data))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert rows[0] == [*HEAD, "文件行号", "原因"] and rows[1][:4] == [*BAD, "4"] and "个体工商户" in str(rows[1][4])
    export = session.scalars(select(Export)).one()
    assert (export.what, export.rows, export.format) == ("import.left_out", 1, "xlsx")
    assert session.scalars(select(HistoryEntry.action).order_by(HistoryEntry.id.desc()).limit(2)).all() == [
        "export",
        "import",
    ]


def test_each_count_shows_its_rows(client: FlaskClient, session: GuardedSession, tmp_path: Path) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    write(client, send(client, tmp_path, JIA, YI).location)
    address = send(client, tmp_path, [*JIA[:2], "朝阳区"], YI, ["丁", a_code(4), "南关区"]).location
    for show, said in (
        ("create", "丁"),
        ("change", "南关区 → <b>朝阳区</b>"),
        ("unchanged", "乙有限公司"),
        ("notices", "自今日起改属朝阳区"),
        ("errors", "没有未导入的行。"),
    ):
        assert said in client.get(f"{address}?show={show}").text, show
    assert client.get(f"{address}?show=nonsense&page=99999999").status_code == 200


def test_a_name_that_nobody_has_is_offered_the_nearest_and_taken_when_somebody_chooses(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    write(client, send(client, tmp_path, ["长春泽钧精密仪器有限公司", a_code(1), "南关区"], YI).location)
    rows = "企业名称,地址\n长春泽均精密仪器有限公司,某路1号\n".encode()
    address = send_bytes(client, rows, "a.csv").location
    page = client.get(f"{address}?show=errors")
    assert f"长春泽钧精密仪器有限公司 {a_code(1)}" in page.text
    (name,) = re.findall(r'name="(answer-same:[^"]+)"', page.text)
    client.post(f"{address}/answer", data={"csrf_token": csrf(page), name: a_code(1)})
    write(client, address)
    session.expire_all()
    one = session.scalars(select(Enterprise).where(Enterprise.code == a_code(1))).one()
    assert (one.address, one.name) == ("某路1号", "长春泽钧精密仪器有限公司")


def test_the_check_page_looks_the_districts_up_once_however_many_rows_ask_for_one(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    def asked(rows: int) -> int:
        named = [[f"长春{number}号有限公司", a_code(number), f"某某{number}"] for number in range(rows)]
        address = send(client, tmp_path, *named).location
        page = client.get(f"{address}?show=notices")  # as it was noted when the file came in
        assert page.text.count('name="answer-unit:') == rows
        return statements(session, lambda: client.get(f"{address}?show=notices"))

    sign_in_as(client, session, Role.CASEWORKER)
    assert asked(2) == asked(9)


def test_a_heading_once_mapped_is_known_to_the_same_person_and_to_nobody_else(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    content = f"企业名称,统一社会信用代码,吉祥物\n甲有限公司,{a_code(1)},虎\n".encode()
    sign_in_as(client, session, Role.CASEWORKER)
    asked = send_bytes(client, content, "a.csv").location
    assert asked.endswith("/columns") and "要选择 1" in client.get(asked).text
    page = client.get(asked)
    client.post(asked, data={"csrf_token": csrf(page), "field-0": "register.niche"})
    assert not send_bytes(client, content + b"\n", "b.csv").location.endswith("/columns")
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/account"))})
    sign_in_as(client, session, Role.CASEWORKER)
    assert send_bytes(client, content, "a.csv").location.endswith("/columns")


@pytest.mark.parametrize(
    "said", [{"year-0": "1500"}, {"unit-0": "丈"}, {"title-0": "colossal"}, {"field-0": "none.such"}]
)
def test_a_mapping_that_cannot_be_is_refused_and_spoils_neither_this_file_nor_the_next(
    client: FlaskClient, session: GuardedSession, said: dict[str, str]
) -> None:
    content = f"企业名称,统一社会信用代码,吉祥物\n甲有限公司,{a_code(1)},12\n".encode()
    sign_in_as(client, session, Role.CASEWORKER)
    asked = send_bytes(client, content, "a.csv").location
    data = {"csrf_token": csrf(client.get(asked)), "field-0": "figures.revenue_wan", **said}
    assert client.post(asked, data=data).status_code == 422
    assert client.get(asked).status_code == client.get(asked.removesuffix("/columns")).status_code == 200
    assert send_bytes(client, content + b"\n", "b.csv").status_code == 303


def test_a_second_press_of_the_button_changes_nothing(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    address = send(client, tmp_path, JIA).location
    page = client.get(address)
    data = {"csrf_token": csrf(page), **plan_of(page)}
    for _ in range(2):
        assert client.post(f"{address}/write", data=data).status_code == 303
    assert number_of(session, Enterprise) == 1


def test_a_plan_that_no_longer_holds_is_shown_again(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    first = send(client, tmp_path, JIA, YI).location
    page = client.get(first)
    write(client, send(client, tmp_path, JIA).location)
    old = {"csrf_token": csrf(page), **plan_of(page)}
    answer = client.post(f"{first}/write", data=old)
    assert answer.status_code == 409 and "核对期间台账有改动" in answer.text and "写入 1 行" in answer.text
    assert number_of(session, Enterprise) == 1


def test_an_import_can_be_given_up(client: FlaskClient, session: GuardedSession, tmp_path: Path, uploads: Path) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    address = send(client, tmp_path, JIA).location
    answer = client.post(f"{address}/discard", data={"csrf_token": csrf(client.get(address))})
    assert (answer.status_code, answer.location) == (303, "/import")
    assert client.get(address).status_code == 404
    assert list(uploads.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "名单.xlsx", "文件是空的"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "名单.xls", "这是网页"),
        (b"\xd0\xcf\x11\xe0 broken", "名单.xls", "文件"),
        (b"PK\x03\x04 broken", "名单.xlsx", "文件"),
        (b"hello", "report.pdf", "只"),
        ("地址,行业\n甲,乙\n".encode(), "a.csv", "统一社会信用代码"),
    ],
)
def test_bad_files_get_one_sentence_and_leave_nothing(
    client: FlaskClient, session: GuardedSession, uploads: Path, content: bytes, name: str, sentence: str
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    answer = send_bytes(client, content, name)
    assert answer.status_code == 422 and sentence in answer.text
    assert (number_of(session, Import), list(uploads.iterdir())) == (0, [])
    assert client.get("/import").status_code == 200


def test_no_file_and_too_large_a_file_are_said(
    app: Flask, client: FlaskClient, session: GuardedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    token = csrf(client.get("/import"))
    answer = client.post("/import", data={"csrf_token": token}, content_type="multipart/form-data")
    assert answer.status_code == 422 and "请先选择文件。" in answer.text
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    assert send_bytes(client, b"x" * 5000, "a.csv").status_code == 413


def test_a_file_name_is_never_markup(client: FlaskClient, session: GuardedSession, tmp_path: Path) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    answer = send(client, tmp_path, JIA, name="<img src=x>.xlsx")
    assert answer.status_code == 303, answer.text
    address = answer.location
    page = client.get(address).text
    assert "<img src=x>" not in page and "&lt;img src=x&gt;.xlsx" in page


def test_a_clerk_imports_for_the_own_district_and_sees_only_own_imports(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    others = send(client, tmp_path, JIA, YI).location
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/import"))})
    unit = find_unit(session, "南关区")
    assert unit
    sign_in_as(client, session, Role.CLERK, unit.id)
    assert client.get(others).status_code == 404
    page = client.get("/import")
    assert "名单.xlsx" not in page.text
    address = send(client, tmp_path, JIA, YI).location
    assert "只能导入本县区的企业" in client.get(address).text
    write(client, address)
    assert session.scalars(select(Enterprise.name)).all() == ["甲有限公司"]


def test_the_auditor_reads_the_register_of_exports(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    user = sign_in_as(client, session, Role.CASEWORKER)
    address = send(client, tmp_path, BAD, JIA).location
    client.post(f"{address}/left-out", data={"csrf_token": csrf(client.get(address))})
    assert client.get("/exports").status_code == 403
    client.post("/sign-out", data={"csrf_token": csrf(client.get("/import"))})
    sign_in_as(client, session, Role.AUDITOR)
    page = client.get("/exports")
    assert "未导入的行" in page.text and user.full_name in page.text
    assert client.get("/import").status_code == 403


def test_every_page_is_said_in_english_too(client: FlaskClient, session: GuardedSession, tmp_path: Path) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    address = send(client, tmp_path, JIA, BAD).location
    client.get("/import?lang=en")
    assert "Nothing is written before you have checked it" in client.get("/import").text
    page = client.get(address).text
    assert "Write 1 row, leave out 1" in page and "Sole traders" in page


def test_many_enterprises_are_judged_after_the_import_and_the_pages_say_so(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    with_rules(session)
    sign_in_as(client, session, Role.CASEWORKER)
    several = [[f"长春第{number}仪表有限公司", a_code(number), "南关区"] for number in range(1, MANY + 2)]
    address = send(client, tmp_path, *several).location
    write(client, address)
    assert waiting(session, local_today()) == len(several)
    assert "正在重新判定：已完成 0 / 501 户" in client.get(address).text
    assert client.get("/enterprises?cols=name,gap").text.count("尚未判定") == 50
    assert judge_waiting(session, local_today()) == len(several)
    assert list(differing(session, local_today())) == []
    assert "正在重新判定" not in client.get(address).text
    assert "尚未判定" not in client.get("/enterprises?cols=name,gap").text


def test_many_changed_enterprises_are_due_and_judging_broken_off_goes_on(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    with_rules(session)
    sign_in_as(client, session, Role.CASEWORKER)
    today = local_today()
    several = [[f"长春第{number}仪表有限公司", a_code(number), "南关区"] for number in range(1, MANY + 2)]
    write(client, send(client, tmp_path, *several).location)
    judge_waiting(session, today)
    moved = [[*row[:2], "朝阳区"] for row in several]
    write(client, send(client, tmp_path, *moved).location)
    assert waiting(session, today) == len(several)
    with transaction(session):
        judge_portion(session, today, most=100)
    session.rollback()
    assert waiting(session, today) == len(several) - 100
    judge_waiting(session, today)
    assert waiting(session, today) == 0
    assert list(differing(session, today)) == []


def test_an_import_whose_file_is_gone_says_so(
    client: FlaskClient, session: GuardedSession, tmp_path: Path, uploads: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    done, waiting_one = send(client, tmp_path, JIA).location, send(client, tmp_path, JIA, YI).location
    write(client, done)
    for kept in uploads.iterdir():
        kept.unlink()
    assert "无法逐行显示" in client.get(done).text
    assert "请重新上传" in client.get(waiting_one, follow_redirects=True).text


def test_a_code_that_does_not_verify_is_confirmed_against_the_licence_on_the_page(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    printed = f"{a_code(1)[:-1]}{'X' if a_code(1)[-1] != 'X' else 'Y'}"
    row = ["甲有限公司", printed, "南关区"]
    address = send(client, tmp_path, row, YI).location
    page = client.get(address)
    assert "执照上就是这样" in page.text and "printed:*" not in page.text
    token = {"csrf_token": csrf(page)}
    client.post(f"{address}/answer", data={**token, f"answer-printed:{printed}": "yes"})
    write(client, address)
    kept = session.scalars(select(Enterprise).where(Enterprise.code == printed)).one()
    assert kept.code_as_printed and "已按营业执照所载登记" in client.get(f"{address}?show=notices").text
    again = client.get(send(client, tmp_path, row, YI).location).text
    assert "没有要写入的内容" in again, "what is on record as printed is known again"


def test_a_number_that_changes_is_shown_masked_before_and_after(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    head = [*HEAD, "联系人", "联系电话"]
    for phone in ("13800000001", "13900000009"):
        content = write_table(tmp_path / "file", head, [*JIA, "李梅", phone]).read_bytes()
        address = send_bytes(client, content, "名单.xlsx").location
        page = client.get(address).text
        write(client, address)
    assert "李梅 138******01 → <b>李梅 139******09</b>" in page
    assert "13800000001" not in page and "13900000009" not in page


def test_hidden_rows_and_sheets_are_named_and_the_person_chooses(
    client: FlaskClient, session: GuardedSession, tmp_path: Path
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    book = openpyxl.Workbook()
    for row in (HEAD, JIA, YI):
        book.active.append(row)  # type: ignore[union-attr]
    book.active.row_dimensions[3].hidden = True  # type: ignore[union-attr]
    old = book.create_sheet("旧名单")
    for row in (HEAD, ["戊有限公司", a_code(5), "南关区"]):
        old.append(row)
    old.sheet_state = "hidden"
    book.save(tmp_path / "hidden.xlsx")
    address = send_bytes(client, (tmp_path / "hidden.xlsx").read_bytes(), "名单.xlsx").location
    page = client.get(f"{address}?show=notices")
    assert "写入 2 行" in page.text and "不导入隐藏的行" in page.text and "读取隐藏的工作表" in page.text
    token = {"csrf_token": csrf(page)}
    client.post(f"{address}/answer", data={**token, "answer-hidden_rows:Sheet": "no"})
    assert "写入 1 行" in client.get(address).text
    client.post(f"{address}/answer", data={**token, "answer-hidden_sheet:旧名单": "yes"})
    page = client.get(f"{address}?show=notices")
    assert "写入 2 行" in page.text and "不读隐藏的工作表" in page.text and "导入隐藏的行" in page.text
    write(client, address)
    assert set(session.scalars(select(Enterprise.name))) == {"甲有限公司", "戊有限公司"}
