"""Changing the database behind the product's back, as somebody with the server could."""

from sqlalchemy import text

from sme_tracker.db import GuardedSession, transaction

UNGUARDED = {
    "sqlite": ("DROP TRIGGER history_entry_no_update", "DROP TRIGGER history_entry_no_delete"),
    "postgresql": ("ALTER TABLE history_entry DISABLE TRIGGER ALL",),
}


def tamper(session: GuardedSession, *statements: str) -> None:
    """Run statements that the product would never run."""
    kind = session.get_bind().dialect.name
    with transaction(session):
        guards = _guards(session) if kind == "sqlite" else ("ALTER TABLE history_entry ENABLE TRIGGER ALL",)
        for statement in (*UNGUARDED[kind], *statements, *guards):
            session.execute(text(statement))


def _guards(session: GuardedSession) -> list[str]:
    """What puts SQLite's guards back as they are."""
    asked = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'history_entry_no_%'"
    return list(session.scalars(text(asked)))
