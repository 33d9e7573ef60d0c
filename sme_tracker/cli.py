"""The `sme-tracker` command: the same functions as the pages, one sentence when something is wrong."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from sme_tracker.accounts.actions import create_user, reset_password
from sme_tracker.accounts.command import show_code
from sme_tracker.accounts.queries import find_user
from sme_tracker.assessments import command as assessments
from sme_tracker.assessments import in_list as standards_in_list
from sme_tracker.assessments.due import judge_waiting, mark_due
from sme_tracker.assessments.rule_sets import PURPOSES
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.backup import command as backups
from sme_tracker.backup.drill import restore
from sme_tracker.checking import EXAMPLES, check
from sme_tracker.clock import local_today, utc_now
from sme_tracker.command_faults import sentences
from sme_tracker.command_values import DAY, FILE, NEW_FILE, PORT
from sme_tracker.config import Config, ConfigInvalid
from sme_tracker.daily import begin_day, catch_up
from sme_tracker.dashboard import report
from sme_tracker.db import GuardedSession, make_engine, make_session_factory, migrate, transaction
from sme_tracker.demo.command import NotADemo, accounts, prepare
from sme_tracker.enterprises import export_command as enterprise_list
from sme_tracker.enterprises.additions import Additions
from sme_tracker.history.chain import Author
from sme_tracker.imports import command as imports
from sme_tracker.imports.uploads import UPLOADS, UploadFolder
from sme_tracker.pipeline import in_list as plan_in_list
from sme_tracker.progress_bars import advancing, bar_of
from sme_tracker.rebuilding import Watch, nobody_watches, rebuild, rebuild_outdated
from sme_tracker.reference.queries import find_unit
from sme_tracker.rules.terms import Role
from sme_tracker.serving import serve_until_stopped
from sme_tracker.settling import settle
from sme_tracker.shortlists import command as shortlists
from sme_tracker.web.language import speaking
from sme_tracker.web.words import CACHES


@click.group()
@click.version_option(package_name="sme-tracker")
def commands() -> None:
    """梯度培育台账 · SME cultivation register."""


def main() -> None:
    """Run the command; whatever goes wrong is one sentence and an exit code, never a traceback."""
    try:
        commands(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2 if isinstance(error, click.UsageError) else 1)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Exception as error:
        click.echo("\n".join(sentences(error, _language(), _data_folder())), err=True)
        sys.exit(1)


def _data_folder() -> Path | None:
    """Where the data are, None where the settings do not say so rightly."""
    try:
        return Config.from_env().data_folder
    except ConfigInvalid:
        return None


@contextmanager
def database(config: Config | None = None, watch: Watch = nobody_watches) -> Iterator[GuardedSession]:
    """A session on the configured database, migrated to this version's schema and caches."""
    config = config or Config.from_env()
    engine = make_engine(config.database_url)
    try:
        migrate(engine)
        with make_session_factory(engine, config.history_key, settle)() as session:
            with transaction(session):
                load_shipped(session, utc_now())
            rebuild_outdated(session, _command(), local_today(), watch)
            yield session
    finally:
        engine.dispose()


@contextmanager
def engine_of(config: Config) -> Iterator[Engine]:
    """The engine of the configured database as it is, closed afterwards."""
    engine = make_engine(config.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


@commands.command("migrate")
def migrate_command() -> None:
    """Bring the database to this version's schema, and make anew what an earlier version derived otherwise."""
    with database(watch=bar_of):
        pass
    click.echo("数据库结构已是最新 · the schema is up to date")


@commands.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8000, show_default=True, envvar="PORT", show_envvar=True)
@click.option("--expose-demo", is_flag=True, help="Serve a demo database beyond this machine.")
def serve(host: str, port: int, expose_demo: bool) -> None:
    """Serve the register under waitress."""
    serve_until_stopped(Config.from_env(), host, port, expose_demo=expose_demo)


