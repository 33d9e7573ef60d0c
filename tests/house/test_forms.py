"""Forms and their pages are complete for every field, and a save writes only what was sent."""

import importlib
import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_wtf import FlaskForm
from sqlalchemy import select

from sme_tracker.accounts.actions import create_user
from sme_tracker.accounts.forms import FirstPasswordForm
from sme_tracker.accounts.models import User
from sme_tracker.assessments.forms import paper_form
from sme_tracker.assessments.models import EvidenceRecord
from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.models import Contact, Enterprise, EnterpriseName, EnterpriseStatus, EnterpriseUnit
from sme_tracker.history.chain import Author
from sme_tracker.imports.models import Import
from sme_tracker.pipeline.models import CaseStep, Plan
from sme_tracker.recognitions.models import Recognition, Review
from sme_tracker.reference.models import Batch, Chain, Industry, ReportingUnit
from sme_tracker.rules.papers import PAPERS, QUESTIONS
from sme_tracker.rules.terms import Role
from tests.house.full_bureau import full_bureau, signed_in
from tests.house.sources import modules, name
from tests.html_forms import PageForm, forms_of
from tests.signing import add_user, sign_in

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True, scope="session")

ONLY_PARTS_OF_OTHERS = {"ItemForm", "TitleForm", "ResultForm", "DocumentForm", "PaperForm"}
AFTER_A_CODE = {"accounts.FirstPasswordForm"}
"""Its page opens only to who has just given a one-time code: tried by itself."""
DRAWN_WHEN_ASKED = {"code_as_printed"}
"""A tick that confirms a doubt stands on the page that raises it, as the ticks of figures do."""


def form_classes() -> list[type[FlaskForm]]:
    """Every form class of the product."""
    files = [path for path in modules() if path.name == "forms.py"]
    rooms = [importlib.import_module(name(path).removesuffix(".py").replace("/", ".")) for path in files]
    return [
        each
        for room in rooms
        for each in vars(room).values()
        if isinstance(each, type) and issubclass(each, FlaskForm) and each.__module__ == room.__name__
    ]


@dataclass(frozen=True)
class Bureau:
    """A bureau with everything on record, and a browser for each role."""

    app: Flask
    session: GuardedSession
    which: int

    def browser(self, role: Role) -> FlaskClient:
        """A browser with somebody of the role."""
        return signed_in(self.app, self.session, role, self.which)[0]

    def first(self, table: Any) -> int:
        """The id of the row of a table that is in force, of the enterprise where the table knows it."""
        rows = select(table.id)
        if hasattr(table, "retired_at"):
            rows = rows.where(table.retired_at.is_(None))
        if hasattr(table, "enterprise_id"):
            rows = rows.where(table.enterprise_id == self.which)
        return int(self.session.scalars(rows.order_by(table.id)).first() or 0)

    def page_of(self, address: str) -> str:
        """An address with the ids of this bureau in it: `{which}`, `{Contact}`."""
        tables = {table.__name__: table for table in (*IDS, *LISTED)}
        ids = {each: self.first(table) for each, table in tables.items() if f"{{{each}}}" in address}
        reviewed = self.session.scalars(select(Review.recognition_id).where(Review.retired_at.is_(None))).first()
        clerk = self.session.scalars(select(User.id).where(User.role == Role.CLERK)).first()
        return address.format(
            which=self.which,
            paper=self.in_force(EvidenceRecord, EvidenceRecord.kind == "market_shares"),
            reviewed=reviewed,
            renamed=self.in_force(EnterpriseName, EnterpriseName.from_day.is_not(None)),
            moved=self.in_force(EnterpriseUnit, EnterpriseUnit.from_day.is_not(None)),
            clerk=clerk,
            **ids,
        )

    def in_force(self, fact: Any, condition: Any) -> int | None:
        """The id of a fact of the enterprise for which the condition holds."""
        facts = select(fact.id).where(fact.enterprise_id == self.which, fact.retired_at.is_(None), condition)
        return self.session.scalars(facts).first()


