"""The blueprint of the lists an administrator keeps."""

from flask import Blueprint

bp = Blueprint("reference", __name__)
