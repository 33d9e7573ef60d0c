"""The steps of a new installation (建账): what each is for, whether it is done, which comes next; and its backup."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, url_for
from flask.blueprints import BlueprintSetupState

from sme_tracker.clock import utc_now
from sme_tracker.dashboard.blueprint import bp
from sme_tracker.dashboard.last_backup import Overdue, overdue
from sme_tracker.rules.access import Permission
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.pages import current_session
from sme_tracker.web.principal import may


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its name among `queries.set_up_so_far`, what it says, how long it takes, where it is done by whom."""

    name: str
    title: str
    text: str
    minutes: int
    label: str
    endpoint: str
    permission: Permission


STEPS = (
    Step(
        "accounts",
        _l("Colleagues"),
        _l("Accounts and roles; a district clerk sees the own unit only."),
        10,
        _l("Add"),
        "accounts.users",
        Permission.ACCOUNT_WRITE,
    ),
    Step(
        "units",
        _l("Bureau and districts"),
        _l("Counties, districts and development zones that report; Changchun's come with the product."),
        5,
        _l("Look through"),
        "reference.lists",
        Permission.REFERENCE_WRITE,
    ),
    Step(
        "targets",
        _l("Yearly targets"),
        _l("Five targets and the districts' shares; the city's numbers first, the shares when they are known."),
        5,
        _l("Enter targets"),
        "targets.targets",
        Permission.TARGET_WRITE,
    ),
    Step(
        "register",
        _l("Register of enterprises"),
        _l("From the bureau's own workbook; columns are recognised by their heads."),
        20,
        _l("Import"),
        "imports.imports",
        Permission.IMPORT_WRITE,
    ),
    Step(
        "ledger",
        _l("Ledger of recognitions"),
        _l("Municipal, provincial and national titles with their documents; they are what the year starts with."),
        20,
        _l("Import"),
        "imports.imports",
        Permission.IMPORT_WRITE,
    ),
    Step(
        "shortlist",
        _l("First shortlist"),
        _l("Put the first enterprises forward for the national level."),
        30,
        _l("Open"),
        "shortlists.shortlists",
        Permission.PUT_FORWARD,
    ),
)


@dataclass(frozen=True, slots=True)
class Task:
    """A step as the list shows it."""

    title: str
    text: str
    state: str
    minutes: int
    url: str | None
    label: str


def set_up_tasks(done: Mapping[str, bool]) -> list[Task]:
    """The steps in their order; the first one not done comes next."""
    following = next((step.name for step in STEPS if not done[step.name]), None)
    return [_task(step, "done" if done[step.name] else "next" if step.name == following else "later") for step in STEPS]


def _task(step: Step, state: str) -> Task:
    opens = step.endpoint in current_app.view_functions and may(step.permission)
    return Task(step.title, step.text, state, step.minutes, url_for(step.endpoint) if opens else None, step.label)


@bp.record_once
def _let_pages_warn(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["overdue_backup"] = overdue_backup


def overdue_backup() -> Overdue | None:
    """What the administrator's pages say of a backup that is due; nothing to anybody else."""
    if not may(Permission.SETTINGS_WRITE):
        return None
    return overdue(current_session(), utc_now(), current_app.extensions["config"].backup_within)
