"""The blueprint of the targets."""

from flask import Blueprint

bp = Blueprint("targets", __name__)
