"""The pages of evidence and gaps: what a caseworker sees, fills in and is refused."""

import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from sme_tracker.assessments import list_views, queries
from sme_tracker.assessments.judging import differing
from sme_tracker.assessments.models import VerdictRecord
from sme_tracker.clock import local_today
from sme_tracker.config import Config
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.exports.models import Export
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.terms import Role
from tests.assessments.bureau import provincial, verdict, with_rules
from tests.signing import csrf, sign_in_as

PDF = b"%PDF-1.7\n1 0 obj\nendobj\n"


@pytest.fixture
def files(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the application keeps files in this test."""
    config: Config = app.extensions["config"]
    values = {name: getattr(config, name) for name in config.__dataclass_fields__}
    monkeypatch.setitem(app.extensions, "config", Config(**(values | {"data_folder": tmp_path})))
    return tmp_path / "files"


def words(page: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def send(client: FlaskClient, address: str, **fields: Any) -> Any:
    """Fill in the form of a page and send it."""
    token = csrf(client.get(address))
    return client.post(address, data={"csrf_token": token, **fields}, content_type="multipart/form-data")


def test_the_gap_panel_says_what_is_missing_and_where_it_is_filled_in(
    client: FlaskClient, session: GuardedSession
) -> None:
    with_rules(session)
    which = provincial(
        session, ip_assets=[], market_shares=[{"scope": "national", "share_percent": Decimal("9.2"), "rank": 5}]
    )
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/enterprises/{which}").text
    assert "不达标 1" in words(page) and "缺数据 1" in words(page)
    assert f"/enterprises/{which}/evidence/ip_assets" in page
    assert "≥ 10%" in words(page) and "9.2%" in words(page)


def test_another_standard_and_another_day_are_in_the_address(client: FlaskClient, session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session)
    sign_in_as(client, session, Role.LEADER)
    page = words(client.get(f"/enterprises/{which}?level=national&purpose=new&day=2025-06-30&order=problems").text)
    assert "“小巨人”企业认定标准（2022 版）" in page
    assert "按 2025-06-30 判定" in page


def test_a_proof_is_filled_in_with_its_file_and_the_verdict_follows(
    client: FlaskClient, session: GuardedSession, files: Path
) -> None:
    with_rules(session)
    which = provincial(session, platform_scores=[])
    sign_in_as(client, session, Role.CASEWORKER)
    answer = send(
        client,
        f"/enterprises/{which}/evidence/platform_scores",
        own_year="2026",
        own_score="66",
        from_day="2026-03-01",
        file=(io.BytesIO(PDF), "评价报告.pdf"),
    )
    assert answer.status_code == 303, answer.text
    assert verdict(session, which).outcome == "eligible"
    paper = queries.evidence_of(session, which, "platform_scores")[0].row
    assert paper.file_name == "评价报告.pdf" and len(list(files.iterdir())) == 1
    token = csrf(client.get(f"/enterprises/{which}"))
    with client.post(f"/enterprises/{which}/evidence/{paper.id}/file", data={"csrf_token": token}) as taken:
        assert taken.data == PDF and "attachment" in taken.headers["Content-Disposition"]
    assert "下载文件" in client.get(f"/enterprises/{which}").text


@pytest.mark.parametrize(
    ("name", "body"),
    [("报告.pdf", b"MZ\x90\x00"), ("报告.docm", PDF), ("报告.pdf", b""), ("报告.exe", b"MZ")],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_not_kept(
    client: FlaskClient, session: GuardedSession, files: Path, name: str, body: bytes
) -> None:
    which = provincial(session)
    sign_in_as(client, session, Role.CASEWORKER)
    answer = send(
        client,
        f"/enterprises/{which}/evidence/certificates",
        own_kind="management_system",
        file=(io.BytesIO(body), name),
    )
    assert answer.status_code == 422
    assert not files.exists() or not list(files.iterdir())


def test_what_is_refused_is_said_at_its_field(client: FlaskClient, session: GuardedSession) -> None:
    which = provincial(session)
    sign_in_as(client, session, Role.CASEWORKER)
    answer = send(client, f"/enterprises/{which}/evidence/awards", own_kind="science", from_day="2099-01-01")
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text and "日期在今天之后" in answer.text


def test_a_judgement_is_recorded_with_its_reason(client: FlaskClient, session: GuardedSession) -> None:
    which = provincial(session)
    sign_in_as(client, session, Role.CASEWORKER)
    address = f"/enterprises/{which}/judgements/key_chain_link"
    assert send(client, address, met="yes").status_code == 422
    assert send(client, address, met="yes", reason="专家组评议", from_day="2026-05-01").status_code == 303
    found = queries.find_judgement(session, which, "key_chain_link")
    assert found and (found.met, found.reason, found.from_day) == (True, "专家组评议", date(2026, 5, 1))


def test_a_paper_is_corrected_checked_and_withdrawn(client: FlaskClient, session: GuardedSession) -> None:
    which = provincial(session)
    sign_in_as(client, session, Role.CASEWORKER)
    first = queries.evidence_of(session, which, "market_shares")[0].row.id
    place = f"/enterprises/{which}/evidence"
    fields = {"own_scope": "national", "own_share_percent": "15.5", "own_rank": "1", "name": "证明"}
    assert send(client, f"{place}/{first}/correct", **fields).status_code == 422
    assert send(client, f"{place}/{first}/correct", **fields, reason="看错").status_code == 303
    second = queries.evidence_of(session, which, "market_shares")[0].row.id
    token = csrf(client.get(f"{place}/market_shares"))
    assert client.post(f"{place}/{second}/verify", data={"csrf_token": token}).status_code == 303
    third = queries.evidence_of(session, which, "market_shares")[0].row
    assert third.verified_on is not None and third.data["share_percent"] == "15.5"
    assert send(client, f"{place}/{third.id}/withdraw", reason="登记错企业").status_code == 303
    assert queries.evidence_of(session, which, "market_shares") == []


def test_the_lists_show_near_misses_and_data_to_collect(client: FlaskClient, session: GuardedSession) -> None:
    with_rules(session)
    provincial(session, 1, market_shares=[{"scope": "national", "share_percent": Decimal("9.2"), "rank": 5}])
    provincial(session, 2, ip_assets=[])
    sign_in_as(client, session, Role.LEADER)
    near = words(client.get("/verdicts/near?level=national").text)
    assert "1 户只差一项" in near and "0.8" in near
    missing = words(client.get("/verdicts/missing?level=national&lack=ip_assets").text)
    assert "缺“知识产权”的企业" in missing


def test_a_near_miss_keeps_the_minus_of_its_value(client: FlaskClient, session: GuardedSession) -> None:
    with_rules(session)
    provincial(session, market_shares=[{"scope": "national", "share_percent": Decimal("9.2"), "rank": 5}])
    shrank = {"near_criterion": "main_revenue_growth", "near_value": "-1.13 percent", "near_distance": "-6.13"}
    with transaction(session):
        session.execute(update(VerdictRecord).where(VerdictRecord.level == "national").values(**shrank))
    sign_in_as(client, session, Role.LEADER)
    assert {"−1.1%", "6.1 个百分点"} <= set(re.findall(r">([^<]+)<", client.get("/verdicts/near").text))


def test_a_clerk_sees_only_the_own_units_enterprises(client: FlaskClient, session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session, market_shares=[{"scope": "national", "share_percent": Decimal("9.2"), "rank": 5}])
    unit = session.query(ReportingUnit.id).order_by(ReportingUnit.id).first()
    sign_in_as(client, session, Role.CLERK, unit_id=unit[0] if unit else None)
    assert "0 户只差一项" in words(client.get("/verdicts/near?level=national").text)
    assert client.get(f"/enterprises/{which}/evidence/awards").status_code == 404


def test_the_near_misses_go_out_as_a_workbook_and_are_in_the_register(
    client: FlaskClient, session: GuardedSession
) -> None:
    with_rules(session)
    provincial(session, market_shares=[{"scope": "national", "share_percent": Decimal("9.2"), "rank": 5}])
    sign_in_as(client, session, Role.LEADER)
    token = csrf(client.get("/verdicts/near?level=national"))
    answer = client.post("/verdicts/near/export?level=national", data={"csrf_token": token})
    assert answer.status_code == 200 and answer.data.startswith(b"PK")
    assert session.scalars(select(Export.what)).all() == ["near_misses"]


def test_the_near_misses_go_out_in_the_language_of_the_page(client: FlaskClient, session: GuardedSession) -> None:
    with_rules(session)
    provincial(session, market_shares=[{"scope": "national", "share_percent": Decimal("9.2"), "rank": 5}])
    sign_in_as(client, session, Role.LEADER)
    client.get("/verdicts/near?lang=en")
    token = csrf(client.get("/verdicts/near?level=national"))
    answer = client.post("/verdicts/near/export?level=national", data={"csrf_token": token})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    assert heads[1:4] == ["Enterprise name", "Reporting unit", "The one condition missed"]
    assert not re.search("[\u4e00-\u9fff]", "".join(map(str, heads)))


def test_a_verdict_older_than_its_data_is_found(session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session)
    assert list(differing(session, local_today())) == []
    with transaction(session):
        session.execute(update(VerdictRecord).where(VerdictRecord.level == "national").values(marks="xxxxxxx"))
    assert list(differing(session, local_today())) == [(which, "national")]


def test_a_criterion_many_fail_is_turned_page_by_page_the_nearest_first(
    client: FlaskClient, session: GuardedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_views, "AT_FIRST", 2)
    monkeypatch.setattr(list_views, "PAGE_SIZE", 2)
    with_rules(session)
    shares = {5: "3.1", 3: "9.5", 4: "8.2", 1: "1.0", 2: "2.4"}
    firms = {
        number: provincial(
            session, number, market_shares=[{"scope": "national", "share_percent": Decimal(share), "rank": 40}]
        )
        for number, share in shares.items()
    }
    nearest = [firms[number] for number in (3, 4, 5, 2, 1)]
    sign_in_as(client, session, Role.LEADER)

    def shown(path: str) -> tuple[list[int], str]:
        page = client.get(path).text
        assert page, path
        ids = [int(which) for which in re.findall(r'data-open href="/enterprises/(\d+)', page)]
        return ids, page

    ids, page = shown("/verdicts/near")
    assert ids == nearest[:2]
    more = re.search(r'href="([^"]+criterion=[^"]+)"', page)
    assert more
    address, turned = more[1].replace("&amp;", "&"), []
    while address:
        ids, page = shown(address)
        turned += ids
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert turned == nearest
    back = re.search(r'href="([^"]+)" rel="prev"', page)
    assert back and shown(back[1].replace("&amp;", "&"))[0] == nearest[2:4]
