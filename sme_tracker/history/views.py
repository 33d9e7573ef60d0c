"""Pages of the auditor: the whole history, filtered, and the proof that nobody has changed it."""

from itertools import islice

from flask import current_app, request, url_for

from sme_tracker.db import transaction
from sme_tracker.history import asked, queries
from sme_tracker.history.acting import author
from sme_tracker.history.asked import THROUGH
from sme_tracker.history.blueprint import bp
from sme_tracker.history.chain import Entry, broken_links, record
from sme_tracker.history.directory import directory
from sme_tracker.history.lines import lines
from sme_tracker.history.words import broken_link_words
from sme_tracker.rules.access import Permission
from sme_tracker.rules.bounds import whole_number
from sme_tracker.web.action_words import ACTIONS
from sme_tracker.web.guard import allowed
from sme_tracker.web.history_words import through_words
from sme_tracker.web.long_answers import long_answer
from sme_tracker.web.pages import address, current_session, render

PAGE_SIZE = 50
FAULTS_SHOWN = 100
PLACE = ("before", "after")


@bp.get("/history")
@allowed(Permission.HISTORY_READ)
def entries() -> tuple[str, int]:
    """The entries that fit the filters in the address, the latest first."""
    session = current_session()
    people = directory().people(session)
    wanted = asked.read(request.args, session, directory())
    before, after = (whole_number(request.args.get(way)) for way in PLACE)
    page = queries.page_of(session, wanted.filters, PAGE_SIZE, before, after)
    chips = [(label, text, address({name: None}, drop=PLACE)) for name, (label, text) in wanted.words.items()]
    return render(
        "history/entries.html",
        lines=lines(session, page.entries),
        asked=wanted,
        chips=chips,
        total=queries.count(session, wanted.filters),
        counted_up_to=queries.COUNTED_UP_TO,
        first_url=address(drop=PLACE) if page.later else None,
        later_url=address({"after": page.later}, drop=PLACE) if page.later else None,
        earlier_url=address({"before": page.earlier}, drop=PLACE) if page.earlier else None,
        people=sorted(people.items(), key=lambda one: one[1]),
        actions=ACTIONS,
        ways={way: through_words(way) for way in THROUGH},
        export_url=_export_url(),
    )


@bp.post("/history/verify")
@allowed(Permission.HISTORY_READ)
@long_answer
def verify() -> tuple[str, int]:
    """Prove every entry against its seal, and note that it was done."""
    session = current_session()
    count = queries.count(session, queries.Filters())
    found = list(islice(broken_links(session), FAULTS_SHOWN))
    with transaction(session):
        told: dict[str, tuple[object, object]] = {"entries": (None, count), "findings": (None, len(found))}
        record(session, author("page"), [Entry("verify_history", "history", changes=told)])
    return render("history/proof.html", count=count, faults=[broken_link_words(link) for link in found])


def _export_url() -> str | None:
    """Where these very entries are taken out of the house, a page of a storey above."""
    if "exports.export_history" not in current_app.view_functions:
        return None
    query = address(drop=PLACE).partition("?")[2]
    return url_for("exports.export_history") + (f"?{query}" if query else "")
