"""The page of an enterprise."""

from flask import current_app, url_for
from sqlalchemy.orm import Session

from sme_tracker.enterprises import page, queries
from sme_tracker.enterprises.blueprint import bp, enterprise_or_404
from sme_tracker.enterprises.models import Contact, Enterprise
from sme_tracker.enterprises.panels import panels, planned_levels
from sme_tracker.rules.access import Permission
from sme_tracker.rules.records import masked_phone
from sme_tracker.web.guard import allowed
from sme_tracker.web.history_words import shown
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
    entries = history_in_words(current_session(), one, HISTORY_AT_MOST)
    return render("enterprises/history.html", enterprise=one, entries=entries)


def show(one: Enterprise, shown_contact: Contact | None = None) -> tuple[str, int]:
    """The page of the enterprise, with the number of one contact in full if it may be seen."""
    session = current_session()
    figures = page.as_figures(queries.figure_rows(session, one.id))
    years, rows = page.year_rows(figures, today().year - 1)
    entries = history_in_words(session, one, HISTORY_SHOWN)
    return render(
        "enterprises/enterprise.html",
        enterprise=one,
        today=today(),
        stage=page.stage_words(one),
        ladder_steps=page.ladder_steps(
            queries.timeline_of(session, one.id), planned_levels(current_app, session, one.id, today()), today()
        ),
        years=years,
        year_rows=rows,
        staff=next((row.cells[-1].text for row in rows if row.name == "staff"), None),
        industry=queries.find_industry(session, one.industry_code),
        names=queries.names_of(session, one.id),
        units=queries.units_of(session, one.id),
        statuses=queries.statuses_of(session, one.id),
        unit_of=page.names_of_ids(session)["unit_id"],
        contacts=[(contact, masked_phone(contact.phone)) for contact in queries.contacts_of(session, one.id)],
        shown_contact=shown_contact,
        entries=entries,
        history_size=len(entries) if len(entries) < HISTORY_SHOWN else queries.history_size(session, one.id),
        panels=panels(current_app, session, one, signed_in(), today()),
    )


def history_in_words(session: Session, one: Enterprise, most: int) -> list[object]:
    """The history of the enterprise as the page draws it."""
    names = page.names_of_ids(session)
    return [shown(entry, who, names) for entry, who in queries.history_of(session, one.id, most)]


def address_of(enterprise_id: int) -> str:
    """Where the page of the enterprise is."""
    return url_for("enterprises.enterprise", enterprise_id=enterprise_id)
