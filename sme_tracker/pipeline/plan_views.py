"""Pages of the plan (培育库), and what the page of an enterprise shows of its cases and plans."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import abort
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session

from sme_tracker.enterprises.blueprint import address_of, enterprise_or_404
from sme_tracker.enterprises.panels import KEY, PLANNED_KEY, Panel, Subject
from sme_tracker.enterprises.queries import caseworkers
from sme_tracker.enterprises.recording import Page, fact_page, record_by_form
from sme_tracker.pipeline import actions
from sme_tracker.pipeline.blueprint import bp
from sme_tracker.pipeline.case_views import following
from sme_tracker.pipeline.forms import PlanForm, WithdrawalForm, offer
from sme_tracker.pipeline.measures import STALLED_AFTER
from sme_tracker.pipeline.models import Plan
from sme_tracker.pipeline.queries import CaseFile, cases_of, planned_levels, plans_of
from sme_tracker.rules.access import Permission
from sme_tracker.rules.moves import column_of, done_on, ended_on, track
from sme_tracker.rules.terms import Title, Track
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, today
from sme_tracker.web.words import TITLES


@bp.record_once
def hand_in(state: BlueprintSetupState) -> None:
    """Show the cases and the plan of an enterprise on its page."""
    panels = state.app.extensions.setdefault(KEY, [])
    panels += [
        Panel("main", 10, "pipeline/cases_panel.html", cases_panel),
        Panel("aside", 20, "pipeline/plan_panel.html", plan_panel),
    ]
    state.app.extensions[PLANNED_KEY] = lambda subject: planned_levels(subject.known(plans_of), subject.today)


def cases_panel(subject: Subject) -> Mapping[str, object]:
    """Each track with the cases of the enterprise on it, the latest opened first."""
    files = subject.known(cases_of)
    return {"tracks": [(of, [_told(file, subject.today) for file in files if file.track is of]) for of in Track]}


def plan_panel(subject: Subject) -> Mapping[str, object]:
    """What the enterprise is cultivated for, and by whom."""
    return {"plans": subject.known(plans_of)}


@bp.route("/enterprises/<int:enterprise_id>/plan", methods=["GET", "POST"])
@allowed(Permission.PLAN_WRITE)
def add_plan(enterprise_id: int) -> Page:
    """Take an enterprise into the plan."""
    one, form = enterprise_or_404(enterprise_id), PlanForm(year=today().year)
    people = {str(user.id): user.full_name for user in caseworkers(current_session())}
    offer(form.officer_id, {"": _("nobody yet")} | people)
    then = address_of(enterprise_id)

    def act(session: Session, by: Any) -> None:
        row = actions.Planning(enterprise_id, Title(form.title.data), form.year.data, form.officer_id.data)
        actions.plan(session, by, [row])

    show = fact_page(form, one, _("Take into the plan"), then, _("Take it into the plan"))
    return record_by_form(form, act, show, {}, then, _("The enterprise is in the plan."))


@bp.route("/plans/<int:plan_id>/withdraw", methods=["GET", "POST"])
@allowed(Permission.PLAN_WRITE)
def withdraw_plan(plan_id: int) -> Page:
    """Take an enterprise out of the plan again."""
    plan = current_session().get(Plan, plan_id)
    if plan is None or plan.retired_at is not None:
        abort(404)
    one, form, then = enterprise_or_404(plan.enterprise_id), WithdrawalForm(), address_of(plan.enterprise_id)
    about = [(_("Title"), TITLES[Title(plan.title)]), (_("Year"), plan.year)]
    show = fact_page(form, one, _("Take out of the plan"), then, _("Take it out of the plan"), about=about)
    return record_by_form(
        form,
        lambda session, by: actions.withdraw_plan(session, by, plan_id, form.reason.data or ""),
        show,
        {"reason.missing": "reason"},
        then,
        _("Withdrawn; the history keeps it."),
    )


def _told(file: CaseFile, day: date) -> dict[str, object]:
    """A case as its row tells it: where it stands, since when, how long, what is planned next."""
    ruled = file.ruled
    last = max(ruled.steps, key=lambda step: track(file.track).place(step.step) or 0, default=None)
    step, since = (last.step, last.actual_on) if last else (None, ruled.opened_on)
    next_step = following(file)
    days = (day - since).days
    return {
        "file": file,
        "step": step,
        "column": column_of(file.track, step) if step else 1,
        "since": since,
        "days": days,
        "is_open": ended_on(ruled) is None,
        "done_on": done_on(ruled),
        "is_stalled": ended_on(ruled) is None and days > STALLED_AFTER[file.track],
        "next_step": next_step,
        "planned_on": next((known.planned_on for known in file.steps if known.step == next_step), None),
    }
