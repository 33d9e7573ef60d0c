"""The forms of accounts: shape only, the rules decide the rest."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from sme_tracker.rules.bounds import LONGEST
from sme_tracker.rules.terms import Role
from sme_tracker.web.fields import TextField, TickField
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import ROLES

LONGEST_PASSWORD = LONGEST["password"]


def _needed() -> DataRequired:
    return DataRequired(_l("Fill this in."))


class SignInForm(FlaskForm):
    """Name and password."""

    name = StringField(_l("Account name"), [_needed(), Length(max=LONGEST["account"])])
    password = PasswordField(_l("Password"), [_needed(), Length(max=LONGEST_PASSWORD)])


class WithholdForm(FlaskForm):
    """From whom the right of export is taken, and why."""

    whose = SelectField(_l("From whom"), [_needed()])
    reason = TextField(_l("Reason"), needed=True)


class PasswordForm(FlaskForm):
    """A new password in the place of one's own."""

    current = PasswordField(_l("Current password"), [_needed(), Length(max=LONGEST_PASSWORD)])
    new = PasswordField(_l("New password"), [_needed(), Length(max=LONGEST_PASSWORD)])
    again = PasswordField(_l("New password again"), [_needed(), Length(max=LONGEST_PASSWORD)])

    def validate_again(self, field: PasswordField) -> None:
        """Both entries must agree."""
        if field.data != self.new.data:
            field.errors = [*field.errors, _l("The two entries differ; type the new password again.")]


class FirstPasswordForm(PasswordForm):
    """A password in the place of a one-time code, which has been given already."""

    current = None


class PreferencesForm(FlaskForm):
    """What somebody prefers for themselves."""

    language = SelectField(
        _l("Language"),
        choices=[
            SelectChoice("", _l("As the browser says")),
            SelectChoice("zh", "中文"),
            SelectChoice("en", "English"),
        ],
    )
    shortcuts_on = TickField(_l("Single-key shortcuts"))


class UserForm(FlaskForm):
    """Who somebody is: for creating and changing an account."""

    name = TextField(_l("Account name"), LONGEST["account"], needed=True)
    full_name = TextField(_l("Full name"), LONGEST["person"], needed=True)
    role = SelectField(
        _l("Role"),
        [_needed()],
        choices=[SelectChoice("", _l("Choose a role")), *(SelectChoice(role.value, ROLES[role]) for role in Role)],
    )
    unit_id = SelectField(_l("Reporting unit (district clerks only)"), coerce=lambda v: int(v) if v else None)
