"""The forms of titles: shape only, the rules decide the rest."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from sme_tracker.rules.bounds import LONGEST
from sme_tracker.rules.terms import RecognitionKind, ReviewResult, Title
from sme_tracker.web.fields import DayField, TextField
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import KINDS, REVIEW_RESULTS, TITLES

NEEDED = [InputRequired(_l("Fill this in."))]


class TitleForm(FlaskForm):
    """What somebody is recognised as."""

    title = SelectField(
        _l("Title"),
        choices=[SelectChoice(title.value, TITLES[title]) for title in Title],
        default=Title.MUNICIPAL.value,
    )
    kind = SelectField(_l("Kind"), choices=[SelectChoice(kind.value, KINDS[kind]) for kind in RecognitionKind])


class ResultForm(FlaskForm):
    """How a review ended."""

    result = SelectField(
        _l("Result"), choices=[SelectChoice(result.value, REVIEW_RESULTS[result]) for result in ReviewResult]
    )
    decided_on = DayField(_l("Decided on"), NEEDED)


class DocumentForm(FlaskForm):
    """What the document of a recognition says."""

    published_on = DayField(_l("Published on"), description=_l("The date of the document"))
    valid_from = DayField(_l("Valid from"))
    valid_until = DayField(_l("Valid through"), description=_l("The last day, usually three years on"))
    batch = TextField(_l("Batch"), LONGEST["batch"])
    document_number = TextField(_l("Document number"), LONGEST["document_number"])
    certificate_number = TextField(_l("Certificate number"), LONGEST["certificate_number"])

    @property
    def has_document(self) -> bool:
        """Whether there is such a document, so that its dates are needed."""
        return True

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides each field: the dates of the document, if there is one."""
        sound: bool = super().validate(extra_validators)
        for field in (self.published_on, self.valid_from, self.valid_until) if self.has_document else ():
            if field.data is None and not field.errors:
                field.errors = [_("Fill this in.")]
                sound = False
        return sound


class RecognitionForm(TitleForm, DocumentForm):
    """A title as recognised."""


class CorrectionForm(RecognitionForm):
    """A title recorded wrongly, as it should be."""

    reason = TextField(_l("Reason"), needed=True, description=_l("Goes into the history"))


class DecisionForm(ResultForm, DocumentForm):
    """The end of a review, with the renewing document if it was passed."""

    @property
    def has_document(self) -> bool:
        """Only a passed review ends with one."""
        return bool(self.result.data == ReviewResult.RENEWED)


class ReviewForm(FlaskForm):
    """The beginning of a review."""

    opened_on = DayField(_l("Opened on"), NEEDED)


class RevocationForm(FlaskForm):
    """The loss of a title."""

    revoked_on = DayField(_l("Revoked on"), NEEDED, description=_l("From this day on it is not held"))
    reason = TextField(_l("Reason"), needed=True)


class WithdrawalForm(FlaskForm):
    """Why a title recorded by mistake is withdrawn."""

    reason = TextField(_l("Reason"), needed=True, description=_l("Goes into the history"))
