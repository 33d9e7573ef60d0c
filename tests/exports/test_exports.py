"""The list of enterprises on its way out: cell for cell what the screen shows, entered in register and history."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from html import unescape
from urllib.parse import unquote

import openpyxl
import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.actions import NewEnterprise, record_figures, register
from sme_tracker.exports.models import Export
from sme_tracker.history.chain import Author
from sme_tracker.history.models import HistoryEntry
from sme_tracker.reference.queries import find_unit
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.terms import Role, Source
from tests.imports.test_file import a_code
from tests.signing import csrf, sign_in_as

COLUMNS = "cols=name,code,unit,revenue,founded,capital"


@pytest.fixture(autouse=True)
def enterprises(session: GuardedSession) -> None:
    """Three enterprises of two units, one of them with a name that a spreadsheet would take for a formula."""
    nanguan, chaoyang = find_unit(session, "南关区"), find_unit(session, "朝阳区")
    assert nanguan and chaoyang
    profile = {"founded_on": date(2004, 1, 2), "registered_capital_wan": Decimal("1234.50")}
    with transaction(session):
        by = Author(None, "test", utc_now())
        ids = register(
            session,
            by,
            [
                NewEnterprise(a_code(1), "甲有限公司", nanguan.id, profile=profile),
                NewEnterprise(a_code(2), "=乙有限公司", chaoyang.id),
                NewEnterprise(a_code(3), "丙有限公司"),
            ],
        )
        record_figures(session, by, [(ids[0], YearlyFigures(2021, Source.AUDIT, revenue_wan=Decimal("2180.00")))])


def export(client: FlaskClient, query: str, format_: str = "xlsx") -> TestResponse:
    token = csrf(client.get("/account"))
    return client.post(f"/enterprises/export?{query}", data={"csrf_token": token, "format": format_})


def on_screen(client: FlaskClient, query: str) -> list[list[str]]:
    page = client.get(f"/enterprises?{query}").text
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
    return [
        [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def in_book(content: bytes) -> tuple[list[list[object]], list[list[object]]]:
    """The list and the notes, as openpyxl reads them."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    first, notes = ([[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets)
    return first, notes


def as_shown(value: object) -> str | None:
    """A cell of a workbook as the page writes it: figures with separators and two decimals, days in ISO order."""
    if isinstance(value, int | float):
        return f"{value:,.2f}"
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else None if value is None else str(value)


def test_the_workbook_is_what_the_screen_shows(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    query = f"{COLUMNS}&sort=name"
    rows, _notes = in_book(export(client, query).data)
    assert rows[0] == ["企业", "信用代码", "所属县区", "营收（万元）", "成立日期", "注册资本（万元）"]
    screen = [[None if cell in ("—", "缺数据") else cell for cell in row] for row in on_screen(client, query)]
    assert len(screen) == 3
    assert [[as_shown(cell) for cell in row] for row in rows[1:]] == screen


def test_openpyxl_calamine_and_csv_read_the_same(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.CASEWORKER)
    content = export(client, COLUMNS).data
    rows, _notes = in_book(content)
    calamine = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert [[cell or None for cell in row] for row in calamine[1:]] == [
        [cell.date() if hasattr(cell, "date") else cell for cell in row] for row in rows[1:]
    ]
    text = export(client, COLUMNS, "csv").data
    assert text.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert [line[1] for line in lines] == [row[1] for row in rows]
    assert [line[0] for line in lines if "乙" in line[0]] == ["'=乙有限公司"]


def test_a_filtered_list_goes_out_filtered_and_says_so(client: FlaskClient, session: GuardedSession) -> None:
    user = sign_in_as(client, session, Role.CASEWORKER)
    unit = find_unit(session, "南关区")
    assert unit
    answer = export(client, f"{COLUMNS}&unit={unit.id}")
    rows, notes = in_book(answer.data)
    assert [row[0] for row in rows[1:]] == ["甲有限公司"]
    told = {row[0]: row[1] for row in notes}
    assert told["所属县区"] == "南关区" and told["行数"] == "1" and told["导出人"] == (user.full_name or None)
    disposition = unquote(answer.headers["Content-Disposition"])
    assert disposition.startswith("attachment") and "企业名单_" in disposition
    taken = session.scalars(select(Export)).one()
    assert (taken.what, taken.rows, taken.filters["unit"]) == ("enterprises", 1, str(unit.id))
    entry = session.scalars(select(HistoryEntry).order_by(HistoryEntry.id.desc())).first()
    assert entry and (entry.action, entry.user_id, entry.changes["rows"]) == ("export", user.id, [None, 1])


def test_a_clerk_takes_out_the_own_district_only(client: FlaskClient, session: GuardedSession) -> None:
    unit = find_unit(session, "朝阳区")
    assert unit
    sign_in_as(client, session, Role.CLERK, unit.id)
    rows, _notes = in_book(export(client, COLUMNS).data)
    assert [row[0] for row in rows[1:]] == ["=乙有限公司"]


def test_an_administrator_takes_nothing_out(client: FlaskClient, session: GuardedSession) -> None:
    sign_in_as(client, session, Role.ADMINISTRATOR)
    assert export(client, COLUMNS).status_code == 403
