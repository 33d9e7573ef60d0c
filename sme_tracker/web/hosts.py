"""Under which names the product answers: those the operator sets, and always those of the machine itself."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Flask

LOOPBACK = ("127.0.0.1", "localhost")
_OWN_IPV6 = re.compile(r"^\[::1\]")


def install(app: Flask, names: Sequence[str]) -> None:
    """Answer under these names, under those of the machine itself and under no other."""
    app.config["TRUSTED_HOSTS"] = [*names, *LOOPBACK]
    app.wsgi_app = _named_localhost(app.wsgi_app)  # type: ignore[method-assign]


def _named_localhost(answer: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Call the machine's own IPv6 address localhost: Werkzeug compares names only up to their first colon."""

    def named(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "HTTP_HOST" in environ:
            environ["HTTP_HOST"] = _OWN_IPV6.sub("localhost", environ["HTTP_HOST"])
        return answer(environ, start_response)

    return named
