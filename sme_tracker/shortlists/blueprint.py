"""The blueprint of shortlists, and what its pages begin with."""

from collections.abc import Sequence

from flask import Blueprint, abort

from sme_tracker.shortlists.models import ShortlistVersion
from sme_tracker.shortlists.queries import ShortlistKey

bp = Blueprint("shortlists", __name__)


def key_or_404(written: str) -> ShortlistKey:
    """The shortlist an address names."""
    return ShortlistKey.read(written) or abort(404)


def numbered(versions: Sequence[ShortlistVersion], number: int) -> ShortlistVersion:
    """The version of that number, or not found."""
    return next((one for one in versions if one.number == number), None) or abort(404)
