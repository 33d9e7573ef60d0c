"""The pages of an enterprise: what they show, what they refuse, and what happens when two people save."""

import re
from datetime import date
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions
from sme_tracker.enterprises.models import Contact, Enterprise, EnterpriseName, EnterpriseStatus, YearlyFigure
from sme_tracker.enterprises.page import spark
from sme_tracker.history.chain import Author, Entry, record
from sme_tracker.history.models import HistoryEntry
from sme_tracker.reference.models import ReportingUnit
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.terms import Role, Source
from tests.enterprises.test_actions import BY, code, first_unit, registered
from tests.signing import add_user, csrf, sign_in_as

VERSION = re.compile(r'name="version" value="(\d+)"')
ONCE = re.compile(r'name="once" value="([^"]+)"')


@pytest.fixture
def caseworker(client: FlaskClient, session: GuardedSession) -> FlaskClient:
    """A browser with a caseworker signed in."""
    sign_in_as(client, session, Role.CASEWORKER)
    return client


def fill(client: FlaskClient, address: str, page: TestResponse | None = None, /, **typed: object) -> TestResponse:
    """The answer to a form that was opened (as `page`, or now), filled in and sent."""
    page = page or client.get(address)
    assert page.status_code in (200, 409, 422), page.status_code
    sent: dict[str, object] = {"csrf_token": csrf(page)}
    for name, pattern in (("version", VERSION), ("once", ONCE)):
        found = pattern.search(page.text)
        if found:
            sent[name] = found[1]
    return client.post(address, data=sent | typed)


def history(session: GuardedSession, which: int) -> list[str]:
    """What was done to the enterprise."""
    found = select(HistoryEntry.action).where(HistoryEntry.enterprise_id == which).order_by(HistoryEntry.id)
    return list(session.scalars(found))


def test_the_page_tells_everything_and_computes_the_ratios(caseworker: FlaskClient, session: GuardedSession) -> None:
    which = registered(session, niche="离合器<b>")
    own = YearlyFigures(2025, Source.SELF_REPORTED, revenue_wan=Decimal(10000), rd_expense_wan=Decimal(460))
    audited = YearlyFigures(2025, Source.AUDIT, revenue_wan=Decimal("9200.50"))
    with transaction(session):
        actions.record_figures(session, BY, [(which, own), (which, audited)])
    page = caseworker.get(f"/enterprises/{which}?lang=zh", follow_redirects=True)
    assert page.status_code == 200
    assert "长春一东离合器股份有限公司" in page.text
    assert "9,200.5" in page.text
    assert "5.0" in page.text
    assert "&lt;b&gt;" in page.text
    assert caseworker.get(f"/enterprises/{which}/history").status_code == 200


def test_a_line_of_years_leaves_a_gap_where_a_year_is_missing() -> None:
    line = spark([1, 2, None, Decimal(4)])
    assert line is not None
    assert (line.path, line.x, line.y) == ("M3.0 19.0L35.0 13.7M99.0 3.0", 99.0, 3.0)
    assert spark([None, 5]) is None, "one value is no line"


def test_a_page_that_is_not_ones_own_is_not_found(client: FlaskClient, session: GuardedSession) -> None:
    unit_id = first_unit(session)
    which, other = registered(session, 1, unit_id=unit_id), registered(session, 2, "通化机械有限公司")
    sign_in_as(client, session, Role.CLERK, unit_id)
    assert client.get(f"/enterprises/{which}").status_code == 200
    pages = ("", "/edit", "/figures", "/rename", "/status", "/contacts/new", "/history")
    assert {client.get(f"/enterprises/{other}{page}").status_code for page in pages} == {404}
    assert client.get("/enterprises/99999999999999999999").status_code == 404
    assert client.get(f"/enterprises/{which}/unit").status_code == 403


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_administrators_and_auditors_see_no_enterprise(
    client: FlaskClient, session: GuardedSession, role: Role
) -> None:
    which = registered(session)
    sign_in_as(client, session, role)
    assert client.get(f"/enterprises/{which}").status_code == 403


