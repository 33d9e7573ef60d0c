"""Where the templates, the migrations and the guide are: inside the installed package, or beside it in a checkout."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parent / name


def templates_folder() -> Path:
    """The folder of the page templates."""
    return _folder("templates")


def migrations_folder() -> Path:
    """The folder of the schema's migrations."""
    return _folder("migrations")


def guide_folder() -> Path:
    """The folder of the user guide, one file a language."""
    return _folder("docs")
