"""The blueprint of shortlists."""

from flask import Blueprint

bp = Blueprint("shortlists", __name__)
