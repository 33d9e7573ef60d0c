"""The blueprint of shortlists, and what its pages begin with."""

from flask import Blueprint, abort

from sme_tracker.shortlists.queries import ShortlistKey

bp = Blueprint("shortlists", __name__)


def key_or_404(written: str) -> ShortlistKey:
    """The shortlist an address names."""
    return ShortlistKey.read(written) or abort(404)
