"""Whether a schema is what the migrations make of it: no table, view, index or trigger more, less or other."""

import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Column, Connection, Index, text

from sme_tracker.backup.copies import opened
from sme_tracker.db import migrate
from sme_tracker.tables import METADATA

POSTGRESQL_TRIGGERS = {
    "history_entry_append_only": ("history_entry", "keep_history", "the history is append-only"),
    "shortlist_version_frozen": ("shortlist_version", "keep_versions", "a frozen version is never changed"),
}
"""The triggers that migrations make on PostgreSQL: of which table, by which function, and what that says."""
FORMER = {
    "index ix_enterprise_status_level": "CREATE INDEX ix_enterprise_status_level ON enterprise (status, level, id)"
}
"""What the first versions made, as an early backup holds it."""
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
    SELECT 'trigger ' || tgname,
        CASE tgenabled WHEN 'O' THEN '' ELSE 'switched off ' END || pg_get_triggerdef(pg_trigger.oid, true) || prosrc
    FROM pg_trigger JOIN relation ON relation.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal
    UNION ALL
    SELECT 'index ' || index.relname, concat_ws(
        ' ', CASE WHEN indisunique THEN 'unique' END, (
            SELECT string_agg(coalesce(attname, 'expression'), ',' ORDER BY place)
            FROM unnest(indkey::int2[]) WITH ORDINALITY key(number, place)
            LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = number AND number > 0
        ), CASE WHEN indpred IS NOT NULL THEN 'partial' END)
    FROM pg_index JOIN relation ON relation.oid = indrelid JOIN pg_class index ON index.oid = indexrelid
    WHERE NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
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
    other = {name for name in expected | there if expected.get(name) != there.get(name)}
    return sorted(name for name in other if revision == "head" or not _is_early(name, expected, there))


def _is_early(name: str, expected: Pieces, there: Pieces) -> bool:
    """Whether a backup differs as those of the first versions do: in indexes that only make reading fast."""
    is_missing = name not in there and expected[name].startswith("CREATE INDEX")
    return is_missing or (name in there and FORMER.get(name) == there[name])


@cache
def _made_by_migrations(revision: str) -> Pieces:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "empty.sqlite") as empty:
        migrate(empty, revision)
        with empty.connect() as connection:
            return _pieces(connection)


def _expected_on_postgresql() -> Pieces:
    tables = {f"table {name}": "" for name in (*METADATA.tables, "alembic_version")}
    indexes = {f"index {index.name}": _told(index) for table in METADATA.tables.values() for index in table.indexes}
    return tables | indexes | {f"trigger {name}": _guard(name, *of) for name, of in POSTGRESQL_TRIGGERS.items()}


def _told(index: Index) -> str:
    """An index as the catalogue of PostgreSQL tells of it."""
    columns = ",".join(part.name if isinstance(part, Column) else "expression" for part in index.expressions)
    is_partial = index.dialect_options["postgresql"]["where"] is not None
    return " ".join(["unique"] * bool(index.unique) + [columns] + ["partial"] * is_partial)


def _guard(trigger: str, table: str, function: str, said: str) -> str:
    """A trigger with its function, as the catalogue of PostgreSQL tells of them."""
    made = f"CREATE TRIGGER {trigger} BEFORE DELETE OR UPDATE OR TRUNCATE ON {table}"
    does = f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    return f"{made} {does} BEGIN RAISE EXCEPTION '{said}'; END"


def _pieces(connection: Connection) -> Pieces:
    """Tables, views, indexes and triggers by kind and name, each with its text, however that is spaced and quoted."""
    found = connection.execute(_ON_SQLITE if connection.dialect.name == "sqlite" else _ON_POSTGRESQL)
    return {name: _plainly(name, (written or "").replace('"', "").split()) for name, written in found}


def _plainly(name: str, words: list[str]) -> str:
    """The text of a piece on one line; of a table, its parts by name, as a table made anew may order them otherwise."""
    written = " ".join(words)
    return ",".join(sorted(written.split(","))) if name.startswith("table ") else written
