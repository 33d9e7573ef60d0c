"""The forms of cases and of the plan: shape only, the rules decide the rest."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from sme_tracker.rules.terms import Title
from sme_tracker.web.fields import DayField, TextField, YearField
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import TITLES

NEEDED = [InputRequired(_l("Fill this in."))]
FIRST_YEAR, LAST_YEAR = 2000, 2200


def a_year(_form: FlaskForm, field: Any) -> None:
    """Refuse what is no year that anybody plans for."""
    if field.data is not None and not FIRST_YEAR <= field.data <= LAST_YEAR:
        raise ValidationError(_l("The year must lie between 2000 and 2200."))


def _number(value: str | None) -> int | None:
    return int(value) if value else None


class OpeningForm(FlaskForm):
    """A case to open."""

    track = SelectField(_l("Track"), choices=[])
    opened_on = DayField(_l("Opened on"), NEEDED)
    plan_year = YearField(_l("Planned to be done in"), [a_year], description=_l("A year"))
    note = TextField(_l("Note"))


class StepForm(FlaskForm):
    """A step taken, planned, or both."""

    step = SelectField(_l("Step"), choices=[])
    actual_on = DayField(_l("Taken on"))
    planned_on = DayField(_l("Planned for"))

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two days is needed."""
        sound: bool = super().validate(extra_validators)
        if sound and self.actual_on.data is None and self.planned_on.data is None:
            self.actual_on.errors = [str(_l("Enter the day it was taken, or the day it is planned for."))]
            return False
        return sound


class ClosingForm(FlaskForm):
    """The end of a case before its goal."""

    exit = SelectField(_l("How it ends"), choices=[])
    closed_on = DayField(_l("Ended on"), NEEDED)
    reason = TextField(_l("Reason"), needed=True)


class WithdrawalForm(FlaskForm):
    """Why something recorded by mistake is withdrawn."""

    reason = TextField(_l("Reason"), needed=True, description=_l("Goes into the history"))


class PlanForm(FlaskForm):
    """What an enterprise is cultivated for, in which year and by whom."""

    title = SelectField(_l("Title"), choices=[SelectChoice(title.value, TITLES[title]) for title in Title])
    year = YearField(_l("Year"), [*NEEDED, a_year])
    officer_id = SelectField(_l("Officer"), coerce=_number, choices=[])


def offer(field: SelectField, items: dict[str, str]) -> None:
    """Offer the items with their names."""
    field.choices = [SelectChoice(code, words) for code, words in items.items()]
