"""The page on which a written import is undone: what comes back, what stays and why."""

from flask import flash, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from sme_tracker.assessments.blueprint import judging
from sme_tracker.clock import utc_now
from sme_tracker.db import transaction
from sme_tracker.history.acting import author
from sme_tracker.imports import staying, undoing
from sme_tracker.imports.blueprint import bp
from sme_tracker.imports.forms import UndoForm
from sme_tracker.imports.pages import import_or_404, intake
from sme_tracker.imports.queries import PastImport
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.findings import Refused
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import address, current_session, render
from sme_tracker.web.words import finding_words

PAGE_SIZE = 100


@bp.get("/import/<int:import_id>/undo")
@allowed(Permission.IMPORT_WRITE)
def undo_page(import_id: int) -> Response | tuple[str, int]:
    """What undoing an import would do, and the button that does it."""
    past = import_or_404(import_id)
    until = undoing.undoable_until(past.imported)
    if until is None or until < utc_now():
        return redirect(url_for(".one_import", import_id=import_id), 303)
    return _page(past, UndoForm())


@bp.post("/import/<int:import_id>/undo")
@allowed(Permission.IMPORT_WRITE)
def undo(import_id: int) -> Response | tuple[str, int]:
    """Undo an import as one step."""
    past, form = import_or_404(import_id), UndoForm()
    if not form.validate():
        return _page(past, form, 422)
    try:
        with transaction(current_session()):
            done = undoing.undo(current_session(), author(), past.imported, intake().reach, form.reason.data or "")
    except Refused as refused:
        flash(" ".join(str(finding_words(finding)) for finding in refused.findings), "warn")
        return redirect(url_for(".one_import", import_id=import_id), 303)
    judging(current_session())
    staying = done.counts["stays"] + done.counts["left"]
    flash(_("The import is undone.") if not staying else _undone_but(staying), "ok")
    return redirect(url_for(".one_import", import_id=import_id), 303)


def _undone_but(staying: int) -> str:
    return ngettext(
        "The import is undone; %(num)s thing that was changed since stays as it is.",
        "The import is undone; %(num)s things that were changed since stay as they are.",
        staying,
    )


def _page(past: PastImport, form: UndoForm, status: int = 200) -> tuple[str, int]:
    found = undoing.what_undoing_does(current_session(), past.imported, intake().reach)
    page = max(1, whole_number(request.args.get("page")) or 1)
    first = (page - 1) * PAGE_SIZE
    stays, left = found.enterprises.stays, found.left[first : first + PAGE_SIZE]
    known = staying.known(
        current_session(), [*(one.enterprise_id for one in stays), *(one.enterprise_id for one in left)]
    )
    last_page = -(-len(found.left) // PAGE_SIZE)
    steps = {"prev": page - 1} if page > 1 else {}
    steps |= {"next": page + 1} if page < last_page else {}
    return render(
        "imports/undo.html",
        status,
        past=past,
        form=form,
        until=undoing.undoable_until(past.imported),
        counts=found.counts,
        stays=[staying.done(one, known) for one in stays],
        left=[staying.changed(one, known) for one in left],
        left_first=first + 1,
        pages={name: address({"page": number}) for name, number in steps.items()},
    )
