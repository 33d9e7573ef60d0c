"""Only a POST writes: no other method does, nor a field or header that says to take one method for another."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from sme_tracker.db import GuardedSession
from sme_tracker.rules.terms import Role
from tests.house.town.conftest import Enter
from tests.house.town.pages import Form, door_of, undone, written

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

SEEN_ONLY = {"user_session"}
ASIDE = {"history_entry", "history_head"}
"""Where it is noted that somebody was refused."""


def _otherwise() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every way to send a form that is no POST, by its name."""
    for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"):
        yield method, {"method": method}
    for method in ("GET", "HEAD"):
        yield f"{method} to override", {"method": method, "headers": {"X-HTTP-Method-Override": "POST"}}
    yield "_method", {"method": "GET"}


@pytest.mark.parametrize(("name", "how"), list(_otherwise()), ids=[name for name, _how in _otherwise()])
def test_a_form_sent_otherwise_than_by_post_writes_nothing(
    app: Flask, engine: Engine, session: GuardedSession, forms: list[Form], enter: Enter, name: str, how: dict[str, Any]
) -> None:
    visitors = {role: enter(role) for role in Role}
    for form in _one_of_a_kind(app, forms):
        with undone(session), written(engine) as tables:
            address = (
                f"{form.address}{'&' if '?' in form.address else '?'}_method=POST"
                if name == "_method"
                else form.address
            )
            answer = visitors[form.role].send(address, [*form.filled, ("_method", "POST")], **how)
        assert not tables - SEEN_ONLY - (ASIDE if answer.status_code in (403, 404) else set()), (name, form.address)
        assert answer.status_code < 500, (name, form.address)


def _one_of_a_kind(app: Flask, forms: list[Form]) -> Iterator[Form]:
    """Of forms that go to the same page with the same fields, the first."""
    known = set()
    for form in forms:
        door = door_of(app, form.address, "POST")
        kind = (door and door[0], *sorted({re.sub(r"\d+|^at:.*", "#", one.name) for one in form.inputs}))
        if kind not in known:
            known.add(kind)
            yield form
