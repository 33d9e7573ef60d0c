"""A clerk neither reads nor writes anything of another district, whatever the address or the form says.

Pages and forms are not listed here: they are what people of every role come upon in the town, so that a new one is
tried by itself.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from sme_tracker.accounts import misses
from sme_tracker.db import GuardedSession
from sme_tracker.rules.access import Permission, may
from sme_tracker.rules.terms import Role
from sme_tracker.web.guard import mark_of
from tests.house.town.conftest import Enter, Look
from tests.house.town.pages import Field, Form, door_of, undone, written
from tests.house.town.town import FOREIGN, NOT_COUNTED, OWN, Town, rows_about

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

OUTSIDE = {"static", "health", "accounts.sign_in", "accounts.new_password", "assessments.stop_try_out",
           "shortlists.undo_freeze"}  # fmt: skip
"""Open to all; shown after a one-time code, while a try-out runs, while nothing rests on a version."""
KEPT_AS_THEY_ARE = {"csrf_token", "version", "once"}
NUMBER = re.compile(r"\d+")
STRANGERS = (Role.CLERK, Role.ADMINISTRATOR, Role.AUDITOR)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is slowed here for asking a thousand times."""
    monkeypatch.setattr(misses, "MOST", 1_000_000)


def test_every_page_is_found_and_every_form(app: Flask, seen: Look, forms: list[Form]) -> None:
    found = {(door_of(app, address) or ("",))[0] for role in Role for address in seen(role).addresses}
    sent = {(door_of(app, form.address, "POST") or ("",))[0] for form in forms}
    for rule in app.url_map.iter_rules():
        assert rule.methods <= {"GET", "HEAD", "OPTIONS", "POST"}, rule
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in OUTSIDE]
    assert [rule for rule in rules if "GET" in rule.methods and rule.endpoint not in found] == []
    assert [rule for rule in rules if "POST" in rule.methods and rule.endpoint not in sent] == []


@pytest.mark.parametrize("role", STRANGERS)
def test_no_page_tells_of_another_district(app: Flask, seen: Look, enter: Enter, there: Town, role: Role) -> None:
    visitor = enter(role)
    addresses = {address for each in Role for address in seen(each).addresses if _is_closed(app, address, role)}
    for address in sorted(addresses | {mixed for each in addresses for mixed in _at_own(each, there)}):
        _tells_nothing(visitor.open(address), there, address)


@pytest.mark.parametrize("role", STRANGERS)
def test_no_form_writes_anything_of_another_district_or_tells_of_it(
    app: Flask, engine: Engine, session: GuardedSession, forms: list[Form], enter: Enter, there: Town, role: Role
) -> None:
    visitor, before = enter(role), rows_about(session, there.foreign)
    for form in forms:
        for address, fields in _tried(form, there):
            if not _is_closed(app, address, role, "POST"):
                continue
            file = _file(form, there)
            asked = f"{address} {fields} {file and file[0].decode()}"
            with undone(session), written(engine) as tables:
                answer = visitor.send(address, fields, file)
                _tells_nothing(answer, there, asked)
                if answer.status_code == 303:
                    _tells_nothing(visitor.open(answer.location), there, asked)
                assert not tables - NOT_COUNTED or rows_about(session, there.foreign) == before, asked


def _is_closed(app: Flask, address: str, role: Role, method: str = "GET") -> bool:
    """Whether the page is not one that shows the whole city by design: the auditor's history."""
    door = door_of(app, address, method)
    sees_all = Permission.HISTORY_READ
    return door is None or not (mark_of(app, door[0]) is sees_all and may(role, sees_all))


def _tried(form: Form, there: Town) -> Iterator[tuple[str, list[Field]]]:
    """The form as it is, at an own enterprise with the rest of its address, and with foreign ids in every field."""
    fields = [(name, value.replace(FOREIGN, "某区")) for name, value in form.filled]
    yield form.address, fields
    for address in _at_own(form.address, there):
        yield address, fields
    if form.role is Role.CLERK:
        for number in (there.foreign[0], there.foreign_unit):
            yield form.address, [_with_number(field, str(number), there) for field in fields]


def _with_number(field: Field, number: str, there: Town) -> Field:
    """The field with the number in the place of each in its name and value, and a foreign code for a code."""
    name, value = field
    if name in KEPT_AS_THEY_ARE:
        return field
    if name == "code":
        return name, there.foreign_codes[0]
    plain = value.replace(OWN, "")
    return NUMBER.sub(number, name), NUMBER.sub(number, value) if NUMBER.fullmatch(plain.split(".")[0]) else value


def _at_own(address: str, there: Town) -> Iterator[str]:
    """Addresses of a foreign enterprise's records, with an own enterprise named before them."""
    for foreign in there.foreign:
        place = f"/enterprises/{foreign}/"
        if address.startswith(place) and NUMBER.search(address[len(place) :]):
            yield f"/enterprises/{there.own[0]}/{address[len(place) :]}"


def _file(form: Form, there: Town) -> tuple[bytes, str] | None:
    """A list that names the foreign enterprises by code under another name, for forms that take one."""
    if not form.takes_file:
        return None
    rows = "".join(f"{code},长春改名{place}有限公司\n" for place, code in enumerate(there.foreign_codes))
    return f"统一社会信用代码,企业名称\n{rows}".encode(), "名单.csv"


def _tells_nothing(answer: TestResponse, there: Town, asked: str) -> None:
    assert answer.status_code < 500, (asked, answer.status_code)
    text = answer.text if answer.mimetype and answer.mimetype.startswith("text/") else ""
    assert FOREIGN not in text, (asked, answer.status_code, text[max(0, text.find(FOREIGN) - 300) :][:400])
    for code in there.foreign_codes:
        assert code not in text or code in asked, (asked, code)
