"""The blueprint of what comes in."""

from flask import Blueprint

bp = Blueprint("imports", __name__)