def test_a_new_enterprise_is_registered_once_however_often_the_form_is_sent(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    page = caseworker.get("/enterprises/new")
    typed = {
        "code": f" {code(5)[:8]}-{code(5)[8:]} ".lower(),
        "name": "长春新立机械有限公司",
        "founded_on": "2015-05-05",
    }
    first = fill(caseworker, "/enterprises/new", page, **typed)
    again = fill(caseworker, "/enterprises/new", page, **typed)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.location == again.location
    one = session.scalars(select(Enterprise)).one()
    assert (one.code, one.founded_on) == (code(5), date(2015, 5, 5))


def test_a_form_sent_again_with_the_code_of_another_district_leads_nowhere_and_registers_nothing(
    client: FlaskClient, session: GuardedSession
) -> None:
    first, second = session.scalars(select(ReportingUnit.id).order_by(ReportingUnit.id).limit(2)).all()
    theirs = registered(session, unit_id=second)
    sign_in_as(client, session, Role.CLERK, first)
    page = client.get("/enterprises/new")
    fill(client, "/enterprises/new", page, code=code(7), name="长春新立机械有限公司")
    taken = session.get_one(Enterprise, theirs).code
    again = fill(client, "/enterprises/new", page, code=taken, name="长春新立机械有限公司")
    assert (again.status_code, again.location) == (422, None)


def test_a_form_without_its_token_is_saved_as_it_says(caseworker: FlaskClient, session: GuardedSession) -> None:
    which = registered(session)
    page = caseworker.get(f"/enterprises/{which}/contacts/new")
    sent = {"csrf_token": csrf(page), "name": "李梅", "phone": "13800000001"}
    assert caseworker.post(f"/enterprises/{which}/contacts/new", data=sent).status_code == 303
    assert session.scalars(select(Contact.name)).all() == ["李梅"]


def test_beside_the_last_change_stands_who_changed_the_record_and_not_who_did_something_else_to_it(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    which = registered(session)
    writer, reader = add_user(session, Role.CASEWORKER)[0], add_user(session, Role.LEADER)[0]
    with transaction(session):
        actions.update_profiles(session, Author(writer.id, "form", utc_now()), {which: {"niche": "离合器"}})
        record(session, Author(reader.id, "form", utc_now()), [Entry("shortlist.decide", "national-2026", None, which)])
    page = caseworker.get(f"/enterprises/{which}?lang=zh", follow_redirects=True).text
    said = page[page.index("最近更新") :]
    assert writer.full_name in said[: said.index("</dd>")]


def test_a_clerk_registers_only_in_the_own_unit(client: FlaskClient, session: GuardedSession) -> None:
    unit_id = first_unit(session)
    sign_in_as(client, session, Role.CLERK, unit_id)
    sent = fill(client, "/enterprises/new", code=code(5), name="长春新立机械有限公司", unit_id=str(unit_id + 1))
    assert sent.status_code == 303
    assert session.scalars(select(Enterprise.unit_id)).one() == unit_id


def test_a_code_that_is_taken_leads_to_its_holder(caseworker: FlaskClient, session: GuardedSession) -> None:
    which = registered(session)
    refused = fill(caseworker, "/enterprises/new", code=code(1), name="新公司有限公司")
    assert refused.status_code == 422
    assert f'href="/enterprises/{which}"' in refused.text
    assert 'value="新公司有限公司"' in refused.text


def test_mixed_up_letters_are_suggested_but_the_computed_character_never(caseworker: FlaskClient) -> None:
    typed = code(1).replace("0", "O", 1)
    refused = fill(caseworker, "/enterprises/new", code=typed, name="新公司有限公司")
    assert refused.status_code == 422
    assert code(1) in refused.text
    wrong = code(1)[:-1] + ("3" if code(1)[-1] != "3" else "4")
    refused = fill(caseworker, "/enterprises/new", code=wrong, name="新公司有限公司")
    assert refused.status_code == 422
    assert code(1) not in refused.text
    assert 'name="code_as_printed"' in refused.text
    taken = fill(caseworker, "/enterprises/new", refused, code=wrong, name="新公司有限公司", code_as_printed="y")
    assert taken.status_code == 303


def test_a_day_that_does_not_exist_is_named_and_kept(caseworker: FlaskClient) -> None:
    refused = fill(caseworker, "/enterprises/new", code=code(1), name="新公司有限公司", founded_on="2015-02-30")
    assert refused.status_code == 422
    assert 'value="2015-02-30"' in refused.text


def test_a_saved_profile_leaves_one_entry_with_old_and_new(caseworker: FlaskClient, session: GuardedSession) -> None:
    which = registered(session, address="甲地")
    saved = fill(caseworker, f"/enterprises/{which}/edit", address="乙地", main_product="离合器")
    assert saved.status_code == 303
    assert history(session, which) == ["register", "update"]
    page = caseworker.get(f"/enterprises/{which}").text
    assert "<del>甲地</del>" in page
    assert "<ins>乙地</ins>" in page


def test_of_two_people_the_second_is_shown_both_values_field_by_field(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    which = registered(session, address="甲地", niche="离合器", main_product="离合器")
    address = f"/enterprises/{which}/edit"
    opened = caseworker.get(address)
    kept = {"address": "甲地", "niche": "离合器", "main_product": "离合器"}
    assert fill(caseworker, address, opened, **kept | {"address": "乙地", "niche": "变速器"}).status_code == 303
    clash = fill(caseworker, address, opened, **kept | {"address": "丙地", "main_product": "飞轮"})
    assert clash.status_code == 409
    assert session.get_one(Enterprise, which).address == "乙地"
    assert all(value in clash.text for value in ("甲地", "乙地", "丙地"))
    assert 'name="pick.address"' in clash.text
    assert 'name="pick.niche"' not in clash.text
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', clash.text))
    assert (hidden["niche"], hidden["main_product"]) == ("变速器", "飞轮")
    hidden.pop("csrf_token")
    unchosen = fill(caseworker, address, clash, **hidden)
    assert unchosen.status_code == 409
    chosen = fill(caseworker, address, clash, **hidden | {"pick.address": "mine"})
    assert chosen.status_code == 303
    one = session.get_one(Enterprise, which, populate_existing=True)
    assert (one.address, one.niche, one.main_product) == ("丙地", "变速器", "飞轮")


@pytest.mark.parametrize("version", ["", "0", "7", "-1", "99999999999999999999", "one"])
def test_a_version_left_out_or_invented_saves_nothing(
    caseworker: FlaskClient, session: GuardedSession, version: str
) -> None:
    which = registered(session, address="甲地")
    address = f"/enterprises/{which}/edit"
    sent = caseworker.post(
        address, data={"csrf_token": csrf(caseworker.get(address)), "version": version, "address": "乙地"}
    )
    assert sent.status_code == 409
    assert "乙地" in sent.text
    assert session.get_one(Enterprise, which, populate_existing=True).address == "甲地"


def test_fields_that_a_form_does_not_have_are_not_taken(caseworker: FlaskClient, session: GuardedSession) -> None:
    which = registered(session)
    fill(caseworker, f"/enterprises/{which}/edit", address="乙地", name="别的", level="3", code=code(9), unit_id="1")
    one = session.get_one(Enterprise, which, populate_existing=True)
    assert (one.name, one.level, one.code, one.unit_id) == ("长春一东离合器股份有限公司", 0, code(1), None)


def test_a_figure_ten_times_last_years_must_be_ticked(caseworker: FlaskClient, session: GuardedSession) -> None:
    which = registered(session)
    with transaction(session):
        actions.record_figures(session, BY, [(which, YearlyFigures(2024, Source.AUDIT, revenue_wan=Decimal(21480)))])
    address = f"/enterprises/{which}/figures?year=2025&source=audit"
    doubted = fill(caseworker, address, revenue_wan="231,400")
    assert doubted.status_code == 422
    assert 'name="revenue_wan_checked"' in doubted.text
    assert 'value="231,400"' in doubted.text
    assert fill(caseworker, address, doubted, revenue_wan="231,400", revenue_wan_checked="y").status_code == 303
    assert session.get_one(Enterprise, which, populate_existing=True).revenue_wan == Decimal(231400)


@pytest.mark.parametrize(
    "typed",
    [{"revenue_wan": "abc"}, {"revenue_wan": "-1"}, {"revenue_wan": "1.234"}, {"revenue_wan": "1e99"}, {"staff": "1.5"},
     {"revenue_wan": "NaN"}, {"revenue_wan": "10", "main_revenue_wan": "11"}],
)  # fmt: skip
def test_a_figure_that_cannot_be_is_refused_and_kept(
    caseworker: FlaskClient, session: GuardedSession, typed: dict[str, object]
) -> None:
    which = registered(session)
    refused = fill(caseworker, f"/enterprises/{which}/figures?year=2025", **typed)
    assert refused.status_code == 422
    assert all(f'value="{value}"' in refused.text for value in typed.values())
    assert session.scalar(select(func.count()).select_from(YearlyFigure)) == 0


def test_figures_recorded_meanwhile_meet_field_by_field(caseworker: FlaskClient, session: GuardedSession) -> None:
    which = registered(session)
    address = f"/enterprises/{which}/figures?year=2025&source=audit"
    fill(caseworker, address, revenue_wan="90", staff="10", assets_wan="50")
    opened = caseworker.get(address)
    kept = {"revenue_wan": "90", "staff": "10", "assets_wan": "50"}
    assert fill(caseworker, address, opened, **kept | {"revenue_wan": "100", "staff": "12"}).status_code == 303
    late = fill(caseworker, address, opened, **kept | {"revenue_wan": "200", "assets_wan": "60"})
    assert late.status_code == 409
    assert all(value in late.text for value in ("90 万元", "100 万元", "200 万元", "12 人", "60 万元"))
    assert session.get_one(Enterprise, which, populate_existing=True).revenue_wan == Decimal(100)
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', late.text))
    assert (hidden["clash"], hidden["staff"], Decimal(hidden["assets_wan"])) == ("revenue_wan", "12", Decimal(60))
    hidden.pop("csrf_token")
    unchosen = fill(caseworker, address, late, **hidden)
    assert unchosen.status_code == 409
    assert 'href="#pick-revenue_wan"' in unchosen.text
    assert (
        fill(
            caseworker, address, late, **hidden | {"pick.revenue_wan": "other", "other.revenue_wan": "150"}
        ).status_code
        == 303
    )
    row = session.scalars(select(YearlyFigure).where(YearlyFigure.in_force())).one()
    assert (row.revenue_wan, row.staff, row.assets_wan) == (Decimal(150), 12, Decimal(60))


def test_figures_entered_by_two_people_at_once_leave_nothing_unsaid(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    which = registered(session)
    address = f"/enterprises/{which}/figures?year=2025&source=audit"
    opened = caseworker.get(address)
    assert fill(caseworker, address, opened, revenue_wan="100").status_code == 303
    late = fill(caseworker, address, opened, revenue_wan="200", staff="12")
    assert late.status_code == 409
    assert 'name="pick.revenue_wan"' in late.text and 'name="pick.staff"' not in late.text
    refused = fill(caseworker, address, opened, revenue_wan="abc")
    assert 'name="version" value="0"' in refused.text, "a wrong figure must not let a stale form pass for a fresh one"


def test_figures_withdrawn_meanwhile_are_not_entered_again_unasked(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    which = registered(session)
    address = f"/enterprises/{which}/figures?year=2025&source=audit"
    fill(caseworker, address, revenue_wan="100")
    opened = caseworker.get(address)
    with transaction(session):
        fact_id = session.scalars(select(YearlyFigure.id)).one()
        actions.withdraw_figures(session, BY, [actions.Withdrawal(fact_id, "录错企业")])
    late = fill(caseworker, address, opened, revenue_wan="120")
    assert late.status_code == 409
    assert 'name="pick.revenue_wan"' in late.text
    assert session.scalar(select(func.count()).select_from(YearlyFigure).where(YearlyFigure.in_force())) == 0


def test_what_was_chosen_so_far_is_kept_while_a_choice_is_open(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    which = registered(session, address="甲地", niche="离合器")
    address = f"/enterprises/{which}/edit"
    opened = caseworker.get(address)
    assert fill(caseworker, address, opened, address="乙地", niche="变速器").status_code == 303
    clash = fill(caseworker, address, opened, address="丙地", niche="飞轮")
    sent = {"clash": ["address", "niche"], "opened_version": "1", "pick.address": "other", "other.address": "丁地"}
    sides = {"theirs.address": "乙地", "mine.address": "丙地", "theirs.niche": "变速器", "mine.niche": "飞轮"}
    again = fill(caseworker, address, clash, **sent, **sides)
    assert again.status_code == 409
    assert all(value in again.text for value in ("甲地", "乙地", "丙地", 'value="丁地"', "飞轮"))
    assert re.search(r'value="other" checked', again.text)
    assert 'href="#pick-niche"' in again.text and 'href="#pick-address"' not in again.text
    assert fill(caseworker, address, again, **sent, **sides, **{"pick.niche": "theirs"}).status_code == 303
    one = session.get_one(Enterprise, which, populate_existing=True)
    assert (one.address, one.niche) == ("丁地", "变速器")


def test_a_phone_number_is_masked_until_somebody_asks_and_that_is_recorded(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    which = registered(session)
    assert fill(caseworker, f"/enterprises/{which}/contacts/new", name="吴经理", phone="13900000001").status_code == 303
    contact = session.scalars(select(Contact)).one()
    page = caseworker.get(f"/enterprises/{which}")
    assert "13900000001" not in page.text
    assert "139******01" in page.text
    shown = caseworker.post(f"/enterprises/{which}/contacts/{contact.id}/show", data={"csrf_token": csrf(page)})
    assert "13900000001" in shown.text
    assert history(session, which)[-1] == "show_contact"
    assert caseworker.get(f"/enterprises/{which}/contacts/{contact.id}/show").status_code == 405


def test_a_leader_sees_neither_numbers_nor_ways_to_change(client: FlaskClient, session: GuardedSession) -> None:
    which = registered(session)
    with transaction(session):
        actions.add_contacts(session, BY, [actions.NewContact(which, "吴经理", None, "13900000001")])
    contact = session.scalars(select(Contact)).one()
    sign_in_as(client, session, Role.LEADER)
    page = client.get(f"/enterprises/{which}")
    assert "13900000001" not in page.text
    assert "/edit" not in page.text
    answer = client.post(f"/enterprises/{which}/contacts/{contact.id}/show", data={"csrf_token": csrf(page)})
    assert answer.status_code == 403


def test_a_contact_keeps_its_number_when_none_is_typed_and_is_removed_for_good(
    caseworker: FlaskClient, session: GuardedSession
) -> None:
    which = registered(session)
    with transaction(session):
        actions.add_contacts(session, BY, [actions.NewContact(which, "吴经理", None, "13900000001")])
    contact_id = session.scalars(select(Contact.id)).one()
    address = f"/enterprises/{which}/contacts/{contact_id}"
    opened = caseworker.get(address)
    assert fill(caseworker, address, opened, name="郑总").status_code == 303
    assert fill(caseworker, address, opened, name="王总").status_code == 409
    contact = session.get_one(Contact, contact_id, populate_existing=True)
    assert (contact.name, contact.phone) == ("郑总", "13900000001")
    assert fill(caseworker, f"{address}/remove", caseworker.get(address)).status_code == 303
    assert caseworker.get(address).status_code == 404


def test_a_name_is_changed_corrected_and_withdrawn(caseworker: FlaskClient, session: GuardedSession) -> None:
    which = registered(session)
    rename = f"/enterprises/{which}/rename"
    assert fill(caseworker, rename, name="吉林东光集团有限公司").status_code == 422
    assert fill(caseworker, rename, name="吉林东光集团有限公司", from_day="2199-01-01").status_code == 422
    assert fill(caseworker, rename, name="吉林东光集团有限公司", from_day="2025-06-01").status_code == 303
    fact_id = session.scalars(select(EnterpriseName.id).where(EnterpriseName.from_day.is_not(None))).one()
    correct = f"{rename}?corrects={fact_id}"
    assert fill(caseworker, correct, name="吉林东光有限公司", from_day="2025-06-01").status_code == 422
    assert fill(caseworker, correct, name="吉林东光有限公司", from_day="2025-06-01", reason="错字").status_code == 303
    assert session.get_one(Enterprise, which, populate_existing=True).name == "吉林东光有限公司"
    fact_id = session.scalars(
        select(EnterpriseName.id).where(EnterpriseName.from_day.is_not(None), EnterpriseName.in_force())
    ).one()
    withdraw = f"/enterprises/{which}/name/{fact_id}/withdraw"
    opened = caseworker.get(withdraw)
    assert fill(caseworker, withdraw, opened).status_code == 422
    assert fill(caseworker, withdraw, opened, reason="录错企业").status_code == 303
    assert fill(caseworker, withdraw, opened, reason="录错企业").status_code == 404
    assert session.get_one(Enterprise, which, populate_existing=True).name == "长春一东离合器股份有限公司"


def test_a_unit_is_changed_and_a_departure_needs_its_reason(caseworker: FlaskClient, session: GuardedSession) -> None:
    which, unit_id = registered(session), first_unit(session)
    assert (
        fill(caseworker, f"/enterprises/{which}/unit", unit_id=str(unit_id), from_day="2026-01-01").status_code == 303
    )
    status = f"/enterprises/{which}/status"
    assert fill(caseworker, status, status="moved_out", from_day="2026-02-01").status_code == 422
    assert fill(caseworker, status, status="moved_out", from_day="2026-02-01", reason="迁往沈阳").status_code == 303
    one = session.get_one(Enterprise, which, populate_existing=True)
    assert (one.unit_id, one.status) == (unit_id, "moved_out")
    assert session.scalar(select(func.count()).select_from(EnterpriseStatus)) == 2
    assert "迁往沈阳" in caseworker.get(f"/enterprises/{which}").text
