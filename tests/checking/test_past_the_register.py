"""Accounts, schema and files that somebody changed past the register are named."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from sme_tracker import checking
from sme_tracker.accounts import actions as accounts
from sme_tracker.accounts.models import User
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.history.chain import Author
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.terms import Role
from sme_tracker.web.language import speaking
from tests.checking.tampering import tamper
from tests.signing import add_user

BY = Author(None, "test", utc_now())


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.fixture
def units(session: GuardedSession) -> list[ReportingUnit]:
    return list(session.scalars(select(ReportingUnit).order_by(ReportingUnit.id).limit(2)))


@pytest.fixture
def clerk(session: GuardedSession, units: list[ReportingUnit]) -> User:
    """A clerk of the first unit."""
    return add_user(session, Role.CLERK, units[0].id)[0]


def faults(session: GuardedSession) -> list[str]:
    return [fault.sentence for fault in checking.faults(session, local_today())]


def test_a_life_of_an_account_leaves_nothing_to_say(
    session: GuardedSession, clerk: User, units: list[ReportingUnit]
) -> None:
    def now() -> Author:
        return replace(BY, at=utc_now())

    with transaction(session):
        accounts.change_user(session, now(), clerk, "新名", Role.CLERK, units[1].id)
        accounts.change_user(session, now(), clerk, "新名", Role.LEADER, None)
        accounts.disable_user(session, now(), clerk)
    assert faults(session) == []
    with transaction(session):
        accounts.enable_user(session, now(), clerk)
        accounts.reset_password(session, now(), clerk)
    assert faults(session) == []


def test_a_role_taken_past_the_register_is_named(session: GuardedSession, clerk: User) -> None:
    which, name = clerk.id, clerk.name
    tamper(session, f"UPDATE user_account SET role = 'administrator' WHERE id = {which}")
    assert f"History: account {name}, Role: stored is Administrator, the history says District clerk." in faults(
        session
    )


def test_a_unit_taken_past_the_register_is_named(
    session: GuardedSession, clerk: User, units: list[ReportingUnit]
) -> None:
    which, name, unit = clerk.id, clerk.name, units[1]
    first, second = units[0].short_name, unit.short_name
    tamper(session, f"UPDATE user_account SET unit_id = {unit.id} WHERE id = {which}")
    expected = f"History: account {name}, Reporting unit: stored is {second}, the history says {first}."
    assert expected in faults(session)


def test_an_account_opened_again_past_the_register_is_named(session: GuardedSession, clerk: User) -> None:
    which, name = clerk.id, clerk.name
    with transaction(session):
        accounts.disable_user(session, replace(BY, at=utc_now()), clerk)
    tamper(session, f"UPDATE user_account SET disabled_at = NULL WHERE id = {which}")
    assert any(fault.startswith(f"History: account {name}, Disabled at: stored is —") for fault in faults(session))


def test_an_account_nobody_created_is_named(session: GuardedSession, clerk: User) -> None:
    tamper(
        session,
        "INSERT INTO user_account (name, full_name, role, password_hash, password_set_at, version)"
        " SELECT 'ghost', 'x', 'administrator', password_hash, password_set_at, 1"
        f" FROM user_account WHERE id = {clerk.id}",
    )
    assert "History: nothing tells of the account ghost being created." in faults(session)


def test_an_account_taken_away_is_named(session: GuardedSession, clerk: User) -> None:
    which, name = clerk.id, clerk.name
    tamper(
        session,
        f"DELETE FROM password_hash WHERE user_id = {which}",
        f"DELETE FROM user_account WHERE id = {which}",
    )
    assert f"History: account {name} is told of and is not there." in faults(session)


PLANTED = {
    "sqlite": ("CREATE TRIGGER quiet AFTER UPDATE ON user_account BEGIN SELECT 1; END", "CREATE TABLE notes (text)"),
    "postgresql": (
        "CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER quiet AFTER UPDATE ON user_account FOR EACH ROW EXECUTE FUNCTION quiet()",
        "CREATE TABLE notes (text text)",
    ),
}
GUARD = {"sqlite": "trigger history_entry_no_delete", "postgresql": "trigger history_entry_append_only"}
GUARD_AWAY = {
    "sqlite": "DROP TRIGGER history_entry_no_delete",
    "postgresql": "ALTER TABLE history_entry DISABLE TRIGGER ALL",
}


def test_planted_triggers_and_tables_and_missing_guards_are_named(session: GuardedSession) -> None:
    assert faults(session) == []
    dialect = session.connection().dialect.name
    tamper(session, *PLANTED[dialect])
    with transaction(session):
        session.execute(text(GUARD_AWAY[dialect]))
    found = faults(session)
    for piece in ("trigger quiet", "table notes", GUARD[dialect]):
        assert f"Database: {piece} is not as the register makes it." in found


WEAKENED = {
    "an index less": ("DROP INDEX ix_enterprise_level", "index ix_enterprise_level"),
    "an index more": ("CREATE INDEX ix_quiet ON enterprise (address)", "index ix_quiet"),
    "an index that lets through what must be one": (
        (
            "DROP INDEX uq_yearly_figure_in_force; CREATE INDEX uq_yearly_figure_in_force ON yearly_figure"
            " (enterprise_id, fiscal_year, source) WHERE retired_at IS NULL"
        ),
        "index uq_yearly_figure_in_force",
    ),
    "an index of everything that was of some": (
        "DROP INDEX ix_enterprise_gone; CREATE INDEX ix_enterprise_gone ON enterprise (status, level, id)",
        "index ix_enterprise_gone",
    ),
}


@pytest.mark.parametrize("what", WEAKENED)
def test_indexes_changed_past_the_register_are_named(session: GuardedSession, what: str) -> None:
    statements, piece = WEAKENED[what]
    with transaction(session):
        for statement in statements.split("; "):
            session.execute(text(statement))
    assert faults(session) == [f"Database: {piece} is not as the register makes it."]


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True, scope="session")
def test_a_guard_whose_function_does_nothing_is_named(session: GuardedSession) -> None:
    with transaction(session):
        session.execute(
            text(
                "CREATE OR REPLACE FUNCTION keep_versions() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RETURN NULL; END $$"
            )
        )
    assert faults(session) == ["Database: trigger shortlist_version_frozen is not as the register makes it."]


def test_files_are_looked_at_where_their_folder_is_given(session: GuardedSession, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    assert list(checking.faults(session, local_today(), tmp_path)) == []
    (tmp_path / "files" / "nobodys").write_bytes(b"x")
    (found,) = checking.faults(session, local_today(), tmp_path)
    assert found == ("files", "File files/nobodys is named by no row.")
