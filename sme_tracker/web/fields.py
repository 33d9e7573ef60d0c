"""Form fields that understand what officials type, and which of a form's fields were sent at all."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from wtforms import BooleanField, DateField, Form, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, HiddenInput

from sme_tracker.web.language import lazy_gettext as _l

LARGEST_AMOUNT = Decimal(10) ** 10
LARGEST_COUNT = 10_000_000
EARLIEST, LATEST = 1900, 2200
NOT_TYPED = frozenset({"CSRFTokenField"})
_NUMBER = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?", re.ASCII)


def sent(form: Form) -> dict[str, Any]:
    """The fields that were sent, with what was typed in them.

    A save writes these and no others: what the page does not carry stays as it is on record, what was cleared is sent
    empty. Fields of a form on a record that exists begin with what is on record, so that they can be checked together.
    """
    return {field.name: field.data for field in form if field.raw_data and field.type not in NOT_TYPED}


def printable(_form: Form, field: Field) -> None:
    """Refuse characters that cannot be seen."""
    text = field.data or ""
    if not "".join(text.split()).isprintable():
        raise ValidationError(_l("There are characters in it that cannot be seen; type it anew."))


def _trimmed(text: str | None) -> str | None:
    return (text or "").strip() or None


def _with_plain_lines(text: str | None) -> str | None:
    return text.replace("\r\n", "\n") if text else text


class TextField(StringField):
    """One line of text; blank is None."""

    def __init__(self, label: object = None, longest: int = 500, *, needed: bool = False, **more: Any) -> None:
        too_long = _l("At most %(most)s characters.", most=longest)
        first = [DataRequired(_l("Fill this in."))] if needed else []
        validators = [*first, Length(max=longest, message=too_long), printable]
        super().__init__(label, validators, filters=[_trimmed], **more)


class LongTextField(TextAreaField):
    """Several lines of text; blank is None."""

    def __init__(self, label: object = None, longest: int = 4000, **more: Any) -> None:
        too_long = _l("At most %(most)s characters.", most=longest)
        super().__init__(
            label, [Length(max=longest, message=too_long), printable], filters=[_with_plain_lines, _trimmed], **more
        )


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
            raise ValueError(_l("There is no day “%(typed)s”; write it like 2026-03-31.", typed=typed)) from None
        if not EARLIEST <= self.data.year <= LATEST:
            raise ValueError(_l("The year must lie between 1900 and 2200."))


class NumberField(StringField):
    """A number with thousands separators allowed; blank is None and not zero."""

    places = 2
    largest: Decimal | int = LARGEST_AMOUNT

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
            raise ValueError(_l("“%(typed)s” is not a number.", typed=typed[:40]))
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
