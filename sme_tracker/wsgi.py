"""The product for any WSGI server: `sme_tracker.wsgi:app`."""

from sme_tracker.app import create_app
from sme_tracker.config import Config

app = create_app(Config.from_env())
