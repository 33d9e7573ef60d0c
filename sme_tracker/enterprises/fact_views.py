"""Pages that record, correct and withdraw an enterprise's dated facts: name, reporting unit, status."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from sme_tracker.db import transaction
from sme_tracker.enterprises import actions, page, profiles, queries
from sme_tracker.enterprises.blueprint import address_of, bp, enterprise_or_404
from sme_tracker.enterprises.forms import RenamingForm, StatusForm, UnitForm, WithdrawalForm, offer
from sme_tracker.enterprises.models import Enterprise, EnterpriseName, EnterpriseStatus, EnterpriseUnit, YearlyFigure
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.findings import Finding, Refused
from sme_tracker.rules.terms import Status
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.pages import current_session, render, today
from sme_tracker.web.principal import may
from sme_tracker.web.words import SOURCES, STATUSES, listed

Page = Response | tuple[str, int]
Fact = EnterpriseName | EnterpriseUnit | EnterpriseStatus | YearlyFigure
Record = Callable[[Enterprise, Fact | None, FlaskForm], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fact: its table, who may change it, and how it is withdrawn."""

    fact: type[Fact]
    permission: Permission
    withdraw: Callable[..., None]
    label: Any


KINDS = {
    "name": Kind(EnterpriseName, Permission.ENTERPRISE_WRITE, actions.withdraw_names, _l("Name")),
    "unit": Kind(EnterpriseUnit, Permission.ENTERPRISE_MOVE, actions.withdraw_units, _l("Reporting unit")),
    "status": Kind(EnterpriseStatus, Permission.ENTERPRISE_WRITE, actions.withdraw_statuses, _l("Status")),
    "figures": Kind(YearlyFigure, Permission.ENTERPRISE_WRITE, actions.withdraw_figures, _l("Yearly figures")),
}


@bp.route("/enterprises/<int:enterprise_id>/rename", methods=["GET", "POST"])
@allowed(Permission.ENTERPRISE_WRITE)
def rename(enterprise_id: int) -> Page:
    """Record a new name, or correct one."""

    def record(one: Enterprise, corrected: Fact | None, form: FlaskForm) -> None:
        corrects = corrected.id if corrected else None
        change = actions.Renaming(one.id, form.name.data, form.from_day.data, corrects, form.reason.data)
        actions.rename(current_session(), author(), [change])

    return _fact_page(enterprise_id, "name", RenamingForm, record)


@bp.route("/enterprises/<int:enterprise_id>/unit", methods=["GET", "POST"])
@allowed(Permission.ENTERPRISE_MOVE)
def change_unit(enterprise_id: int) -> Page:
    """Record another reporting unit, or correct one."""

    def record(one: Enterprise, corrected: Fact | None, form: FlaskForm) -> None:
        corrects = corrected.id if corrected else None
        change = actions.UnitChange(one.id, form.unit_id.data, form.from_day.data, corrects, form.reason.data)
        actions.assign_units(current_session(), author(), [change])

    return _fact_page(enterprise_id, "unit", UnitForm, record)


@bp.route("/enterprises/<int:enterprise_id>/status", methods=["GET", "POST"])
@allowed(Permission.ENTERPRISE_WRITE)
def change_status(enterprise_id: int) -> Page:
    """Record that the enterprise moved out, was deregistered or is active again, or correct that."""

    def record(one: Enterprise, corrected: Fact | None, form: FlaskForm) -> None:
        corrects = corrected.id if corrected else None
        status = Status(form.status.data)
        change = actions.StatusChange(one.id, status, form.from_day.data, form.reason.data, corrects)
        actions.change_statuses(current_session(), author(), [change])

    return _fact_page(enterprise_id, "status", StatusForm, record)


@bp.route(
    "/enterprises/<int:enterprise_id>/<any(name, unit, status, figures):kind>/<int:fact_id>/withdraw",
    methods=["GET", "POST"],
)
@allowed(Permission.ENTERPRISE_WRITE)
def withdraw(enterprise_id: int, kind: str, fact_id: int) -> Page:
    """Withdraw a fact that was recorded by mistake, with the reason."""
    of = KINDS[kind]
    if not may(of.permission):
        abort(403)
    one, session = enterprise_or_404(enterprise_id), current_session()
    fact = _fact_or_404(kind, one, fact_id)
    form = WithdrawalForm()
    if request.method == "GET":
        return _withdrawal_page(form, one, kind, fact)
    if not form.validate():
        return _withdrawal_page(form, one, kind, fact, 422)
    try:
        with transaction(session):
            of.withdraw(session, author(), [actions.Withdrawal(fact_id, form.reason.data)])
    except Refused as refused:
        reasons = profiles.put(form, refused.findings)
        return _withdrawal_page(
            form, enterprise_or_404(enterprise_id), kind, _fact_or_404(kind, one, fact_id), 422, reasons
        )
    flash(_("Withdrawn; the history keeps it."), "ok")
    return redirect(address_of(enterprise_id), 303)


