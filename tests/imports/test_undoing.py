"""An import undone as one step: what it did is taken back, what was built on it since stays and is named."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select

from sme_tracker.checking import check
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.actions import NewContact, StatusChange, UnitChange
from sme_tracker.enterprises.models import (
    Contact,
    Enterprise,
    EnterpriseName,
    EnterpriseStatus,
    EnterpriseUnit,
    StandingSpan,
    YearlyFigure,
)
from sme_tracker.history.chain import Author
from sme_tracker.imports import undoing
from sme_tracker.imports.intake import Intake
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.models import Import
from sme_tracker.imports.uploads import UploadFolder
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.recognitions.actions import Revoking
from sme_tracker.recognitions.models import Recognition, Review, Revocation
from sme_tracker.reference.queries import find_unit
from sme_tracker.rules.figures import FIGURES, YearlyFigures
from sme_tracker.rules.findings import Refused
from sme_tracker.rules.terms import Source, Status
from tests.imports.test_file import a_code
from tests.imports.test_intake import TODAY, clerk, uploaded, written

HEAD = [
    *("企业名称", "统一社会信用代码", "县区", "主导产品", "联系人", "联系电话", "2021年营业收入（万元）"),
    *("级别", "认定日期", "有效期止", "复核开始日期", "撤销日期", "撤销原因"),
]
TITLE = ["省级", "2022-06-01", "2028-05-31", None, None, None]
NO_TITLE: list[object] = [None] * 6


@pytest.fixture
def intake(session: GuardedSession, tmp_path: Path) -> Intake:
    return Intake(session, UploadFolder(tmp_path / "uploads"), Reach())


def taken_in(intake: Intake, tmp_path: Path, *rows: list[object]) -> Import:
    imported = uploaded(intake, tmp_path, HEAD, *rows)
    intake.answer(clerk(), imported, {"rename:*": "yes", "leap:*": "yes", "twice:*": "yes"}, TODAY)
    written(intake, imported)
    return imported


def undo(intake: Intake, imported: Import, reason: str = "口径有误", by: Author | None = None) -> undoing.Undoing:
    with transaction(intake.session):
        return undoing.undo(intake.session, by or clerk(), imported, intake.reach, reason)


def known_now(session: GuardedSession) -> dict[str, list[tuple[object, ...]]]:
    """All that is held true now, without the clock on which it is."""
    session.expire_all()
    facts = {
        EnterpriseName: ("enterprise_id", "from_day", "name"),
        EnterpriseUnit: ("enterprise_id", "from_day", "unit_id"),
        EnterpriseStatus: ("enterprise_id", "from_day", "status"),
        YearlyFigure: ("enterprise_id", "fiscal_year", "source", *FIGURES),
        Recognition: ("enterprise_id", "title", "kind", "batch", "published_on", "valid_from", "valid_until"),
    }
    state = {
        fact.__tablename__: rows_of(
            session, select(*(getattr(fact, name) for name in names)).where(fact.retired_at.is_(None))
        )
        for fact, names in facts.items()
    }
    owner = Recognition.enterprise_id
    state["review"] = rows_of(session, select(owner, Review.opened_on).join(Review).where(Review.in_force()))
    state["loss"] = rows_of(session, select(owner, Revocation.revoked_on).join(Revocation).where(Revocation.in_force()))
    state["contact"] = rows_of(
        session,
        select(Contact.enterprise_id, Contact.name, Contact.position, Contact.phone).where(
            Contact.removed_at.is_(None)
        ),
    )
    cached = ("id", "name", "unit_id", "status", "level", "level_until", "revenue_wan", "main_product", "founded_on")
    state["enterprise"] = rows_of(session, select(*(getattr(Enterprise, name) for name in cached)))
    return state


def rows_of(session: GuardedSession, wanted: object) -> list[tuple[object, ...]]:
    return sorted((tuple(row) for row in session.execute(wanted)), key=repr)  # type: ignore[call-overload]


def faults(session: GuardedSession) -> list[str]:
    return [sentence for sentences in check(session, local_today()).by_kind.values() for sentence in sentences]


def of(session: GuardedSession, number: int) -> Enterprise:
    return session.scalars(select(Enterprise).where(Enterprise.code == a_code(number))).one()


def test_undoing_a_register_takes_its_enterprises_out_and_keeps_what_was_known(intake: Intake, tmp_path: Path) -> None:
    imported = taken_in(intake, tmp_path, ["甲有限公司", a_code(1), "南关区", None, "李梅", "13800000001", 500, *TITLE])
    then = utc_now()
    undone = undo(intake, imported)
    assert undone.counts == {
        "entered": 1,
        "profile_fields": 0,
        "figure_years": 1,
        "titles": 1,
        "people": 1,
        "stays": 0,
        "left": 0,
        "out_of_reach": 0,
    }
    session = intake.session
    jia = of(session, 1)
    assert (jia.status, jia.level, jia.revenue_wan) == (Status.MISTAKEN, 0, None)
    counted = select(StandingSpan.level).where(StandingSpan.status == Status.ACTIVE, StandingSpan.level == 2)
    assert session.scalars(counted.where(StandingSpan.retired_at.is_(None))).all() == []
    assert session.scalars(counted.where(StandingSpan.recorded_at < then, StandingSpan.retired_at > then)).all()
    assert faults(session) == []


def every_change() -> Iterator[tuple[int, list[object], list[object]]]:
    """An enterprise for each change of a file and each two of them: its number, its rows before and after."""
    few = [chosen for chosen in product((False, True), repeat=7) if sum(chosen) <= 2]
    for number, chosen in enumerate(few):
        renamed, moved, has_product, phone, figures, corrected, lost = chosen
        name = f"第{number}精密机械有限公司"
        before = [name, a_code(number), "南关区", "机床", "李梅", "13800000001", 500, *TITLE]
        after = [
            f"第{number}智能装备有限公司" if renamed else name,
            a_code(number),
            "朝阳区" if moved else "南关区",
            "刀具" if has_product else "机床",
            "李梅",
            "13900000009" if phone else "13800000001",
            700 if figures else 500,
            *("省级", "2022-06-01", "2028-06-30" if corrected else "2028-05-31", None),
            *(("2022-08-01", "数据不实") if lost else (None, None)),
        ]
        yield number, before, after


def test_whatever_a_file_changed_is_as_it_was_after_undoing(intake: Intake, tmp_path: Path) -> None:
    taken_in(intake, tmp_path, *(before for _number, before, _after in every_change()))
    before = known_now(intake.session)
    imported = taken_in(intake, tmp_path, *(after for _number, _before, after in every_change()))
    assert imported.counts["change"] == 7 + 21
    changed = known_now(intake.session)
    assert all(changed[kind] != before[kind] for kind in before if kind not in ("review", "enterprise_status"))
    undo(intake, imported)
    after = known_now(intake.session)
    assert {kind: after[kind] for kind in before} == before
    assert faults(intake.session) == []


def test_two_files_undone_one_after_the_other_leave_everything_as_it_was_before_both(
    intake: Intake, tmp_path: Path
) -> None:
    plain = [before for _number, before, _after in every_change()]
    taken_in(intake, tmp_path, *plain[::2])
    before = known_now(intake.session)
    first = taken_in(intake, tmp_path, *plain, *(after for number, _before, after in every_change() if number % 4 == 0))
    second = taken_in(intake, tmp_path, *(after for _number, _before, after in every_change()))
    undo(intake, second)
    undone = undo(intake, first)
    assert (undone.counts["stays"], undone.left) == (0, [])
    after = known_now(intake.session)
    new = set(intake.session.scalars(select(Enterprise.id).where(Enterprise.status == Status.MISTAKEN)))
    assert len(new) == len(plain) // 2
    for kind in ("yearly_figure", "recognition", "review", "loss", "contact"):
        assert after[kind] == before[kind], kind
    assert [one for one in after["enterprise"] if one[0] not in new] == before["enterprise"]
    assert faults(intake.session) == []


def test_a_file_undone_comes_in_again(intake: Intake, tmp_path: Path) -> None:
    row = ["甲有限公司", a_code(1), "南关区", None, "李梅", "13800000001", 500, *TITLE]
    imported = taken_in(intake, tmp_path, row)
    known = known_now(intake.session)
    undo(intake, imported)
    again = taken_in(intake, tmp_path, row)
    assert known_now(intake.session) == known
    assert of(intake.session, 1).level == 2
    undo(intake, again)
    assert (of(intake.session, 1).status, faults(intake.session)) == (Status.MISTAKEN, [])


def test_a_review_that_a_file_opened_is_undone_and_one_decided_since_stays(intake: Intake, tmp_path: Path) -> None:
    old = ["省级", "2019-08-01", "2022-07-31"]
    row = ["甲有限公司", a_code(1), "南关区", None, None, None, None]
    taken_in(intake, tmp_path, [*row, *old, None, None, None])
    before = known_now(intake.session)
    imported = taken_in(intake, tmp_path, [*row, *old, "2022-06-01", None, None])
    assert known_now(intake.session)["review"]
    undo(intake, imported)
    assert known_now(intake.session) == before


def test_what_was_built_on_an_import_since_stays_and_is_named(intake: Intake, tmp_path: Path) -> None:
    session = intake.session
    plain = ["甲有限公司", a_code(1), "南关区", "机床", "李梅", "13800000001", 500, *TITLE]
    taken_in(intake, tmp_path, plain)
    changed = [
        "甲有限公司",
        a_code(1),
        "朝阳区",
        "刀具",
        "李梅",
        "13900000009",
        700,
        *TITLE[:2],
        "2028-06-30",
        *TITLE[3:],
    ]
    imported = taken_in(intake, tmp_path, changed)
    jia = of(session, 1)
    by = Author(None, "form", utc_now())
    with transaction(session):
        enterprises.update_profiles(session, by, {jia.id: {"main_product": "量具"}})
        (title,) = session.scalars(select(Recognition).where(Recognition.in_force()))
        recognitions.revoke(session, by, [Revoking(title.id, date(2022, 9, 1), "主动放弃")])
        figures = YearlyFigures(2021, Source.SELF_REPORTED, revenue_wan=800, staff=9)
        enterprises.record_figures(session, by, [(jia.id, figures)], "企业更正")
        (unit,) = session.scalars(select(EnterpriseUnit).where(EnterpriseUnit.from_day.is_not(None)))
        gaoxin = find_unit(session, "高新区")
        assert gaoxin
        enterprises.assign_units(session, by, [UnitChange(jia.id, gaoxin.id, unit.from_day, unit.id, "搬迁")])
        (contact,) = session.scalars(select(Contact).where(Contact.removed_at.is_(None)))
        enterprises.change_contact(
            session, by, contact, contact.version, NewContact(jia.id, "李梅", None, "13700000003")
        )
    before = known_now(session)
    undone = undo(intake, imported)
    assert known_now(session) == before
    assert {(one.name, str(one.was), str(one.written), str(one.now)) for one in undone.left} == {
        ("main_product", "机床", "刀具", "量具"),
        ("unit_id", "None", str(unit.unit_id), str(gaoxin.id)),
        ("revenue_wan", "500.00", "700.00", "800.00"),
        ("phone", "138******01", "139******09", "137******03"),
        ("valid_until", "2028-05-31", "2028-06-30", "2028-06-30"),
    }
    assert {(one.at, one.by_id) for one in undone.left if one.name != "phone"} == {(by.at, None)}


def test_figures_that_somebody_completed_lose_only_what_the_file_wrote(intake: Intake, tmp_path: Path) -> None:
    imported = taken_in(intake, tmp_path, ["甲有限公司", a_code(1), "南关区", None, None, None, 500, *NO_TITLE])
    session = intake.session
    by, jia = Author(None, "form", utc_now()), of(session, 1)
    with transaction(session):
        figures = YearlyFigures(2021, Source.SELF_REPORTED, revenue_wan=500, staff=9)
        enterprises.record_figures(session, by, [(jia.id, figures)], "补齐")
    undone = undo(intake, imported)
    (kept,) = session.scalars(select(YearlyFigure).where(YearlyFigure.in_force()))
    assert (kept.revenue_wan, kept.staff, kept.retired_reason) == (None, 9, None)
    assert [deed.action for deed in undone.enterprises.stays] == ["record_figures"]
    assert of(session, 1).status == Status.ACTIVE


def test_looking_at_an_enterprise_builds_nothing_on_it(intake: Intake, tmp_path: Path) -> None:
    imported = taken_in(
        intake, tmp_path, ["甲有限公司", a_code(1), "南关区", None, "李梅", "13800000001", None, *NO_TITLE]
    )
    session = intake.session
    with transaction(session):
        (contact,) = session.scalars(select(Contact))
        enterprises.record_shown(session, Author(None, "form", utc_now()), contact)
    assert undo(intake, imported).counts["entered"] == 1


def test_a_district_undoes_only_what_is_its_own_by_now(intake: Intake, tmp_path: Path) -> None:
    session = intake.session
    nanguan, chaoyang = find_unit(session, "南关区"), find_unit(session, "朝阳区")
    assert nanguan and chaoyang
    own = Intake(session, intake.folder, Reach(nanguan.id, is_limited=True))
    rows = [[f"第{number}机械有限公司", a_code(number), "南关区", *[None] * 4, *NO_TITLE] for number in (1, 2)]
    imported = taken_in(own, tmp_path, *rows)
    with transaction(session):
        moved = UnitChange(of(session, 2).id, chaoyang.id, local_today())
        enterprises.assign_units(session, Author(None, "form", utc_now()), [moved])
    undone = undo(own, imported)
    assert (undone.counts["entered"], undone.counts["stays"], undone.out_of_reach) == (1, 0, 1)
    assert (of(session, 1).status, of(session, 2).status) == (Status.MISTAKEN, Status.ACTIVE)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("no reason", "reason.missing"),
        ("twice", "undo.undone"),
        ("not written", "undo.not_written"),
        ("after 30 days", "undo.too_late"),
    ],
)
def test_what_cannot_be_undone_says_why_and_changes_nothing(
    intake: Intake, tmp_path: Path, case: str, code: str
) -> None:
    rows: list[list[object]] = [["甲有限公司", a_code(1), "南关区", *[None] * 4, *NO_TITLE]]
    imported = uploaded(intake, tmp_path, HEAD, *rows) if case == "not written" else taken_in(intake, tmp_path, *rows)
    if case == "twice":
        undo(intake, imported)
    before = known_now(intake.session)
    late = replace(clerk(), at=utc_now() + timedelta(days=30, minutes=1))
    with pytest.raises(Refused) as refused:
        undo(intake, imported, " " if case == "no reason" else "录错", late if case == "after 30 days" else None)
    assert [finding.code for finding in refused.value.findings] == [code]
    assert known_now(intake.session) == before


def test_the_last_moment_of_the_thirty_days_is_one_of_them(intake: Intake, tmp_path: Path) -> None:
    imported = taken_in(intake, tmp_path, ["甲有限公司", a_code(1), "南关区", *[None] * 4, *NO_TITLE])
    assert imported.written_at
    last = replace(clerk(), at=imported.written_at + timedelta(days=30))
    assert undo(intake, imported, by=last).counts["entered"] == 1


def test_an_enterprise_entered_by_mistake_can_be_made_one_of_the_citys_again(intake: Intake, tmp_path: Path) -> None:
    imported = taken_in(intake, tmp_path, ["甲有限公司", a_code(1), "南关区", *[None] * 4, *NO_TITLE])
    undo(intake, imported)
    session = intake.session
    with transaction(session):
        back = StatusChange(of(session, 1).id, Status.ACTIVE, None, "撤错了")
        enterprises.change_statuses(session, Author(None, "form", utc_now()), [back])
    assert (of(session, 1).status, faults(session)) == (Status.ACTIVE, [])
