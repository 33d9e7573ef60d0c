"""The command as it is run: one sentence when something is wrong, never a traceback, and what it says at start."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.request import Request, urlopen

import pytest

from sme_tracker.cli import main
from sme_tracker.config import Config, ConfigInvalid
from sme_tracker.db import make_engine, make_session_factory, transaction
from sme_tracker.reference.models import Setting
from sme_tracker.settling import settle

PROGRAM = (sys.executable, "-c", "from sme_tracker.cli import main; main()")
ROOT = Path(__file__).resolve().parents[2]


def _environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LD_LIBRARY_PATH")}
    return {**kept, "PYTHONPATH": str(ROOT), "SME_TRACKER_DATA": str(folder / "data"), "LANG": "en_GB.UTF-8", **more}


def _run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=_environment(folder, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@contextmanager
def _served(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running server and its address; ended by name of its own process only."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [*PROGRAM, "serve", "--port", str(port), *arguments],
        env=_environment(folder, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout
        said = next((line for line in server.stdout if line.startswith("http://")), "")
        assert said, "the server did not start"
        yield server, said.strip()
    finally:
        server.kill()
        server.communicate()


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    shown: str
    said: str


class Command(Protocol):
    """Runs the command within the test's own process, which saves starting one."""

    def __call__(self, *arguments: str, **settings: str) -> Done: ...


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Command:
    """The command on a bureau of the test's own."""

    def run(*arguments: str, **settings: str) -> Done:
        with monkeypatch.context() as here:
            here.setattr(os, "environ", _environment(tmp_path, **settings))
            here.setattr(sys, "argv", ["sme-tracker", *arguments])
            capfd.readouterr()
            status = _status_of(main)
            shown, said = capfd.readouterr()
        return Done(status, shown, said)

    return run


def _status_of(run: Callable[[], None]) -> int:
    try:
        run()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


