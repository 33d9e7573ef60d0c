"""The blueprint of evidence, verdicts and rule sets, and how far judging is, which its pages and others show."""

from flask import Blueprint, current_app
from sqlalchemy.orm import Session

from sme_tracker.assessments.due import enterprises, waiting
from sme_tracker.assessments.rule_sets import Standards
from sme_tracker.web.pages import today

bp = Blueprint("assessments", __name__)


def judging(session: Session, found: Standards | None = None) -> tuple[int, int] | None:
    """How many of all enterprises are judged while that goes on, None when nothing waits; keeps it going."""
    left = waiting(session, today(), found)
    if not left:
        return None
    current_app.extensions["background"].start()
    everybody = enterprises(session)
    return everybody - left, everybody
