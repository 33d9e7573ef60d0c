"""Bars on the terminal that tell how far long work is."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from sme_tracker.rebuilding import label


@contextmanager
def bar_of(kind: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on the terminal that tells how far a kind of cache is made anew."""
    with click.progressbar(length=1, label=label(kind), file=sys.stderr) as bar:
        yield advancing(bar)


def advancing(bar: Any) -> Callable[[int, int], None]:
    """Let a progress bar follow (done, all)."""

    def advance(done: int, everything: int) -> None:
        bar.length = everything
        bar.update(done - bar.pos)

    return advance
