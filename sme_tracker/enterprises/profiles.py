"""A profile between form and record: what is offered, what was typed, and how it meets what others saved meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from sme_tracker.enterprises import queries
from sme_tracker.enterprises.actions import PROFILE
from sme_tracker.enterprises.forms import NewForm, ProfileForm, offer
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import plain
from sme_tracker.rules.findings import Finding
from sme_tracker.rules.records import capital_wan
from sme_tracker.web.words import finding_words, listed

TYPED = tuple(name for name in PROFILE if name != "registered_capital_wan")
"""The fields of the profile that people type; the amount of the capital follows from what is written."""

SIDES = ("theirs", "mine", "other")
_UNKNOWN = object()
_ABOUT_CODE = "credit_code."


@dataclass(frozen=True, slots=True)
class Clash:
    """A field and its values when the form was opened, as saved by somebody meanwhile, and as typed now."""

    name: str
    opened: object
    theirs: object
    mine: object

    @property
    def needs_choice(self) -> bool:
        """Whether both changed it, and differently."""
        return self.opened not in (self.mine, self.theirs) and self.mine != self.theirs

    @property
    def is_mine(self) -> bool:
        """Whether only what was typed now changes the field."""
        return self.theirs == self.opened

    @property
    def merged(self) -> object:
        """What stands if nobody chooses: the side that changed the field."""
        return self.mine if self.is_mine else self.theirs


def dress(form: ProfileForm, session: Session, today: date, one: Enterprise | None = None) -> None:
    """Offer what may be chosen, and what the enterprise has already."""
    industries = [
        (found.code, f"{found.code} {listed(found.name, found.name_en)}")
        for found in queries.open_industries(session, today)
    ]
    chains = [(chain.id, listed(chain.name, chain.name_en) or "") for chain in queries.open_chains(session, today)]
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
        units = [(unit.id, listed(unit.name, unit.name_en) or "") for unit in queries.open_units(session, today)]
        offer(form.unit_id, units, _("No unit yet"), None)


def typed(form: ProfileForm, one: Enterprise | None = None) -> dict[str, Any]:
    """What was typed, with the amount of the capital read anew where what is written has changed."""
    values = {name: form[name].data for name in TYPED}
    written = values["registered_capital"]
    is_same = one is not None and one.registered_capital == written
    amount = one.registered_capital_wan if one is not None and is_same else capital_wan(written)
    return {**values, "registered_capital_wan": amount}


def put(form: ProfileForm, findings: tuple[Finding, ...]) -> list[str]:
    """Put each finding at its field; returns the sentences of those that belong to none."""
    elsewhere = []
    for finding in findings:
        name = "code" if finding.code.startswith(_ABOUT_CODE) else finding.code.partition(".")[0]
        if name in form:
            form[name].errors = [*form[name].errors, finding_words(finding)]
        else:
            elsewhere.append(finding_words(finding))
    return elsewhere


def clashes(session: Session, one: Enterprise, version: int, values: Mapping[str, Any]) -> list[Clash]:
    """Each field that was changed here or by somebody meanwhile, since the form was opened at `version`.

    What stood there then follows from the history. Of a version that never was nothing is known: then every field
    that differs needs a choice.
    """
    now = {name: plain(getattr(one, name)) for name in TYPED}
    known = 0 < version <= one.version
    opened: dict[str, object] = dict(now) if known else dict.fromkeys(TYPED, _UNKNOWN)
    for entry in queries.last_updates(session, one.id, one.version - version) if known else ():
        opened |= {name: old for name, (old, _new) in entry.changes.items() if name in opened}
    found = (Clash(name, opened[name], now[name], plain(values[name])) for name in TYPED)
    return [clash for clash in found if clash.mine != clash.theirs or (known and clash.theirs != clash.opened)]


def with_choices(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """What was sent, each field that was chosen on the conflict page with the value of the side that was picked."""
    chosen = MultiDict(sent)
    for name in sent.getlist("clash"):
        side = sent.get(f"pick.{name}", "mine")
        if name in TYPED and side in SIDES:
            chosen[name] = sent.get(f"{side}.{name}", "")
    return chosen


def unchosen(sent: MultiDict[str, str]) -> list[str]:
    """The fields of the conflict page where nobody has picked a side."""
    return [name for name in sent.getlist("clash") if sent.get(f"pick.{name}") not in SIDES]


def opened_version(sent: MultiDict[str, str]) -> int:
    """The version the form was first opened with, as the conflict page carries it on."""
    written = sent.get("opened_version", "")
    return int(written) if written.isdecimal() and len(written) < 10 else 0


def in_words(form: ProfileForm) -> Callable[[str, object], str | None]:
    """How the value of a field reads: what a list calls it, or as it is; None where it is empty or unknown."""

    def words(name: str, value: object) -> str | None:
        if value is None or value is _UNKNOWN:
            return None
        choices = getattr(form[name], "choices", None) or ()
        return next((str(choice.label) for choice in choices if choice.value == str(value)), str(value))

    return words
