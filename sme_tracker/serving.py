"""Serving the product with waitress: what is said and checked before the first request."""

import errno
import logging
import signal
import sys
from contextlib import AbstractContextManager
from ipaddress import ip_address
from pathlib import Path

import click
from flask import Flask

from sme_tracker.app import bureau_facts, create_app
from sme_tracker.assessments.background import something_waits
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.backup.staging import clear_left_behind
from sme_tracker.bulk import Progress
from sme_tracker.clock import local_today, utc_now
from sme_tracker.config import Config
from sme_tracker.connections import Limits, Server, listen
from sme_tracker.db import make_session_factory, migrate, sqlite_is_sound, sqlite_version, transaction
from sme_tracker.history.chain import Author
from sme_tracker.rebuilding import label, nobody_watches, rebuild_outdated
from sme_tracker.settling import settle

LAST_REQUESTS_S = 10
TURN_S = 0.001
"""So long a thread works before another may: a page beside two long answers waits for many such turns."""
NETWORK_DRIVES = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs", "glusterfs", "ceph"})


def serve_until_stopped(config: Config, host: str, port: int, *, expose_demo: bool = False) -> None:
    """Serve until told to stop; raises ClickException for a demo database beyond this machine."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    sys.setswitchinterval(TURN_S)
    app = create_app(config)
    engine = app.extensions["engine"]
    migrate(engine)
    clear_left_behind(config.data_folder)
    with make_session_factory(engine, config.history_key, settle)() as session:
        with transaction(session):
            load_shipped(session, utc_now())
        rebuild_outdated(session, Author(None, "command serve", utc_now()), local_today(), _say_rebuilt)
        if something_waits(session):
            app.extensions["background"].start()
        is_demo = bureau_facts(session).get("is_demo") == "1"
    if is_demo and not (expose_demo or _is_loopback(host)):
        raise click.ClickException(
            "演示库只在本机开放；确要对外开放，请加 --expose-demo · a demo database is only served on this machine"
        )
    if is_demo:
        click.echo(
            "演示库，企业均为虚构；录入本局数据，请用 SME_TRACKER_DATA 另设文件夹"
            " · a demo bureau; for your own data name another folder in SME_TRACKER_DATA"
        )
    if engine.dialect.name == "sqlite":
        _state_sqlite()
        _warn_of_network_drive(Path(engine.url.database or ""))
    server = _listening(app, host, port, 2 * config.upload_limit_bytes)
    _warn_of_few_connections(server)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit())
    click.echo(f"http://{host}:{server.effective_port}")
    try:
        server.run()
    finally:  # what is running may finish
        server.task_dispatcher.shutdown(cancel_pending=False, timeout=LAST_REQUESTS_S)
        app.extensions["background"].stop()
        engine.dispose()


def _listening(app: Flask, host: str, port: int, most_bytes: int) -> Server:
    """Waitress at its address; raises ClickException when that is taken or not this machine's."""
    try:
        return listen(app, host, port, most_bytes)
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise click.ClickException(f"本机没有地址 {host} · this machine has no address {host}") from error
        if error.errno != errno.EADDRINUSE:
            raise
        another = f"--port {port + 1}"
        raise click.ClickException(
            f"端口 {port} 已被占用，请另选一个，如 {another} · port {port} is taken; choose another, such as {another}"
            f" (make demo PORT={port + 1})"
        ) from error
    except ValueError as error:
        raise click.ClickException(f"找不到主机 {host} · there is no host {host}") from error


def _say_rebuilt(kind: str) -> AbstractContextManager[Progress]:
    """Say which kind of cache is made anew; the work itself is short or left to the process beside the server."""
    click.echo(label(kind))
    return nobody_watches(kind)


def _state_sqlite() -> None:
    version = sqlite_version()
    click.echo(f"SQLite {'.'.join(map(str, version))}")
    if not sqlite_is_sound(version):
        click.echo(
            "SQLite 低于 3.51.3，断电时有损坏风险，请升级 · this SQLite has the WAL-reset fault; upgrade it", err=True
        )


def _warn_of_network_drive(file: Path) -> None:
    """SQLite's shared memory does not reach across machines; Linux says what kind of drive a file is on."""
    mounts = Path("/proc/mounts")
    if not mounts.is_file():
        return
    drives = [line.split()[1:3] for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines()]
    _, kind = max((len(place), kind) for place, kind in drives if file.absolute().is_relative_to(place))
    if kind in NETWORK_DRIVES:
        click.echo("数据库在网络盘上，可能损坏，请移到本机硬盘 · the database is on a network drive; move it", err=True)


def _warn_of_few_connections(server: Server) -> None:
    most = server.limits.connections
    if most < Limits().connections:
        click.echo(
            f"可打开的文件数有限，最多 {most} 个连接 · the system's limit of open files leaves {most} connections",
            err=True,
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