IDS = (Contact, EnterpriseName, EnterpriseStatus, EnterpriseUnit, EvidenceRecord, CaseStep, Plan, Recognition, User)
LISTED = (Batch, Chain, Import, Industry, ReportingUnit)
CASE = "/cases/1"
PAGES: dict[str, tuple[Role, str]] = {
    "accounts.SignInForm": (Role.CASEWORKER, "/sign-in"),
    "accounts.PasswordForm": (Role.CASEWORKER, "/account"),
    "accounts.PreferencesForm": (Role.CASEWORKER, "/account"),
    "accounts.WithholdForm": (Role.ADMINISTRATOR, "/users/export-right"),
    "accounts.UserForm": (Role.ADMINISTRATOR, "/users/{User}"),
    "assessments.JudgingForm": (Role.CASEWORKER, "/enterprises/{which}/judgements/" + min(QUESTIONS)),
    "assessments.WithdrawingForm": (Role.CASEWORKER, "/enterprises/{which}/evidence/{EvidenceRecord}/withdraw"),
    "enterprises.ProfileForm": (Role.CASEWORKER, "/enterprises/{which}/edit"),
    "enterprises.NewForm": (Role.CASEWORKER, "/enterprises/new"),
    "enterprises.FiguresForm": (Role.CASEWORKER, "/enterprises/{which}/figures?year=2025&source=audit"),
    "enterprises.RenamingForm": (Role.CASEWORKER, "/enterprises/{which}/rename"),
    "enterprises.UnitForm": (Role.CASEWORKER, "/enterprises/{which}/unit"),
    "enterprises.StatusForm": (Role.CASEWORKER, "/enterprises/{which}/status"),
    "enterprises.WithdrawalForm": (Role.CASEWORKER, "/enterprises/{which}/figures/1/withdraw"),
    "enterprises.ContactForm": (Role.CASEWORKER, "/enterprises/{which}/contacts/{Contact}"),
    "imports.UploadForm": (Role.CASEWORKER, "/import"),
    "imports.OfficialForm": (Role.CASEWORKER, "/import/official"),
    "imports.UndoForm": (Role.CASEWORKER, "/import/{Import}/undo"),
    "pipeline.OpeningForm": (Role.CASEWORKER, "/enterprises/{which}/cases/new"),
    "pipeline.StepForm": (Role.CASEWORKER, CASE + "/step"),
    "pipeline.ClosingForm": (Role.CASEWORKER, CASE + "/close"),
    "pipeline.WithdrawalForm": (Role.CASEWORKER, CASE + "/withdraw"),
    "pipeline.PlanForm": (Role.CASEWORKER, "/enterprises/{which}/plan"),
    "recognitions.RecognitionForm": (Role.CASEWORKER, "/enterprises/{which}/recognise"),
    "recognitions.CorrectionForm": (Role.CASEWORKER, "/titles/{reviewed}/correct"),
    "recognitions.DecisionForm": (Role.CASEWORKER, "/titles/{reviewed}/decide"),
    "recognitions.ReviewForm": (Role.CASEWORKER, "/titles/{Recognition}/review"),
    "recognitions.RevocationForm": (Role.CASEWORKER, "/titles/{reviewed}/revoke"),
    "recognitions.WithdrawalForm": (Role.CASEWORKER, "/titles/{reviewed}/withdraw"),
    "reference.UnitForm": (Role.ADMINISTRATOR, "/lists/units/{ReportingUnit}"),
    "reference.IndustryForm": (Role.ADMINISTRATOR, "/lists/industries/{Industry}"),
    "reference.ChainForm": (Role.ADMINISTRATOR, "/lists/chains/{Chain}"),
    "reference.BatchForm": (Role.ADMINISTRATOR, "/lists/batches/{Batch}"),
    "reference.BureauForm": (Role.ADMINISTRATOR, "/settings"),
    "targets.TargetsForm": (Role.LEADER, "/targets"),
}
"""The page that shows each form, and somebody who may open it."""


