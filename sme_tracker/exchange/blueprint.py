"""The blueprint of what comes in and goes out."""

from flask import Blueprint

bp = Blueprint("exchange", __name__)
