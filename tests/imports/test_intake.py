"""A file on its way into the database: planned, written whole or not at all, and the second time nothing."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, make_engine, make_session_factory
from sme_tracker.enterprises.models import Contact, Enterprise, EnterpriseName, StandingSpan, Tally, YearlyFigure
from sme_tracker.history.chain import Author, broken_links
from sme_tracker.history.models import HistoryEntry
from sme_tracker.imports import actions
from sme_tracker.imports.actions import ImportOver, PlanMoved
from sme_tracker.imports.intake import Intake
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.models import Import
from sme_tracker.imports.plan import Action, read_file
from sme_tracker.imports.uploads import UploadFolder, shown_name
from sme_tracker.recognitions.queries import titles_of
from sme_tracker.settling import settle
from sme_tracker.sheets.sheet import SheetRefused
from tests.conftest import Databases
from tests.imports.test_file import a_code
from tests.sheets.files import write_table

TODAY = date(2022, 9, 30)
REGISTER = ["企业名称", "统一社会信用代码", "县区", "联系人", "联系电话"]
JIA = ["甲有限公司", a_code(1), "南关区", "李梅", "13800000001"]
YI = ["乙有限公司", a_code(2), "朝阳区", None, None]


def clerk(user_id: int | None = None) -> Author:
    return Author(user_id, "form", utc_now())


@pytest.fixture
def intake(session: GuardedSession, tmp_path: Path) -> Intake:
    return Intake(session, UploadFolder(tmp_path / "uploads"), Reach())


def uploaded(intake: Intake, tmp_path: Path, *rows: list[object], name: str = "名单.xlsx") -> Import:
    write_table(tmp_path / "file", *rows)
    return uploaded_again(intake, tmp_path, name)


def uploaded_again(intake: Intake, tmp_path: Path, name: str = "名单.xlsx") -> Import:
    with (tmp_path / "file").open("rb") as file:
        return intake.upload(clerk(), file, name, TODAY)


def written(intake: Intake, imported: Import) -> dict[str, int]:
    plan = intake.plan_of(imported, TODAY)
    matched = intake.write(clerk(), imported, plan.digest)
    return {action.value: number for action, number in matched.plan.counts.items() if number}


def number_of(session: GuardedSession, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def files_in(tmp_path: Path) -> int:
    return len(list((tmp_path / "uploads").glob("*")))


def test_nothing_is_written_before_the_plan_is_confirmed(intake: Intake, tmp_path: Path) -> None:
    imported = uploaded(intake, tmp_path, REGISTER, JIA, YI, ["丙", "9122", "南关区", None, None])
    assert number_of(intake.session, Enterprise) == 0
    plan = intake.plan_of(imported, TODAY)
    assert (plan.count(Action.CREATE), plan.count(Action.REFUSED), plan.writes) == (2, 1, 2)
    (refused,) = plan.of(Action.REFUSED)
    assert (refused.sheet, refused.row, refused.name) == ("Sheet", 4, "丙")
    assert written(intake, imported) == {"create": 2, "refused": 1}
    session = intake.session
    assert session.scalars(select(Enterprise.name).order_by(Enterprise.code)).all() == ["甲有限公司", "乙有限公司"]
    assert session.scalar(select(func.sum(Tally.enterprises))) == number_of(session, StandingSpan) == 2
    assert session.scalars(select(Contact.phone)).all() == ["13800000001"]
    assert imported.counts == {"create": 2, "change": 0, "unchanged": 0, "refused": 1}


def test_every_record_an_import_writes_tells_so_in_its_history(intake: Intake, tmp_path: Path) -> None:
    imported = uploaded(intake, tmp_path, REGISTER, JIA)
    written(intake, imported)
    told = intake.session.execute(select(HistoryEntry.action, HistoryEntry.through).order_by(HistoryEntry.id)).all()
    through = f"import {imported.id}"
    assert [tuple(row) for row in told] == [("register", through), ("add_contact", through), ("import", "form")]
    assert list(broken_links(intake.session)) == []


def test_the_same_file_again_changes_nothing(intake: Intake, tmp_path: Path) -> None:
    written(intake, uploaded(intake, tmp_path, REGISTER, JIA, YI))
    entries = number_of(intake.session, HistoryEntry)
    assert written(intake, uploaded(intake, tmp_path, REGISTER, JIA, YI)) == {"unchanged": 2}
    assert number_of(intake.session, HistoryEntry) == entries + 1


def test_a_file_waiting_to_be_written_is_not_kept_twice(intake: Intake, tmp_path: Path) -> None:
    first = uploaded(intake, tmp_path, REGISTER, JIA)
    kept = files_in(tmp_path)
    assert uploaded_again(intake, tmp_path).id == first.id
    assert files_in(tmp_path) == kept == 2


def test_a_second_register_renames_moves_and_updates(intake: Intake, tmp_path: Path) -> None:
    written(intake, uploaded(intake, tmp_path, REGISTER, JIA, ["乙有限公司", a_code(2), None, None, None]))
    changed = [["甲股份有限公司", a_code(1), "朝阳区", "李梅", "13900000009"], YI]
    imported = uploaded(intake, tmp_path, REGISTER, *changed)
    intake.answer(clerk(), imported, {f"rename:{a_code(1)}": "yes"}, TODAY)
    assert written(intake, imported) == {"change": 2}
    session = intake.session
    jia = session.scalars(select(Enterprise).where(Enterprise.code == a_code(1))).one()
    assert (jia.name, jia.unit.short_name if jia.unit else None) == ("甲股份有限公司", "朝阳区")
    names = session.execute(select(EnterpriseName.name, EnterpriseName.from_day).where(EnterpriseName.in_force()))
    assert ("甲有限公司", None) in [tuple(row) for row in names]
    on_record = select(Contact.phone).where(Contact.removed_at.is_(None))
    assert session.scalars(on_record).all() == ["13900000009"]
    assert written(intake, uploaded(intake, tmp_path, REGISTER, *changed)) == {"unchanged": 2}


def test_yearly_figures_come_in_once_and_change_where_the_file_says_so(intake: Intake, tmp_path: Path) -> None:
    written(intake, uploaded(intake, tmp_path, REGISTER, JIA))
    head = ["信用代码", "年度", "数据来源", "营业收入（元）", "从业人数"]
    assert written(intake, uploaded(intake, tmp_path, head, [a_code(1), 2021, "审计", 12_345_600, 50])) == {"create": 1}
    assert written(intake, uploaded(intake, tmp_path, head, [a_code(1), 2021, "审计", 12_345_600, None])) == {
        "unchanged": 1
    }
    assert written(intake, uploaded(intake, tmp_path, head, [a_code(1), 2021, "审计", 20_000_000, None])) == {
        "change": 1
    }
    figure = intake.session.scalars(select(YearlyFigure).where(YearlyFigure.in_force())).one()
    assert (figure.revenue_wan, figure.staff) == (2000, 50)


LEDGER = ["企业名称", "信用代码", "级别", "批次", "认定日期", "有效期止", "复核开始日期", "撤销日期", "撤销原因"]


def ledger_rows(municipal: int, provincial: int, national: int) -> list[list[object]]:
    """Each enterprise with the title of its level and the day it was given."""
    levels = ["市级"] * municipal + ["省级"] * provincial + ["国家级"] * national
    return [[f"{number}号有限公司", a_code(number), level, None, "2021-06-01"] for number, level in enumerate(levels)]


@pytest.mark.parametrize("register_first", [False, True])
def test_a_ledger_of_485_comes_in_with_or_without_its_register(
    intake: Intake, tmp_path: Path, register_first: bool
) -> None:
    rows = ledger_rows(374, 84, 27)
    if register_first:
        written(intake, uploaded(intake, tmp_path, REGISTER[:2], *[row[:2] for row in rows]))
    imported = uploaded(intake, tmp_path, LEDGER[:5], *rows)
    assert intake.plan_of(imported, TODAY).levels == {1: 374, 2: 84, 3: 27}
    assert written(intake, imported) == {"create": 485}
    on_the_day = select(StandingSpan.level, func.count()).where(
        StandingSpan.retired_at.is_(None), StandingSpan.from_day <= TODAY, StandingSpan.until_day > TODAY
    )
    found = intake.session.execute(on_the_day.group_by(StandingSpan.level))
    assert dict(map(tuple, found)) == {1: 374, 2: 84, 3: 27}
    assert written(intake, uploaded(intake, tmp_path, LEDGER[:5], *rows)) == {"unchanged": 485}


def test_a_ledger_corrects_reviews_and_revokes(intake: Intake, tmp_path: Path) -> None:
    written(intake, uploaded(intake, tmp_path, LEDGER[:5], ["甲", a_code(1), "市级", "第一批", "2021-06-01"]))
    row = ["甲", a_code(1), "市级", "第一批", "2021-06-01", "2024-12-31", "2022-03-01", "2022-09-01", "更名未报告"]
    imported = uploaded(intake, tmp_path, LEDGER, row)
    assert written(intake, imported) == {"change": 1}
    session = intake.session
    (title,) = next(iter(titles_of(session, session.scalars(select(Enterprise.id)).all()).values()))
    assert title.recognition.valid_until == date(2024, 12, 31)
    assert title.revocation and title.revocation.revoked_on == title.until == date(2022, 9, 1)
    assert [review.opened_on for review in title.reviews] == [date(2022, 3, 1)]
    assert written(intake, uploaded(intake, tmp_path, LEDGER, row)) == {"unchanged": 1}


def test_a_plan_the_database_has_outrun_is_shown_again(intake: Intake, tmp_path: Path) -> None:
    imported = uploaded(intake, tmp_path, REGISTER, JIA, YI)
    shown = {action: intake.plan_of(imported, TODAY).count(action) for action in Action}
    written(intake, uploaded(intake, tmp_path, REGISTER, JIA))
    with pytest.raises(PlanMoved):
        intake.write(clerk(), imported, shown)
    assert number_of(intake.session, Enterprise) == 1
    assert intake.plan_of(imported, TODAY).count(Action.UNCHANGED) == 1
    assert written(intake, imported) == {"create": 1, "unchanged": 1}


def test_an_import_is_written_once_and_a_discarded_one_never(intake: Intake, tmp_path: Path) -> None:
    imported = uploaded(intake, tmp_path, REGISTER, JIA)
    written(intake, imported)
    with pytest.raises(ImportOver):
        written(intake, imported)
    other = uploaded(intake, tmp_path, REGISTER, YI)
    kept = files_in(tmp_path)
    intake.discard(clerk(), other)
    assert files_in(tmp_path) == kept - 2
    with pytest.raises(ImportOver):
        intake.discard(clerk(), other)


def test_a_fault_half_way_leaves_nothing(intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    imported = uploaded(intake, tmp_path, REGISTER, JIA, YI)
    shown = intake.plan_of(imported, TODAY).digest

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as broken, pytest.raises(OSError, match="full"):
        broken.setattr(actions, "_take_contacts", fail)
        intake.write(clerk(), imported, shown)
    assert [number_of(intake.session, table) for table in (Enterprise, HistoryEntry, Tally)] == [0, 0, 0]
    assert written(intake, imported) == {"create": 2}


def test_a_refused_file_is_not_kept(intake: Intake, tmp_path: Path) -> None:
    with pytest.raises(SheetRefused):
        uploaded(intake, tmp_path, ["你好", "世界"])
    assert (files_in(tmp_path), number_of(intake.session, Import)) == (0, 0)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/名单.xlsx", "名单.xlsx"),
        (r"C:\表\a.csv", "a.csv"),
        ("a\r\nb\u202e.xlsx", "ab.xlsx"),
        ("", "?"),
        ("长" * 200 + ".xlsx", "长" * 115 + ".xlsx"),
    ],
)
def test_the_clients_file_name_is_only_shown(given: str, shown: str) -> None:
    assert shown_name(given) == shown


class TestTwiceAtOnce:
    """Two people, or one who presses twice: on connections of their own."""

    @pytest.fixture
    def engine(self, databases: Databases, template_url: str) -> Iterator[Engine]:
        url = databases.create(template_url)
        engine = make_engine(url)
        yield engine
        engine.dispose()
        databases.drop(url)

    def test_the_same_file_uploaded_and_written_twice_at_once_is_stored_once(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        sessions = make_session_factory(engine, "a key that only the tests know, long enough", settle)
        start = threading.Barrier(2, timeout=60)
        outcomes: list[object] = []

        def send() -> None:
            with sessions() as session:
                intake = Intake(session, UploadFolder(tmp_path / "uploads"), Reach())
                start.wait()
                with (tmp_path / "file").open("rb") as file:
                    imported = intake.upload(clerk(), file, "名单.xlsx", TODAY)
                start.wait()
                try:
                    outcomes.append(written(intake, imported))
                except (ImportOver, PlanMoved) as late:
                    outcomes.append(type(late))

        write_table(tmp_path / "file", REGISTER, JIA, YI)
        threads = [threading.Thread(target=send) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {"create": 2} in outcomes and len(outcomes) == 2
        with sessions() as session:
            assert (number_of(session, Enterprise), number_of(session, Import)) == (2, 1)


DIES_HALF_WAY = """
import os, sys
from datetime import date
from pathlib import Path
from sme_tracker.clock import utc_now
from sme_tracker.db import make_engine, make_session_factory
from sme_tracker.imports import actions
from sme_tracker.imports.intake import Intake
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.plan import read_file
from sme_tracker.imports.uploads import UploadFolder
from sme_tracker.history.chain import Author
from sme_tracker.settling import settle

