"""The list of try-outs, and stopping and deleting one."""

from collections.abc import Callable
from typing import NamedTuple

from flask import abort, current_app, flash, redirect, url_for
from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from sme_tracker.accounts.models import User
from sme_tracker.assessments import asked_tryouts
from sme_tracker.assessments.asked_tryouts import unfinished
from sme_tracker.assessments.blueprint import bp
from sme_tracker.assessments.models import StoredRuleSet, TryOutRecord
from sme_tracker.assessments.set_aside import failure_words
from sme_tracker.assessments.tryout_views import asked_or_404, may_end, tried_title, unit_words
from sme_tracker.assessments.words import PURPOSE_WORDS
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.history.chain import Author
from sme_tracker.rules.access import Permission, own_unit_only
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import current_session, render
from sme_tracker.web.principal import signed_in

SHOWN = 100


class Listed(NamedTuple):
    """A try-out as the list shows it."""

    asked: TryOutRecord
    key: str
    title: str
    who: str
    state: str
    may_end: bool


@bp.get("/try-outs")
@allowed(Permission.RULES_READ)
def try_outs() -> tuple[str, int]:
    """The latest try-outs over the enterprises the user sees, and how each stands."""
    session = current_session()
    if unfinished(session):
        current_app.extensions["background"].start()
    statement = (
        select(TryOutRecord, StoredRuleSet, User.full_name)
        .join(StoredRuleSet, StoredRuleSet.id == TryOutRecord.rule_set_id)
        .join(User, User.id == TryOutRecord.asked_by_id, isouter=True)
        .where(_seen())
        .order_by(TryOutRecord.id.desc())
        .limit(SHOWN)
    )
    rows = [
        Listed(asked, row.key, tried_title(row), who or "—", _state(session, asked), may_end(asked))
        for asked, row, who in session.execute(statement)
    ]
    return render("assessments/try_outs.html", rows=rows, purpose_words=PURPOSE_WORDS, unit_words=unit_words())


@bp.post("/rule-sets/<key>/try-outs/<int:try_out_id>/stop")
@allowed(Permission.RULES_READ)
def stop_try_out(key: str, try_out_id: int) -> Response:
    """End a try-out that is not finished."""
    _end(key, try_out_id, asked_tryouts.stop)
    flash(_("The try-out is stopped."), "ok")
    return redirect(url_for("assessments.one_try_out", key=key, try_out_id=try_out_id), 303)


@bp.post("/rule-sets/<key>/try-outs/<int:try_out_id>/delete")
@allowed(Permission.RULES_READ)
def delete_try_out(key: str, try_out_id: int) -> Response:
    """Delete a try-out with what it found."""
    _end(key, try_out_id, asked_tryouts.throw_away)
    flash(_("The try-out is deleted."), "ok")
    return redirect(url_for("assessments.try_outs"), 303)


def _end(key: str, try_out_id: int, end: Callable[[Session, Author, TryOutRecord], None]) -> None:
    with transaction(current_session()):
        asked = asked_or_404(key, try_out_id)
        if not may_end(asked):
            abort(403)
        end(current_session(), author(), asked)


def _seen() -> ColumnElement[bool]:
    user = signed_in()
    return TryOutRecord.unit_id == (user.unit_id or 0) if own_unit_only(user.role) else true()


def _state(session: Session, asked: TryOutRecord) -> str:
    if asked.finished_at is not None:
        return failure_words(session, asked) or _("Done")
    if not asked.total:
        return _("About to begin")
    return _("Judged %(done)s of %(all)s enterprises", done=f"{asked.done:,}", all=f"{asked.total:,}")