@pytest.fixture
def bureau(app: Flask, session: GuardedSession) -> Bureau:
    """A bureau with everything on record."""
    which = full_bureau(session)
    unit = session.scalar(select(Enterprise.unit_id).where(Enterprise.id == which))
    add_user(session, Role.CLERK, unit)
    return Bureau(app, session, which)


def _fields(form: type[FlaskForm]) -> set[str]:
    return {each for each in dir(form) if hasattr(getattr(form, each), "field_class")} - DRAWN_WHEN_ASKED


def test_every_field_of_every_form_stands_on_the_page_that_shows_it(bureau: Bureau) -> None:
    classes = {f"{form.__module__.split('.')[1]}.{form.__name__}": form for form in form_classes()}
    parts = {key for key in classes if key.split(".")[1] in ONLY_PARTS_OF_OTHERS}
    assert classes.keys() - parts == PAGES.keys() | AFTER_A_CODE
    browsers = {role: bureau.browser(role) for role in (Role.CASEWORKER, Role.LEADER, Role.ADMINISTRATOR)}
    for key, (role, address) in PAGES.items():
        browser = bureau.app.test_client() if address == "/sign-in" else browsers[role]
        page = browser.get(bureau.page_of(address))
        assert page.status_code == 200, (key, page.request.path)
        shown = {each for form in forms_of(page) for each in form.names}
        missing = {each for each in _fields(classes[key]) - shown if not each.endswith("_checked")}
        assert missing == set(), f"{page.request.path} lacks fields of {key}"
        confirming = {each.removesuffix("_checked") for each in _fields(classes[key]) if each.endswith("_checked")}
        assert confirming <= shown, "each tick confirms a figure of the page"


def test_every_field_of_the_first_password_stands_on_the_page_a_code_leads_to(bureau: Bureau) -> None:
    with transaction(bureau.session):
        _user, code = create_user(bureau.session, Author(None, "test", utc_now()), "linxiao", Role.CASEWORKER)
    browser = bureau.app.test_client()
    page = browser.get(sign_in(browser, "linxiao", code).location)
    assert {each for form in forms_of(page) for each in form.names} >= _fields(FirstPasswordForm)


@pytest.mark.parametrize("kind", PAPERS)
def test_every_field_of_a_kind_of_paper_stands_on_its_page(bureau: Bureau, kind: str) -> None:
    page = bureau.browser(Role.CASEWORKER).get(f"/enterprises/{bureau.which}/evidence/{kind}")
    shown = {each for form in forms_of(page) for each in form.names}
    assert _fields(paper_form(kind)) - shown == {"reason"}, "the reason is asked for when a paper is corrected"


@dataclass(frozen=True)
class Edit:
    """A page that edits what exists: where, by whom, and the two fields of which one is changed each time."""

    role: Role
    address: str
    changed: tuple[tuple[str, str], tuple[str, str]]
    needed: tuple[tuple[str, str], ...] = ()
    """What a save asks for every time: its reason, or which of several it is about."""


