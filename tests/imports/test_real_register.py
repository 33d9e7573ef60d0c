"""The register of 2004 from end to end: in once, and the second time, from another kind of file, not at all."""

from collections import Counter
from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession
from sme_tracker.enterprises.models import Enterprise, StandingSpan
from sme_tracker.history.chain import Author, broken_links
from sme_tracker.imports.intake import Intake
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.matching.match import Matched
from sme_tracker.imports.plan import read_file
from sme_tracker.imports.uploads import UploadFolder
from sme_tracker.rules.findings import Severity
from tests.imports.test_real_files import FOLDER, pytestmark

__all__ = ["pytestmark"]


def imported(session: GuardedSession, tmp_path: Path, name: str) -> Matched:
    path = FOLDER / "registry" / name
    intake = Intake(session, UploadFolder(tmp_path / "uploads"), Reach())
    by = Author(None, "command import", utc_now())
    return intake.write_at_once(by, path, read_file(path, name), lambda _rows: None)


def test_the_register_comes_in_once(session: GuardedSession, tmp_path: Path) -> None:
    first = imported(session, tmp_path, "jilin_2004_registry.xls")
    assert dict(first.plan.counts) == {"create": 3875, "change": 0, "unchanged": 0, "refused": 158}
    errors = [problem for problem in first.plan.problems if problem.severity is Severity.ERROR and problem.value]
    assert Counter(problem.finding.code for problem in errors) == {"credit_code.sole_trader": 158}
    assert all(problem.sheet and problem.row and problem.column and problem.value for problem in errors)
    said = Counter(problem.finding.code for problem in first.plan.problems)
    branches = session.scalar(select(func.count()).where(Enterprise.is_branch)) or 0
    assert said["row.branch"] == branches > 100 and said["sheet.no_unit_column"] == 1
    spans = select(func.count()).where(StandingSpan.unit_id.is_(None), StandingSpan.until_day > date(2100, 1, 1))
    assert session.scalar(spans) == 3875

    second = imported(session, tmp_path, "jilin_2004_registry.csv")
    assert dict(second.plan.counts) == {"create": 0, "change": 0, "unchanged": 3875, "refused": 158}
    assert session.scalar(select(func.count(Enterprise.id))) == 3875
    assert list(broken_links(session)) == []
