"""Lists on their way out, and the register of what went."""

from flask import request, url_for

from sme_tracker.exchange.blueprint import bp
from sme_tracker.exchange.queries import exports_before
from sme_tracker.exchange.words import what_words
from sme_tracker.rules.access import Permission
from sme_tracker.web.guard import allowed
from sme_tracker.web.pages import LARGEST_ID, current_session, render

PAGE_SIZE = 100


@bp.get("/exports")
@allowed(Permission.HISTORY_READ)
def exports() -> tuple[str, int]:
    """The register of exports, the latest first."""
    written = request.args.get("before", "")
    before = int(written) if written.isdecimal() and len(written) < 10 else None
    found = exports_before(current_session(), min(before, LARGEST_ID) if before else None, PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    older = url_for(".exports", before=shown[-1].export.id) if len(found) > PAGE_SIZE else None
    newest = url_for(".exports") if before else None
    return render("exchange/exports.html", exports=shown, older_url=older, newest_url=newest, what_words=what_words)
