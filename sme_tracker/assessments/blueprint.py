"""The blueprint of evidence, verdicts and rule sets."""

from flask import Blueprint

bp = Blueprint("assessments", __name__)
