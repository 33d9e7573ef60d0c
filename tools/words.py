"""Join the parts of each language's catalogue and compile them to the messages.mo that the product reads."""

from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "sme_tracker" / "translations"


class WordsDisagree(Exception):
    """Two parts of a catalogue translate the same sentence differently, or a part cannot be used as it is."""


def compile_words() -> None:
    """Write every language's messages.mo, where a part is newer than it; raises WordsDisagree."""
    for folder in sorted(TRANSLATIONS.glob("*/parts")):
        target = folder.parent / "LC_MESSAGES" / "messages.mo"
        if not _is_fresh(target, folder):
            _write(target, join_parts(folder))


def join_parts(folder: Path) -> Catalog:
    """One catalogue of all parts in `folder`; raises WordsDisagree naming the parts and the sentence."""
    joined = Catalog(locale=folder.parent.name, domain="messages", fuzzy=False)
    origin: dict[object, str] = {}
    for path in sorted(folder.glob("*.po")):
        for message in _read(path, joined):
            _join(joined, message, path.name, origin)
    return joined


def _read(path: Path, joined: Catalog) -> list[Message]:
    with path.open("rb") as file:
        part = read_po(file, locale=joined.locale, abort_invalid=True)
    return [message for message in part if message.id]


def _join(joined: Catalog, message: Message, part: str, origin: dict[object, str]) -> None:
    if message.fuzzy or not message.string:
        raise WordsDisagree(f"{part}: “{message.id}” has no finished translation.")
    there = joined.get(message.id, message.context)
    if there is not None and there.string != message.string:
        raise WordsDisagree(
            f"“{message.id}” is “{there.string}” in {origin[_first(there), there.context]}"
            f" but “{message.string}” in {part}."
        )
    joined.add(message.id, message.string, flags=message.flags, context=message.context)
    origin[_first(message), message.context] = part


def _first(message: Message) -> object:
    """The sentence itself, of one with a plural the singular, by which both are the same in a catalogue."""
    return message.id if isinstance(message.id, str) else message.id[0]


def _write(target: Path, catalogue: Catalog) -> None:
    target.parent.mkdir(exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, catalogue)


def _is_fresh(target: Path, folder: Path) -> bool:
    """Whether the compiled file is newer than every part, and than the folder, which tells of a part removed."""
    if not target.is_file():
        return False
    return target.stat().st_mtime_ns > max(path.stat().st_mtime_ns for path in (folder, *folder.glob("*.po")))


if __name__ == "__main__":
    compile_words()
