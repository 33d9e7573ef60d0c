"""Where two people's changes to the same record meet: each field with its three values, and the side that stands."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.bounds import whole_number
from sme_tracker.web.fields import sent
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import render

SIDES = ("theirs", "mine", "other")
UNKNOWN = object()
InWords = Callable[[str, object], str | None]


class Saver(NamedTuple):
    """Who saved the record while the form was open, and when; None where nobody can be named."""

    full_name: str | None
    at: datetime | None


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


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two people's changes to one record: `version` is the saved one, `opened_version` the one the form came from."""

    clashes: Sequence[Clash]
    version: int
    opened_version: int
    saver: Saver
    in_words: InWords
    about: str = ""
    """What the fields are of, where the enterprise alone does not say it: year and source."""


def clashes(
    opened: Mapping[str, object] | None, theirs: Mapping[str, object], mine: Mapping[str, object]
) -> list[Clash]:
    """Each field that was changed here or by somebody meanwhile, since the record was opened.

    Where nothing is known of what stood then (`opened` is None), every field that differs needs a choice.
    """
    found = (Clash(name, opened[name] if opened else UNKNOWN, theirs[name], mine[name]) for name in theirs)
    return [clash for clash in found if clash.mine != clash.theirs or (opened and clash.theirs != clash.opened)]


def with_choices(sent: MultiDict[str, str], names: Collection[str]) -> MultiDict[str, str]:
    """What was sent, each field that was chosen on the conflict page with the value of the side that was picked.

    While a choice is still open, nothing that was typed is given up for another side.
    """
    chosen, is_open = MultiDict(sent), bool(unchosen(sent))
    for name in sent.getlist("clash"):
        if name in names:
            side = "mine" if is_open else sent[f"pick.{name}"]
            chosen[name] = sent.get(f"{side}.{name}", "")
    return chosen


def unchosen(sent: MultiDict[str, str]) -> list[str]:
    """The fields of the conflict page where nobody has picked a side."""
    return [name for name in sent.getlist("clash") if sent.get(f"pick.{name}") not in SIDES]


def opened_version(sent: MultiDict[str, str]) -> int:
    """The version the form was first opened with, as the conflict page carries it on."""
    return whole_number(sent.get("opened_version")) or 0


def conflict_page(form: FlaskForm, one: Enterprise, meeting: Meeting) -> tuple[str, int]:
    """Both people's changes, field by field: nothing has been saved, nothing is lost."""
    choose = [clash for clash in meeting.clashes if clash.needs_choice]
    open_choices = set(unchosen(request.form))
    reasons = [
        (f"pick-{clash.name}", _("%(field)s: choose a value", field=form[clash.name].label.text))
        for clash in choose
        if clash.name in open_choices
    ]
    return render(
        "enterprises/conflict.html",
        409,
        form=form,
        enterprise=one,
        meeting=meeting,
        choose=choose,
        merged=[clash for clash in meeting.clashes if not clash.needs_choice],
        carried=list(_carried(form, meeting.clashes)),
        reasons=reasons,
        picked={name: request.form.get(f"pick.{name}") for name in request.form.getlist("clash")},
        others={name: request.form.get(f"other.{name}", "") for name in request.form.getlist("clash")},
    )


def _carried(form: FlaskForm, found: Sequence[Clash]) -> Iterator[tuple[str, str]]:
    """The fields that were sent and about which nothing has to be chosen, with the values that stand."""
    in_question = {clash.name for clash in found if clash.needs_choice}
    merged = {clash.name: clash.merged for clash in found}
    for name, typed in sent(form).items():
        value = merged.get(name, typed)
        if name not in in_question:
            yield name, "y" if value is True else "" if value in (None, False) else str(value)
