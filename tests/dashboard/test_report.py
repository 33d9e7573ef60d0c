"""The report on the command line says what the board says, as a table and as JSON."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sme_tracker.cli import commands
from sme_tracker.clock import at_noon
from sme_tracker.dashboard.report import as_json, as_table, report
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, transaction
from sme_tracker.history.chain import Author
from sme_tracker.rules.terms import Indicator, Title
from sme_tracker.settling import settle
from sme_tracker.targets.actions import TargetValue, set_targets
from sme_tracker.web.language import speaking
from tests.conftest import CONFIG, Databases
from tests.dashboard.bureau import Bureau, day

PROMISED = {
    *(f"level.{level}" for level in ("total", "municipal", "provincial", "national")),
    *(f"goal.{goal}" for goal in ("srdi", "sprint", "upgrade", "convert", "go_public")),
    *(f"pipeline.{track}" for track in ("upgrade", "convert", "go_public")),
}


def fill(session: GuardedSession) -> None:
    bureau = Bureau(session)
    bureau.recognise(bureau.enterprise("NG"), Title.MUNICIPAL, "2022-03-01")
    bureau.recognise(bureau.enterprise("CY"), Title.NATIONAL, "2022-03-01", recorded_on="2022-07-01")
    with transaction(session):
        values = [
            TargetValue(2022, Indicator.SRDI, None, 200),
            TargetValue(2022, Indicator.SRDI, bureau.units["NG"], 8),
        ]
        set_targets(session, Author(None, "form", at_noon(day("2022-01-05"))), values)


def test_the_json_has_every_promised_measure_with_label_value_and_target(session: GuardedSession) -> None:
    fill(session)
    with speaking("zh"):
        written = json.loads(as_json(report(session, day("2022-09-30")), day("2022-09-30")))
    assert written["as_of"] == "2022-09-30"
    assert set(written["measures"]) >= PROMISED
    assert written["measures"]["goal.srdi"] == {"label": "新增专精特新", "value": 2, "target": 200}
    assert written["measures"]["level.total"] == {"label": "专精特新企业合计", "value": 2, "target": None}


def test_it_counts_what_was_known_and_for_the_unit_asked_for(session: GuardedSession) -> None:
    fill(session)
    unit = Bureau(session).units["NG"]
    with speaking("zh"):
        known = {line.key: line for line in report(session, day("2022-06-30"), day("2022-06-30"))}
        of_unit = {line.key: line for line in report(session, day("2022-09-30"), None, unit)}
        table = as_table(report(session, day("2022-09-30")))
    assert (known["level.total"].value, known["level.national"].value) == (1, 0)
    assert (of_unit["goal.srdi"].value, of_unit["goal.srdi"].target) == (1, 8)
    assert "goal.srdi" in table and "新增专精特新" in table


@pytest.fixture
def environment(databases: Databases, template_url: str, tmp_path: Path) -> dict[str, str]:
    """A database of its own, filled, and the settings that name it."""
    url = databases.create(template_url)
    engine = make_engine(url)
    with make_session_factory(engine, CONFIG.history_key, settle)() as session:
        fill(session)
    engine.dispose()
    return {"DATABASE_URL": url, "SME_TRACKER_HISTORY_KEY": CONFIG.history_key, "SME_TRACKER_DATA": str(tmp_path)}


def test_the_command_prints_it(environment: dict[str, str]) -> None:
    run = CliRunner().invoke(commands, ["report", "--as-of", "2022-09-30", "--unit", "NG", "--json"], env=environment)
    assert run.exit_code == 0, run.output
    assert json.loads(run.output)["measures"]["goal.srdi"] == {"label": "新增专精特新", "value": 1, "target": 8}


def test_an_unknown_unit_is_one_sentence(environment: dict[str, str]) -> None:
    run = CliRunner().invoke(commands, ["report", "--unit", "ATLANTIS"], env=environment)
    assert run.exit_code == 1
    assert "ATLANTIS" in run.output and "Traceback" not in run.output
