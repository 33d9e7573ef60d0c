"""Form fields that understand what officials type, and which of a form's fields were sent at all."""

from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup
from wtforms import BooleanField, Form, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import DataRequired, ValidationError
from wtforms.widgets import CheckboxInput, DateInput, HiddenInput

from sme_tracker.rules.bounds import BLANKS, LINE, LONGEST, check_text
from sme_tracker.rules.values import days, identity, numbers
from sme_tracker.rules.values.reading import Unread, one_line, unread
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import finding_words

NOT_TYPED = frozenset({"CSRFTokenField"})


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


def _on_one_line(text: str | None) -> str | None:
    return one_line(text) if text else text


def _with_plain_lines(text: str | None) -> str | None:
    return text.replace("\r\n", "\n") if text else text


class TextField(StringField):
    """One line of text; blank is None."""

    def __init__(self, label: object = None, longest: int = LINE, *, needed: bool = False, **more: Any) -> None:
        first = [DataRequired(_l("Fill this in."))] if needed else []
        super().__init__(label, [*first, Readable(longest)], filters=[_on_one_line, _trimmed], **more)


class LongTextField(TextAreaField):
    """Several lines of text; blank is None."""

    def __init__(self, label: object = None, longest: int = LINE, **more: Any) -> None:
        super().__init__(label, [Readable(longest)], filters=[_with_plain_lines, _trimmed], **more)


class ValueField(StringField):
    """A value read by the grammar that cells of files are read by; blank is None, what cannot be read is kept."""

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self.flags.maxlength = LONGEST["number"]

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the value as typed; one that was not sent stays."""
        if not valuelist:
            return
        typed = valuelist[0].strip(BLANKS)
        self.data: Any = None
        if not typed:
            return
        try:
            self.data = self.read(typed)
            if self.data is None:
                raise unread("nothing", typed)
        except Unread as refused:
            raise ValueError(finding_words(refused.finding)) from refused

    def read(self, typed: str) -> Any:
        """The value of what was typed; raises Unread."""
        raise NotImplementedError

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else shown_number(self.data)


class PhoneField(TextField):
    """One or several phone numbers; one that a spreadsheet ruined is refused."""

    def __init__(self, label: object = None, **more: Any) -> None:
        super().__init__(label, LONGEST["phone"], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the numbers as typed; what was not sent stays."""
        if not valuelist:
            return
        typed = valuelist[0]
        self.data: str | None = typed
        try:
            self.data = identity.phones(typed) or typed
        except Unread as refused:
            raise ValueError(finding_words(refused.finding)) from refused


class DayField(ValueField):
    """A day of which year, month and day are written."""

    widget = DateInput()

    def read(self, typed: str) -> date | None:
        """The day that was typed; raises Unread."""
        return days.whole_day(typed)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data.isoformat())


class NumberField(ValueField):
    """A number with thousands separators allowed and at most two decimals; it is nothing that has a unit."""

    def read(self, typed: str) -> Decimal | None:
        """The number that was typed; raises Unread."""
        return numbers.number(typed)


class AmountField(ValueField):
    """An amount in 万元 with at most two decimals, or with its own unit and then rounded to them."""

    def read(self, typed: str) -> Decimal | None:
        """The amount in 万元; raises Unread."""
        return numbers.money(typed, may_be_negative=True, may_be_rounded=False)


class CountField(ValueField):
    """A number of people or things."""

    def read(self, typed: str) -> int | None:
        """The number that was typed; raises Unread."""
        return numbers.count(typed)


class YearField(ValueField):
    """A year: four digits, never separated."""

    def read(self, typed: str) -> int | None:
        """The year that was typed; raises Unread."""
        return numbers.year(typed)

    def _value(self) -> str:
        return super()._value().replace(",", "") if not self.raw_data else str(self.raw_data[0])


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