WHY = (("reason", "录入有误"),)
EDITS = {
    "profile": Edit(Role.CASEWORKER, "/enterprises/{which}/edit", (("address", "乙地"), ("niche", "丝杠"))),
    "figures": Edit(
        Role.CASEWORKER,
        "/enterprises/{which}/figures?year=2025&source=audit",
        (("tax_wan", "10"), ("net_profit_wan", "11")),
    ),
    "contact": Edit(
        Role.CASEWORKER, "/enterprises/{which}/contacts/{Contact}", (("position", "书记"), ("name", "李工"))
    ),
    "name": Edit(
        Role.CASEWORKER,
        "/enterprises/{which}/rename?corrects={renamed}",
        (("from_day", "2020-02-02"), ("name", "长春启衡有限公司")),
        WHY,
    ),
    "unit": Edit(
        Role.CASEWORKER,
        "/enterprises/{which}/unit?corrects={moved}",
        (("from_day", "2013-02-02"), ("unit_id", "2")),
        WHY,
    ),
    "title": Edit(
        Role.CASEWORKER,
        "/titles/{reviewed}/correct",
        (("batch", "第九批"), ("document_number", "9 号")),
        WHY,
    ),
    "step": Edit(
        Role.CASEWORKER,
        CASE + "/step?step=near_line",
        (("actual_on", "2025-01-20"), ("planned_on", "2025-02-20")),
        (("step", "near_line"),),
    ),
    "paper": Edit(
        Role.CASEWORKER,
        "/enterprises/{which}/evidence/{paper}/correct",
        (("ref", "9 号"), ("source", "知识产权局")),
        WHY,
    ),
    "table": Edit(Role.CASEWORKER, "/table-templates/recommendation", (("name", "推荐表二"), ("sheet_title", "表二"))),
    "targets": Edit(Role.LEADER, "/targets", (("srdi.city", "17"), ("upgrade.city", "18"))),
    "bureau": Edit(Role.ADMINISTRATOR, "/settings", (("bureau_name", "甲局"), ("bureau_name_en", "Bureau A"))),
    "unit in list": Edit(
        Role.ADMINISTRATOR, "/lists/units/{ReportingUnit}", (("office_name", "工信科"), ("name_en", "Unit"))
    ),
    "industry in list": Edit(
        Role.ADMINISTRATOR, "/lists/industries/{Industry}", (("name", "行业甲"), ("name_en", "Industry A"))
    ),
    "chain in list": Edit(Role.ADMINISTRATOR, "/lists/chains/{Chain}", (("name", "链甲"), ("name_en", "Chain A"))),
    "batch in list": Edit(
        Role.ADMINISTRATOR, "/lists/batches/{Batch}", (("notice_number", "3 号"), ("name_en", "Batch"))
    ),
    "account": Edit(Role.ADMINISTRATOR, "/users/{clerk}", (("full_name", "王五"), ("unit_id", "2"))),
    "preferences": Edit(Role.CASEWORKER, "/account", (("language", "zh"), ("shortcuts_on", ""))),
    "draft": Edit(
        Role.CASEWORKER,
        "/rule-sets/little-giant-next/edit",
        (("at:near_most", "2"), ("at:criteria[0].zh", "专业化")),
    ),
}


@pytest.mark.parametrize("what", EDITS)
def test_a_save_writes_only_what_was_sent(bureau: Bureau, what: str) -> None:
    edit = EDITS[what]
    browser = bureau.browser(edit.role)
    names = {each.name for each in _form(bureau, browser, edit).typed_in} - {each for each, _value in edit.needed}
    for forgotten in sorted(names):
        form = _form(bureau, browser, edit)
        before = _values(form)
        changed, value = next(pair for pair in edit.changed if pair[0] != forgotten)
        sent = form.sent(forgotten)
        for each, answer_to_it in edit.needed:
            sent[each] = answer_to_it
        sent[changed] = value if before[changed] != value else f"{value}0"[:10]
        answer = browser.post(form.action, data=sent)
        assert answer.status_code == 303, (
            forgotten,
            re.findall("err-msg.*", answer.text),
            re.findall("errsum.*\n.*", answer.text),
        )
        after = _values(_form(bureau, browser, edit))
        assert after == before | {changed: sent[changed]}, f"{forgotten} was not sent"


def _form(bureau: Bureau, browser: FlaskClient, edit: Edit) -> PageForm:
    page = browser.get(bureau.page_of(edit.address))
    assert page.status_code == 200, page.request.path
    return next(form for form in forms_of(page) if edit.changed[0][0] in form.names)


def _values(form: PageForm) -> dict[str, str]:
    """What stands in each field that people type in; of several of one name, in all of them."""
    return {
        name: "|".join(value for each, value in form.holds() if each == name)
        for name in {each.name for each in form.typed_in}
    }
