"""The forms of evidence, judgements and rule sets: shape only, the rules decide the rest."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from sme_tracker.rules.bounds import LONGEST
from sme_tracker.rules.papers import PAPERS, PaperField
from sme_tracker.web.fields import AmountField, CountField, DayField, LongTextField, NumberField, TextField
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.paper_words import PAPER_FIELDS, choice_words

YES_NO = {"yes": True, "no": False}


class PaperForm(FlaskForm):
    """A paper: what all kinds have; the fields of its kind are added by `paper_form`."""

    name = TextField(_l("Name of the paper"), LONGEST["paper_name"])
    ref = TextField(_l("Number"), LONGEST["paper_ref"])
    from_day = DayField(_l("Issued or effective on"), [Optional()])
    until_day = DayField(_l("Valid until"), [Optional()])
    source = TextField(_l("Issued by"), LONGEST["paper_source"])
    file = FileField(_l("File"))
    reason = TextField(_l("Reason for the correction"))


class JudgingForm(FlaskForm):
    """An expert's word on a question."""

    met = SelectField(
        _l("Judgement"),
        default="",
        choices=[SelectChoice("", _l("choose")), SelectChoice("yes", _l("Met")), SelectChoice("no", _l("Not met"))],
    )
    points = CountField(_l("Points, where points are given"))
    from_day = DayField(_l("Judged on"), [Optional()])
    until_day = DayField(_l("Valid until"), [Optional()])
    reason = LongTextField(_l("Reason"), LONGEST["judgement"])


class WithdrawingForm(FlaskForm):
    """Why a paper is withdrawn."""

    reason = TextField(_l("Reason"))


@cache
def paper_form(kind: str) -> type[PaperForm]:
    """The form of a kind of paper."""
    own = {f"own_{each.name}": _field(kind, each) for each in PAPERS[kind].fields}
    made: type[PaperForm] = type("KindForm", (PaperForm,), own)
    return made


def own_values(form: PaperForm, kind: str) -> dict[str, object]:
    """What was entered in the fields of the kind, with the types the rules expect."""
    return {each.name: _read(each, form[f"own_{each.name}"].data) for each in PAPERS[kind].fields}


def own_defaults(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of the kind show of a paper as it is stored."""
    return {f"own_{each.name}": _shown(each, data.get(each.name)) for each in PAPERS[kind].fields}


def _field(kind: str, each: PaperField) -> Any:
    label = PAPER_FIELDS[each.name]
    if each.shape == "choice":
        known = [SelectChoice(option, choice_words_later(kind, each.name, option)) for option in each.options]
        return SelectField(label, choices=[SelectChoice("", _l("not entered")), *known], default="")
    if each.shape == "yes_no":
        known = [SelectChoice("yes", _l("yes")), SelectChoice("no", _l("no"))]
        return SelectField(label, choices=[SelectChoice("", _l("not entered")), *known], default="")
    if each.shape == "whole":
        return CountField(label)
    return AmountField(label) if each.name.endswith("_wan") else NumberField(label)


def choice_words_later(kind: str, name: str, option: str) -> Any:
    """The words of a choice, looked up when the form is drawn."""
    return LazyChoice(kind, name, option)


class LazyChoice:
    """A choice that is put into words in the language of each page."""

    def __init__(self, kind: str, name: str, option: str) -> None:
        self._of = (kind, name, option)

    def __str__(self) -> str:
        return choice_words(*self._of)

    def __html__(self) -> str:
        return str(self)


def _read(each: PaperField, entered: Any) -> object:
    if entered is None or entered == "":
        return None
    if each.shape == "yes_no":
        return YES_NO[entered]
    return int(entered) if each.name == "ip_class" else entered


def _shown(each: PaperField, stored: Any) -> Any:
    if stored is None:
        return "" if each.shape in ("choice", "yes_no") else None
    if each.shape == "yes_no":
        return "yes" if stored else "no"
    if each.shape == "choice":
        return str(stored)
    return Decimal(str(stored)) if each.shape == "number" else stored
