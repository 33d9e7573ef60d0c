"""Enterprise names as they are compared and searched; a comparison only points out, it never merges."""

import unicodedata


def name_key(name: str) -> str:
    """The name for comparing: half-width, small letters, without brackets (what they hold stays) and blanks."""
    folded = _folded(name)
    return folded if folded.isalnum() else "".join([c for c in folded if c not in "()" and not _is_blank(c)])


def search_key(name: str) -> str:
    """The name for searching: half-width, small letters, only letters and figures of any script."""
    folded = _folded(name)
    return folded if folded.isalnum() else "".join([c for c in folded if c.isalnum()])


def bigrams(name: str) -> list[str]:
    """What a name is found by: each pair of neighbouring characters and its last one, each once."""
    return key_pairs(search_key(name))


def key_pairs(key: str) -> list[str]:
    """Each pair of neighbouring characters of a search key and its last character, each once."""
    return list(dict.fromkeys([key[place : place + 2] for place in range(len(key))]))


def query_bigrams(typed: str) -> list[str]:
    """The pairs a name must have to contain what was typed; for a single character that character.

    A name that has them all may hold them apart, so whoever asks compares the search keys too.
    """
    key = search_key(typed)
    return bigrams(key) if len(key) < 2 else list(dict.fromkeys(key[p : p + 2] for p in range(len(key) - 1)))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _is_blank(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"
