"""A published list beside the register: what agrees by code is taken, what by name is asked, absence takes nothing."""

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author
from sme_tracker.imports.models import Import
from sme_tracker.imports.official import Effect, Notice, published_in, published_in_text
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.recognitions.actions import NewRecognition
from sme_tracker.recognitions.models import Recognition, Revocation
from sme_tracker.reference.queries import find_unit
from sme_tracker.rules.terms import RecognitionKind, Role, Status, Title
from sme_tracker.sheets.sheet import SheetRefused
from tests.conftest import CONFIG
from tests.imports.test_file import a_code
from tests.imports.test_pages import write
from tests.sheets.files import write_table
from tests.sheets.test_document import cell, row, table, write_docx
from tests.signing import csrf, sign_in_as

BATCH = "2025年度省级"
PUBLISHED = date(2025, 9, 1)
NAMES = {1: "长春启衡精密传动有限公司", 2: "吉林省云泽传感技术有限公司", 3: "长春瑞屹汽车电子有限公司"}
LIST = f"""附件2
2025年度省级专精特新中小企业名单
序号 企业名称 统一社会信用代码
1 {NAMES[1]} {a_code(1)}
2 {NAMES[2]}
3 长春新来机械有限公司 {a_code(9)}
4 吉林省不相干材料有限公司
"""


