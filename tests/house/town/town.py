"""A town of two districts, each with enterprises of which everything is on record that can be, to try the doors on."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Table, select

from sme_tracker.accounts import exporting
from sme_tracker.accounts.actions import create_user, disable_user
from sme_tracker.assessments import actions as assessments
from sme_tracker.assessments.asked_tryouts import Question, ask, try_next
from sme_tracker.assessments.drafting import copy_to_draft
from sme_tracker.assessments.due import judge_waiting
from sme_tracker.assessments.files import ProofFolder
from sme_tracker.assessments.models import StoredRuleSet
from sme_tracker.assessments.queries import find_rule_set
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import Base, GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author
from sme_tracker.imports.intake import Intake
from sme_tracker.imports.matching.known import Reach
from sme_tracker.imports.uploads import UploadFolder
from sme_tracker.pipeline import actions as pipeline
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.moves import track
from sme_tracker.rules.shipped import rule_set_from
from sme_tracker.rules.terms import DecisionWord, RecognitionKind, Role, Title, Track
from sme_tracker.rules.text.editing import edited
from sme_tracker.shortlists import actions as shortlists
from sme_tracker.shortlists.queries import ShortlistKey
from tests.assessments.bureau import PAPERS, code, figures, with_rules
from tests.assessments.test_rule_sets import KEY as RULES
from tests.assessments.test_rule_sets import SHARE

TODAY = local_today()
LAST_WEEK = TODAY - timedelta(days=7)
LAST_YEAR = date(TODAY.year - 1, 1, 15)
KEY = ShortlistKey(Title.NATIONAL, LAST_WEEK.year)
OWN, FOREIGN = "本区", "邻区"
"""What stands in every text that is recorded of the enterprises of the one and of the other district."""
NOT_COUNTED = frozenset({"history_entry", "history_head", "user_session", "form_token", "board_total", "board_share"})
"""Tables that tell of what was done, or follow from the others."""
STRICTER = {SHARE: "50", "criteria[4].condition.any_of[1].where.rank.at_most": "1"}
"""A market share nobody has, so that whoever was eligible leaves."""


@dataclass(frozen=True)
class Town:
    """Both districts: their units, the ids of their enterprises, and pages that no other page leads to."""

    own_unit: int
    foreign_unit: int
    own: list[int]
    foreign: list[int]
    foreign_codes: list[str]
    unlinked: list[str]


def town(session: GuardedSession, folder: Path) -> Town:
    """One enterprise in the own and two in the other district, all put forward this year; files in the folder."""
    with_rules(session)
    units = session.scalars(select(ReportingUnit.id).order_by(ReportingUnit.sort).limit(2)).all()
    own = [_enterprise(session, folder, number, units[0], OWN) for number in (1,)]
    foreign = [_enterprise(session, folder, number, units[1], FOREIGN) for number in (2, 3)]
    judge_waiting(session, TODAY)
    tried = _try_out(session)
    _shortlist(session, own, foreign, units)
    judge_waiting(session, TODAY)
    codes = list(session.scalars(select(Enterprise.code).where(Enterprise.id.in_(foreign))))
    _import(session, folder, codes)
    with transaction(session):
        disable_user(session, _by(), create_user(session, _by(), "gone", Role.LEADER)[0])
        exporting.withhold(session, _by(), None, create_user(session, _by(), "kept_in", Role.LEADER)[0], "外发未审批")
    judging = [f"/enterprises/{which}/judgements/key_chain_link" for which in own + foreign]
    unlinked = [tried, f"/shortlists/{KEY}/why?q={codes[0]}", "/rule-sets/town-draft", *judging]
    return Town(*units, own, foreign, codes, unlinked)


def rows_of(session: GuardedSession) -> dict[str, list[tuple[str, ...]]]:
    """Every row of every table that is counted."""
    return {table.name: _rows(session, table) for table in Base.metadata.sorted_tables if table.name not in NOT_COUNTED}


def rows_about(session: GuardedSession, enterprise_ids: list[int]) -> dict[str, list[tuple[str, ...]]]:
    """The rows of every table that are about the enterprises, by themselves or by the rows they hang on."""
    known: dict[str, set[str]] = {"enterprise": set(map(str, enterprise_ids))}
    found = {}
    for table in Base.metadata.sorted_tables:
        names = [column.name for column in table.columns]
        keys = {names.index(key.parent.name): key.column.table.name for key in table.foreign_keys}
        keys |= {names.index(name): "enterprise" for name in names if name == "enterprise_id"}
        keys |= {names.index("id"): "enterprise"} if table.name == "enterprise" else {}
        keys = {place: of for place, of in keys.items() if of in known}
        if keys and table.name not in NOT_COUNTED | {"user_account"}:
            rows = [row for row in _rows(session, table) if any(row[place] in known[of] for place, of in keys.items())]
            found[table.name] = rows
            known.setdefault(table.name, {row[names.index("id")] for row in rows} if "id" in names else set())
    return found


def _rows(session: GuardedSession, table: Table) -> list[tuple[str, ...]]:
    rows = session.connection().execute(select(table).order_by(*table.primary_key))
    return [tuple(map(str, row)) for row in rows]


def _by() -> Author:
    return Author(None, "test", utc_now())


def _enterprise(session: GuardedSession, folder: Path, number: int, unit: int, mark: str) -> int:
    by, first_day = _by(), date(2010, 1, 1)
    profile = {name: f"{mark}{name}" for name in ("address", "niche", "main_product", "business_scope")}
    profile |= {"founded_on": first_day, "niche_since": date(2012, 1, 1), "industry_code": "C36"}
    with transaction(session):
        new = enterprises.NewEnterprise(code(number), f"长春{mark}{number}号旧名有限公司", unit, profile=profile)
        (which,) = enterprises.register(session, by, [new])
        renaming = enterprises.Renaming(which, f"长春{mark}{number}号机械有限公司", date(2021, 1, 1))
        enterprises.rename(session, by, [renaming])
        enterprises.record_figures(session, by, [(which, figures(TODAY.year - back)) for back in (3, 2, 1)])
        enterprises.add_contacts(
            session, by, [enterprises.NewContact(which, f"{mark}某人", f"{mark}主任", f"{mark}{number}8005551234")]
        )
        _recognise(session, which, mark)
        _prove(session, folder, which, number, mark)
        _cultivate(session, which, mark)
    return which


def _recognise(session: GuardedSession, which: int, mark: str) -> None:
    until = date(TODAY.year + 2, 1, 14)
    given = [
        recognitions.NewRecognition(
            which, title, RecognitionKind.NEW, LAST_YEAR, LAST_YEAR, until, document_number=mark
        )
        for title in (Title.PROVINCIAL, Title.INNOVATIVE)
    ]
    first, _second = recognitions.recognise(session, _by(), given)
    recognitions.open_reviews(session, _by(), [recognitions.ReviewOpening(first, LAST_WEEK)])


def _prove(session: GuardedSession, folder: Path, which: int, number: int, mark: str) -> None:
    """All papers, a file with each of one kind; the second of a district has too small a share and waits for a word."""
    file = ProofFolder(folder).keep(io.BytesIO(b"%PDF-1.7\n%%EOF"), f"{mark}.pdf")
    small = {"market_shares": [{"scope": "national", "share_percent": Decimal(5), "rank": 9}]}
    papers = [
        assessments.NewEvidence(which, kind, f"{mark}证明{place}", mark, LAST_YEAR, data=data, source=mark, file=file)
        for kind, listed in (PAPERS | (small if number < 3 else {})).items()
        for place, data in enumerate(listed)
    ]
    assessments.record_evidence(session, _by(), papers)
    if number < 3:
        judged = assessments.NewJudgement(which, "key_chain_link", met=True, reason=f"{mark}理由", from_day=LAST_YEAR)
        assessments.record_judgements(session, _by(), [judged])


def _cultivate(session: GuardedSession, which: int, mark: str) -> None:
    """A plan, an open case with two steps, and one that is over."""
    openings = [pipeline.CaseOpening(which, of, LAST_YEAR, note=mark) for of in (Track.UPGRADE, Track.CONVERT)]
    case, over = pipeline.open_cases(session, _by(), openings)
    steps = [pipeline.StepTaken(case, step.code, LAST_YEAR) for step in track(Track.UPGRADE).steps[:2]]
    pipeline.take_steps(session, _by(), steps)
    pipeline.close_cases(session, _by(), [pipeline.Closing(over, "given_up", LAST_WEEK, mark)])
    pipeline.plan(session, _by(), [pipeline.Planning(which, Title.NATIONAL, TODAY.year)])


def _shortlist(session: GuardedSession, own: list[int], foreign: list[int], units: Sequence[int]) -> None:
    """A frozen version, words of both districts and the city, everybody put forward, one outcome."""
    with transaction(session):
        shortlists.freeze(session, _by(), KEY)
        forward = [shortlists.Forwarding(which, KEY.title, KEY.year, LAST_WEEK) for which in own + foreign]
        shortlists.put_forward(session, _by(), forward)
        for which, unit, mark in ((own[0], units[0], OWN), (foreign[0], units[1], FOREIGN)):
            word = DecisionWord.NOT_RECOMMENDED
            shortlists.recommend(session, _by(), KEY, unit, [which], word, f"{mark}意见")
            shortlists.decide(session, _by(), KEY, [which], word, f"{mark}意见")
        until = date(LAST_WEEK.year + 3, 1, 1)
        shortlists.enter_result(session, _by(), KEY, shortlists.Result(FOREIGN, LAST_WEEK, until, [foreign[-1]]))


def _import(session: GuardedSession, folder: Path, codes: list[str]) -> None:
    """A file that waits to be written, which asks whether firms were renamed, with a row that is refused."""
    rows = [f"{code},长春{FOREIGN}改名有限公司,某路1号" for code in codes]
    text = "\n".join(["统一社会信用代码,企业名称,详细地址", *rows, "92220106MA00000000,个体户,", ""])
    intake = Intake(session, UploadFolder(folder / "uploads"), Reach())
    written = "\n".join(["统一社会信用代码,企业名称,详细地址", *(f"{code},,某路2号" for code in codes), ""])
    done = intake.upload(_by(), io.BytesIO(written.encode()), f"{FOREIGN}地址.csv", TODAY)
    intake.write(_by(), done, intake.plan_of(done, TODAY).digest)
    intake.upload(_by(), io.BytesIO(text.encode()), f"{FOREIGN}.csv", TODAY)


def _try_out(session: GuardedSession) -> str:
    """The address of a try-out over the whole city; a draft to be published stands beside what was tried."""
    row = find_rule_set(session, RULES)
    assert row is not None
    with transaction(session):
        copy_to_draft(session, _by(), row, "town-draft")
        row = session.get_one(StoredRuleSet, row.id)
        stricter = rule_set_from(edited(row.table, STRICTER))
        which = ask(session, _by(), Question(row, stricter, row, "new", True, None, TODAY))
    assert try_next(session)
    return f"/rule-sets/{RULES}/try-outs/{which}"
