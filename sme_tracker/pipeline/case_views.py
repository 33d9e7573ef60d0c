"""Pages of cases: opening, one case with its steps, moving it on, ending it, withdrawing what was a mistake."""

from collections.abc import Callable
from typing import Any

from flask import abort, request, url_for
from sqlalchemy.orm import Session

from sme_tracker.enterprises.blueprint import address_of, enterprise_or_404
from sme_tracker.enterprises.recording import Page, day_of, fact_page, record_by_form
from sme_tracker.pipeline import actions
from sme_tracker.pipeline.blueprint import bp, case_or_404
from sme_tracker.pipeline.forms import ClosingForm, OpeningForm, StepForm, WithdrawalForm, offer
from sme_tracker.pipeline.queries import CaseFile
from sme_tracker.rules.access import Permission
from sme_tracker.rules.moves import ended_on, track
from sme_tracker.rules.terms import Track
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import render, today
from sme_tracker.web.words import exit_words, step_words, track_words

PLACES = {
    "case.already_open": "track",
    "case.before_earlier_closed": "opened_on",
    "case.unknown_exit": "exit",
    "move.unknown_step": "step",
    "move.case_closed": "step",
    "move.step_behind": "step",
    "move.before_previous_step": "actual_on",
    "move.after_next_step": "actual_on",
    "move.before_opening": "actual_on",
    "reason.missing": "reason",
}
"""The field each finding belongs to; a day in the future belongs to the one day the form asks for."""


@bp.route("/enterprises/<int:enterprise_id>/cases/new", methods=["GET", "POST"])
@allowed(Permission.PIPELINE_WRITE)
def open_case(enterprise_id: int) -> Page:
    """Open a case on a track."""
    one, form = enterprise_or_404(enterprise_id), OpeningForm()
    offer(form.track, {of.value: track_words(of) for of in Track})
    if request.method == "GET":
        form.track.data = request.args.get("track")

    def act(session: Session, by: Any) -> None:
        opening = actions.CaseOpening(
            enterprise_id, Track(form.track.data), day_of(form.opened_on), form.plan_year.data, form.note.data
        )
        actions.open_cases(session, by, [opening])

    then = address_of(enterprise_id)
    show = fact_page(form, one, _("Open a case"), then, _("Open the case"))
    return record_by_form(form, act, show, PLACES | {"date.future": "opened_on"}, then, _("The case is open."))


@bp.get("/cases/<int:case_id>")
@allowed(Permission.ENTERPRISE_READ)
def case(case_id: int) -> tuple[str, int]:
    """One case and its steps."""
    file = case_or_404(case_id)
    return render(
        "pipeline/case.html",
        file=file,
        enterprise=enterprise_or_404(file.case.enterprise_id),
        rules=track(file.track),
        by_step={step.step: step for step in file.steps},
        ended_on=ended_on(file.ruled),
        today=today(),
    )


@bp.route("/cases/<int:case_id>/step", methods=["GET", "POST"])
@allowed(Permission.PIPELINE_WRITE)
def take_step(case_id: int) -> Page:
    """Record a step taken or planned, or another day for one."""
    file, form = case_or_404(case_id), StepForm()
    offer(form.step, {step.code: step_words(file.track, step.code) for step in track(file.track).steps})
    if request.method == "GET":
        form.step.data = request.args.get("step") or following(file)
    _fill_in(form, file)

    def act(session: Session, by: Any) -> None:
        step = actions.StepTaken(case_id, form.step.data, form.actual_on.data, form.planned_on.data)
        actions.take_steps(session, by, [step])

    return _case_form(
        file,
        form,
        act,
        (_("Record a step"), _("Record the step"), _("The step is recorded.")),
        future="actual_on",
    )


@bp.route("/cases/<int:case_id>/steps/<step>/withdraw", methods=["GET", "POST"])
@allowed(Permission.PIPELINE_WRITE)
def withdraw_step(case_id: int, step: str) -> Page:
    """Withdraw a step that was recorded by mistake."""
    file, form = case_or_404(case_id), WithdrawalForm()
    if not any(known.step == step for known in file.steps):
        abort(404)
    return _case_form(
        file,
        form,
        lambda session, by: actions.withdraw_step(session, by, case_id, step, form.reason.data or ""),
        (_("Withdraw a step"), _("Withdraw the step"), _("Withdrawn; the history keeps it.")),
        about=[(_("Step"), step_words(file.track, step))],
    )


