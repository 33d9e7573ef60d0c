"""What goes with every answer: where content may come from, who may frame it, and that nobody keeps it."""

from flask import Flask, Response, request

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
A_YEAR = 365 * 24 * 60 * 60


def install(app: Flask, *, https: bool) -> None:
    """Add the headers to every answer, errors and exports included."""

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = POLICY
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["X-Frame-Options"] = "DENY"
        headers["Cache-Control"] = _caching()
        if https:
            headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
        return response


def _caching() -> str:
    """What a version's static files may be kept for, nothing else at all."""
    if request.endpoint == "static":
        return f"public, max-age={A_YEAR}, immutable" if "v" in request.args else "public, max-age=300"
    return "no-store"
