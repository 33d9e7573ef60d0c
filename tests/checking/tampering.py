"""Changing the database behind the product's back, as somebody with the server could."""

from sqlalchemy import text

from sme_tracker.db import GuardedSession, transaction

UNGUARDED = {
    "sqlite": ("DROP TRIGGER history_entry_no_update", "DROP TRIGGER history_entry_no_delete"),
    "postgresql": ("ALTER TABLE history_entry DISABLE TRIGGER ALL",),
}


def tamper(session: GuardedSession, *statements: str) -> None:
    """Run statements that the product would never run."""
    with transaction(session):
        for statement in (*UNGUARDED[session.get_bind().dialect.name], *statements):
            session.execute(text(statement))
