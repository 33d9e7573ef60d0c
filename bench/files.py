"""Files in and out: rows a second, the first byte, and the memory it takes."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import xlsxwriter

from bench.client import Client, fields
from bench.filling import new_enterprises
from bench.server import COMMAND, Server, environment
from sme_tracker.db import GuardedSession

IMPORTED = 10_000
HEADS = ("统一社会信用代码", "企业名称", "所属区县", "法定代表人", "住所", "成立日期", "经营范围")


@dataclass(frozen=True)
class Taken:
    """What one file took; `first_byte` in seconds from the request, None where there is none."""

    name: str
    rows: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    first_byte: float | None = None


def write_register(session: GuardedSession, path: Path, units: dict[int, str], first: int) -> None:
    """A register of enterprises that are not yet in the database."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("企业名册")
        sheet.write_row(0, 0, HEADS)
        rows = islice(new_enterprises(session, Random(first), first), IMPORTED)
        for place, row in enumerate(rows, 1):
            profile = row.profile
            values = (
                row.code, row.name, units[row.unit_id or 0], profile["legal_representative"], profile["address"],
                str(profile["founded_on"]), profile["business_scope"],
            )  # fmt: skip
            sheet.write_row(place, 0, values)


def measure_import(database_url: str, data: Path, path: Path) -> Taken:
    """Import the file by command, which judges what it wrote afterwards; starting a command is not counted."""
    _said, start_seconds, start_cpu, _peak = _run(database_url, data, "migrate")
    said, seconds, cpu, peak_mb = _run(database_url, data, "import", str(path), "--confirm", "--json")
    return Taken("import + judging", json.loads(said)["created"], seconds - start_seconds, cpu - start_cpu, peak_mb)


def _run(database_url: str, data: Path, *command: str) -> tuple[bytes, float, float, float]:
    """What a command says, how long it takes, its processor time, and its peak of memory in MB."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [*COMMAND, *command],
        env=environment(database_url, data),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _pid, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"The command {command[0]} failed: {said[:400]!r}")
    return said, time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def measure_export(server: Server, client: Client, form: str) -> Taken:
    """Take the whole list out through the page's own form."""
    values = {"csrf_token": fields(client.get("/enterprises"))["csrf_token"], "format": form}
    before, cpu = server.memory_mb("VmRSS"), server.cpu_seconds()
    server.forget_peak()
    begun = time.perf_counter()
    answer = client.open("POST", "/enterprises/export", values)
    answer.read(1)
    first_byte = time.perf_counter() - begun
    rows = 0
    while chunk := answer.read(1 << 16):
        rows += chunk.count(b"\n")
    seconds = time.perf_counter() - begun
    if answer.status != 200:
        raise SystemExit(f"The export answered {answer.status}.")
    growth = server.memory_mb("VmHWM") - before
    return Taken(f"export .{form}", rows, seconds, server.cpu_seconds() - cpu, growth, first_byte)
