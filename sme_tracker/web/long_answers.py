"""Long answers take turns: a few at a time beside the pages; who comes later is asked to wait and holds no thread."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial, wraps
from math import ceil
from threading import Lock
from time import monotonic
from typing import Any, TypeVar, cast
from weakref import finalize

from flask import Flask, current_app, make_response, request
from werkzeug.wrappers import Response

from sme_tracker.web.pages import inside, own_address, page_before, render

AT_ONCE = 2
AGAIN_S = 5
USUAL_S = 10.0
"""What a long answer is thought to take until one has been given."""
REMEMBERED = 10
MARK = "_long_answer"
CAME_FROM = "came_from"
View = TypeVar("View", bound=Callable[..., Any])


def install(app: Flask) -> None:
    """Give the application its places for long answers."""
    app.extensions["long_answers"] = Places()


def long_answer(view: View) -> View:
    """Mark a view that takes over about a second at 100,000 enterprises: it is answered when there is a place for it.

    The place is held until the last byte of the answer has been handed on, or the answer is given up.
    """

    @wraps(view)
    def in_turn(*given: Any, **named: Any) -> Response:
        places: Places = current_app.extensions["long_answers"]
        give_back = places.take()
        if give_back is None:
            return _wait_page(places.longest_wait_s())
        try:
            answer = make_response(view(*given, **named))
        except BaseException:
            give_back()
            raise
        if answer.is_streamed:
            answer.response = _Body(answer.response, give_back)
        else:
            give_back()
        return answer

    setattr(in_turn, MARK, True)
    return cast(View, in_turn)


class Places:
    """Where long answers are given: who holds a place since when, and how long the last ones took."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._taking = Lock()
        self._begun: dict[object, float] = {}
        self._took_s: deque[float] = deque([USUAL_S], maxlen=REMEMBERED)

    def take(self) -> Callable[[], None] | None:
        """Take a place: what gives it back, once however often it is called; None if there is none."""
        place = object()
        with self._taking:
            if len(self._begun) >= self._at_once:
                return None
            self._begun[place] = monotonic()
        return partial(self._give_back, place)

    def longest_wait_s(self) -> int:
        """Seconds until there should be a place: what the longest of the last answers took, less what has passed."""
        now = monotonic()
        passed = now - min([*self._begun.values()], default=now)
        return max(AGAIN_S, ceil((max(self._took_s) - passed) / AGAIN_S) * AGAIN_S)

    def _give_back(self, place: object) -> None:
        begun = self._begun.pop(place, None)  # without the lock: a body may be let go at any moment
        if begun is not None:
            self._took_s.append(monotonic() - begun)


class _Body:
    """The body of a streamed answer; its place is given back once it is read, closed or let go unread."""

    def __init__(self, body: Iterable[Any], give_back: Callable[[], None]) -> None:
        self._body = body
        self._rest = iter(body)
        self._give_back = finalize(self, give_back)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        try:
            return next(self._rest)
        except BaseException:
            self._give_back()
            raise

    def close(self) -> None:
        """Give the answer up, or say that it is done."""
        if hasattr(self._body, "close"):
            self._body.close()
        self._give_back()


def _wait_page(longest_s: int) -> Response:
    """Says how long it may take, and asks for the same again: a page by itself, a form by its button or a script."""
    sent = [pair for pair in request.form.items(multi=True) if pair[0] not in ("csrf_token", CAME_FROM)]
    came_from = inside(request.form.get(CAME_FROM)) or _another_page() or "/"
    page = make_response(
        render(
            "errors/wait.html",
            503,
            again_s=AGAIN_S,
            longest_s=longest_s,
            same_url=own_address(),
            sent=[*sent, (CAME_FROM, came_from)],
            came_from=came_from,
        )
    )
    page.headers["Retry-After"] = str(AGAIN_S)
    if request.method == "GET":
        page.headers["Refresh"] = str(AGAIN_S)
    return page


def _another_page() -> str | None:
    """The page that led here, if it is another one."""
    before = page_before()
    return before if before and before.partition("?")[0] != request.path else None
