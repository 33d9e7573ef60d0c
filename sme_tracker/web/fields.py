"""Form fields that understand what officials type, and which of a form's fields were sent at all."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from wtforms import BooleanField, DateField, Form, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import DataRequired, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput

from sme_tracker.rules.bounds import BLANKS, EARLIEST_YEAR, LATEST_YEAR, LINE, LONGEST, check_text
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import finding_words

LARGEST_AMOUNT = Decimal(10) ** 10
LARGEST_COUNT = 10_000_000
NOT_TYPED = frozenset({"CSRFTokenField"})
_NUMBER = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?", re.ASCII)


def sent(form: Form) -> dict[str, Any]:
    """The fields that were sent, with what was typed in them.

    A save writes these and no others: what the page does not carry stays as it is on record, what was cleared is sent
    empty. Fields of a form on a record that exists begin with what is on record, so that they can be checked together.
    """
    return {field.name: field.data for field in form if field.raw_data and field.type not in NOT_TYPED}


class Readable:
    """Lets a text pass that is no longer than its field takes and holds nothing that cannot be seen."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
        self.field_flags = {"maxlength": longest}

    def __call__(self, _form: Form, field: Field) -> None:
        """Raise ValidationError for a text that does not pass."""
        for finding in check_text("text", field.data, self.longest):
            raise ValidationError(finding_words(finding))


def _trimmed(text: str | None) -> str | None:
    return (text or "").strip(BLANKS) or None


def _with_plain_lines(text: str | None) -> str | None:
    return text.replace("\r\n", "\n") if text else text


class TextField(StringField):
    """One line of text; blank is None."""

    def __init__(self, label: object = None, longest: int = LINE, *, needed: bool = False, **more: Any) -> None:
        first = [DataRequired(_l("Fill this in."))] if needed else []
        super().__init__(label, [*first, Readable(longest)], filters=[_trimmed], **more)


class LongTextField(TextAreaField):
    """Several lines of text; blank is None."""

    def __init__(self, label: object = None, longest: int = LINE, **more: Any) -> None:
        super().__init__(label, [Readable(longest)], filters=[_with_plain_lines, _trimmed], **more)


class DayField(DateField):
    """A day; what is no day is refused and kept as typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day as typed; one that was not sent stays."""
        if not valuelist:
            return
        typed = valuelist[0].strip()
        self.data = None
        if not typed:
            return
        try:
            self.data = date.fromisoformat(typed)
        except ValueError:
            raise ValueError(_l("There is no day “%(typed)s”; write it like 2026-03-31.", typed=typed[:LINE])) from None
        if not EARLIEST_YEAR <= self.data.year <= LATEST_YEAR:
            raise ValueError(_l("The year must lie between 1900 and 2200."))


class NumberField(StringField):
    """A number with thousands separators allowed; blank is None and not zero."""

    places = 2
    largest: Decimal | int = LARGEST_AMOUNT

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self.flags.maxlength = LONGEST["number"]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number as typed; one that was not sent stays."""
        if not valuelist:
            return
        typed = valuelist[0].strip()
        self.data: Any = None
        if not typed:
            return
        plain = "".join(unicodedata.normalize("NFKC", typed).replace("−", "-").split())
        if not _NUMBER.fullmatch(plain):
            raise ValueError(_l("“%(typed)s” is not a number.", typed=typed[: LONGEST["number"]]))
        number = Decimal(plain.replace(",", ""))
        if abs(number) >= self.largest:
            raise ValueError(_l("The number is too large to be right."))
        if number != round(number, self.places):
            raise ValueError(
                _l("At most %(places)s decimals.", places=self.places) if self.places else _l("Whole numbers only.")
            )
        self.data = self.number(number)

    def number(self, read: Decimal) -> Decimal | int:
        """The value as it is stored."""
        return read

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else shown_number(self.data)


class AmountField(NumberField):
    """An amount in 万元 with at most two decimals."""


class CountField(NumberField):
    """A number of people or things."""

    places = 0
    largest = LARGEST_COUNT

    def number(self, read: Decimal) -> int:
        """The value as it is stored."""
        return int(read)


class YearField(CountField):
    """A year: four digits, never separated."""

    def _value(self) -> str:
        return super()._value().replace(",", "")


class _Tick(CheckboxInput):
    """A box to tick, before it an empty hidden field: the form then says that it has the box, ticked or not."""

    def __call__(self, field: Field, **more: Any) -> Markup:
        unticked = HiddenInput()(field, id=False, value="")
        return Markup("{}{}").format(unticked, super().__call__(field, **more))


class TickField(BooleanField):
    """A box to tick; one that was not sent, which is not the same as unticked, stays."""

    widget = _Tick()

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read whether it is ticked: what is sent last counts."""
        if valuelist:
            super().process_formdata(valuelist[-1:])

    def _value(self) -> str:
        return "y"


def shown_number(number: Decimal | int) -> str:
    """A number as people read it: thousands separated, no empty decimals."""
    text = f"{number:,f}" if isinstance(number, Decimal) else f"{number:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text
