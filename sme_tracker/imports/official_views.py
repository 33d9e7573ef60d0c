"""The page on which a published list is handed in, to be put beside the register."""

import io
import tempfile
from pathlib import Path
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from sme_tracker.history.acting import author
from sme_tracker.imports import words
from sme_tracker.imports.blueprint import bp
from sme_tracker.imports.forms import OfficialForm
from sme_tracker.imports.official import Effect, Notice, Published, ledger_of, published_in, published_in_text
from sme_tracker.imports.pages import intake
from sme_tracker.imports.uploads import shown_name
from sme_tracker.rules.access import Permission
from sme_tracker.rules.terms import Title
from sme_tracker.sheets.sheet import SheetRefused
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.pages import render, today
from sme_tracker.web.words import TITLES

SHOWN_UNREAD = 5


@bp.get("/import/official")
@allowed(Permission.IMPORT_WRITE)
def official() -> tuple[str, int]:
    """Hand a published list in."""
    return _page(OfficialForm())


@bp.post("/import/official")
@allowed(Permission.IMPORT_WRITE)
def put_beside() -> Response | tuple[str, int]:
    """Take a published list in, and show it beside the register."""
    form = OfficialForm()
    if not form.validate():
        return _page(form, 422)
    notice = Notice(
        Title(form.title.data),
        Effect(form.effect.data),
        form.published_on.data,
        form.document_number.data,
        form.batch.data,
        form.valid_until.data,
    )
    try:
        published = published_in_text(form.text.data) if form.text.data else _of_file(form.file.data)
        taking = intake()
        imported = taking.upload(author(), io.BytesIO(ledger_of(notice, published)), _file_name(notice), today())
    except SheetRefused as refused:
        (form.text if form.text.data else form.file).errors = [words.refusal(refused)]
        return _page(form, 422)
    taking.answer(author(), imported, notice.answers(), today())
    if published.unread:
        flash(_unread_words(published), "warn")
    return redirect(url_for(".one_import", import_id=imported.id), 303)


def _of_file(file: Any) -> Published:
    """The names of a file that is handed in; it is not kept, what is read of it is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "list")
        file.save(path)
        return published_in(path, shown_name(file.filename or ""))


def _file_name(notice: Notice) -> str:
    about = [notice.batch or str(notice.published_on.year), str(TITLES[notice.title])]
    return f"{'_'.join(about)}_{_('published list')}.csv"


def _unread_words(published: Published) -> str:
    shown = "；".join(line[:40] for line in published.unread[:SHOWN_UNREAD])
    return ngettext(
        "%(num)s line names no enterprise and was left out: %(lines)s",
        "%(num)s lines name no enterprise and were left out: %(lines)s",
        len(published.unread),
        lines=shown,
    )


def _page(form: OfficialForm, status: int = 200) -> tuple[str, int]:
    return render("imports/official.html", status, form=form)
