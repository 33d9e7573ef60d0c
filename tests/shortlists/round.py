"""A national round of this year as people run it: put forward, decide, recognise, freeze, undo, one after the other."""

from datetime import date, timedelta

from flask.testing import FlaskClient
from sqlalchemy import Select, select
from werkzeug.test import TestResponse

from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.measure import MeasureQuery
from sme_tracker.history.chain import Author
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.rules.terms import DecisionWord, RecognitionKind, Title
from sme_tracker.shortlists import actions
from sme_tracker.shortlists.goals import SPRINT
from sme_tracker.shortlists.models import PutForward, ShortlistVersion
from sme_tracker.shortlists.queries import ShortlistKey
from tests.assessments import bureau
from tests.signing import csrf

TODAY = local_today()
NEW_YEAR = date(TODAY.year, 1, 1)
KEY = ShortlistKey(Title.NATIONAL, TODAY.year)
GOOD, OPEN, BAD = DecisionWord.RECOMMENDED, DecisionWord.UNDECIDED, DecisionWord.NOT_RECOMMENDED


def candidates(session: GuardedSession, count: int) -> list[int]:
    """So many enterprises of provincial level, named 甲, 乙, 丙, 丁 … and judged by the standards that ship."""
    bureau.with_rules(session)
    found = [bureau.provincial(session, number) for number in range(1, count + 1)]
    names = [f"长春{letter}有限公司" for letter in "甲乙丙丁戊己"[:count]]
    with transaction(session):
        renamed = zip(found, names, strict=True)
        enterprises.rename(session, by(), [enterprises.Renaming(which, name, NEW_YEAR) for which, name in renamed])
    return found


def by(user_id: int | None = None) -> Author:
    """Whoever does something now."""
    return Author(user_id, "form", utc_now())


def put_forward(session: GuardedSession, *ids: int, day: date = NEW_YEAR) -> None:
    with transaction(session):
        actions.put_forward(session, by(), [actions.Forwarding(which, KEY.title, KEY.year, day) for which in ids])


def take_back(session: GuardedSession, *ids: int) -> None:
    with transaction(session):
        actions.take_back(session, by(), KEY.title, KEY.year, ids, "误报")


def decide(session: GuardedSession, word: DecisionWord, *ids: int, user_id: int | None = None) -> None:
    with transaction(session):
        actions.decide(session, by(user_id), KEY, ids, word, "" if word is GOOD else "材料不全")


def recognise(session: GuardedSession, *ids: int, day: date = TODAY) -> list[int]:
    """Give the national title as from the form of titles, not from the outcome of the list."""
    until = day + timedelta(days=3 * 365)
    new = [recognitions.NewRecognition(which, KEY.title, RecognitionKind.NEW, day, day, until) for which in ids]
    with transaction(session):
        return recognitions.recognise(session, by(), new)


def freeze(session: GuardedSession, user_id: int | None = None) -> ShortlistVersion:
    with transaction(session):
        return actions.freeze(session, by(user_id), KEY)


def undo(session: GuardedSession, version: ShortlistVersion) -> None:
    with transaction(session):
        actions.undo_freeze(session, by(), version, "名单有误")


def counted(session: GuardedSession) -> set[int]:
    """Who is put forward."""
    rows = session.execute(facts()).all()
    return {row.enterprise_id for row in rows if row.taken_back_on is None}


def facts() -> Select[tuple[int, date, date | None]]:
    """The facts in force of who is put forward, from when and until when."""
    columns = (PutForward.enterprise_id, PutForward.put_forward_on, PutForward.taken_back_on)
    own = PutForward.title == KEY.title, PutForward.year == KEY.year, PutForward.in_force()
    return select(*columns).where(*own).order_by(*columns)


def sprint(session: GuardedSession, **asked: object) -> int:
    """The number of the goal."""
    return SPRINT.count(session, MeasureQuery(KEY.year, TODAY, **asked))  # type: ignore[arg-type]


def send(client: FlaskClient, path: str, page: TestResponse | None = None, **typed: object) -> TestResponse:
    """Send a form of the list."""
    token = csrf(page or client.get("/account"))
    return client.post(f"/shortlists/{KEY}/{path}", data={**typed, "csrf_token": token})
