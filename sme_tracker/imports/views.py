"""The pages of an import: upload, check, result, and the rows left out as a file."""

from contextlib import suppress
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.assessments.blueprint import judging
from sme_tracker.clock import utc_now
from sme_tracker.config import Config
from sme_tracker.exports.outgoing import Outgoing, send_table
from sme_tracker.history.acting import author
from sme_tracker.history.directory import directory
from sme_tracker.imports import undoing, words
from sme_tracker.imports.actions import ImportOver, PlanMoved
from sme_tracker.imports.blueprint import bp
from sme_tracker.imports.forms import UploadForm
from sme_tracker.imports.leftover import left_out
from sme_tracker.imports.notes import NotedPlan
from sme_tracker.imports.pages import import_or_404, intake
from sme_tracker.imports.plan import Action
from sme_tracker.imports.queries import PastImport, imports_seen_by, level_counts, reach_of
from sme_tracker.imports.questions import Questions
from sme_tracker.imports.reconciling import reconciled
from sme_tracker.imports.shown import changes_in_words, left_out_reasons, said, shown_part
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import LINE, whole_number
from sme_tracker.rules.findings import Severity
from sme_tracker.sheets.sheet import SheetRefused
from sme_tracker.web.file_words import FILE_KINDS, file_kind_words
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import address, current_session, render, today
from sme_tracker.web.principal import signed_in

RECENT = 20
Page = Response | tuple[str, int]


@bp.get("/import")
@allowed(Permission.IMPORT_WRITE)
def imports() -> Page:
    """Hand in a file; earlier imports beside it."""
    return _upload_page(UploadForm())


@bp.post("/import")
@allowed(Permission.IMPORT_WRITE)
def upload() -> Page:
    """Take a file in and show what it would do."""
    form = UploadForm()
    if not form.validate():
        return _upload_page(form, 422)
    file = form.file.data
    try:
        imported = intake().upload(author(), file.stream, file.filename or "", today())
    except SheetRefused as refused:
        form.file.errors = [words.refusal(refused)]
        return _upload_page(form, 422)
    asked = any(mapped.needs_somebody for mapped in intake().columns(imported, today()))
    return redirect(url_for(".columns" if asked else ".one_import", import_id=imported.id), 303)


@bp.get("/import/<int:import_id>")
@allowed(Permission.IMPORT_WRITE)
def one_import(import_id: int) -> Page:
    """What an import would do, or what it did."""
    past = import_or_404(import_id)
    if past.imported.written_at:
        return _result_page(past)
    try:
        return _check_page(past)
    except FileNotFoundError:
        flash(_("The file of this import is no longer on the server. Upload it again."), "warn")
        return redirect(url_for(".imports"), 303)


@bp.post("/import/<int:import_id>/write")
@allowed(Permission.IMPORT_WRITE)
def write(import_id: int) -> Page:
    """Write what was shown, all or none."""
    past = import_or_404(import_id)
    try:
        intake().write(author(), past.imported, request.form.get("plan", "")[:LINE])
    except PlanMoved:
        flash(_("Somebody changed the records meanwhile. This is what the import would do now."), "warn")
        return _check_page(import_or_404(import_id), 409)
    except ImportOver:
        pass  # somebody was faster; the page says what became of it
    judging(current_session())
    return redirect(url_for(".one_import", import_id=import_id), 303)


@bp.post("/import/<int:import_id>/answer")
@allowed(Permission.IMPORT_WRITE)
def answer(import_id: int) -> Page:
    """Take the answers to what an import asked, and show what it would do now."""
    past = import_or_404(import_id)
    given = {
        name.removeprefix("answer-")[:LINE]: value[:LINE]
        for name, value in request.form.items()
        if name.startswith("answer-") and value
    }
    with suppress(ImportOver):  # somebody was faster; the page says what became of it
        intake().answer(author(), past.imported, given, today())
    return redirect(url_for(".one_import", import_id=import_id, show=request.form.get("show", "")[:LINE] or None), 303)


