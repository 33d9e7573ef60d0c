"""The application: every room wired together; making it touches no database."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Blueprint, Flask, redirect, request, url_for
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from sme_tracker.accounts import export_views as export_right_views
from sme_tracker.accounts import user_views
from sme_tracker.accounts import views as account_views
from sme_tracker.accounts.blueprint import bp as accounts
from sme_tracker.accounts.misses import note_miss
from sme_tracker.accounts.presence import SHORT_WAIT_MS, Presence
from sme_tracker.accounts.queries import account_of_session, full_names
from sme_tracker.assessments import (
    gap_export_views,
    near_export_views,
    rule_views,
    tryout_export_views,
    tryout_list_views,
    tryout_views,
)
from sme_tracker.assessments import in_list as verdicts_in_list
from sme_tracker.assessments import list_views as verdict_views
from sme_tracker.assessments import views as evidence_views
from sme_tracker.assessments.background import Background
from sme_tracker.assessments.blueprint import bp as assessments
from sme_tracker.assessments.due import waiting
from sme_tracker.clock import local, local_today, utc_now
from sme_tracker.config import Config
from sme_tracker.daily import begin_day, catch_up
from sme_tracker.dashboard import views as dashboard_views
from sme_tracker.dashboard.blueprint import bp as dashboard
from sme_tracker.db import if_free, make_engine, make_session_factory
from sme_tracker.enterprises import contact_views, edit_views, export_views, fact_views, figure_views, list_views
from sme_tracker.enterprises import views as enterprise_views
from sme_tracker.enterprises.blueprint import bp as enterprises
from sme_tracker.enterprises.page import names_of_ids
from sme_tracker.enterprises.queries import codes_and_names, find_by_code
from sme_tracker.enterprises.standing import rolled_to
from sme_tracker.exports import views as register_views
from sme_tracker.exports.blueprint import bp as exports
from sme_tracker.folders import templates_folder
from sme_tracker.history import views as history_views
from sme_tracker.history.acting import note_denial
from sme_tracker.history.blueprint import bp as history
from sme_tracker.history.directory import Directory
from sme_tracker.imports import column_views, official_views, undo_views
from sme_tracker.imports import views as import_views
from sme_tracker.imports.blueprint import bp as imports
from sme_tracker.pipeline import case_views, plan_views
from sme_tracker.pipeline import in_list as plan_in_list
from sme_tracker.pipeline import views as pipeline_views
from sme_tracker.pipeline.blueprint import bp as pipeline
from sme_tracker.recognitions import views as recognition_views
from sme_tracker.recognitions.blueprint import bp as recognitions
from sme_tracker.reference import views as reference_views
from sme_tracker.reference.blueprint import bp as reference
from sme_tracker.reference.models import ReportingUnit, Setting
from sme_tracker.reference.queries import BUILT_IN_NAMES
from sme_tracker.rules import credit_code
from sme_tracker.rules.access import Permission
from sme_tracker.rules.terms import Role
from sme_tracker.settling import settle
from sme_tracker.shortlists import district_views, paper_views, table_views, version_views, why_views
from sme_tracker.shortlists import views as shortlist_views
from sme_tracker.shortlists.blueprint import bp as shortlists
from sme_tracker.targets import views as target_views
from sme_tracker.targets.blueprint import bp as targets
from sme_tracker.web import (
    confirming,
    drawn,
    errors,
    guard,
    guide,
    headers,
    health,
    hosts,
    language,
    long_answers,
    pages,
    unsaved,
    words,
)
from sme_tracker.web import principal as people
from sme_tracker.web.guard import for_everyone_signed_in
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.pages import current_session
from sme_tracker.web.principal import may

ROOMS: tuple[Blueprint, ...] = (
    accounts,
    history,
    assessments,
    enterprises,
    reference,
    recognitions,
    pipeline,
    targets,
    shortlists,
    imports,
    exports,
    dashboard,
)
PAGES_WIRED = (
    account_views,
    history_views,
    user_views,
    export_right_views,
    enterprise_views,
    edit_views,
    figure_views,
    fact_views,
    contact_views,
    evidence_views,
    verdict_views,
    verdicts_in_list,
    rule_views,
    tryout_views,
    tryout_list_views,
    target_views,
    dashboard_views,
    list_views,
    recognition_views,
    case_views,
    plan_views,
    plan_in_list,
    pipeline_views,
    reference_views,
    import_views,
    column_views,
    undo_views,
    official_views,
    export_views,
    register_views,
    near_export_views,
    tryout_export_views,
    gap_export_views,
    shortlist_views,
    version_views,
    paper_views,
    district_views,
    table_views,
    why_views,
)
BUREAU_KEY = {"zh": "bureau_name", "en": "bureau_name_en"}
_SETTING = Setting.metadata.tables["setting"].c
_BUREAU_FACTS = select(_SETTING.key, _SETTING.value).where(
    or_(*(_SETTING.key == key for key in (*BUREAU_KEY.values(), "is_demo")))
)


@dataclass(frozen=True)
class Section:
    """A section of the product in the bar at the top."""

    key: str
    endpoint: str
    label: Any
    permission: Permission


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a section, as the frame of a page shows it."""

    key: str
    endpoint: str
    label: str
    current: bool


