"""A filled database of every version that was ever landed becomes one of this version, with everything in it."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, MetaData, delete, func, insert, select, text

from sme_tracker.assessments.due import judge_waiting, waiting
from sme_tracker.backup.drill import back_up, restore
from sme_tracker.checking import check
from sme_tracker.cli import commands
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, migrate, transaction
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.enterprises.standing import rolled_to
from sme_tracker.history.chain import Author
from sme_tracker.rebuilding import outdated
from sme_tracker.reference.models import Setting
from sme_tracker.settling import settle
from sme_tracker.shortlists import command as shortlists
from sme_tracker.web.language import speaking
from tests.conftest import CONFIG, Databases
from tools.release_fixture import FOLDER, HISTORY_KEY, fill_small, unpack, what_is_said

ROOT = Path(__file__).resolve().parents[2]
LANDED = sorted(FOLDER.glob("*.json"))


@pytest.fixture(params=LANDED, ids=[path.stem for path in LANDED])
def landed(request: pytest.FixtureRequest) -> Path:
    """What a version that was landed said of a database it had filled."""
    path: Path = request.param
    return path


@pytest.fixture
def old(databases: Databases, landed: Path, tmp_path: Path) -> Iterator[Engine]:
    """That database as it was left, on the engine of the test."""
    file = tmp_path / "tracker.sqlite"
    unpack(landed.with_suffix(".sql.xz"), file)
    file.chmod(0o600)
    url = databases.create()
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        shutil.copy(file, engine.url.database or "")
    else:
        _carry_over(make_engine(f"sqlite:///{file}"), engine)
    yield engine
    engine.dispose()
    databases.drop(url)


def _carry_over(source: Engine, target: Engine) -> None:
    """All rows into a database of the same schema, which has tables of that time and none of today's."""
    with source.connect() as connection:
        migrate(target, connection.scalar(text("SELECT version_num FROM alembic_version")) or "")
        there, here = MetaData(), MetaData()
        there.reflect(connection)
        here.reflect(target)
        with target.begin() as writing:
            for table in reversed(here.sorted_tables):
                if writing.scalar(select(func.count()).select_from(table)):
                    writing.execute(delete(table))
            for table in here.sorted_tables:
                rows = [dict(row) for row in connection.execute(select(there.tables[table.name])).mappings()]
                if rows:
                    writing.execute(insert(table), rows)
                if "id" in table.c and (sequence := _sequence(writing, table.name)):
                    highest = writing.scalar(select(func.max(table.c.id))) or 0
                    writing.execute(select(func.setval(sequence, highest + 1, False)))
    source.dispose()


def _sequence(connection: Any, table: str) -> str | None:
    found: str | None = connection.scalar(select(func.pg_get_serial_sequence(table, "id")))
    return found


def run(engine: Engine, folder: Path, *words: str) -> Result:
    """A command on the database, as an operator runs it."""
    environment = {
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "SME_TRACKER_DATA": str(folder),
        "SME_TRACKER_HISTORY_KEY": HISTORY_KEY,
        "LANG": "en_GB.UTF-8",
    }
    return CliRunner().invoke(commands, words, env=environment, catch_exceptions=False)


def sessions_of(engine: Engine) -> GuardedSession:
    return make_session_factory(engine, HISTORY_KEY, settle)()


# SQLite cannot tell of an index on an expression, which copying rows does not need.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_migrate_leaves_nothing_for_the_check_to_find_and_every_number_as_it_was(
    old: Engine, landed: Path, tmp_path: Path
) -> None:
    migrated = run(old, tmp_path, "migrate")
    assert migrated.exit_code == 0
    checked = run(old, tmp_path, "check", "--json")
    assert (checked.exit_code, json.loads(checked.stdout)["faults"]) == (0, {})
    with sessions_of(old) as session, speaking("en"):
        said = what_is_said(session)
        before = json.loads(landed.read_text(encoding="utf-8"))
        assert said["measures"] == before["measures"]
        assert {name: number for name, number in said["rows"].items() if name in before["rows"]} == before["rows"]
        lines, all_proved = shortlists.verify(session, None, None)
        assert all_proved, lines
        assert outdated(session) == []
        day = rolled_to(session) or local_today()
        judge_waiting(session, day)
        assert waiting(session, day) == 0
        report = check(session, local_today())
        assert (report.faults, report.waiting) == (0, 0), list(report.lines(None))
    assert run(old, tmp_path, "migrate").stderr == ""


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_people_go_on_working_in_what_was_migrated(old: Engine, tmp_path: Path) -> None:
    run(old, tmp_path, "migrate")
    register = tmp_path / "register.csv"
    register.write_text("统一社会信用代码,企业名称\n91220101000000019R,长春启衡精密传动有限公司\n", encoding="utf-8")
    assert run(old, tmp_path, "import", str(register)).exit_code == 0
    checked = run(old, tmp_path, "check", "--json")
    assert (checked.exit_code, json.loads(checked.stdout)["faults"]) == (0, {})


def test_a_backup_whose_caches_another_version_made_is_put_right_while_it_is_restored(
    databases: Databases, template_url: str, tmp_path: Path
) -> None:
    url = databases.create(template_url)
    engine = make_engine(url)
    config = replace(CONFIG, data_folder=tmp_path, history_key=HISTORY_KEY)
    with sessions_of(engine) as session:
        fill_small(session)
        with transaction(session):
            session.execute(text("UPDATE enterprise SET name_key = 'as an earlier version wrote it'"))
            session.execute(text("DELETE FROM standing WHERE level > 0"))
            session.execute(delete(Setting).where(Setting.key.like("cache %")))
        back_up(config, engine, tmp_path / "old.zip", utc_now(), lambda _done, _all: None)
        session.rollback()
        restore(
            config, engine, tmp_path / "old.zip", Author(None, "command restore", utc_now()), lambda _done, _all: None
        )
    with sessions_of(engine) as session, speaking("en"):
        report = check(session, local_today())
        assert (report.faults, report.waiting) == (0, 0), list(report.lines(None))
        assert outdated(session) == []
        assert session.scalar(select(func.count()).select_from(Enterprise))
    engine.dispose()
    databases.drop(url)


def test_every_version_that_was_released_is_among_them() -> None:
    released = re.findall(r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    kept = {path.stem.rpartition("-")[0] for path in LANDED}
    assert kept
    missing = [version for version in released if version not in kept]
    assert missing == [], "make what is missing with `python -m tools.release_fixture`"