@pytest.fixture(autouse=True)
def uploads(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of one's own for what is handed in."""
    monkeypatch.setitem(app.extensions, "config", replace(CONFIG, data_folder=tmp_path / "data"))


@pytest.fixture
def firms(session: GuardedSession) -> dict[int, int]:
    """Three of the register's enterprises; the third was recognised by the same batch already."""
    unit = find_unit(session, "南关区")
    assert unit
    by = Author(None, "test", utc_now())
    with transaction(session):
        new = [enterprises.NewEnterprise(a_code(number), name, unit.id) for number, name in NAMES.items()]
        ids = dict(zip(NAMES, enterprises.register(session, by, new), strict=True))
        title = NewRecognition(
            ids[3], Title.PROVINCIAL, RecognitionKind.NEW, PUBLISHED, PUBLISHED, date(2028, 8, 31), BATCH
        )
        recognitions.recognise(session, by, [title])
    return ids


def hand_in(
    client: FlaskClient, text: str | None = LIST, file: tuple[bytes, str] | None = None, **more: str
) -> TestResponse:
    told = {
        "title": "provincial",
        "effect": "recognised",
        "published_on": "2025-09-01",
        "batch": BATCH,
        "document_number": "吉工信〔2025〕9号",
        **more,
    }
    sent: dict[str, object] = {"csrf_token": csrf(client.get("/import/official")), "text": text or "", **told}
    if file:
        sent["file"] = (io.BytesIO(file[0]), file[1])
    return client.post("/import/official", data=sent, content_type="multipart/form-data")


def answer(client: FlaskClient, address: str, **answers: str) -> TestResponse:
    token = {"csrf_token": csrf(client.get(address))}
    return client.post(
        f"{address}/answer", data={**token, **{f"answer-{name}": value for name, value in answers.items()}}
    )


def levels(session: GuardedSession) -> dict[str, int]:
    session.expire_all()
    return {one.name: one.level for one in session.scalars(select(Enterprise))}


def test_only_what_agrees_by_code_is_chosen_beforehand(
    client: FlaskClient, session: GuardedSession, firms: dict[int, int]
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    sent = hand_in(client)
    assert sent.status_code == 303
    page = client.get(sent.location).text
    assert "名单 4 = 1 + 1 + 2" in " ".join(page.split())
    assert "台账（同批次或文号） 1 = 0 + 1" in " ".join(page.split())
    assert NAMES[3] in page and "名单没有不等于没有资格" in page
    write(client, sent.location)
    assert levels(session) == {NAMES[1]: 2, NAMES[2]: 0, NAMES[3]: 2}


def test_what_is_confirmed_is_written_in_one_step_with_batch_and_document_and_can_be_undone(
    client: FlaskClient, session: GuardedSession, firms: dict[int, int]
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    address = hand_in(client).location
    answer(client, address, **{"listed:*": "yes", f"entered:{a_code(9)}": "yes"})
    page = " ".join(client.get(address).text.split())
    assert "名单 4 = 3 + 0 + 1" in page
    write(client, address)
    assert levels(session) == {NAMES[1]: 2, NAMES[2]: 2, NAMES[3]: 2, "长春新来机械有限公司": 2}
    told = session.execute(select(Recognition.batch, Recognition.document_number, Recognition.published_on))
    assert {tuple(one) for one in told} == {(BATCH, "吉工信〔2025〕9号", PUBLISHED), (BATCH, None, PUBLISHED)}
    token = {"csrf_token": csrf(client.get(f"{address}/undo")), "reason": "发错名单"}
    client.post(f"{address}/undo", data=token)
    assert levels(session) == {NAMES[1]: 0, NAMES[2]: 0, NAMES[3]: 2, "长春新来机械有限公司": 0}
    statuses = {one.name: one.status for one in session.scalars(select(Enterprise))}
    assert statuses["长春新来机械有限公司"] == Status.MISTAKEN


def test_only_a_list_of_those_struck_off_takes_titles_away(
    client: FlaskClient, session: GuardedSession, firms: dict[int, int]
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    address = hand_in(client, f"{NAMES[3]}\t{a_code(3)}", effect="lost", published_on="2026-03-01").location
    assert "台账有，名单没有" in client.get(address).text
    write(client, address)
    assert levels(session)[NAMES[3]] == 0
    (lost,) = session.scalars(select(Revocation))
    assert (lost.revoked_on, lost.reason) == (date(2026, 3, 1), f"2026-03-01公布，{BATCH}，吉工信〔2025〕9号")


def test_the_same_list_again_changes_nothing(
    client: FlaskClient, session: GuardedSession, firms: dict[int, int]
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    address = hand_in(client).location
    answer(client, address, **{"listed:*": "yes", "entered:*": "yes"})
    write(client, address)
    again = hand_in(client).location
    answer(client, again, **{"listed:*": "yes"})
    assert f"{again}/write" not in client.get(again).text


def test_a_district_confirms_only_its_own_and_is_told_of_nobody_elses(
    client: FlaskClient, session: GuardedSession, firms: dict[int, int]
) -> None:
    chaoyang = find_unit(session, "朝阳区")
    sign_in_as(client, session, Role.CLERK, chaoyang.id if chaoyang else None)
    page = client.get(hand_in(client).location).text
    assert NAMES[3] not in page
    assert "名单 4 = 0 + 0" in " ".join(page.split())


@pytest.mark.parametrize(
    ("case", "said"),
    [("nothing", "任选其一"), ("both", "任选其一"), ("no names", "没有识别出企业"), ("no day", "请填写")],
)
def test_what_cannot_be_taken_in_says_why_and_keeps_what_was_typed(
    client: FlaskClient, session: GuardedSession, case: str, said: str
) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    text = {"nothing": None, "no names": "2025年度\n名单如下"}.get(case, LIST)
    file = (LIST.encode(), "名单.txt") if case == "both" else None
    sent = hand_in(client, text, file, **({"published_on": ""} if case == "no day" else {}))
    assert sent.status_code == 422 and said in sent.text
    assert BATCH in sent.text and (text is None or text.splitlines()[-1] in sent.text)
    assert session.scalars(select(Import)).all() == []


@pytest.mark.parametrize("apart", ["\t", "  ", ",", "，", " "])
def test_a_pasted_text_is_read_however_its_cells_are_parted(apart: str) -> None:
    lines = [["1", NAMES[1], a_code(1)], ["2", NAMES[2], a_code(2)], ["3", NAMES[3], a_code(3)]]
    found = published_in_text("\n".join(apart.join(line) for line in lines))
    assert [(name, code) for name, code, _unit in found.names] == [(line[1], line[2]) for line in lines]
    assert found.unread == []


def test_lines_that_name_nobody_are_kept_apart_and_not_lost() -> None:
    found = published_in_text(f"名单如下\n{NAMES[1]}\n（以上排名不分先后）")
    assert [name for name, _code, _unit in found.names] == [NAMES[1]]
    assert found.unread == ["名单如下", "（以上排名不分先后）"]
    with pytest.raises(SheetRefused):
        published_in_text("只有说明")


def test_a_workbook_is_read_by_its_head(tmp_path: Path) -> None:
    rows = [
        ["2025年度名单"],
        ["序号", "企业名称", "所属县区"],
        [1, "甲", "朝阳区"],
        [2, "乙", None],
        ["合计", None, None],
    ]
    found = published_in(write_table(tmp_path / "a.xlsx", *rows), "名单.xlsx")
    assert found.names == [("甲", None, "朝阳区"), ("乙", None, None)]
    assert found.unread == ["合计"]


def test_a_notice_is_kept_whole_beside_the_answers() -> None:
    notice = Notice(Title.NATIONAL, Effect.RENEWED, PUBLISHED, "工信部〔2025〕1号", None, date(2028, 8, 31))
    assert Notice.of({**notice.answers(), "listed:x": "yes"}) == notice
    assert Notice.of({"listed:x": "yes"}) is None


def test_a_word_document_is_read_by_its_tables(
    client: FlaskClient, session: GuardedSession, firms: dict[int, int], tmp_path: Path
) -> None:
    rows = [("序号", "企业名称", "统一社会信用代码"), ("1", NAMES[1], a_code(1)), ("2", NAMES[2], "")]
    path = write_docx(tmp_path / "a.docx", table(*(row(*map(cell, texts)) for texts in rows)))
    assert published_in(path, "公告.docx").names == [(NAMES[1], a_code(1), None), (NAMES[2], None, None)]
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(hand_in(client, None, (path.read_bytes(), "公告.docx")).location).text
    assert "名单 2 = 1 + 1 + 0" in " ".join(page.split())