SECTIONS = (
    Section("dashboard", "dashboard.overview", _l("Overview"), Permission.BOARD_READ),
    Section("enterprises", "enterprises.list_enterprises", _l("Enterprises"), Permission.ENTERPRISE_READ),
    Section("pipeline", "pipeline.board", _l("Pipeline"), Permission.ENTERPRISE_READ),
    Section("targets", "targets.targets", _l("Targets"), Permission.TARGET_READ),
    Section("assessments", "assessments.near_misses", _l("Gaps"), Permission.ENTERPRISE_READ),
    Section("shortlists", "shortlists.shortlists", _l("Shortlists"), Permission.SHORTLIST_READ),
    Section("shortlists", "shortlists.district_lists", _l("Shortlists"), Permission.DISTRICT_RECOMMEND),
    Section("imports", "imports.imports", _l("Import"), Permission.IMPORT_WRITE),
    Section("history", "history.entries", _l("History"), Permission.HISTORY_READ),
    Section("accounts", "accounts.users", _l("Accounts"), Permission.ACCOUNT_READ),
    Section("set_up", "dashboard.set_up", _l("Set-up"), Permission.SETTINGS_WRITE),
    Section("reference", "reference.lists", _l("Lists"), Permission.REFERENCE_WRITE),
    Section("exports", "exports.exports", _l("Exports"), Permission.HISTORY_READ),
)


def create_app(config: Config | None = None, engine: Engine | None = None) -> Flask:
    """The product as a WSGI application; raises ConfigInvalid when the settings cannot be used."""
    config = config or Config.from_env()
    app = Flask("sme_tracker", template_folder=str(templates_folder()))
    app.jinja_environment = drawn.Templates
    _configure(app, config)
    hosts.install(app, config.trusted_hosts)
    engine = engine or make_engine(config.database_url)
    app.extensions |= {
        "config": config,
        "engine": engine,
        "session_factory": make_session_factory(engine, config.history_key, settle),
        "background": Background(None if config.testing else engine.url),
        "unit_names": _unit_names,
        "directory": Directory(full_names, _find_enterprise, codes_and_names, names_of_ids),
    }
    people.install(app, Presence(config).of)
    errors.install(app, {403: note_denial, 404: note_miss})
    app.before_request(guard.refuse_endless_address)
    for part in (pages, language, drawn, long_answers):
        part.install(app)
    headers.install(app, https=config.https)
    _roll_each_day(app)
    _count_for_readers(app)
    unsaved.install(app, lambda token: account_of_session(current_session(), token))
    guard.install(app)
    CSRFProtect(app)
    app.before_request(guard.refuse_unreadable)
    confirming.install(app, account_views.confirm)
    unsaved.install_last(app)
    for room in ROOMS:
        app.register_blueprint(room)
    health.install(app, engine)
    _own_pages(app)
    guide.install(app)
    _dress_templates(app)
    return app


def _configure(app: Flask, config: Config) -> None:
    app.config.update(
        SECRET_KEY=config.secret_key,
        SECRET_KEY_FALLBACKS=list(config.secret_key_fallbacks),
        TESTING=config.testing,
        MAX_CONTENT_LENGTH=config.upload_limit_bytes,
        MAX_FORM_MEMORY_SIZE=config.upload_limit_bytes,  # what is typed beside a file is refused with its form, not cut
        SESSION_COOKIE_NAME="__Host-sme" if config.https else "sme",
        SESSION_COOKIE_SECURE=config.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PREFERRED_URL_SCHEME="https" if config.https else "http",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True, "undefined": StrictUndefined}
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]