@commands.command("create-user")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--unit", help="Code of the reporting unit, for a district clerk.")
@click.option("--full-name", default="")
def create_user_command(name: str, role: str, unit: str | None, full_name: str) -> None:
    """Create an account and show its one-time code once."""
    with database() as session, transaction(session):
        found = find_unit(session, unit) if unit else None
        if unit and found is None:
            raise click.ClickException(f"没有代码为“{unit}”的县区（开发区） · there is no reporting unit “{unit}”")
        by = Author(None, "command create-user", utc_now())
        user, code = create_user(session, by, name, Role(role), full_name, found.id if found else None)
        created = user.name
    show_code(created, code)


@commands.command("reset-password")
@click.argument("name")
def reset_password_command(name: str) -> None:
    """Put a one-time code in the place of an account's password and show it once."""
    with database() as session, transaction(session):
        user = find_user(session, name)
        if user is None:
            raise click.ClickException(f"没有账号“{name}” · there is no account “{name}”")
        code, known = reset_password(session, Author(None, "command reset-password", utc_now()), user), user.name
    show_code(known, code)


@commands.command()
@click.option("--today", type=DAY, help="The day up to which the demo bureau has a history.")
@click.option("--no-serve", is_flag=True, help="Only make the demo bureau.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8000, show_default=True, envvar="PORT", show_envvar=True)
@click.option("--expose-demo", is_flag=True, help="Serve the demo bureau beyond this machine.")
def demo(today: datetime | None, no_serve: bool, host: str, port: int, expose_demo: bool) -> None:
    """Make a demo bureau on an empty database, show its accounts and serve it."""
    config = Config.from_env()
    with database(config) as session:
        try:
            with click.progressbar(length=1, label="演示数据 demo bureau", file=sys.stderr) as bar:
                prepare(session, today.date() if today else local_today(), advancing(bar))
        except NotADemo as error:
            raise click.ClickException(
                "库中已有数据，演示数据只写入空库 · the database is not empty; a demo is only made on an empty one"
            ) from error
        click.echo("\n".join(accounts(session)))
    if not no_serve:
        serve_until_stopped(config, host, port, expose_demo=expose_demo)


@commands.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Of the backups in the folder keep the newest N.")
def backup_command(file: Path, keep: int | None) -> None:
    """Write everything to FILE while people go on working; in a folder its name says when."""
    config, order = Config.from_env(), backups.BackupOrder(file, keep)
    with engine_of(config) as engine, click.progressbar(length=1, label="备份 backup", file=sys.stderr) as bar:
        made = backups.made(config, engine, order, utc_now(), advancing(bar))
    click.echo(f"{made.file}: {made.manifest.history_entry} {made.manifest.history_seal[:16]}")
    for dropped in made.dropped:
        click.echo(f"已删除旧备份 · older backup removed: {dropped}")
    with speaking(_language()):
        amiss = list(backups.amiss(made.manifest))
    if amiss:
        click.echo("\n".join(amiss), err=True)
        sys.exit(1)


@commands.command("restore")
@click.argument("file", type=FILE)
@click.option("--unsealed", is_flag=True, help="Trust a backup that an earlier version made without a seal.")
def restore_command(file: Path, *, unsealed: bool) -> None:
    """Put the backup FILE in the place of what is there, which is backed up first."""
    config = Config.from_env()
    by = Author(None, "command restore", utc_now())
    with engine_of(config) as engine:
        with click.progressbar(length=1, label="恢复 restore", file=sys.stderr) as bar:
            kept = restore(config, engine, file, by, advancing(bar), unsealed=unsealed)
        with speaking(_language()):
            amiss = backups.wrong_files(config, engine)
    click.echo("已恢复，所有人须重新登录 · restored; everybody signs in anew")
    if kept:
        click.echo(f"原有数据另存为 · what was there is kept in: {kept}")
    for sentence in amiss:
        click.echo(sentence, err=True)


@commands.command("report")
@click.option("--as-of", type=DAY, help="The day counted up to; today if left out.")
@click.option(
    "--known-on", type=DAY, help="Count what had been recorded by the end of that day; otherwise as known now."
)
@click.option("--unit", help="Code of a reporting unit; the whole city if left out.")
@click.option("--json", "as_json", is_flag=True, help="For other programs.")
def report_command(as_of: datetime | None, known_on: datetime | None, unit: str | None, *, as_json: bool) -> None:
    """Print every measure of the board."""
    day = as_of.date() if as_of else local_today()
    with database() as session, speaking("zh"):
        found = find_unit(session, unit) if unit else None
        if unit and found is None:
            raise click.ClickException(f"没有代码为“{unit}”的县区（开发区） · there is no reporting unit “{unit}”")
        lines = report.report(session, day, known_on.date() if known_on else None, found.id if found else None)
        click.echo(report.as_json(lines, day) if as_json else report.as_table(lines))


@commands.command("check")
@click.option("--all", "everything", is_flag=True, help="Every finding, not only the first of each kind.")
@click.option("--json", "as_json", is_flag=True, help="Every finding by its kind, for other programs.")
def check_command(*, everything: bool, as_json: bool) -> None:
    """Find where caches differ from the facts, the history is broken, or database and files are damaged."""
    config = Config.from_env()
    with database(config) as session, speaking(_language()):
        found = check(session, local_today(), config.data_folder)
        click.echo(found.as_json() if as_json else "\n".join(found.lines(None if everything else EXAMPLES)))
    if found.faults:
        sys.exit(1)


@commands.command("rebuild")
def rebuild_command() -> None:
    """Make all that is derived from the facts anew while people go on working; if it was killed, run it again."""
    with database() as session, speaking(_language()):
        found = rebuild(session, _command(), local_today(), bar_of)
        click.echo("\n".join(f"{CACHES[kind]}: {wrong}" for kind, wrong in found.items()))


@commands.command("roll")
def roll_command() -> None:
    """Apply what changed by date alone up to today."""
    with database() as session:
        count = begin_day(session, local_today())
        judge_waiting(session, local_today())
    click.echo(f"{count}")


@commands.command("judge")
def judge_command() -> None:
    """Judge every enterprise anew by every standard that applies today, while people go on working."""
    with database() as session:
        with transaction(session):
            mark_due(session, local_today())
        click.echo(f"{_judge_waiting(session)}")


def _judge_waiting(session: GuardedSession) -> int:
    """Judge all that is due while a bar on the terminal tells how far that is; returns how many enterprises."""
    with click.progressbar(length=1, label="判定 judging", file=sys.stderr) as bar:
        return judge_waiting(session, local_today(), advancing(bar))


@commands.command("try-out")
@click.argument("key")
@click.option("--purpose", type=click.Choice(PURPOSES), default=PURPOSES[0], show_default=True)
@click.option("--everybody", is_flag=True, help="All enterprises, not only holders of the level below.")
def try_out_command(key: str, purpose: str, *, everybody: bool) -> None:
    """Try the rule set KEY out beside the one that applies today; nothing is kept of it."""
    with database() as session, speaking(_language()):
        with click.progressbar(length=1, label="试算 trying out", file=sys.stderr) as bar:
            found = assessments.tried(
                session, key, purpose, everybody=everybody, today=local_today(), progress=advancing(bar)
            )
        click.echo("\n".join(assessments.lines(session, found)))


def _command() -> Author:
    """Whoever runs this command."""
    return Author(None, f"command {click.get_current_context().info_name}", utc_now())


def _language() -> str:
    """The language a command speaks: English where the terminal does, else Chinese."""
    return "en" if os.environ.get("LANG", "").startswith("en") else "zh"


@commands.command("import")
@click.argument("file", required=False, type=FILE)
@click.option("--as", "user_name", metavar="USER", help="Import with this account's permissions and unit.")
@click.option("--dry-run", is_flag=True, help="Say what would be written and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Counts in rows and all problems, as JSON.")
@click.option("--mapping", type=FILE, help="Where columns go, as JSON.")
@click.option("--confirm", is_flag=True, help="Take what would be asked as it is proposed.")
@click.option("--undo", "undone", type=int, metavar="N", help="Undo import N instead, within 30 days.")
@click.option("--reason", help="With --undo: why.")
def import_command(
    file: Path | None,
    user_name: str | None,
    mapping: Path | None,
    undone: int | None,
    reason: str | None,
    *,
    dry_run: bool,
    as_json: bool,
    confirm: bool,
) -> None:
    """Import a ledger of enterprises, their recognitions and yearly figures (.xlsx, .xls, .csv), or undo an import.

    Ends with 1 when rows or columns were left out, or when something that an undone import wrote stays.
    """
    config = Config.from_env()
    if (file is None) == (undone is None):
        raise click.UsageError("Give a file to import, or --undo with the number of an import.")
    with database(config) as session, speaking(_language()):
        if undone is not None:
            is_whole = imports.undo(session, imports.UndoOrder(undone, user_name, reason, dry_run, as_json))
        elif file is not None:
            folder = UploadFolder(config.data_folder / UPLOADS)
            order = imports.ImportOrder(file, user_name, dry_run, as_json, mapping, confirm)
            is_whole = imports.run(session, folder, order)
        if not dry_run:
            _judge_waiting(session)
            catch_up(session, local_today())
    if not is_whole:
        sys.exit(1)


@commands.group("export")
def export_commands() -> None:
    """Lists as files."""


@export_commands.command("enterprises")
@click.argument("filters", nargs=-1, metavar="[FILTER=VALUE]...")
@click.option("--out", required=True, type=NEW_FILE, help="FILE.xlsx or FILE.csv")
@click.option("--as", "user_name", metavar="USER", help="As this account sees the list.")
@click.option("--columns", metavar="all|A,B", help="Which columns, by their names in the address of the list.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="The language of headings and words.")
def export_enterprises(
    filters: tuple[str, ...], out: Path, user_name: str | None, columns: str | None, lang: str | None
) -> None:
    """Write the list of enterprises as its page shows it; filters and order as in the page's address."""
    order = enterprise_list.ExportOrder(out, user_name, columns, filters)
    by = Author(None, "command export enterprises", utc_now())
    with database() as session, speaking(lang or _language()):
        more = Additions().with_more(standards_in_list.MORE).with_more(plan_in_list.MORE)
        count = enterprise_list.run(session, by, order, more, local_today())
    click.echo(f"{out}: {count}")


@commands.group("shortlist")
def shortlist_commands() -> None:
    """The shortlists of each year and level."""


@shortlist_commands.command("list")
def shortlist_list() -> None:
    """Show which shortlists there are."""
    with database() as session, speaking(_language()):
        click.echo("\n".join(shortlists.lines(session, local_today())))


@shortlist_commands.command("export")
@click.argument("key")
@click.option("--out", required=True, type=NEW_FILE, help="FILE.xlsx or FILE.csv")
@click.option("--table", is_flag=True, help="The province's recommendation table of the latest frozen version (.xlsx).")
@click.option("--version", "number", type=int, help="With --table: of this frozen version.")
@click.option("--template", metavar="NAME", help="With --table: by this template.")
def shortlist_export(key: str, out: Path, number: int | None, template: str | None, *, table: bool) -> None:
    """Write a shortlist, such as national-2022, to a file."""
    by = Author(None, "command shortlist export", utc_now())
    with database() as session, speaking(_language()):
        if table:
            order = shortlists.TableOrder(key, number, template)
            count = shortlists.export_table(session, by, order, out, local_today())
        else:
            count = shortlists.export(session, by, key, out, local_today())
    click.echo(f"{out}: {count}")


@shortlist_commands.command("verify")
@click.argument("key", required=False)
@click.argument("number", required=False, type=int)
def shortlist_verify(key: str | None, number: int | None) -> None:
    """Compute frozen versions anew from what they hold; exit code 1 when one does not match."""
    with database() as session, speaking(_language()):
        lines, all_proved = shortlists.verify(session, key, number)
    click.echo("\n".join(lines))
    if not all_proved:
        sys.exit(1)
