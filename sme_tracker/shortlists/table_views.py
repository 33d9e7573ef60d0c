"""Pages of the recommendation table: its templates, and a frozen version written by one of them."""

import secrets
from collections.abc import Mapping, Sequence

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from sme_tracker.db import transaction
from sme_tracker.exports.outgoing import Outgoing, attachment, record_export, taken
from sme_tracker.history.acting import author
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.findings import Refused
from sme_tracker.shortlists.blueprint import bp, key_or_404, numbered
from sme_tracker.shortlists.models import TableTemplate
from sme_tracker.shortlists.table_fields import FIELDS
from sme_tracker.shortlists.table_sheet import holds_contacts, record_contacts_shown, table_of
from sme_tracker.shortlists.table_templates import (
    PLACEHOLDERS,
    ROWS,
    Layout,
    Stale,
    editions,
    find_template,
    layout_of,
    save_template,
    templates,
)
from sme_tracker.shortlists.undoing import RECOMMENDATION
from sme_tracker.shortlists.version_views import version_page
from sme_tracker.shortlists.versions import versions_of
from sme_tracker.web.confirming import asking_password_when
from sme_tracker.web.guard import allowed
from sme_tracker.web.language import gettext as _
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import current_session, render, today, version_from_form
from sme_tracker.web.principal import may
from sme_tracker.web.words import finding_words, shortlist_words

SPARE_COLUMNS = 4
MOST_PLACE = 999
NEW = Layout("", "", [], [], ROWS[0])


@bp.get("/table-templates")
@allowed(Permission.TABLE_WRITE)
def table_templates() -> tuple[str, int]:
    """The templates in force."""
    return render("shortlists/templates.html", templates=templates(current_session()))


@bp.route("/table-templates/new", methods=["GET", "POST"])
@allowed(Permission.TABLE_WRITE)
def new_template() -> Response | tuple[str, int]:
    """Write another template."""
    if request.method == "GET":
        return _page(NEW, None)
    return _save(f"t{secrets.token_hex(4)}", None)


@bp.route("/table-templates/<code>", methods=["GET", "POST"])
@allowed(Permission.TABLE_WRITE)
def edit_template(code: str) -> Response | tuple[str, int]:
    """Change a template; the one before stays on record."""
    found = find_template(current_session(), code) or abort(404)
    if request.method == "GET":
        return _page(layout_of(found), found)
    return _save(code, found)


def _shows_contacts() -> bool:
    """Whether the table that is asked for will say whom to call."""
    template = find_template(current_session(), request.form.get("template", ""))
    return may(Permission.CONTACT_SHOW) and template is not None and holds_contacts(template)


@bp.post("/shortlists/<key>/v<int:number>/table")
@allowed(Permission.EXPORT)
@asking_password_when(_shows_contacts)
@long_answer
def table(key: str, number: int) -> Response | tuple[str, int]:
    """The recommendation table of a frozen version by the template in force; one that was undone goes to nobody."""
    if not may(Permission.SHORTLIST_READ):
        abort(403)
    session, by = current_session(), author()
    version = numbered(versions_of(session, key_or_404(key)), number)
    if version.undone:
        sentence = _("Freezing v%(number)s was undone; only a version that stands can be sent.", number=number)
        return version_page(key_or_404(key), number, 422, [("undo", sentence)])
    template = find_template(session, request.form.get("template", "")) or abort(404)
    shows = may(Permission.CONTACT_SHOW)
    made = table_of(session, version, template, today(), with_contacts=shows)
    title = f"{shortlist_words(str(made.key))}_{template.name}"
    filters = {"key": key, "version": number, "template": template.name}
    filters |= {"contacts": 1} if shows and holds_contacts(template) else {}
    outgoing = Outgoing(RECOMMENDATION, title, "xlsx", filters=filters, as_of=version.as_of, count=len(made.rows))
    with transaction(session):
        record_export(session, by, outgoing)
        if shows:
            record_contacts_shown(session, by, version, template)
    return attachment(by, outgoing, made.workbook(taken(by)))


def _save(code: str, found: TableTemplate | None) -> Response | tuple[str, int]:
    layout, places, faults = _typed(layout_of(found) if found else NEW)
    if faults:
        return _page(layout, found, 422, faults, places)
    try:
        with transaction(current_session()):
            save_template(current_session(), author(), code, layout, version_from_form() or None)
    except Refused as refused:
        return _page(layout, found, 422, [(str(one.parameters["at"]), finding_words(one)) for one in refused.findings])
    except Stale:
        sentence = _("Somebody saved this template meanwhile; look at theirs below and save yours again.")
        return _page(layout, find_template(current_session(), code), 409, [("name", sentence)])
    flash(_("Saved"), "ok")
    return redirect(url_for("shortlists.edit_template", code=code), 303)


def _typed(before: Layout) -> tuple[Layout, list[str], list[tuple[str, str]]]:
    """What the form says, its columns in the order of their numbers; the numbers as typed; and those that are none.

    What was not sent is as it was `before`.
    """
    form = request.form
    typed = _columns_typed(before)
    kept = [(place.strip(), heading.strip(), field) for place, heading, field in typed if heading.strip() or field]
    wrong = [place for place, _heading, _field in kept if whole_number(place, MOST_PLACE) is None]
    if not wrong:
        kept.sort(key=lambda column: int(column[0]))
    layout = Layout(
        form.get("name", before.name).strip(),
        form.get("sheet_title", before.sheet_title).strip(),
        [line.strip() for line in form.get("lines", "\n".join(before.lines)).split("\n") if line.strip()],
        [(heading, field) for _place, heading, field in kept],
        form.get("rows", before.rows),
    )
    faults = [
        (f"place-{at}", _("The order is a whole number (you entered “%(value)s”).", value=place))
        for at, (place, _heading, _field) in enumerate(kept)
        if place in wrong
    ]
    return layout, [place for place, _heading, _field in kept], faults


def _columns_typed(before: Layout) -> list[tuple[str, str, str]]:
    """Order, heading and content of each row of the form, a part that was not sent as it was `before`."""
    parts = [request.form.getlist(name) for name in ("place", "heading", "field")]
    number = max(map(len, parts)) or len(before.columns)
    spare = [""] * number
    stood = (
        [str((at + 1) * 10) for at in range(number)],
        [heading for heading, _field in before.columns] + spare,
        [field for _heading, field in before.columns] + spare,
    )
    if any(part and len(part) != number for part in parts):
        abort(400)
    return list(zip(*(part or was[:number] for part, was in zip(parts, stood, strict=True)), strict=True))


def _page(
    layout: Layout,
    found: TableTemplate | None,
    status: int = 200,
    faults: Sequence[tuple[str, str]] = (),
    places: Sequence[str] = (),
) -> tuple[str, int]:
    said: Mapping[str, str] = dict(reversed(faults))
    return render(
        "shortlists/template.html",
        status,
        layout=layout,
        found=found,
        editions=editions(current_session(), found.code) if found else [],
        fields=FIELDS,
        spare=SPARE_COLUMNS,
        placeholders=PLACEHOLDERS,
        rows=ROWS,
        places=places or [str(10 * at) for at in range(1, len(layout.columns) + 1)],
        reasons=faults,
        faults=said,
    )
