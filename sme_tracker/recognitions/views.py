"""Pages of titles: recognising, one title and what became of it, reviews, revocation, correction, withdrawal."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from flask import abort, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session

from sme_tracker.enterprises.blueprint import address_of, enterprise_or_404
from sme_tracker.enterprises.panels import KEY, Panel, Subject
from sme_tracker.enterprises.recording import Page, day_of, fact_page, record_by_form
from sme_tracker.recognitions import actions
from sme_tracker.recognitions.blueprint import bp
from sme_tracker.recognitions.forms import (
    CorrectionForm,
    DecisionForm,
    DocumentForm,
    RecognitionForm,
    ReviewForm,
    RevocationForm,
    WithdrawalForm,
)
from sme_tracker.recognitions.queries import TitleHeld, get_title, titles_of
from sme_tracker.rules.access import Permission
from sme_tracker.rules.counting import FAR_FUTURE
from sme_tracker.rules.terms import RecognitionKind, ReviewResult, Title
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, render, today
from sme_tracker.web.words import TITLES

PLACES = {
    "title.branch": "title",
    "title.already_recorded": "valid_from",
    "title.validity_order": "valid_until",
    "title.before_founding": "published_on",
    "title.revoked_before_valid": "revoked_on",
    "review.outside_validity": "opened_on",
    "review.decided_before_opened": "decided_on",
    "reason.missing": "reason",
}
"""The field each finding belongs to; a day in the future belongs to the one day the form asks for."""


@bp.record_once
def hand_in(state: BlueprintSetupState) -> None:
    """Show the titles of an enterprise on its page."""
    panel = Panel("aside", 10, "recognitions/panel.html", titles_panel)
    state.app.extensions.setdefault(KEY, []).append(panel)


def titles_panel(subject: Subject) -> Mapping[str, object]:
    """The titles of an enterprise, those held first."""
    titles = [(title, state_of(title, subject.today)) for title in subject.known(titles_of)]
    return {
        "now": [(title, state) for title, state in titles if state not in ("expired", "revoked", "failed")],
        "past": [(title, state) for title, state in titles if state in ("expired", "revoked", "failed")],
    }


def state_of(title: TitleHeld, day: date) -> str:
    """What a title is on the day: to_come, valid, in_review (also beyond its last day), failed, revoked, expired."""
    if title.revocation and title.revocation.revoked_on <= day:
        return "revoked"
    if day < title.recognition.valid_from:
        return "to_come"
    if title.open_review and title.holds_on(day):
        return "in_review"
    if title.holds_on(day):
        return "valid"
    results = [review.result for review in title.reviews if review.decided_on]
    return "failed" if ReviewResult.FAILED in results else "expired"


@bp.get("/titles/<int:recognition_id>")
@allowed(Permission.ENTERPRISE_READ)
def title(recognition_id: int) -> tuple[str, int]:
    """One title, its reviews and its revocation."""
    held = title_or_404(recognition_id)
    return render(
        "recognitions/title.html",
        title=held,
        enterprise=enterprise_or_404(held.recognition.enterprise_id),
        state=state_of(held, today()),
        until=held.until - timedelta(days=1) if held.until < FAR_FUTURE else None,
        today=today(),
    )


@bp.route("/enterprises/<int:enterprise_id>/recognise", methods=["GET", "POST"])
@allowed(Permission.RECOGNITION_WRITE)
def recognise(enterprise_id: int) -> Page:
    """Record a recognition."""
    one, form = enterprise_or_404(enterprise_id), RecognitionForm()
    return record_by_form(
        form,
        lambda session, by: actions.recognise(session, by, [_typed(form, enterprise_id)]),
        fact_page(form, one, _("Record a recognition"), address_of(enterprise_id), _("Record the recognition")),
        PLACES | {"date.future": "published_on"},
        address_of(enterprise_id),
        _("The recognition is recorded."),
    )


@bp.route("/titles/<int:recognition_id>/review", methods=["GET", "POST"])
@allowed(Permission.RECOGNITION_WRITE)
def open_review(recognition_id: int) -> Page:
    """Open a review of a title."""
    held, form = title_or_404(recognition_id), ReviewForm()
    return _title_form(
        held,
        form,
        lambda session, by: actions.open_reviews(
            session, by, [actions.ReviewOpening(recognition_id, day_of(form.opened_on))]
        ),
        (_("Open a review"), _("Open the review"), _("The review is open; the title goes on until it is decided.")),
        future="opened_on",
    )


@bp.route("/titles/<int:recognition_id>/decide", methods=["GET", "POST"])
@allowed(Permission.RECOGNITION_WRITE)
def decide_review(recognition_id: int) -> Page:
    """Decide the open review of a title; a passed one renews it."""
    held, form = title_or_404(recognition_id), DecisionForm()
    review = held.open_review or abort(404)
    review_id, enterprise_id, of = review.id, held.recognition.enterprise_id, held.title

    def act(session: Session, by: Any) -> None:
        renewal = _document(form, enterprise_id, of, RecognitionKind.RENEWED) if form.has_document else None
        result = ReviewResult(form.result.data)
        decision = actions.ReviewDecision(review_id, day_of(form.decided_on), result, renewal)
        actions.decide_reviews(session, by, [decision])

    return _title_form(
        held,
        form,
        act,
        (_("Decide the review"), _("Record the decision"), _("The decision is recorded.")),
        future="decided_on",
        note=_("The dates of the document only if the review was passed"),
    )


@bp.route("/titles/<int:recognition_id>/revoke", methods=["GET", "POST"])
@allowed(Permission.RECOGNITION_WRITE)
def revoke(recognition_id: int) -> Page:
    """Record that a title was revoked."""
    held, form = title_or_404(recognition_id), RevocationForm()
    return _title_form(
        held,
        form,
        lambda session, by: actions.revoke(
            session, by, [actions.Revoking(recognition_id, day_of(form.revoked_on), form.reason.data)]
        ),
        (_("Revoke the title"), _("Record the revocation"), _("The revocation is recorded.")),
        future="revoked_on",
    )


@bp.route("/titles/<int:recognition_id>/correct", methods=["GET", "POST"])
@allowed(Permission.RECOGNITION_WRITE)
def correct(recognition_id: int) -> Page:
    """Put right a title that was recorded wrongly."""
    held = title_or_404(recognition_id)
    form, enterprise_id = CorrectionForm(obj=held.recognition), held.recognition.enterprise_id
    return _title_form(
        held,
        form,
        lambda session, by: actions.correct(
            session, by, recognition_id, _typed(form, enterprise_id), form.reason.data or ""
        ),
        (_("Correct the title"), _("Save the correction"), _("Corrected; the history keeps what stood there.")),
        future="published_on",
        then=address_of(enterprise_id),
    )


@bp.route("/titles/<int:recognition_id>/withdraw", methods=["GET", "POST"])
@allowed(Permission.RECOGNITION_WRITE)
def withdraw(recognition_id: int) -> Page:
    """Withdraw a title that was recorded by mistake."""
    held, form = title_or_404(recognition_id), WithdrawalForm()
    warning = _(
        "Only for what was recorded by mistake. Counts for every day are as if it had never been; the history keeps it."
    )
    return _title_form(
        held,
        form,
        lambda session, by: actions.withdraw(session, by, [recognition_id], form.reason.data or ""),
        (_("Withdraw the title"), _("Withdraw"), _("Withdrawn; the history keeps it.")),
        then=address_of(held.recognition.enterprise_id),
        warning=warning,
    )


def title_or_404(recognition_id: int) -> TitleHeld:
    """The title if it is in force and whoever is signed in sees its enterprise."""
    held = get_title(current_session(), recognition_id)
    if held is None:
        abort(404)
    enterprise_or_404(held.recognition.enterprise_id)
    return held


def _title_form(
    held: TitleHeld,
    form: Any,
    act: Callable[[Session, Any], object],
    words: tuple[str, str, str],
    *,
    future: str = "",
    then: str | None = None,
    **more: object,
) -> Page:
    """A form about one title: its heading, the word on its button, what is said when it is done."""
    heading, save, said = words
    back = url_for(".title", recognition_id=held.recognition.id)
    row = held.recognition
    about = [
        (_("Title"), TITLES[held.title]),
        (_("Valid"), _("%(first)s to %(last)s", first=row.valid_from, last=row.valid_until)),
    ]
    one = enterprise_or_404(row.enterprise_id)
    show = fact_page(form, one, heading, back, save, about=about, **more)
    return record_by_form(form, act, show, PLACES | {"date.future": future}, then or back, said)


def _typed(form: RecognitionForm, enterprise_id: int) -> actions.NewRecognition:
    return _document(form, enterprise_id, Title(form.title.data), RecognitionKind(form.kind.data))


def _document(form: DocumentForm, enterprise_id: int, of: Title, kind: RecognitionKind) -> actions.NewRecognition:
    return actions.NewRecognition(
        enterprise_id,
        of,
        kind,
        day_of(form.published_on),
        day_of(form.valid_from),
        day_of(form.valid_until),
        form.batch.data,
        form.document_number.data,
        form.certificate_number.data,
    )
