"""The page of an enterprise."""

from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from sme_tracker.enterprises import page, queries
from sme_tracker.enterprises.blueprint import bp, enterprise_or_404
from sme_tracker.enterprises.caches import yearly_figures
from sme_tracker.enterprises.models import Contact, Enterprise
from sme_tracker.enterprises.panels import Subject, panels, planned_levels
from sme_tracker.enterprises.standing import timelines
from sme_tracker.rules.access import Permission
from sme_tracker.rules.records import masked_phone
from sme_tracker.web.guard import allowed
from sme_tracker.web.history_words import ShownEntry, shown
from sme_tracker.web.pages import current_session, render, today
from sme_tracker.web.principal import signed_in

HISTORY_SHOWN = 12
HISTORY_AT_MOST = 1000


@bp.get("/enterprises/<int:enterprise_id>")
@allowed(Permission.ENTERPRISE_READ)
def enterprise(enterprise_id: int) -> tuple[str, int]:
    """Everything known of one enterprise."""
    return show(enterprise_or_404(enterprise_id))


@bp.get("/enterprises/<int:enterprise_id>/history")
@allowed(Permission.ENTERPRISE_READ)
def enterprise_history(enterprise_id: int) -> tuple[str, int]:
    """The whole history of one enterprise."""
    one = enterprise_or_404(enterprise_id)
    entries, _latest = history_in_words(current_session(), one, HISTORY_AT_MOST)
    return render("enterprises/history.html", enterprise=one, entries=entries)


def show(one: Enterprise, shown_contact: Contact | None = None) -> tuple[str, int]:
    """The page of the enterprise, with the number of one contact in full if it may be seen."""
    session = current_session()
    subject = Subject(session, one, signed_in(), today())
    years, rows = page.year_rows(subject.known(yearly_figures), today().year - 1)
    entries, latest = history_in_words(session, one, HISTORY_SHOWN)
    return render(
        "enterprises/enterprise.html",
        enterprise=one,
        today=today(),
        stage=page.stage_words(one),
        ladder_steps=page.ladder_steps(subject.known(timelines), planned_levels(current_app, subject), today()),
        years=years,
        year_rows=rows,
        staff=next((row.cells[-1].text for row in rows if row.name == "staff"), None),
        dated_facts=queries.dated_facts(session, one.id),
        contacts=[(contact, masked_phone(contact.phone)) for contact in queries.contacts_of(session, one.id)],
        shown_contact=shown_contact,
        entries=entries,
        history_size=latest.of_all if latest else 0,
        changed_by=latest.changed_by if latest else None,
        panels=panels(current_app, subject),
    )


def history_in_words(session: Session, one: Enterprise, most: int) -> tuple[list[ShownEntry], Any]:
    """The latest entries of the history of the enterprise as the page draws them, and the latest as it is kept."""
    names, entries = page.names_of_ids(session), queries.history_of(session, one.id, most)
    return [shown(entry, entry.full_name, names) for entry in entries], entries[0] if entries else None
