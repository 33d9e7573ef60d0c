"""The forms of the lists: one for each list, and the bureau's name."""

from flask_wtf import FlaskForm
from wtforms import SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Regexp

from sme_tracker.rules.bounds import LONGEST
from sme_tracker.rules.terms import Title
from sme_tracker.web.fields import DayField, TextField, YearField
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import TITLES, UNIT_KINDS

INDUSTRY_CODE = r"[A-T]\d{2,4}$"


class ItemForm(FlaskForm):
    """What every list knows of an item; an item's code is given once."""

    code = TextField(_l("Code"), LONGEST["listed_code"], needed=True)
    name = TextField(_l("Name"), LONGEST["listed_name"], needed=True)
    name_en = TextField(_l("Name in English"), LONGEST["listed_name"])
    closed_from = DayField(_l("Closed from"))


class UnitForm(ItemForm):
    """A reporting unit."""

    short_name = TextField(_l("Short name"), LONGEST["unit_short_name"], needed=True)
    kind = SelectField(_l("Kind"), choices=[SelectChoice(code, words) for code, words in UNIT_KINDS.items()])
    region_code = TextField(_l("Administrative division code"), LONGEST["region_code"])
    office_name = TextField(_l("Office in charge"), LONGEST["listed_name"])


class IndustryForm(ItemForm):
    """An industry of GB/T 4754."""

    code = TextField(_l("Code"), LONGEST["industry_code"], needed=True)

    def validate_code(self, field: TextField) -> None:
        """A section's letter and two to four digits."""
        Regexp(INDUSTRY_CODE, message=_l("The section’s letter and two to four digits, as in C36 or C3670."))(
            self, field
        )


class ChainForm(ItemForm):
    """An industrial chain."""


class BatchForm(ItemForm):
    """A recognition round."""

    title = SelectField(_l("Title"), choices=[SelectChoice(title.value, TITLES[title]) for title in Title])
    year = YearField(_l("Year"))
    notice_number = TextField(_l("Notice number"), LONGEST["notice_number"])
    published_on = DayField(_l("Published on"))

    def validate_year(self, field: YearField) -> None:
        """A year of this register's time."""
        if field.data is None or not 2000 <= field.data <= 2100:
            raise ValidationError(_l("A year between 2000 and 2100."))


class BureauForm(FlaskForm):
    """What the bureau is called."""

    bureau_name = TextField(_l("Name of the bureau"), LONGEST["bureau_name"])
    bureau_name_en = TextField(_l("Name of the bureau in English"), LONGEST["bureau_name_en"])
