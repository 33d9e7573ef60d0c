"""The words by which sheets name fields: for each word the fields it may mean, in the parts a row can have."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from sme_tracker.imports.fields import FIELDS, SHARED, WITHOUT_MEANING, Field, FileKind
from sme_tracker.imports.heads import IDENTITY, Words


@dataclass(frozen=True)
class Meaning:
    """A field, and the part of a row it belongs to; what every part may have is the register's."""

    part: FileKind
    field: Field

    @property
    def key(self) -> str:
        """The meaning in a mapping: part and field, "ledger.published_on"."""
        return f"{self.part}.{self.field.key}"


class Vocabulary:
    """The words of all fields, with those a bureau has confirmed (`learned`: heading → meaning's key)."""

    def __init__(self, learned: Mapping[str, str] | None = None) -> None:
        self._meanings: dict[str, list[Meaning]] = {}
        self.of_key: dict[str, Meaning] = {}
        for part, fields in FIELDS.items():
            for field in fields:
                if field.key not in SHARED or part is FileKind.REGISTER:
                    self._add(Meaning(part, field))
        for words, key in (learned or {}).items():
            if key in self.of_key:
                self._meanings[words] = [self.of_key[key]]

    def meanings(self, words: str) -> list[Meaning]:
        """The fields a word may mean, none if it is not known."""
        return self._meanings.get(words, [])

    @cached_property
    def words(self) -> Words:
        """The words as a head is looked for."""
        identity = {word for word, found in self._meanings.items() if found[0].field.key in IDENTITY}
        return Words(self._meanings.keys() | WITHOUT_MEANING - {""}, identity)

    def _add(self, meaning: Meaning) -> None:
        self.of_key[meaning.key] = meaning
        for heading in meaning.field.headings:
            self._meanings.setdefault(heading, []).append(meaning)
