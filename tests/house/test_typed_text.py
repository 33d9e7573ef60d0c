"""For every form of the product: the session ends while it is typed into, and after signing in everything is there."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from wtforms import PasswordField

from sme_tracker.db import GuardedSession
from sme_tracker.rules.terms import Role
from sme_tracker.web.confirming import PASSWORD
from sme_tracker.web.unsaved import SECRETS
from tests.house.full_bureau import Found, end_sessions, full_bureau, out_of_the_way, signed_in, walk
from tests.house.sources import templates
from tests.house.test_forms import form_classes
from tests.html_forms import Control, form_to, forms_of

ON_ONE_DATABASE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

NOTHING_IS_TYPED = {
    "accounts.disable_user",
    "accounts.enable_user",
    "accounts.end_other_sessions",
    "accounts.reset_password",
    "accounts.sign_out",
    "assessments.delete_rule_set",
    "assessments.delete_try_out",
    "assessments.download",
    "assessments.publish_rule_set",
    "assessments.record_nothing",
    "assessments.stop_try_out",
    "assessments.try_again",
    "assessments.verify_evidence",
    "dashboard.export_rows",
    "enterprises.remove_contact",
    "enterprises.show_contact",
    "imports.answer",
    "imports.choose",
    "imports.discard",
    "assessments.export_gap_list",
    "exports.export_history",
    "enterprises.export_list",
    "assessments.export_near_misses",
    "assessments.export_try_out",
    "imports.left_out_rows",
    "imports.write",
    "history.verify",
    "shortlists.export",
    "shortlists.freeze",
    "shortlists.table",
}
ONLY_FILES_AND_PASSWORDS = {
    "accounts.change_password",
    "accounts.new_password",
    "accounts.sign_in",
    "assessments.rule_set_from_file",
    "imports.upload",
}


@ON_ONE_DATABASE
def test_what_was_typed_in_any_form_is_there_again_after_signing_in(app: Flask, session: GuardedSession) -> None:
    which = full_bureau(session)
    tried: dict[tuple[str, frozenset[str]], None] = {}
    for role in Role:
        client, user, password = signed_in(app, session, role, which)
        for found in walk(app, client, out_of_the_way(session, which)):
            form = (found.endpoint, frozenset(found.form.names))
            if form not in tried:
                _type_and_sign_in_again(client, session, found, user.name, password)
                tried[form] = None
    takes_forms = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert takes_forms - {endpoint for endpoint, _names in tried} == NOTHING_IS_TYPED | ONLY_FILES_AND_PASSWORDS


def _type_and_sign_in_again(
    client: FlaskClient, session: GuardedSession, found: Found, name: str, password: str
) -> None:
    form = form_to(client.get(found.page), found.action)
    for number, control in enumerate(form.typed_in):
        _type(control, form.typed_in, number)
    sent, typed = form.sent(), form.holds()
    end_sessions(session)
    refused = client.post(found.action, data=sent)
    assert refused.status_code == 401, found
    (way,) = [each for each in forms_of(refused) if "password" in each.names]
    entered = client.post(way.action, data={**way.sent(), "name": name, "password": password})
    assert entered.status_code == 200, found
    assert form_to(entered, found.action).holds() == typed, found
    version = form_to(entered, found.action).sent().get("version")
    assert version == sent.get("version"), "whoever saved meanwhile is not overwritten unseen"


def _type(control: Control, among: list[Control], number: int) -> None:
    """Type something of its own into a field, or choose what is not chosen."""
    if control.kind == "radio":
        for other in among:
            if other.kind == "radio" and other.name == control.name:
                other.is_on = other is control
    elif control.kind == "checkbox":
        control.is_on = not control.is_on
    elif control.kind == "select":
        control.value = control.options[-1]
    else:
        control.value = f"第 {number} 处 <b>&amp;\"'</b>"


def test_every_password_field_is_known_as_one_that_is_never_kept() -> None:
    fields = {
        name
        for form in form_classes()
        for name, field in vars(form).items()
        if getattr(field, "field_class", None) is PasswordField
    }
    written = {name for path in templates() for name in _password_inputs(path.read_text(encoding="utf-8"))}
    assert fields and fields | written | {PASSWORD} <= SECRETS


def _password_inputs(template: str) -> list[str]:
    inputs = re.findall(r"<input[^>]*>", template)
    return [
        name
        for each in inputs
        if 'type="password"' in each or "one-time-code" in each
        for name in re.findall(r' name="([^"{]+)"', each)
    ]
