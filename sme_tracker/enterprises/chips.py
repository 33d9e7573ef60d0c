"""A filter as a reader sees it: what is chosen, in words, and what may be chosen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from sme_tracker.enterprises.filters import NONE
from sme_tracker.web.language import gettext as _


@dataclass(frozen=True, slots=True)
class Option:
    """What may be chosen in an editor."""

    value: str
    words: str
    chosen: bool = False


class OptionList(NamedTuple):
    """One of several lists from which one is chosen each: its name in the address, its label, the choices by group."""

    name: str
    label: str
    groups: Sequence[tuple[str, Sequence[Option]]]


@dataclass(frozen=True, slots=True, eq=False)
class Editor:
    """One filter: its name in the address, its label, what is chosen in words (None: nothing), and the choice.

    One and the same editor is drawn once: whoever offers many choices keeps it.
    """

    name: str
    label: str
    kind: Literal["many", "one", "range", "day", "lists"]
    words: str | None
    options: Sequence[Option] = ()
    values: Sequence[str] = ()
    names: tuple[str, ...] = ()
    """All names in the address that go when the filter is taken away."""
    lists: Sequence[OptionList] = ()

    @property
    def dropped(self) -> tuple[str, ...]:
        """The names that an address without this filter does not carry."""
        return self.names or (self.name,)


def many(name: str, label: str, choices: Mapping[Any, Any], chosen: Iterable[Any]) -> Editor:
    """A filter of which any number may be chosen."""
    wanted = list(chosen)
    options = [Option(NONE if key is None else str(key), str(said), key in wanted) for key, said in choices.items()]
    return Editor(name, label, "many", joined(str(choices.get(key, key)) for key in wanted), options)


def lists(label: str, words: str | None, *offered: OptionList) -> Editor:
    """A filter made of several lists, of which the first gives it its name."""
    return Editor(offered[0].name, label, "lists", words, names=tuple(one.name for one in offered), lists=offered)


def options(choices: Mapping[str, Any], chosen: str) -> list[Option]:
    """The choices of a list, by their value in the address."""
    return [Option(value, str(said), value == chosen) for value, said in choices.items()]


def joined(said: Iterable[str]) -> str | None:
    """What is chosen, one after the other; None where it is nothing."""
    return str(_(", ")).join(said) or None
