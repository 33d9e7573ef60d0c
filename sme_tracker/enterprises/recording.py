"""How a page records one fact of an enterprise: the form, its one-use token, the action, a refusal at its field."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from flask import flash, redirect, request
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from sme_tracker.accounts.actions import use_once
from sme_tracker.db import transaction
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.acting import author
from sme_tracker.history.chain import Author
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.web.fields import DayField
from sme_tracker.web.pages import current_session, render
from sme_tracker.web.words import finding_words

Page = Response | tuple[str, int]


def record_by_form(
    form: FlaskForm,
    act: Callable[[Session, Author], object],
    show: Callable[[int, Sequence[str]], tuple[str, int]],
    places: Mapping[str, str],
    then: str,
    said: str,
) -> Page:
    """Show the form, or do what it says and go on to the address `then`; a form sent twice is done once.

    `show` draws the page with a status and with reasons that belong to no field; `places` says at which field a
    finding belongs.
    """
    if request.method == "GET":
        return show(200, ())
    if not form.validate():
        return show(422, ())
    session, by = current_session(), author()
    try:
        with transaction(session):
            if use_once(session, by, request.form.get("once", "")):
                act(session, by)
    except Refused as refused:
        return show(422, _put(form, refused.findings, places))
    flash(said, "ok")
    return redirect(then, 303)


def fact_page(
    form: FlaskForm, one: Enterprise, heading: str, back: str, save: str, **more: object
) -> Callable[[int, Sequence[str]], tuple[str, int]]:
    """The page of a form that records a fact: its heading, where it leads back to, the word on its button.

    More: `about` (pairs of label and value of what it is about), `warning`, `note`.
    """
    once = request.form.get("once") or secrets.token_urlsafe(24)
    name, which = one.name, one.id

    def show(status: int, reasons: Sequence[str]) -> tuple[str, int]:
        return render(
            "enterprises/record.html",
            status,
            form=form,
            name=name,
            enterprise_id=which,
            heading=heading,
            back=back,
            save=save,
            once=once,
            reasons=reasons,
            **{"about": (), "warning": None, "note": None} | more,
        )

    return show


def day_of(field: DayField) -> date:
    """The day of a field that the form does not leave empty."""
    if field.data is None:
        raise ValueError(field.name)
    return field.data


def _put(form: FlaskForm, findings: Sequence[Finding], places: Mapping[str, str]) -> list[str]:
    """Put each finding at its field; returns the sentences of those that belong to none."""
    elsewhere = []
    for finding in findings:
        name = places.get(finding.code, "")
        if name in form:
            form[name].errors = [*form[name].errors, finding_words(finding)]
        else:
            elsewhere.append(finding_words(finding))
    return elsewhere
