"""Whatever is written into a field or an address, the product answers calmly and keeps no more than it can show.

Texts without end, characters nobody sees, numbers beyond any record and days beyond all time are put into every field
and parameter that the pages of the town offer.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import Engine

from sme_tracker.accounts import misses
from sme_tracker.db import GuardedSession
from sme_tracker.rules.bounds import LONGEST
from sme_tracker.rules.terms import Role
from tests.house.town.conftest import Enter, Look
from tests.house.town.pages import WRITTEN_IN, Field, Form, Input, Seen, door_of, undone, written
from tests.house.town.town import NOT_COUNTED, rows_of

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

ENDLESS, UNSEEN = "endless" * 21_429, "甲\x0b乙"
NUMBERS = ["9" * 30, "9" * 5_000, "²"]
DAYS = ["0001-01-01", "9999-12-31"]
DAYS_ASKED = ("as_of", "known", "day", "from", "to")
OTHERS_ASKED = ("year", "page", "unit", "version", "before", "after", "place", "tried", "corrects")
"""What some page takes though no link says so."""
SENT_BY_THE_PAGE = {"csrf_token"}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is slowed here for asking a thousand times."""
    monkeypatch.setattr(misses, "MOST", 1_000_000)


def test_every_text_field_says_how_long_it_may_be(seen: Look) -> None:
    without = {
        (form.address, one.name)
        for role in Role
        for form in seen(role).forms
        for one in form.inputs
        if one.is_text and not (one.maxlength or "").isdecimal()
    }
    assert without == set()


@pytest.mark.parametrize("odd", [ENDLESS, UNSEEN], ids=["endless", "unseen"])
def test_no_field_takes_a_text_without_end_or_with_what_nobody_sees(
    app: Flask, engine: Engine, session: GuardedSession, forms: list[Form], enter: Enter, odd: str
) -> None:
    visitors, faults = {role: enter(role) for role in Role}, []
    for form, one in _fields(app, forms):
        with undone(session), written(engine) as tables:
            answer = visitors[form.role].send(form.address, _with(form, one, odd))
            if answer.status_code >= 500:
                faults.append((form.address, one.name, answer.status_code))
            if one.kind in WRITTEN_IN - {"password"} and answer.status_code == 422 and escape(odd) not in answer.text:
                faults.append((form.address, one.name, "is lost"))
            if tables - NOT_COUNTED and _is_kept(session, odd):
                faults.append((form.address, one.name, "is kept"))
    assert faults == [], faults


def test_no_field_falls_over_a_number_or_a_day_beyond_all_records(
    app: Flask, session: GuardedSession, forms: list[Form], enter: Enter
) -> None:
    visitors, faults = {role: enter(role) for role in Role}, []
    for form, one in _fields(app, forms):
        for odd in DAYS if one.kind == "date" else NUMBERS[:1] if one.is_text and not one.is_number else NUMBERS:
            with undone(session):
                status = visitors[form.role].send(form.address, _with(form, one, odd)).status_code
            if status >= 500:
                faults.append((form.address, one.name, odd[:30], status))
    assert faults == [], faults


def test_no_record_is_looked_for_that_cannot_be(app: Flask, enter: Enter, seen: Look) -> None:
    visitor, faults = enter(Role.CASEWORKER), []
    for address in _one_of_a_kind(app, seen(Role.CASEWORKER)):
        for number in re.findall(r"(?<=[/v])\d+(?=[/?]|$)", address):
            for odd in ("9" * 10, "9" * 20, "9" * 5_000):
                asked = re.sub(rf"(?<=[/v]){number}(?=[/?]|$)", odd, address)
                for method in ("GET", "POST"):
                    status = visitor.send(asked, [], method=method).status_code
                    if status not in (404, 405):
                        faults.append((method, asked[:80], status))
    assert faults == [], faults


def test_no_address_falls_over_what_stands_in_it(app: Flask, enter: Enter, seen: Look) -> None:
    faults = []
    for role in (Role.CASEWORKER, Role.AUDITOR):
        visitor = enter(role)
        for path, names in _parameters(seen(role)).items():
            odd = [
                dict.fromkeys({*names, *OTHERS_ASKED, *DAYS_ASKED}, text)
                for text in (*NUMBERS, *DAYS, UNSEEN, "x" * 500)
            ]
            for asked in (*odd, *({name: day} for name in DAYS_ASKED for day in DAYS)):
                status = visitor.open(f"{path}?{urlencode(asked)}").status_code
                if status >= 500:
                    faults.append((path, str(asked)[:120], status))
    assert faults == [], faults


def _one_of_a_kind(app: Flask, seen: Seen) -> list[str]:
    """Of addresses of the same page, the first."""
    found: dict[object, str] = {}
    for address in seen.addresses:
        door = door_of(app, address)
        found.setdefault(door and door[0], address)
    return list(found.values())


def _parameters(seen: Seen) -> dict[str, set[str]]:
    """The names that addresses and forms give to parameters, by page; one record stands for all."""
    found: dict[str, set[str]] = {}
    for address in seen.addresses:
        parts = urlsplit(address)
        found.setdefault(parts.path, set()).update(name for name, _value in parse_qsl(parts.query))
    for form in seen.forms:
        if form.method == "get":
            found.setdefault(urlsplit(form.address).path, set()).update(one.name for one in form.inputs)
    kinds: dict[str, tuple[str, set[str]]] = {}
    for path, names in found.items():
        kind = "/".join("#" if part.isdecimal() else part for part in path.split("/"))
        kinds.setdefault(kind, (path, set()))[1].update(names)
    return dict(kinds.values())


def _fields(app: Flask, forms: list[Form]) -> Iterator[tuple[Form, Input]]:
    """Every field of every form; of those of the same page and kind that differ only by a number, the first."""
    known = set()
    for form in forms:
        door = door_of(app, form.address, "POST")
        for one in form.inputs:
            kind = (door and door[0], re.sub(r"\d+|^at:.*\.", "#", one.name), one.kind)
            if kind not in known and one.name not in SENT_BY_THE_PAGE:
                known.add(kind)
                yield form, one


def _with(form: Form, odd_one: Input, odd: str) -> list[Field]:
    """The form filled in, with something odd in one field."""
    fields = [(name, value) for name, value in form.filled if name != odd_one.name]
    return [*fields, (odd_one.name, odd)]


def _is_kept(session: GuardedSession, odd: str) -> bool:
    """Whether the odd text stands anywhere in the database, or a piece of it longer than any text may be."""
    pieces = {odd, odd[: max(LONGEST.values()) + 1]}
    texts = (text for rows in rows_of(session).values() for row in rows for text in row)
    return any(piece in text for text in texts for piece in pieces)
