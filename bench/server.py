"""The product in a process of its own, and the processor time and memory that it and its database use."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-c", "from sme_tracker.cli import main; main()"]


def environment(database_url: str, data: Path) -> dict[str, str]:
    """The environment in which the product's commands work on the database."""
    return {**os.environ, "DATABASE_URL": database_url, "SME_TRACKER_DATA": str(data), "PYTHONPATH": str(ROOT)}


class Server:
    """`sme-tracker serve` with one worker; `database_pids` names the processes of the database, if it has any."""

    def __init__(self, database_url: str, data: Path, database_pids: Callable[[], Iterable[int]]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._database_pids = database_pids
        self._process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(self.port)],
            env=environment(database_url, data),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def cpu_seconds(self) -> float:
        """Processor time of the server and its database so far."""
        return sum(cpu_seconds(pid) for pid in (self._process.pid, *self._database_pids()))

    def forget_peak(self) -> None:
        """Begin to measure the peak of the server's memory anew."""
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5", encoding="ascii")

    def memory_mb(self, which: str) -> float:
        """The server's memory: VmRSS is what it is now, VmHWM the peak."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(re.findall(rf"{which}:\s+(\d+)", status)[0]) / 1024

    def stop(self) -> None:
        """Stop the server."""
        self._process.terminate()
        self._process.wait()

    def _wait(self) -> None:
        for _attempt in range(300):
            if self._process.poll() is not None:
                raise SystemExit("The server did not start.")
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/healthz")
                connection.getresponse().read()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("The server does not answer.")


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its threads; 0 for one that has ended."""
    total = 0
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(task.read_text(encoding="ascii").split()[0])
        except OSError:
            continue
    return total / 1e9
