"""Filling an empty database with the demo bureau, page by page of its diary, through the actions everybody uses."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sme_tracker.accounts.models import User
from sme_tracker.assessments import actions as assessments
from sme_tracker.clock import at_noon
from sme_tracker.db import refresh_statistics
from sme_tracker.demo.calendar import FIRST_DAY, Diary, Kind
from sme_tracker.demo.cases import DemoCase, note_cases
from sme_tracker.demo.changes import note_changes
from sme_tracker.demo.evidence import note_evidence
from sme_tracker.demo.firms import Firm, make_firms, note_figures
from sme_tracker.demo.people import person, phone
from sme_tracker.demo.staff import hire
from sme_tracker.demo.titles import Held, ReviewOf, document_number, note_titles
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author
from sme_tracker.pipeline import actions as pipeline
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.reference.models import Chain, ReportingUnit, Setting
from sme_tracker.rules.terms import DecisionWord, Role, Title
from sme_tracker.shortlists import actions as shortlists
from sme_tracker.shortlists.queries import ShortlistKey
from sme_tracker.shortlists.queries import put_forward as put_forward_on
from sme_tracker.targets import actions as targets

SEED = 485
AUDITED = 700
CONTACTED = 800

PAGES_UNPLANNED = 30
"""After so many pages of the diary a database that plans by statistics is told of them."""
Progress = Callable[[int, int], None]


def fill(session: Session, today: date, password: str, progress: Progress = lambda _done, _all: None) -> None:
    """Make the demo bureau as it stands on `today`; `password` is the first one of every demo account."""
    chance = Random(SEED)
    staff = hire(session, password, at_noon(FIRST_DAY))
    session.execute(insert(Setting), [{"key": "is_demo", "value": "1"}, {"key": "demo_password", "value": password}])
    diary = Diary(today)
    firms = _firms(session, chance, staff)
    for place, firm in enumerate(firms):
        diary.note(Kind.REGISTER, firm.known_from, firm)
        note_figures(chance, diary, firm, audited=place < AUDITED)
        if place < CONTACTED:
            diary.note(Kind.CONTACT, firm.known_from, (firm, person(chance), phone(chance)))
    note_titles(chance, diary, firms)
    note_cases(chance, diary, firms)
    note_changes(chance, diary, firms)
    note_evidence(chance, diary, firms)
    caseworkers = [user.id for user in staff if user.role == Role.CASEWORKER]
    pages = list(diary.pages())
    for done, (day, kind, rows) in enumerate(pages, start=1):
        by = Author(caseworkers[done % len(caseworkers)], "demo", at_noon(day))
        WRITERS[kind](session, by, rows)
        if done % PAGES_UNPLANNED == 0:
            refresh_statistics(session)
        progress(done, len(pages))


def _firms(session: Session, chance: Random, staff: Sequence[User]) -> list[Firm]:
    units = session.scalars(select(ReportingUnit.id).order_by(ReportingUnit.sort)).all()
    chains = {row.code: row.id for row in session.execute(select(Chain.code, Chain.id))}
    owners = [user.id for user in staff if user.role == Role.CASEWORKER]
    return make_firms(chance, list(units), chains, owners)


def _register(session: Session, by: Author, firms: Sequence[Firm]) -> None:
    rows = [enterprises.NewEnterprise(f.code, f.name, f.unit_id, profile=f.profile) for f in firms]
    for firm, enterprise_id in zip(firms, enterprises.register(session, by, rows), strict=True):
        firm.id = enterprise_id


def _figures(session: Session, by: Author, rows: Sequence[Any]) -> None:
    enterprises.record_figures(session, by, [(firm.id, figures) for firm, figures in rows])


def _recognise(session: Session, by: Author, titles: Sequence[Held]) -> None:
    rows = [_recognition(held) for held in titles]
    for held, recognition_id in zip(titles, recognitions.recognise(session, by, rows), strict=True):
        held.id = recognition_id


def _recognition(held: Held) -> recognitions.NewRecognition:
    return recognitions.NewRecognition(
        enterprise_id=held.firm.id,
        title=held.title,
        kind=held.kind,
        published_on=held.published_on,
        valid_from=held.published_on,
        valid_until=held.valid_until,
        batch=f"{held.published_on.year} 年",
        document_number=document_number(held.title, held.published_on),
    )


def _open_reviews(session: Session, by: Author, reviews: Sequence[ReviewOf]) -> None:
    rows = [recognitions.ReviewOpening(review.held.id, review.opened_on) for review in reviews]
    for review, review_id in zip(reviews, recognitions.open_reviews(session, by, rows), strict=True):
        review.id = review_id


def _decide_reviews(session: Session, by: Author, reviews: Sequence[ReviewOf]) -> None:
    rows = [
        recognitions.ReviewDecision(
            review.id, review.decided_on, review.result, _recognition(review.renewal) if review.renewal else None
        )
        for review in reviews
        if review.decided_on and review.result
    ]
    renewals = iter(recognitions.decide_reviews(session, by, rows))
    for review in reviews:
        if review.renewal:
            review.renewal.id = next(renewals)


def _revoke(session: Session, by: Author, rows: Sequence[tuple[Held, date, str]]) -> None:
    recognitions.revoke(session, by, [recognitions.Revoking(held.id, day, reason) for held, day, reason in rows])


def _open_cases(session: Session, by: Author, cases: Sequence[DemoCase]) -> None:
    rows = [pipeline.CaseOpening(c.firm.id, c.track, c.opened_on, plan_year=c.opened_on.year) for c in cases]
    for case, case_id in zip(cases, pipeline.open_cases(session, by, rows), strict=True):
        case.id = case_id


def _take_steps(session: Session, by: Author, rows: Sequence[tuple[DemoCase, str, date]]) -> None:
    pipeline.take_steps(session, by, [pipeline.StepTaken(case.id, step, day) for case, step, day in rows])


def _close_cases(session: Session, by: Author, rows: Sequence[tuple[DemoCase, str, date, str]]) -> None:
    pipeline.close_cases(session, by, [pipeline.Closing(case.id, code, day, why) for case, code, day, why in rows])


def _put_forward(session: Session, by: Author, rows: Sequence[tuple[Firm, int, date]]) -> None:
    forwardings = [shortlists.Forwarding(firm.id, Title.NATIONAL, year, day) for firm, year, day in rows]
    shortlists.put_forward(session, by, forwardings)


def _freeze(session: Session, by: Author, rows: Sequence[tuple[int, Sequence[Firm]]]) -> None:
    """Recommend the firms given, give the reason for who was recommended before, and freeze the next version.

    The districts that have a clerk recommend theirs first.
    """
    clerks = session.execute(select(User.id, User.unit_id).where(User.role == Role.CLERK))
    by_unit = {unit_id: replace(by, user_id=user_id) for user_id, unit_id in clerks if unit_id}
    for year, firms in rows:
        key = ShortlistKey(Title.NATIONAL, year)
        for unit_id, clerk in by_unit.items():
            chosen = Enterprise.id.in_([firm.id for firm in firms]), Enterprise.unit_id == unit_id
            own = session.scalars(select(Enterprise.id).where(*chosen)).all()
            shortlists.recommend(session, clerk, key, unit_id, own, DecisionWord.RECOMMENDED, "")
        wanted = [firm.id for firm in firms]
        before = {row.enterprise_id for row in put_forward_on(session, key)}
        dropped = sorted(before - set(wanted))
        shortlists.decide(session, by, key, wanted, DecisionWord.RECOMMENDED, "")
        if dropped:
            shortlists.decide(session, by, key, dropped, DecisionWord.NOT_RECOMMENDED, "企业申请延后一年申报")
        shortlists.freeze(session, by, key)


def _plan(session: Session, by: Author, rows: Sequence[tuple[Firm, Title, int]]) -> None:
    pipeline.plan(session, by, [pipeline.Planning(firm.id, title, year, by.user_id) for firm, title, year in rows])


def _contacts(session: Session, by: Author, rows: Sequence[tuple[Firm, str, str]]) -> None:
    contacts = [enterprises.NewContact(firm.id, name, "办公室主任", number) for firm, name, number in rows]
    enterprises.add_contacts(session, by, contacts)


WRITERS: dict[Kind, Callable[[Session, Author, Sequence[Any]], object]] = {
    Kind.REGISTER: _register,
    Kind.CONTACT: _contacts,
    Kind.UNIT: lambda session, by, rows: enterprises.assign_units(
        session, by, [enterprises.UnitChange(firm.id, unit_id, day) for firm, unit_id, day in rows]
    ),
    Kind.RENAME: lambda session, by, rows: enterprises.rename(
        session, by, [enterprises.Renaming(firm.id, name, day) for firm, name, day in rows]
    ),
    Kind.FIGURES: _figures,
    Kind.CORRECT_FIGURES: _figures,
    Kind.TARGET: lambda session, by, rows: targets.set_targets(
        session, by, [targets.TargetValue(*row) for row in rows]
    ),
    Kind.PLAN: _plan,
    Kind.EVIDENCE: lambda session, by, rows: assessments.record_evidence(session, by, [row.evidence() for row in rows]),
    Kind.JUDGEMENT: lambda session, by, rows: assessments.record_judgements(
        session, by, [row.judgement() for row in rows]
    ),
    Kind.RECOGNISE: _recognise,
    Kind.OPEN_REVIEW: _open_reviews,
    Kind.DECIDE_REVIEW: _decide_reviews,
    Kind.REVOKE: _revoke,
    Kind.OPEN_CASE: _open_cases,
    Kind.STEP: _take_steps,
    Kind.CLOSE_CASE: _close_cases,
    Kind.PUT_FORWARD: _put_forward,
    Kind.FREEZE: _freeze,
    Kind.STATUS: lambda session, by, rows: enterprises.change_statuses(
        session, by, [enterprises.StatusChange(firm.id, *rest) for firm, *rest in rows]
    ),
}