@bp.post("/import/<int:import_id>/discard")
@allowed(Permission.IMPORT_WRITE)
def discard(import_id: int) -> Page:
    """Give an import up."""
    past = import_or_404(import_id)
    try:
        intake().discard(author(), past.imported)
    except ImportOver:
        return redirect(url_for(".one_import", import_id=import_id), 303)
    flash(_("Import given up; nothing was written."), "ok")
    return redirect(url_for(".imports"), 303)


@bp.post("/import/<int:import_id>/left-out")
@allowed(Permission.IMPORT_WRITE)
@long_answer
def left_out_rows(import_id: int) -> Response:
    """The rows left out, each with its reason, to be mended and sent again."""
    past = import_or_404(import_id)
    imported, taking = past.imported, intake()
    plan = taking.plan_of(imported, today())
    path = taking.folder.path(imported.stored_as)
    found = left_out(path, imported.file_name, left_out_reasons(plan), [_("Row in the file"), _("Reason")])
    outgoing = Outgoing(
        what="import.left_out",
        title=_("Rows left out"),
        format="xlsx",
        notes=[(_("File name"), imported.file_name)],
        filters={"import": imported.id},
        count=plan.count(Action.REFUSED),
    )
    return send_table(current_session(), author(), outgoing, found.columns, found.rows)


def _upload_page(form: UploadForm, status: int = 200) -> tuple[str, int]:
    user = signed_in()
    recent = imports_seen_by(current_session(), reach_of(user.role, user.unit_id), user.id, RECENT)
    config: Config = current_app.extensions["config"]
    most_mb = config.upload_limit_bytes // (1024 * 1024)
    return render("imports/upload.html", status, form=form, recent=recent, most_mb=most_mb, kinds=FILE_KINDS)


def _check_page(past: PastImport, status: int = 200) -> tuple[str, int]:
    taking = intake()
    plan = taking.plan_of(past.imported, today())
    before = level_counts(current_session(), taking.reach)
    levels = [(level, number, number + plan.levels.get(level, 0)) for level, number in before.items()]
    return render(
        "imports/check.html",
        status,
        past=past,
        kind_words=file_kind_words,
        plan=plan,
        beside=reconciled(current_session(), taking.reach, past.imported, plan),
        levels=[line for line in levels if line[1] != line[2]],
        **_plan_words(plan),
    )


def _result_page(past: PastImport) -> tuple[str, int]:
    try:
        plan = intake().plan_of(past.imported, today())
    except FileNotFoundError:  # `check` names it
        plan = None
    session, until = current_session(), undoing.undoable_until(past.imported)
    undone = undoing.undone(session, past.imported)
    return render(
        "imports/result.html",
        past=past,
        kind_words=file_kind_words,
        plan=plan,
        judging=judging(session),
        may_be_undone=until is not None and until >= utc_now(),
        beside=reconciled(session, intake().reach, past.imported, plan) if plan else None,
        undone=undone,
        undone_by=undone and directory().people(session).get(undone.by_id or 0),
        **(_plan_words(plan) if plan else {}),
        levels=[(level, 0, change) for level, change in plan.levels.items()] if plan else [],
    )


def _plan_words(plan: NotedPlan) -> dict[str, Any]:
    part = shown_part(plan, request.args.get("show"), whole_number(request.args.get("page")) or 1)
    steps = {"first": 1, "prev": part.page - 1} if part.page > 1 else {}
    steps |= {"next": part.page + 1, "last": part.pages} if part.page < part.pages else {}
    return {
        "counts": {action.value: plan.count(action) for action in Action},
        "errors": len(said(plan, Severity.ERROR)),
        "notices": len(said(plan, Severity.NOTICE)),
        "part": part,
        "pages": {name: address({"page": number}) for name, number in steps.items()},
        "reason": words.reason,
        "question_of": Questions().of,
        "changes_in_words": changes_in_words,
    }
