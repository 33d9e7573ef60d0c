"""The blueprint of what goes out, and of its register."""

from flask import Blueprint

bp = Blueprint("exports", __name__)