url, file, uploads = sys.argv[1:]
actions._take_contacts = lambda *_: os._exit(9)
with make_session_factory(make_engine(url), "a key that only the tests know, long enough", settle)() as session:
    content = read_file(Path(file), "名单.xlsx")
    intake = Intake(session, UploadFolder(Path(uploads)), Reach())
    intake.write_at_once(Author(None, "command import", utc_now()), Path(file), content, lambda _: None)
"""


def test_a_process_that_dies_half_way_leaves_nothing_and_the_file_comes_in_afterwards(
    databases: Databases, template_url: str, tmp_path: Path
) -> None:
    url = databases.create(template_url)
    path = write_table(tmp_path / "名单.xlsx", REGISTER, JIA, YI)
    command = [sys.executable, "-c", DIES_HALF_WAY, url, str(path), str(tmp_path / "uploads")]
    assert subprocess.run(command, check=False).returncode == 9
    engine = make_engine(url)
    with make_session_factory(engine, "a key that only the tests know, long enough", settle)() as session:
        assert [number_of(session, table) for table in (Enterprise, HistoryEntry, Tally, Import)] == [0, 0, 0, 0]
        intake = Intake(session, UploadFolder(tmp_path / "uploads"), Reach())
        intake.write_at_once(clerk(), path, read_file(path, path.name), lambda _rows: None)
        assert number_of(session, Enterprise) == 2
        assert list(broken_links(session)) == []
    engine.dispose()
    databases.drop(url)
