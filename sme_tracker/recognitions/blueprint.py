"""The blueprint of titles."""

from flask import Blueprint

bp = Blueprint("recognitions", __name__)
