"""The blueprint of the leader's board."""

from flask import Blueprint

bp = Blueprint("dashboard", __name__)