def _fact_page(enterprise_id: int, kind: str, form_class: type[FlaskForm], record: Record) -> Page:
    """A form that adds a fact, or stands in for the one the address says it corrects."""
    one = enterprise_or_404(enterprise_id)
    written = request.args.get("corrects", "")
    corrected = _fact_or_404(kind, one, whole_number(written) or 0) if written else None
    form = form_class(obj=corrected)
    if not form.reason.raw_data:
        form.reason.data = None
    _dress(form, corrected)
    if request.method == "GET":
        return _form_page(form, one, kind, corrected)
    if not form.validate() or not _dated(form, corrected):
        return _form_page(form, one, kind, corrected, 422)
    try:
        with transaction(current_session()):
            record(one, corrected, form)
    except Refused as refused:
        reasons = profiles.put(form, tuple(_at_day(finding) for finding in refused.findings))
        return _form_page(form, enterprise_or_404(enterprise_id), kind, corrected, 422, reasons)
    flash(_("Saved."), "ok")
    return redirect(address_of(enterprise_id), 303)


def _dated(form: FlaskForm, corrected: Fact | None) -> bool:
    """A new fact needs its day and a correction its reason; only the first fact holds from the beginning."""
    is_first = corrected is not None and getattr(corrected, "from_day", None) is None
    if form.from_day.data is None and not is_first:
        form.from_day.errors = [*form.from_day.errors, _("Fill this in.")]
    if corrected is not None and not form.reason.data:
        form.reason.errors = [*form.reason.errors, _("A reason is needed.")]
    return not form.errors


def _at_day(finding: Finding) -> Finding:
    """A finding about the day of a fact belongs to the field of the day."""
    return Finding(f"from_day.{finding.code}", finding.parameters) if finding.code.startswith("date.") else finding


def _dress(form: FlaskForm, corrected: Fact | None) -> None:
    if not isinstance(form, UnitForm):
        return
    session = current_session()
    units = [(unit.id, listed(unit.name, unit.name_en) or "") for unit in queries.open_units(session, today())]
    kept = corrected.unit_id if isinstance(corrected, EnterpriseUnit) else None
    name = page.names_of_ids(session)["unit_id"](kept) if kept else None
    offer(form.unit_id, units, _("No unit yet"), (kept, name) if kept and name else None)


def _fact_or_404(kind: str, one: Enterprise, fact_id: int) -> Any:
    fact: Any = current_session().get(KINDS[kind].fact, fact_id)
    if fact is None or fact.enterprise_id != one.id or fact.retired_at is not None:
        abort(404)
    return fact


def _form_page(
    form: FlaskForm, one: Enterprise, kind: str, corrected: Fact | None, status: int = 200, reasons: Sequence[str] = ()
) -> tuple[str, int]:
    return render(
        "enterprises/fact.html",
        status,
        form=form,
        enterprise=one,
        kind=kind,
        corrected=corrected,
        is_first=corrected is not None and getattr(corrected, "from_day", None) is None,
        unit_now=page.names_of_ids(current_session())["unit_id"](one.unit_id) if one.unit_id else None,
        reasons=reasons,
    )


def _withdrawal_page(
    form: FlaskForm, one: Enterprise, kind: str, fact: Fact, status: int = 200, reasons: Sequence[str] = ()
) -> tuple[str, int]:
    return render(
        "enterprises/withdraw.html",
        status,
        form=form,
        enterprise=one,
        what=KINDS[kind].label,
        value=_in_words(fact),
        from_day=getattr(fact, "from_day", None),
        reasons=reasons,
    )


def _in_words(fact: Fact) -> str:
    if isinstance(fact, EnterpriseName):
        return fact.name
    if isinstance(fact, EnterpriseStatus):
        return str(STATUSES[Status(fact.status)])
    if isinstance(fact, EnterpriseUnit):
        called = page.names_of_ids(current_session())["unit_id"](fact.unit_id) if fact.unit_id else None
        return called or _("No unit yet")
    sources: dict[Any, Any] = SOURCES
    return f"{fact.fiscal_year} · {sources[fact.source]}"