@bp.route("/cases/<int:case_id>/close", methods=["GET", "POST"])
@allowed(Permission.PIPELINE_WRITE)
def close_case(case_id: int) -> Page:
    """End a case before its goal, with the reason."""
    file, form = case_or_404(case_id), ClosingForm()
    offer(form.exit, {one.code: exit_words(file.track, one.code) for one in track(file.track).exits})

    def act(session: Session, by: Any) -> None:
        closing = actions.Closing(case_id, form.exit.data, day_of(form.closed_on), form.reason.data)
        actions.close_cases(session, by, [closing])

    return _case_form(
        file,
        form,
        act,
        (_("End the case"), _("End this case"), _("The case is closed.")),
        future="closed_on",
    )


@bp.route("/cases/<int:case_id>/reopen", methods=["GET", "POST"])
@allowed(Permission.PIPELINE_WRITE)
def reopen_case(case_id: int) -> Page:
    """Take back an end that was recorded by mistake."""
    file, form = case_or_404(case_id), WithdrawalForm()
    if file.closing is None:
        abort(404)
    return _case_form(
        file,
        form,
        lambda session, by: actions.withdraw_closing(session, by, case_id, form.reason.data or ""),
        (_("Open the case again"), _("Open it again"), _("The case is open again.")),
        about=[
            (_("How it ends"), exit_words(file.track, file.closing.exit)),
            (_("Ended on"), file.closing.closed_on),
        ],
    )


@bp.route("/cases/<int:case_id>/withdraw", methods=["GET", "POST"])
@allowed(Permission.PIPELINE_WRITE)
def withdraw_case(case_id: int) -> Page:
    """Withdraw a case that was opened by mistake, with all its steps."""
    file, form = case_or_404(case_id), WithdrawalForm()
    return _case_form(
        file,
        form,
        lambda session, by: actions.withdraw_case(session, by, case_id, form.reason.data or ""),
        (_("Withdraw the case"), _("Withdraw it with its steps"), _("Withdrawn; the history keeps it.")),
        then=address_of(file.case.enterprise_id),
        warning=_(
            "Only for what was recorded by mistake."
            " Counts for every day are as if it had never been; the history keeps it."
        ),
    )


def following(file: CaseFile) -> str:
    """The step after the furthest one taken."""
    steps = track(file.track).steps
    taken = {step.step for step in file.steps if step.actual_on}
    furthest = max((place for place, step in enumerate(steps) if step.code in taken), default=-1)
    return steps[min(furthest + 1, len(steps) - 1)].code


def _fill_in(form: StepForm, file: CaseFile) -> None:
    """Let the days that were not sent be what is known of the step."""
    known = next((step for step in file.steps if step.step == form.step.data), None)
    for field in (form.actual_on, form.planned_on):
        if known and not field.raw_data:
            field.data = getattr(known, field.name)


def _case_form(
    file: CaseFile,
    form: Any,
    act: Callable[[Session, Any], object],
    words: tuple[str, str, str],
    *,
    future: str = "",
    then: str | None = None,
    about: list[tuple[str, object]] | None = None,
    **more: object,
) -> Page:
    """A form about one case: its heading, the word on its button, what is said when it is done."""
    heading, save, said = words
    back = url_for(".case", case_id=file.case.id)
    told = [(_("Track"), track_words(file.track)), (_("Opened on"), file.case.opened_on), *(about or [])]
    one = enterprise_or_404(file.case.enterprise_id)
    show = fact_page(form, one, heading, back, save, about=told, **more)
    places = PLACES | {"date.future": future, "move.case_closed": "exit" if "exit" in form else "step"}
    if future == "closed_on":
        places |= {"move.before_previous_step": future, "move.before_opening": future}
    return record_by_form(form, act, show, places, then or back, said)
