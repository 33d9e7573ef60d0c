"""How templates are drawn: the same values in the same language give the same markup, so parts are drawn once."""

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2 import pass_context
from jinja2.runtime import Context

PARTS_KEPT = 2048


class Templates(Environment):
    """Templates that share their globals, which makes each import of a macro cheap; no template has any of its own."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of all templates."""
        return self.globals if d is None else super().make_globals(d)


def install(app: Flask) -> None:
    """Let templates write `drawn(macro, …)` for `macro(…)`."""
    app.jinja_env.globals["drawn"] = drawn


@pass_context
def drawn(context: Context, macro: Callable[..., str], *values: Any, **named: Any) -> str:
    """What the macro draws of the values, from memory if it has drawn the same before.

    Only for macros that depend on nothing but the values and the language; the values must be hashable, and those at
    one place always of one type.
    """
    return _drawn(context["lang"], macro, values, tuple(named.items()))


@lru_cache(PARTS_KEPT)
def _drawn(
    _language: str, macro: Callable[..., str], values: tuple[Any, ...], named: tuple[tuple[str, Any], ...]
) -> str:
    return macro(*values, **dict(named))
