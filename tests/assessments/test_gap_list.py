"""The gap list of an enterprise: what is asked, what is on file, what is still to be handed in, and how it goes out."""

import io
import re
from decimal import Decimal

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select

from sme_tracker.assessments import actions, judging
from sme_tracker.assessments.requirements import requirement
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.exports.models import Export
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.shipped import shipped_rule_book
from sme_tracker.rules.terms import Role
from tests.assessments.bureau import BY, provincial, with_rules
from tests.signing import csrf, sign_in_as

LITTLE_GIANT = "level=national&purpose=new&day=2026-05-04"


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_every_shipped_criterion_can_be_read_out(app: Flask, language: str) -> None:
    with app.test_request_context(), force_locale(language):
        for rule_set in shipped_rule_book().rule_sets.values():
            for purpose in rule_set.purposes:
                for each in (*rule_set.criteria, *rule_set.gates):
                    assert len(requirement(rule_set, each, purpose)) > 3


def test_a_requirement_reads_as_the_standard_says_it(app: Flask) -> None:
    rule_sets = shipped_rule_book().rule_sets
    old, new = rule_sets["little-giant-63-2022"], rule_sets["srdi-2-2026"]
    asked = {each.key: each for each in (*old.criteria, *old.gates)}
    with app.test_request_context(), force_locale("zh_Hans"):
        assert requirement(old, asked["debt_ratio"], "new") == "资产负债率（上年度）≤ 70%"
        assert requirement(old, asked["main_revenue_growth"], "new").startswith(
            "主营业务收入（近 2 年平均增长率）≥ 5%（复核免考核"
        )
        assert requirement(old, asked["key_chain_link"], "new") == "专家判断：产业链关键环节"
        assert requirement(old, asked["not_sme"], "new") == "有此情形即否决：企业规模：大型"
        scale = next(each for each in new.criteria if each.key == "scale_and_soundness")
        assert requirement(new, scale, "new").startswith("（营业收入（上年度）≥ 1,500 万元；或")


def take(client: FlaskClient, which: int, form: str = "xlsx", asked: str = LITTLE_GIANT) -> bytes:
    """The list as it is sent."""
    token = csrf(client.get(f"/enterprises/{which}"))
    answer = client.post(f"/enterprises/{which}/gaps/export?{asked}", data={"csrf_token": token, "format": form})
    assert answer.status_code == 200, answer.text
    assert "filename*=UTF-8''%E8%A1%A5%E6%8A%A5%E6%B8%85%E5%8D%95" in answer.headers["Content-Disposition"]
    return answer.data


def test_the_list_says_what_is_on_file_and_what_is_still_to_be_handed_in(
    client: FlaskClient, session: GuardedSession
) -> None:
    with_rules(session)
    share = {"scope": "national", "share_percent": Decimal("9.2"), "rank": 5}
    which = provincial(session, ip_assets=[], market_shares=[share])
    with transaction(session):
        paper = actions.NewEvidence(
            which, "statements", "=HYPERLINK(1)", "0012", data={"kind": "product_field", "detail": "six_bases"}
        )
        actions.record_evidence(session, BY, [paper])
    sign_in_as(client, session, Role.LEADER)
    book = openpyxl.load_workbook(io.BytesIO(take(client, which)))
    sheet, about = book.worksheets[0], dict(book.worksheets[1].iter_rows(min_row=2, values_only=True))
    heads, *rows = sheet.iter_rows(values_only=True)
    lines = [dict(zip(heads, row, strict=True)) for row in rows]
    by_name = {line["条件"]: line for line in lines}
    growth = next(line for line in lines if "知识产权" in line["条件"])
    assert (growth["判定结果"], growth["现有依据"]) == ("缺数据", None)
    assert "未填写：知识产权" in growth["还需补报"]
    short = next(line for line in lines if "市场占有率" in line["条件"])
    assert (short["实际值"], short["判定结果"]) == ("9.2%", "不达标")
    assert short["与门槛之差"] == "−0.8 个百分点" and short["依据类别"] == "市场占有率说明"
    product = [line for line in lines if line["编号"] == "0012"]
    assert product and product[0]["现有依据"] == "=HYPERLINK(1)" and product[0]["还需补报"] is None
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert {line["统一社会信用代码"] for line in lines} == {session.get_one(Enterprise, which).code}
    assert any("审计报告" in (line["现有依据"] or "") for line in lines)
    assert any(line["指标"] == "一票否决" and line["要求"].startswith("有此情形即否决") for line in by_name.values())
    assert about["截至"] == "2026-05-04" and about["层级"] == "国家级“小巨人”" and "差 1 缺 1" in about["判定结果"]


def test_the_list_for_machines_is_defused_and_every_list_is_in_the_register(
    client: FlaskClient, session: GuardedSession
) -> None:
    with_rules(session)
    which = provincial(session)
    with transaction(session):
        paper = actions.NewEvidence(which, "statements", "=1+1", data={"kind": "product_field", "detail": "six_bases"})
        actions.record_evidence(session, BY, [paper])
    sign_in_as(client, session, Role.CASEWORKER)
    text = take(client, which, "csv").decode("utf-8-sig")
    assert "'=1+1" in text
    entry = session.scalars(select(Export)).one()
    code = session.get_one(Enterprise, which).code
    assert (entry.what, entry.format, entry.rows) == ("gap_list", "csv", text.count("\r\n") - 1)
    assert entry.filters == {"enterprise": code, "level": "national", "purpose": "new"}


def test_the_page_offers_the_list_of_what_it_shows(client: FlaskClient, session: GuardedSession) -> None:
    with_rules(session)
    which = provincial(session)
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get(f"/enterprises/{which}?level=provincial&purpose=review&day=2026-05-04").text
    assert re.search(
        rf"/enterprises/{which}/gaps/export\?level=provincial&(amp;)?purpose=review&(amp;)?day=2026-05-04", page
    )


def test_a_clerk_takes_only_the_own_units_lists_and_without_a_standard_there_is_none(
    client: FlaskClient, session: GuardedSession
) -> None:
    with_rules(session)
    which = provincial(session)
    sign_in_as(client, session, Role.CASEWORKER)
    token = csrf(client.get(f"/enterprises/{which}"))
    address = f"/enterprises/{which}/gaps/export"
    assert client.post(f"{address}?level=municipal", data={"csrf_token": token}).status_code == 404
    client.post("/sign-out", data={"csrf_token": token})
    unit_id = session.scalars(select(ReportingUnit.id)).first()
    sign_in_as(client, session, Role.CLERK, unit_id=unit_id)
    token = csrf(client.get("/enterprises/new"))
    assert client.post(f"{address}?{LITTLE_GIANT}", data={"csrf_token": token}).status_code == 404


def test_where_judging_fails_the_list_leads_back_to_the_page_that_says_so(
    client: FlaskClient, session: GuardedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_rules(session)
    sign_in_as(client, session, Role.CASEWORKER)
    which = provincial(session)
    token = csrf(client.get(f"/enterprises/{which}"))

    def fails(*_asked: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(judging, "judge", fails)
    answer = client.post(f"/enterprises/{which}/gaps/export?{LITTLE_GIANT}", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, f"/enterprises/{which}#gap")
    page = client.get(f"/enterprises/{which}")
    assert page.status_code == 200 and "ZeroDivisionError" in page.text
