"""The province's recommendation table: its template is kept like every fact, and a frozen version is written by it."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import click
import openpyxl
import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.exports.models import Export
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.rules.facts import EnterpriseFacts, Figure
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import DecisionWord, Role, Title
from sme_tracker.shortlists import actions, command
from sme_tracker.shortlists.models import ShortlistVersion, TableTemplate
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.table_fields import FIELDS, Entry, Person
from sme_tracker.shortlists.table_templates import Layout, Stale, editions, find_template, layout_of, save_template
from sme_tracker.web.language import speaking
from tests.assessments import bureau
from tests.signing import add_user, csrf, sign_in, sign_in_as

KEY = ShortlistKey(Title.NATIONAL, bureau.TODAY.year)
EVERY_FIELD = [(f"列 {number}", key) for number, key in enumerate(FIELDS, start=1)]
FORMULA = '=HYPERLINK("http://example.invalid",1)'


def _by() -> Author:
    return Author(None, "test", utc_now())


@pytest.fixture
def version(session: GuardedSession) -> ShortlistVersion:
    """A frozen version of three candidates, two of them recommended, with a contact each."""
    bureau.with_rules(session)
    firms = [bureau.provincial(session, number) for number in (1, 2, 3)]
    with transaction(session):
        contacts = [enterprises.NewContact(which, FORMULA, "办公室主任", "0431-00001234") for which in firms]
        enterprises.add_contacts(session, bureau.BY, contacts)
        actions.decide(session, bureau.BY, KEY, firms[:2], DecisionWord.RECOMMENDED, "")
        actions.decide(session, bureau.BY, KEY, firms[2:], DecisionWord.NOT_RECOMMENDED, FORMULA)
        return actions.freeze(session, bureau.BY, KEY)


def _save(session: GuardedSession, layout: Layout, code: str = "recommendation") -> None:
    before = find_template(session, code)
    with transaction(session):
        save_template(session, _by(), code, layout, before.id if before else None)


def _shipped(session: GuardedSession) -> Layout:
    found = find_template(session, "recommendation")
    assert found
    return layout_of(found)


def _enterprise(session: GuardedSession, code: str) -> int:
    return session.scalars(select(Enterprise.id).where(Enterprise.code == code)).one()


def _export(client: FlaskClient, number: int = 1, template: str = "recommendation") -> bytes:
    page = client.get(f"/shortlists/{KEY}/v{number}")
    fields = {"csrf_token": csrf(page), "template": template}
    answer = client.post(f"/shortlists/{KEY}/v{number}/table", data=fields)
    assert answer.status_code == 200, answer.text
    return answer.data


def test_the_mean_growth_is_rounded_once_as_on_the_list() -> None:
    revenue = {2019: "300", 2020: "301", 2021: "302.01"}  # 0.3333 % and 0.3355 %: 0.33 and 0.34 would make 0.34
    figures = {("main_revenue_wan", year): Figure(Decimal(value)) for year, value in revenue.items()}
    entry = Entry(
        1, {}, EnterpriseFacts(enterprise="甲", figures=figures), date(2022, 9, 30), 2021, "new", None, Person()
    )
    assert FIELDS["mean_growth_percent"].cell(entry) == Decimal("0.33")


def test_the_shipped_template_knows_only_fields_there_are(session: GuardedSession):
    layout = _shipped(session)
    assert layout.name == "推荐汇总表"
    assert [heading for heading, _field in layout.columns][:3] == ["序号", "企业名称", "统一社会信用代码"]
    _save(session, layout)
    assert len(editions(session, "recommendation")) == 1


def test_an_edited_template_is_a_new_fact_and_the_old_one_stays_on_record(session: GuardedSession):
    before = _shipped(session)
    after = Layout("省厅 2023 版", "汇总", ["{year} 年{title}"], [("企业", "name"), ("代码", "code")], "all")
    _save(session, after)
    assert _shipped(session) == after
    assert [layout_of(each.template) for each in editions(session, "recommendation")] == [after, before]
    entry = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "table.change")).one()
    assert entry.changes["table_columns"][1] == "企业＝name；代码＝code"


@pytest.mark.parametrize(
    ("at", "changes"),
    [
        ("columns", {"columns": []}),
        ("field-1", {"columns": [("企业", "name"), ("股价", "share_price")]}),
        ("heading-1", {"columns": [("企业", "name"), ("企业", "code")]}),
        ("heading-0", {"columns": [("", "name")]}),
        ("lines", {"lines": ["{year} 年 {weather}"]}),
        ("name", {"name": ""}),
        ("rows", {"rows": "everybody"}),
    ],
)
def test_what_no_table_can_be_is_refused_at_its_place(session: GuardedSession, at: str, changes: dict[str, object]):
    wrong = Layout(**{**_shipped(session).stored(), **changes})  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused, transaction(session):
        save_template(session, _by(), "recommendation", wrong, None)
    assert [finding.parameters["at"] for finding in refused.value.findings] == [at]


def test_whoever_saves_over_another_is_told(session: GuardedSession):
    opened = find_template(session, "recommendation")
    assert opened
    first = opened.id
    _save(session, Layout("甲", "甲", [], [("企业", "name")], "all"))
    with pytest.raises(Stale), transaction(session):
        save_template(session, _by(), "recommendation", Layout("乙", "乙", [], [("企业", "name")], "all"), first)


def test_the_table_holds_the_frozen_values_under_the_headings_of_the_template(
    client: FlaskClient, session: GuardedSession, version: ShortlistVersion
):
    with transaction(session):
        which = version.content["candidates"][0]["code"]
        renamed = enterprises.Renaming(_enterprise(session, which), "长春改名有限公司", date(2026, 5, 1))
        enterprises.rename(session, _by(), [renamed])
    sign_in_as(client, session, Role.CASEWORKER)
    book = openpyxl.load_workbook(io.BytesIO(_export(client)))
    sheet = book["推荐汇总表"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0].startswith(f"{KEY.year} 年国家级") and rows[0][0].endswith("推荐汇总表")
    assert "长春市工业和信息化局" in rows[1][0]
    headings = [heading for heading, _field in _shipped(session).columns]
    assert rows[2] == headings
    assert len(rows) == 3 + 2
    first = dict(zip(headings, rows[3], strict=True))
    assert first["序号"] == 1
    assert first["统一社会信用代码"] == which
    assert first["企业名称"] == "长春启衡精密传动有限公司"
    assert first["联系电话"] == "0431-00001234"
    assert first["上年营业收入（万元）"] == 23328
    assert f"A1:{openpyxl.utils.get_column_letter(len(headings))}1" in [str(each) for each in sheet.merged_cells.ranges]
    notes = {row[0].value: row[1].value for row in book.worksheets[-1].iter_rows()}
    assert notes["校验码"] == version.checksum


def test_every_field_can_be_written_and_nothing_of_it_is_a_formula(
    client: FlaskClient, session: GuardedSession, version: ShortlistVersion
):
    _save(session, Layout("全", "=1+1", [FORMULA], EVERY_FIELD, "all"))
    sign_in_as(client, session, Role.CASEWORKER)
    body = _export(client)
    book = openpyxl.load_workbook(io.BytesIO(body))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert FORMULA in [cell.value for cell in cells if cell.data_type == "s" or cell.data_type == "inlineStr"]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert rows[1] == [heading for heading, _field in EVERY_FIELD]
    codes = [each["code"] for each in version.content["candidates"]]
    assert [row[list(FIELDS).index("code")] for row in rows[2:]] == codes


def test_the_export_is_in_the_register_and_whose_number_it_shows_in_the_history(
    client: FlaskClient, session: GuardedSession, version: ShortlistVersion
):
    sign_in_as(client, session, Role.CASEWORKER)
    _export(client)
    taken = session.scalars(select(Export)).one()
    assert (taken.what, taken.rows, taken.filters["version"]) == ("recommendation", 2, version.number)
    shown = session.scalars(select(HistoryEntry).where(HistoryEntry.action == "show_contact")).all()
    assert len(shown) == 2


def test_a_table_with_contacts_asks_for_the_password_again_and_is_marked_in_the_register(
    client: FlaskClient, session: GuardedSession, version: ShortlistVersion
) -> None:
    user, password = add_user(session, Role.CASEWORKER)
    sign_in(client, user.name, password)
    sent = {"csrf_token": csrf(client.get("/enterprises")), "template": "recommendation"}
    asked = client.post(f"/shortlists/{version.title}-{version.year}/v1/table", data=sent)
    assert asked.status_code == 401 and "data-download" in asked.text
    assert session.scalars(select(Export)).all() == []
    again = client.post(asked.request.path, data={**sent, "confirm_password": password})
    assert again.status_code == 200
    assert again.mimetype.endswith("sheet") and again.data
    assert session.scalars(select(Export.filters)).one()["contacts"] == 1
    auditor = client.application.test_client()
    sign_in_as(auditor, session, Role.AUDITOR)
    assert "含联系人" in auditor.get("/exports").text


def test_a_leader_takes_the_table_without_the_contacts(
    client: FlaskClient, session: GuardedSession, version: ShortlistVersion
):
    sign_in_as(client, session, Role.LEADER)
    body = _export(client)
    assert b"0431-00001234" not in b"".join(
        str(cell.value).encode()
        for sheet in openpyxl.load_workbook(io.BytesIO(body)).worksheets
        for row in sheet.iter_rows()
        for cell in row
    )
    assert not session.scalars(select(HistoryEntry).where(HistoryEntry.action == "show_contact")).all()


def test_a_refused_template_keeps_what_was_typed(client: FlaskClient, session: GuardedSession):
    sign_in_as(client, session, Role.ADMINISTRATOR)
    page = client.get("/table-templates/recommendation")
    found = find_template(session, "recommendation")
    assert found and page.status_code == 200
    fields = {
        "csrf_token": csrf(page),
        "version": str(found.id),
        "name": "推荐汇总表",
        "sheet_title": "表",
        "rows": "recommended",
        "lines": "第一行",
        "place": ["20", "10", "30"],
        "heading": ["统一代码", "我的企业", "我的企业"],
        "field": ["code", "name", "share_price"],
    }
    refused = client.post("/table-templates/recommendation", data=fields)
    assert refused.status_code == 422
    assert refused.text.index('value="我的企业"') < refused.text.index('value="统一代码"')
    assert 'href="#heading-2"' in refused.text and 'href="#field-2"' in refused.text
    assert 'value="share_price" selected' in refused.text
    refused = client.post("/table-templates/recommendation", data=fields | {"place": ["20", "first", "30"]})
    assert refused.status_code == 422 and 'value="first"' in refused.text
    fields |= {"heading": ["统一代码", "我的企业", ""], "field": ["code", "name", ""]}
    assert client.post("/table-templates/recommendation", data=fields).status_code == 303
    assert _shipped(session).columns == [("我的企业", "name"), ("统一代码", "code")]
    stale = client.post("/table-templates/recommendation", data=fields | {"name": "又一个"})
    assert stale.status_code == 409 and 'value="又一个"' in stale.text


def test_a_new_template_stands_beside_the_others(client: FlaskClient, session: GuardedSession):
    sign_in_as(client, session, Role.CASEWORKER)
    page = client.get("/table-templates/new")
    fields = {"csrf_token": csrf(page), "name": "市里用的表", "sheet_title": "表", "rows": "all", "lines": ""}
    fields |= {"place": "1", "heading": "企业", "field": "name"}
    assert client.post("/table-templates/new", data=fields).status_code == 303
    assert "市里用的表" in client.get("/table-templates").text
    names = session.scalars(select(TableTemplate.name).where(TableTemplate.in_force())).all()
    assert set(names) == {"推荐汇总表", "市里用的表"}


@pytest.mark.parametrize("role", [Role.LEADER, Role.CLERK, Role.AUDITOR])
def test_only_whoever_may_edits_a_template(client: FlaskClient, session: GuardedSession, role: Role):
    sign_in_as(client, session, role, 1 if role is Role.CLERK else None)
    assert client.get("/table-templates/recommendation").status_code == 403


def test_the_command_writes_the_table_of_the_latest_version(
    session: GuardedSession, version: ShortlistVersion, tmp_path: Path
):
    path = tmp_path / "汇总.xlsx"
    with speaking("zh"):
        assert command.export_table(session, _by(), command.TableOrder(str(KEY)), path, bureau.TODAY) == 2
        with pytest.raises(click.ClickException):
            command.export_table(session, _by(), command.TableOrder("national-1999"), path, bureau.TODAY)
    assert openpyxl.load_workbook(path).sheetnames[0] == "推荐汇总表"