def _roll_each_day(app: Flask) -> None:
    """Before the first page of a day, apply what changed by date alone; meanwhile other pages do without."""
    rolling = Lock()

    @app.before_request
    def roll_if_due() -> None:
        today = local_today()
        if request.endpoint in ("static", "health") or app.extensions.get("rolled_to") == today:
            return
        session = current_session()
        if rolled_to(session) != today and rolling.acquire(blocking=False):
            try:
                with if_free():
                    begin_day(session, today, wait_ms=SHORT_WAIT_MS)
            finally:
                rolling.release()
        if rolled_to(session) == today:
            app.extensions["rolled_to"] = today
            if waiting(session, today):
                app.extensions["background"].start()


def _count_for_readers(app: Flask) -> None:
    """After much was recorded, count the board anew, so that whoever opens it need not."""

    @app.after_request
    def keep_up(answer: Response) -> Response:
        if request.method == "POST" and answer.status_code < 400:
            with if_free():
                catch_up(current_session(), local_today(), wait_ms=SHORT_WAIT_MS)
        return answer


def _own_pages(app: Flask) -> None:
    @app.get("/", endpoint="home")
    @for_everyone_signed_in
    def home() -> Response:
        first = next(_open_sections(app), None)
        query = request.query_string.decode("ascii", "ignore")
        target = url_for(first.endpoint if first else "accounts.my_account")
        return redirect(f"{target}?{query}" if query else target, 303)


def _open_sections(app: Flask) -> Iterator[Section]:
    for section in SECTIONS:
        if section.endpoint in app.view_functions and may(section.permission):
            yield section


def _dress_templates(app: Flask) -> None:
    """What every template finds: who is signed in, where to go, words, dates, versions of static files."""

    @cache
    def way(_role: Role, _spoken: str, room: str) -> tuple[Way, ...]:
        """The sections open to a role, in one language, seen from a room."""
        return tuple(
            Way(section.key, section.endpoint, str(section.label), section.endpoint.split(".")[0] == room)
            for section in _open_sections(app)
        )

    @app.context_processor
    def frame() -> dict[str, object]:
        user, spoken = people.principal(), language.code()
        room = (request.endpoint or "").split(".")[0]
        facts = bureau_facts(current_session())
        return {
            "may": may,
            "nav": way(user.role, spoken, room) if user else (),
            "lang": spoken,
            "other_lang_url": language.other_language_address(pages.page_shown()),
            "bureau_name": facts.get(BUREAU_KEY[spoken]) or BUILT_IN_NAMES[BUREAU_KEY[spoken]],
            "is_demo": facts.get("is_demo") == "1",
            "role_word": words.ROLES[user.role] if user else "",
            "now": utc_now(),
            "words": words.VOCABULARY,
        }

    app.jinja_env.globals |= {
        "finding_words": words.finding_words,
        "track_words": words.track_words,
        "step_words": words.step_words,
        "column_words": words.column_words,
        "exit_words": words.exit_words,
        "listed": words.listed,
        "address": pages.address,
    }
    app.jinja_env.filters |= {"instant": lambda moment: f"{local(moment):%Y-%m-%d %H:%M}", "day": _day}
    app.jinja_env.filters["unbroken"] = _unbroken
    app.url_defaults(_add_version)


def bureau_facts(session: Session) -> dict[str, str]:
    """What this installation says of itself: the bureau's names, whether it is a demo."""
    return {row.key: row.value for row in session.connection().execute(_BUREAU_FACTS).all()}


def _day(day: date | None) -> str:
    return day.isoformat() if day else "—"


def _unbroken(sentence: str) -> str:
    """The sentence with each sign of comparison kept on the line of its number."""
    return sentence.replace("≥ ", "≥\N{NO-BREAK SPACE}").replace("≤ ", "≤\N{NO-BREAK SPACE}")


def _unit_names(session: Session) -> dict[int, str]:
    rows = session.execute(select(ReportingUnit.id, ReportingUnit.short_name).order_by(ReportingUnit.sort))
    return {row.id: row.short_name for row in rows}


def _find_enterprise(session: Session, written: str) -> int | None:
    found = find_by_code(session, credit_code.normalise(written))
    return found.id if found else None


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values:
        values["v"] = _version_of(values["filename"])


@cache
def _version_of(filename: str) -> str:
    path = Path(__file__).parent / "static" / filename
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path.is_file() else "0"
