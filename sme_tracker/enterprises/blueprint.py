"""The blueprint of enterprises, and the way every page comes to its enterprise."""

from flask import Blueprint, abort, url_for

from sme_tracker.enterprises import queries
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.web.pages import current_session
from sme_tracker.web.principal import signed_in

bp = Blueprint("enterprises", __name__)


def enterprise_or_404(enterprise_id: int) -> Enterprise:
    """The enterprise if whoever is signed in sees it; what is not visible is not found."""
    try:
        return queries.get_enterprise(current_session(), enterprise_id, signed_in())
    except queries.NotVisible:
        abort(404)


def address_of(enterprise_id: int) -> str:
    """Where the page of the enterprise is."""
    return url_for("enterprises.enterprise", enterprise_id=enterprise_id)
