"""What went out comes back as itself: a list imported untouched changes nothing, whatever its columns and language."""

import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.actions import NewEnterprise, register
from sme_tracker.enterprises.additions import additions
from sme_tracker.enterprises.columns import COLUMNS
from sme_tracker.history.chain import Author
from sme_tracker.imports import actions
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.own_lists import COUNTED, ENTERED, own_words
from sme_tracker.imports.plan import Action, read_file
from sme_tracker.imports.queries import reading_of
from sme_tracker.reference.queries import find_unit
from sme_tracker.rules.terms import Role
from sme_tracker.web.language import speaking
from tests.assessments.bureau import provincial
from tests.imports.test_file import a_code
from tests.signing import csrf, sign_in_as

ODD_NAMES = [
    "长春甲（吉林）有限公司",
    "=HYPERLINK(1)公司",
    "+甲乙有限公司",
    "-丙公司",
    "@丁公司",
    "甲 乙·丙有限公司",
    "“引号”公司",
    '甲,乙"丙公司',
]


@pytest.fixture
def register_of_odd_names(session: GuardedSession) -> GuardedSession:
    unit = find_unit(session, "南关区")
    assert unit
    profile = {
        "registered_capital": "500万元人民币",
        "registered_capital_wan": 500,
        "main_product": "=1+1",
        "niche": "@分度头",
        "legal_representative": "张·三",
        "registered_region": "220102",
        "industry_code": "C3670",
    }
    rows = [
        NewEnterprise(a_code(number), name, unit.id if number % 2 else None, profile=profile if number % 3 else {})
        for number, name in enumerate(ODD_NAMES, start=1)
    ]
    with transaction(session):
        register(session, Author(None, "form", utc_now()), rows)
    provincial(session, 901)
    return session


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("file_format", ["xlsx", "csv"])
@pytest.mark.parametrize("columns", [",".join(COLUMNS), "name,code,level,unit,valid_until", "name,unit,product"])
def test_a_list_imported_untouched_changes_nothing(
    app: Flask,
    client: FlaskClient,
    register_of_odd_names: GuardedSession,
    tmp_path: Path,
    language: str,
    file_format: str,
    columns: str,
) -> None:
    session = register_of_odd_names
    sign_in_as(client, session, Role.CASEWORKER)
    client.get(f"/enterprises?lang={language}")
    page = client.get("/import")
    answer = client.post(f"/enterprises/export?cols={columns}", data={"csrf_token": csrf(page), "format": file_format})
    assert answer.status_code == 200
    path = tmp_path / f"list.{file_format}"
    path.write_bytes(io.BytesIO(answer.data).getvalue())
    session.expire_all()
    today = local_today()
    content = read_file(path, path.name, reading_of(session, None, today))
    plan = actions.plan(session, content, Reach(), today).plan
    assert [(row.name, row.action, row.changes) for row in plan.rows if row.action is not Action.UNCHANGED] == []
    assert len(plan.rows) == len(ODD_NAMES) + 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_heading_of_our_own_list_is_known_as_one(app: Flask, language: str) -> None:
    more = additions(app).columns.values()
    with app.test_request_context(), speaking(language):
        headings = {own_words(str(column.label)) for column in (*COLUMNS.values(), *more)}
    assert headings <= ENTERED | COUNTED
