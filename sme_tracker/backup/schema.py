"""Whether a schema is what the migrations make of it: no table, view, index or trigger more, less or other."""

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text

from sme_tracker.backup.copies import opened
from sme_tracker.db import migrate
from sme_tracker.tables import METADATA

POSTGRESQL_TRIGGERS = ("history_entry_append_only", "shortlist_version_frozen")
"""The triggers that migrations make on PostgreSQL."""
FORMER = {
    "index ix_enterprise_status_level": "CREATE INDEX ix_enterprise_status_level ON enterprise (status, level, id)"
}
"""What the first versions made and no migration took away."""
Pieces = dict[str, str]
_ON_SQLITE = text("SELECT type || ' ' || name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
_ON_POSTGRESQL = text(
    """
    WITH relation AS (
        SELECT oid, relname, relkind FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
    )
    SELECT CASE WHEN relkind IN ('v', 'm') THEN 'view ' ELSE 'table ' END || relname, '' FROM relation
    WHERE relkind IN ('r', 'p', 'f', 'v', 'm')
    UNION ALL
    SELECT 'trigger ' || tgname, CASE tgenabled WHEN 'O' THEN '' ELSE 'switched off' END
    FROM pg_trigger JOIN relation ON relation.oid = tgrelid WHERE NOT tgisinternal
    UNION ALL
    SELECT 'rule ' || rulename, '' FROM pg_rewrite JOIN relation ON relation.oid = ev_class WHERE rulename <> '_RETURN'
    """
)
"""What extensions bring along is not asked for."""


def foreign_pieces(connection: Connection, revision: str = "head") -> list[str]:
    """What is not as the migrations up to `revision` make it, such as `trigger x`; empty if all is."""
    on_sqlite = connection.dialect.name == "sqlite"
    expected = _made_by_migrations(revision) if on_sqlite else _expected_on_postgresql()
    there = _pieces(connection)
    return sorted(name for name in expected | there if not _agree(name, expected.get(name), there.get(name)))


def _agree(name: str, expected: str | None, there: str | None) -> bool:
    """Whether a piece is as expected; an index that only makes reading fast may be missing, as in old databases."""
    is_spare = expected is not None and expected.startswith("CREATE INDEX") and there is None
    return expected == there or is_spare or (there is not None and FORMER.get(name) == there)


@cache
def _made_by_migrations(revision: str) -> Pieces:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "empty.sqlite") as empty:
        migrate(empty, revision)
        with empty.connect() as connection:
            return _pieces(connection)


def _expected_on_postgresql() -> Pieces:
    tables = {f"table {name}": "" for name in (*METADATA.tables, "alembic_version")}
    return tables | {f"trigger {name}": "" for name in POSTGRESQL_TRIGGERS}


def _pieces(connection: Connection) -> Pieces:
    """Tables, views, indexes and triggers by kind and name, each with its text, however that is spaced and quoted."""
    found = connection.execute(_ON_SQLITE if connection.dialect.name == "sqlite" else _ON_POSTGRESQL)
    return {name: _plainly(name, (written or "").replace('"', "").split()) for name, written in found}


def _plainly(name: str, words: list[str]) -> str:
    """The text of a piece on one line; of a table, its parts by name, as a table made anew may order them otherwise."""
    written = " ".join(words)
    return ",".join(sorted(written.split(","))) if name.startswith("table ") else written
