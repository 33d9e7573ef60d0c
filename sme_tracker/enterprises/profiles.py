"""A profile between form and record: what is offered, what was typed, what stood when the form was opened."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from sme_tracker.enterprises import queries
from sme_tracker.enterprises.actions import PROFILE
from sme_tracker.enterprises.forms import NewForm, ProfileForm, offer
from sme_tracker.enterprises.merging import UNKNOWN, InWords
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import plain
from sme_tracker.rules.findings import Finding
from sme_tracker.rules.values.capital import capital
from sme_tracker.web.fields import sent
from sme_tracker.web.language import code as language
from sme_tracker.web.language import gettext as _
from sme_tracker.web.words import finding_words

TYPED = tuple(name for name in PROFILE if name != "registered_capital_wan")
"""The fields of the profile that people type; the amount of the capital follows from what is written."""

_ABOUT_CODE = "credit_code."


def dress(form: ProfileForm, session: Session, today: date, one: Enterprise | None = None) -> None:
    """Offer what may be chosen, and what the enterprise has already."""
    industries = [(item.code, f"{item.code} {name}") for item, name in _named(queries.open_industries(session, today))]
    chains = [(item.id, name) for item, name in _named(queries.open_chains(session, today))]
    people = [(user.id, user.full_name) for user in queries.caseworkers(session)]
    kept_chain = (one.chain.id, one.chain.name) if one and one.chain else None
    kept_owner = (one.owner.id, one.owner.full_name) if one and one.owner else None
    none = _("not entered")
    offer(
        form.industry_code,
        industries,
        none,
        (one.industry_code, one.industry_code) if one and one.industry_code else None,
    )
    offer(form.chain_id, chains, none, kept_chain)
    offer(form.owner_id, people, _("nobody yet"), kept_owner)
    if isinstance(form, NewForm):
        units = [(item.id, name) for item, name in _named(queries.open_units(session, today))]
        offer(form.unit_id, units, _("No unit yet"), None)


def _named(items: Iterable[queries.Choice]) -> list[tuple[queries.Choice, str]]:
    """The items with their names in the language of the page."""
    in_english = language() == "en"
    return [(item, (in_english and item.name_en) or item.name) for item in items]


def typed(form: ProfileForm, one: Enterprise | None = None) -> dict[str, Any]:
    """What was sent of the profile, with the amount of the capital read anew where what is written has changed."""
    values = sent_fields(form)
    if "registered_capital" in values:
        written = values["registered_capital"]
        is_same = one is not None and one.registered_capital == written
        amount = one.registered_capital_wan if one is not None and is_same else _capital_wan(written)
        values["registered_capital_wan"] = amount
    return values


def _capital_wan(written: str | None) -> Decimal | None:
    """What is written in 万元; a number without a unit is 万元 already."""
    read = capital(written)
    return read.wan if read else None


def sent_fields(form: ProfileForm) -> dict[str, Any]:
    """The fields of the profile that were sent, as typed."""
    return {name: value for name, value in sent(form).items() if name in TYPED}


def put(form: FlaskForm, findings: Iterable[Finding]) -> list[str]:
    """Put each finding at its field; returns the sentences of those that belong to none."""
    elsewhere = []
    for finding in findings:
        name = "code" if finding.code.startswith(_ABOUT_CODE) else finding.code.partition(".")[0]
        if name in form:
            form[name].errors = [*form[name].errors, finding_words(finding)]
        else:
            elsewhere.append(finding_words(finding))
    return elsewhere


def opened(session: Session, one: Enterprise, version: int) -> dict[str, object] | None:
    """The fields people type as they stood at `version`, told by the history; None of a version that never was."""
    if not 0 < version <= one.version:
        return None
    stood = as_recorded(one)
    for entry in queries.last_updates(session, one.id, one.version - version):
        stood |= {name: old for name, (old, _new) in entry.changes.items() if name in stood}
    return stood


def as_recorded(one: Enterprise) -> dict[str, object]:
    """The fields people type as they are saved, in the form the history keeps."""
    return {name: plain(getattr(one, name)) for name in TYPED}


def in_words(form: ProfileForm) -> InWords:
    """How the value of a field reads: what a list calls it, or as it is; None where it is empty or unknown."""

    def words(name: str, value: object) -> str | None:
        if value is None or value is UNKNOWN:
            return None
        choices = getattr(form[name], "choices", None) or ()
        return next((str(choice.label) for choice in choices if choice.value == str(value)), str(value))

    return words
