"""The blueprint of the cultivation pipeline, and the way its pages come to their case."""

from flask import Blueprint, abort

from sme_tracker.enterprises.blueprint import enterprise_or_404
from sme_tracker.pipeline.queries import CaseFile, get_cases
from sme_tracker.web.pages import current_session

bp = Blueprint("pipeline", __name__)


def case_or_404(case_id: int) -> CaseFile:
    """The case if it is in force and whoever is signed in sees its enterprise."""
    file = get_cases(current_session(), [case_id]).get(case_id)
    if file is None:
        abort(404)
    enterprise_or_404(file.case.enterprise_id)
    return file
