"""A bureau in which every form of the product stands on some page, and the walk that finds them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter

from sme_tracker.accounts import exporting
from sme_tracker.accounts.models import User, UserSession
from sme_tracker.assessments import drafting
from sme_tracker.assessments import queries as assessments
from sme_tracker.clock import local_today, utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.history.chain import Author
from sme_tracker.imports.models import Import
from sme_tracker.pipeline import actions as pipeline
from sme_tracker.pipeline.models import CaseClosing
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.recognitions.models import Review
from sme_tracker.reference.models import Batch, Chain, ReportingUnit
from sme_tracker.rules.papers import QUESTIONS
from sme_tracker.rules.terms import DecisionWord, RecognitionKind, Role, Title, Track
from sme_tracker.shortlists import actions as shortlists
from sme_tracker.shortlists.queries import ShortlistKey
from tests.assessments import bureau
from tests.html_forms import PageForm, forms_of
from tests.signing import add_user, confirm, sign_in

LINK = re.compile(r'href="(/[^"#]*)')
ALWAYS_MET = ("/settings", "/lists", "/users/new", "/table-templates", "/rule-sets", "/account")


@dataclass(frozen=True)
class Found:
    """A form in which something is typed, and the page it stands on."""

    page: str
    form: PageForm
    action: str
    endpoint: str


def full_bureau(session: GuardedSession) -> int:
    """An enterprise of which everything is on record, and lists, cases and drafts in every state; returns its id."""
    bureau.with_rules(session)
    with transaction(session):
        unit = session.scalars(select(ReportingUnit.id).order_by(ReportingUnit.sort)).first()
        chain = Chain(code="C-1", name="精密传动", name_en="")
        session.add_all([chain, Batch(code="B-1", name="第五批", name_en="", title="provincial", year=2024)])
        session.flush()
        chain_id = chain.id
    firms = [bureau.provincial(session, number) for number in (1, 2)]
    owner = add_user(session, Role.CASEWORKER)[0].id
    by = Author(owner, "form", utc_now())
    with transaction(session):
        moves = [enterprises.UnitChange(which, unit, date(2012, 1, 1)) for which in firms]
        enterprises.assign_units(session, by, moves)
        enterprises.update_profiles(session, by, {firms[0]: _profile(chain_id, owner)})
        enterprises.rename(session, by, [enterprises.Renaming(firms[0], "长春启衡股份有限公司", date(2020, 1, 1))])
        enterprises.change_statuses(
            session, by, [enterprises.StatusChange(firms[1], "moved_out", date(2024, 1, 1), "迁往沈阳")]
        )
        enterprises.add_contacts(session, by, [enterprises.NewContact(firms[0], "王工", "主任", "0431-00001234")])
        enterprises.record_figures(session, by, [(firms[0], bureau.figures(2025, **_all_figures()))])
    _titles(session, by, firms[0])
    _cases(session, by, firms[0], owner)
    _lists(session, by, firms)
    _import(session, by)
    whose = add_user(session, Role.LEADER)[0]
    with transaction(session):
        exporting.withhold(session, by, None, whose, "外发名单未经审批")
    return firms[0]


def _import(session: GuardedSession, by: Author) -> None:
    """An import that was just written; its file is gone."""
    counts = {"create": 1, "change": 0, "unchanged": 0, "refused": 0}
    told = {"file_name": "名单.xlsx", "digest": "0", "stored_as": "gone.xlsx", "kind": "register", "counts": counts}
    with transaction(session):
        session.add(Import(**told, uploaded_by_id=by.user_id, uploaded_at=by.at, written_at=by.at))


def _profile(chain_id: int, owner: int) -> dict[str, object]:
    return {
        "registered_region": "南关区",
        "address": "人民大街 1 号",
        "enterprise_type": "股份有限公司",
        "legal_representative": "张三",
        "registered_capital": "2000万元",
        "registered_capital_wan": Decimal(2000),
        "founded_on": date(2010, 1, 1),
        "business_scope": "生产传动件\n研发传动件",
        "industry_code": "C36",
        "chain_id": chain_id,
        "niche": "谐波减速器",
        "niche_since": date(2012, 1, 1),
        "main_product": "减速器",
        "group_parent": "长春控股集团",
        "barred_until": date(2020, 1, 1),
        "owner_id": owner,
    }


def _all_figures() -> dict[str, object]:
    names = ("net_profit_wan", "total_profit_wan", "tax_wan")
    return {name: Decimal(100 + place) for place, name in enumerate(names)}


def _titles(session: GuardedSession, by: Author, which: int) -> None:
    day = local_today() - timedelta(days=900)
    new = recognitions.NewRecognition(
        which, Title.MUNICIPAL, RecognitionKind.NEW, day, day, day + timedelta(days=1095), "第三批", "2 号", "C-2"
    )
    with transaction(session):
        (title,) = recognitions.recognise(session, by, [new])
        recognitions.open_reviews(session, by, [recognitions.ReviewOpening(title, local_today())])


def _cases(session: GuardedSession, by: Author, which: int, owner: int) -> None:
    day = date(2025, 1, 10)
    with transaction(session):
        openings = [pipeline.CaseOpening(which, track, day) for track in (Track.UPGRADE, Track.CONVERT)]
        one, other = pipeline.open_cases(session, by, openings)
        taken = pipeline.StepTaken(one, "near_line", day + timedelta(days=9), day + timedelta(days=19))
        pipeline.take_steps(session, by, [taken])
        pipeline.close_cases(session, by, [pipeline.Closing(other, "given_up", day + timedelta(days=30), "企业放弃")])
        pipeline.plan(session, by, [pipeline.Planning(which, Title.NATIONAL, local_today().year, owner)])


def _lists(session: GuardedSession, by: Author, firms: list[int]) -> None:
    key, other = (ShortlistKey(title, local_today().year) for title in (Title.NATIONAL, Title.PROVINCIAL))
    with transaction(session):
        shortlists.decide(session, by, key, firms[:1], DecisionWord.RECOMMENDED, "")
        shortlists.freeze(session, by, key)
        shortlists.put_forward(
            session, by, [shortlists.Forwarding(which, other.title, other.year, local_today()) for which in firms]
        )
        outcome = shortlists.Result("", local_today(), local_today(), [], [(firms[1], "材料不全")])
        shortlists.enter_result(session, by, other, outcome)
        shipped = assessments.find_rule_set(session, "little-giant-2-2026")
        assert shipped
        drafting.copy_to_draft(session, by, shipped, "little-giant-next")


def signed_in(app: Flask, session: GuardedSession, role: Role, which: int) -> tuple[FlaskClient, User, str]:
    """A browser with a new account of the role signed in, a clerk of the unit of the enterprise."""
    unit = session.scalar(select(Enterprise.unit_id).where(Enterprise.id == which))
    user, password = add_user(session, role, unit if role is Role.CLERK else None)
    client = app.test_client()
    assert sign_in(client, user.name, password).status_code == 303
    confirm(session, user)
    return client, user, password


def out_of_the_way(session: GuardedSession, which: int) -> list[str]:
    """Pages to which links lead only from a record in a certain state, or only under another number."""
    case = session.scalars(select(CaseClosing.case_id)).first()
    reviewed = session.scalars(select(Review.recognition_id)).first()
    question = f"/enterprises/{which}/judgements/{min(QUESTIONS)}"
    return [f"/enterprises/{which}", f"/cases/{case}/reopen", f"/titles/{reviewed}/decide", question]


def walk(app: Flask, client: FlaskClient, also: Sequence[str]) -> list[Found]:
    """Every form that somebody types in, by following links: one page of each address but for its numbers."""
    todo, met, found = ["/", *also, *ALWAYS_MET], set(), {}
    while todo:
        place = todo.pop(0)
        address, kind = _kind(app, place)
        if kind is None or kind in met or kind[0] == "static":
            continue
        met.add(kind)
        page = client.get(place, follow_redirects=True)
        if page.status_code != 200 or page.mimetype != "text/html":
            continue
        todo += [link.replace("&amp;", "&") for link in LINK.findall(page.text)]
        for form in forms_of(page):
            for action in (form.action, *form.other_actions) if form.typed_in else ():
                target = app.url_map.bind("localhost").match(action.partition("?")[0], method="POST")[0]
                found.setdefault((target, frozenset(form.names)), Found(address, form, action, target))
    return list(found.values())


def _kind(app: Flask, place: str) -> tuple[str, tuple[object, ...] | None]:
    """The address, and what tells its page from others: its endpoint and the words in it, not the numbers."""
    path, _mark, query = place.partition("?")
    adapter = app.url_map.bind("localhost")
    try:
        rule, values = adapter.match(path, method="GET", return_rule=True)
    except HTTPException:
        return place, None
    words = [value for name, value in values.items() if not isinstance(rule._converters[name], IntegerConverter)]
    return place, (rule.endpoint, *words, "corrects" in query)


def end_sessions(session: GuardedSession) -> None:
    """End every session, as an administrator or another place can."""
    with transaction(session):
        session.execute(update(UserSession).values(ended_at=utc_now()))