@pytest.mark.parametrize(
    ("arguments", "settings", "status"),
    [
        (["nonsense"], {}, 2),
        (["create-user", "linxiao"], {}, 2),
        (["create-user", "linxiao", "--role", "emperor"], {}, 2),
        (["create-user", "linxiao", "--role", "clerk"], {}, 1),
        (["create-user", "linxiao", "--role", "clerk", "--unit", "nowhere"], {}, 1),
        (["create-user", "lin xiao", "--role", "leader"], {}, 1),
        (["reset-password"], {}, 2),
        (["reset-password", "linxiao"], {}, 1),
        (["restore", "nowhere.zip"], {}, 2),
        (["backup", "/nowhere/at/all.zip"], {}, 1),
        (["migrate"], {"DATABASE_URL": "mysql://x"}, 1),
        (["migrate"], {"DATABASE_URL": "rubbish"}, 1),
        (["migrate"], {"DATABASE_URL": "sqlite:////nowhere/at/all.sqlite"}, 1),
        (["migrate"], {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere"}, 1),
        (["report", "--as-of", "0001-01-01"], {}, 2),
        (["report", "--known-on", "9999-12-31"], {}, 2),
        (["serve", "--port", "99999"], {}, 2),
        (["serve", "--port", "-1"], {}, 2),
        (["serve"], {"SECRET_KEY": "short"}, 1),
        (["serve"], {"FLASK_DEBUG": "1"}, 1),
        (["serve"], {"SME_TRACKER_IDLE_MINUTES": "soon", "SME_TRACKER_HOSTS": "a/b"}, 1),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    command: Command, arguments: list[str], settings: dict[str, str], status: int
) -> None:
    done = command(*arguments, **settings)
    assert done.status == status, done.said
    assert not re.search(r"Traceback|Error:? \d|\[Errno|^\w+Error:", done.said, re.MULTILINE), done.said
    assert done.said.strip()


def test_all_faults_of_the_settings_are_named_at_once(command: Command) -> None:
    said = command("serve", SME_TRACKER_IDLE_MINUTES="soon", SME_TRACKER_HOSTS="a/b").said
    assert "SME_TRACKER_IDLE_MINUTES" in said
    assert "SME_TRACKER_HOSTS" in said


def test_what_is_locked_and_slowed_is_set_by_the_operator(tmp_path: Path) -> None:
    numbers = {"LOCK_AFTER": "3", "LOCK_MINUTES": "20", "LOCK_ADDRESS_AFTER": "100", "SLOW_AFTER": "9"}
    config = Config.from_env({"SME_TRACKER_DATA": str(tmp_path)} | {f"SME_TRACKER_{k}": v for k, v in numbers.items()})
    assert (config.failures_before_lock, config.lock_duration.seconds) == (3, 20 * 60)
    assert (config.address_failures_before_lock, config.failures_before_slowing) == (100, 9)


def test_a_name_is_taken_once_and_the_one_time_code_is_shown_once(command: Command) -> None:
    name, code = command("create-user", "GaoYuan", "--role", "leader").shown.split()
    assert name == "gaoyuan"
    assert len(code) >= 14
    again = command("create-user", "gaoyuan", "--role", "leader")
    assert again.status == 1
    assert "gaoyuan" in again.said


def test_a_password_is_reset_on_the_server_as_often_as_needed(command: Command) -> None:
    _, first = command("create-user", "gaoyuan", "--role", "leader").shown.split()
    codes = {first} | {command("reset-password", "GaoYuan").shown.split()[1] for _ in range(2)}
    assert len(codes) == 3
    nobody = command("reset-password", "nobody")
    assert nobody.status == 1
    assert "nobody" in nobody.said


def test_keys_and_database_are_their_owners_only(command: Command, tmp_path: Path) -> None:
    command("migrate")
    for path in (tmp_path / "data").iterdir():
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


@pytest.mark.parametrize("name", ["secret.key", "history.key", "tracker.sqlite"])
def test_it_refuses_to_start_when_others_may_read_key_or_database(command: Command, tmp_path: Path, name: str) -> None:
    command("migrate")
    (tmp_path / "data" / name).chmod(0o644)
    done = command("serve")
    assert done.status == 1
    assert f"请先运行 chmod 600 {tmp_path / 'data' / name}" in done.said
    assert "other accounts may read this file" in done.said


def test_whatever_is_wrong_with_the_settings_is_said_in_both_languages(tmp_path: Path) -> None:
    wrong = {
        "SME_TRACKER_DATA": str(tmp_path),
        "FLASK_DEBUG": "1",
        "DATABASE_URL": "mysql://there/register",
        "SME_TRACKER_HOSTS": "a/b",
        "SME_TRACKER_IDLE_MINUTES": "an hour",
        "SECRET_KEY": "short",
    }
    with pytest.raises(ConfigInvalid) as refused:
        Config.from_env(wrong)
    assert len(refused.value.faults) == 5
    for fault in refused.value.faults:
        chinese, _dot, english = fault.partition(" · ")
        assert re.search("[\u4e00-\u9fff]", chinese) and re.search("[a-z]{3}", english), fault


def test_a_demo_database_is_only_served_on_this_machine(command: Command, tmp_path: Path) -> None:
    command("migrate")
    engine = make_engine(f"sqlite:///{tmp_path / 'data' / 'tracker.sqlite'}")
    with make_session_factory(engine, "", settle)() as session, transaction(session):
        session.add(Setting(key="is_demo", value="1"))
    engine.dispose()
    done = command("serve", "--host", "0.0.0.0", "--port", "0")  # noqa: S104
    assert done.status == 1
    assert "demo database" in done.said


def test_a_busy_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _run(tmp_path, "serve", PORT=str(port))
    assert done.returncode == 1
    assert f"port {port} is taken; choose another" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["no-such-host.invalid", "203.0.113.7"])
def test_a_foreign_address_is_one_sentence(tmp_path: Path, host: str) -> None:
    done = _run(tmp_path, "serve", "--host", host, "--port", "0")
    assert done.returncode == 1
    assert f"no address {host}" in done.stderr or f"no host {host}" in done.stderr


def test_the_server_answers_is_backed_up_and_restored_while_it_runs_and_ends_when_told(tmp_path: Path) -> None:
    assert _run(tmp_path, "migrate").returncode == 0
    file = tmp_path / "backup.zip"
    with _served(tmp_path) as (server, address):
        assert _read(f"{address}/healthz") == "ok\n"
        assert _run(tmp_path, "backup", str(file)).returncode == 0
        _run(tmp_path, "create-user", "later", "--role", "leader")
        restored = _run(tmp_path, "restore", str(file))
        assert restored.returncode == 0, restored.stderr
        assert "csrf_token" in _read(f"{address}/sign-in")
        assert _run(tmp_path, "create-user", "later", "--role", "leader").returncode == 0
        server.send_signal(signal.SIGTERM)
        assert server.wait(15) == 0


def test_a_body_over_the_limit_is_refused_with_a_page_however_it_is_sent(tmp_path: Path) -> None:
    assert _run(tmp_path, "migrate").returncode == 0
    with _served(tmp_path) as (_, address):
        host, port = address.removeprefix("http://").split(":")
        for head in (f"Content-Length: {21 * 2**20}\r\n", "Transfer-Encoding: chunked\r\n"):
            with socket.create_connection((host, int(port)), timeout=30) as line:
                line.sendall(f"POST /sign-in HTTP/1.1\r\nHost: {host}:{port}\r\n{head}\r\n".encode())
                _send_too_much(line, chunked="chunked" in head)
                answer = line.recv(4096)
            assert b" 413 " in answer.split(b"\r\n")[0], answer[:200]
        assert _read(f"{address}/healthz") == "ok\n"


def _send_too_much(line: socket.socket, *, chunked: bool) -> None:
    piece = b"x" * 2**20
    for _ in range(21):
        line.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
    if chunked:
        line.sendall(b"0\r\n\r\n")


def _read(address: str) -> str:
    with urlopen(Request(address), timeout=30) as answer:  # noqa: S310
        return str(answer.read().decode())
