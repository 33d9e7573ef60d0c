"""The forms a file or a published list is handed in with, and an import is undone."""

from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from sme_tracker.imports.official import Effect
from sme_tracker.rules.bounds import LONGEST
from sme_tracker.rules.terms import Title
from sme_tracker.web.fields import DayField, LongTextField, TextField
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import TITLES

EFFECTS = {
    Effect.RECOGNISED: _l("newly recognised, or recognised again"),
    Effect.RENEWED: _l("review passed"),
    Effect.LOST: _l("struck off or review not passed"),
}
"""What a published list does to those who stand on it."""


class UploadForm(FlaskForm):
    """One file to import."""

    file = FileField(_l("File to import"), [FileRequired(_l("Choose a file first."))])


class UndoForm(FlaskForm):
    """Why an import is undone."""

    reason = TextField(_l("Reason"), needed=True)


class OfficialForm(FlaskForm):
    """A published list: its names, and what its document says of all of them."""

    text = LongTextField(_l("The list as text"), LONGEST["pasted_list"])
    file = FileField(_l("or as a file"))
    title = SelectField(
        _l("Title"),
        choices=[SelectChoice(title.value, TITLES[title]) for title in Title],
        default=Title.PROVINCIAL.value,
    )
    effect = SelectField(
        _l("Those on the list are"), choices=[SelectChoice(one.value, words) for one, words in EFFECTS.items()]
    )
    published_on = DayField(
        _l("Published on"), [InputRequired(_l("Fill this in."))], description=_l("The date of the document")
    )
    batch = TextField(_l("Batch"), LONGEST["batch"])
    document_number = TextField(_l("Document number"), LONGEST["document_number"])
    valid_until = DayField(_l("Valid through"), description=_l("The last day, usually three years on"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides each field: the list is handed in one way."""
        sound: bool = super().validate(extra_validators)
        if bool(self.text.data) == bool(self.file.data):
            self.text.errors = [*self.text.errors, _("Hand the list in as text or as a file, one of the two.")]
            return False
        return sound
