"""The forms of enterprises: shape only, the rules decide the rest."""

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import escape
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional
from wtforms.widgets import Select

from sme_tracker.rules.bounds import LONGEST
from sme_tracker.rules.terms import Status
from sme_tracker.web.fields import AmountField, CountField, DayField, LongTextField, PhoneField, TextField, TickField
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.words import FIGURES as FIGURE_WORDS
from sme_tracker.web.words import STATUSES

COUNTS = frozenset({"staff", "rd_staff"})


class _Options(Select):
    """Options that are a value and a label, written straight out: a list has a hundred of them."""

    @classmethod
    def render_option(cls, choice: SelectChoice, **_more: Any) -> str:
        """One option, as its parent would write it."""
        selected = " selected" if choice.selected else ""
        return f'<option{selected} value="{escape(choice.value)}">{escape(choice.label or choice.value)}</option>'


class ListField(SelectField):
    """A choice of one item of a list that an administrator keeps."""

    widget = _Options()


def _number(value: str | None) -> int | None:
    return int(value) if value else None


def _text(value: str | None) -> str | None:
    return value or None


class ProfileForm(FlaskForm):
    """What is known of an enterprise that is not a dated fact."""

    registered_region = TextField(_l("Registered region"))
    address = TextField(_l("Address"))
    enterprise_type = TextField(_l("Enterprise type"))
    legal_representative = TextField(_l("Legal representative"), LONGEST["legal_representative"])
    registered_capital = TextField(_l("Registered capital"))
    founded_on = DayField(_l("Founded on"), [Optional()])
    business_scope = LongTextField(_l("Business scope"), LONGEST["business_scope"])
    industry_code = ListField(_l("Industry"), coerce=_text, choices=[])
    chain_id = ListField(_l("Industrial chain"), coerce=_number, choices=[])
    niche = TextField(_l("Niche"))
    niche_since = DayField(_l("In the niche since"), [Optional()])
    main_product = TextField(_l("Main product"))
    group_parent = TextField(_l("Group parent"))
    barred_until = DayField(_l("Barred until"), [Optional()])
    owner_id = ListField(_l("Caseworker in charge"), coerce=_number, choices=[])


class NewForm(ProfileForm):
    """An enterprise to be registered."""

    code = TextField(_l("Unified social credit code"), LONGEST["credit_code"], needed=True)
    code_as_printed = TickField(_l("The licence prints it exactly so"))
    name = TextField(_l("Enterprise name"), LONGEST["enterprise_name"], needed=True)
    unit_id = ListField(_l("Reporting unit"), coerce=_number, choices=[])


def _tick() -> TickField:
    return TickField(_l("Checked, the number is right"))


class FiguresForm(FlaskForm):
    """The figures of one year from one source, with a tick for each that looks wrong and is right."""

    revenue_wan = AmountField(FIGURE_WORDS["revenue_wan"])
    main_revenue_wan = AmountField(FIGURE_WORDS["main_revenue_wan"])
    rd_expense_wan = AmountField(FIGURE_WORDS["rd_expense_wan"])
    assets_wan = AmountField(FIGURE_WORDS["assets_wan"])
    liabilities_wan = AmountField(FIGURE_WORDS["liabilities_wan"])
    net_profit_wan = AmountField(FIGURE_WORDS["net_profit_wan"])
    total_profit_wan = AmountField(FIGURE_WORDS["total_profit_wan"])
    tax_wan = AmountField(FIGURE_WORDS["tax_wan"])
    staff = CountField(FIGURE_WORDS["staff"])
    rd_staff = CountField(FIGURE_WORDS["rd_staff"])
    revenue_wan_checked = _tick()
    main_revenue_wan_checked = _tick()
    rd_expense_wan_checked = _tick()
    assets_wan_checked = _tick()
    liabilities_wan_checked = _tick()
    net_profit_wan_checked = _tick()
    total_profit_wan_checked = _tick()
    tax_wan_checked = _tick()
    staff_checked = _tick()
    rd_staff_checked = _tick()
    reason = TextField(_l("Reason for the change"))


class RenamingForm(FlaskForm):
    """A new name from a day on."""

    name = TextField(_l("Enterprise name"), LONGEST["enterprise_name"], needed=True)
    from_day = DayField(_l("Holds from"), [Optional()])
    reason = TextField(_l("Reason"))


class UnitForm(FlaskForm):
    """Another reporting unit from a day on."""

    unit_id = ListField(_l("Reporting unit"), coerce=_number, choices=[])
    from_day = DayField(_l("Holds from"), [Optional()])
    reason = TextField(_l("Reason"))


class StatusForm(FlaskForm):
    """Active, moved out or deregistered from a day on."""

    status = SelectField(
        _l("Status"),
        choices=[SelectChoice(one.value, STATUSES[one]) for one in Status if one is not Status.MISTAKEN],
    )
    from_day = DayField(_l("Holds from"), [Optional()])
    reason = TextField(_l("Reason"))


class WithdrawalForm(FlaskForm):
    """Why a fact is withdrawn."""

    reason = TextField(_l("Reason"), needed=True)


class ContactForm(FlaskForm):
    """A person to call."""

    name = TextField(_l("Full name"), LONGEST["person"], needed=True)
    position = TextField(_l("Position"), LONGEST["position"])
    phone = PhoneField(_l("Phone"))


def offer(
    field: SelectField, items: Iterable[tuple[object, str]], empty: object, kept: tuple[object, str] | None
) -> None:
    """Offer the items in a list, an empty choice first; what is chosen already stays on offer though it is closed."""
    choices = {"": str(empty)} | {str(value): words for value, words in items}
    if kept is not None:
        choices.setdefault(str(kept[0]), kept[1])
    field.choices = [SelectChoice(value, words) for value, words in choices.items()]
