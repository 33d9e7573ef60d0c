"""The product for a WSGI server started in the checkout: `wsgi:app`; installed it is `sme_tracker.wsgi:app`."""

from sme_tracker.wsgi import app

__all__ = ["app"]
