"""The wheel carries everything: installed alone, the product migrates a database and serves its pages."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

from tests.house.sources import ROOT

SERVES = """
from pathlib import Path

from sme_tracker.folders import guide_folder, migrations_folder, templates_folder
from sme_tracker.wsgi import app

client = app.test_client()
page = client.get("/sign-in", headers={"Accept-Language": "zh-CN"})
assert page.status_code == 200, page.status
assert "登录" in page.text, page.text
icons = client.get("/static/vendor/icons.svg")
assert icons.status_code == 200, icons.status
assert icons.text.count("<symbol") > 10
assert (guide_folder() / "guide.zh.md").is_file()
for folder in (guide_folder(), migrations_folder(), templates_folder()):
    assert "site-packages" in folder.parts, folder
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product, packed by the same hook that an install runs."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    _run(command, ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the locked requirements and the wheel, nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    _run([_uv(), "venv", "--quiet", "--python", sys.executable, str(folder / "env")], folder)
    programs = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    into = [_uv(), "pip", "install", "--quiet", "--python", str(programs / "python")]
    _run([*into, "--require-hashes", "-r", str(ROOT / "requirements.txt")], folder)
    _run([*into, "--no-deps", str(wheel)], folder)
    return programs


def _uv() -> str:
    local = ROOT / ".tools" / "bin" / "uv"
    found = str(local) if local.is_file() else shutil.which("uv")
    if found is None:
        pytest.fail("uv is not here: run `make setup`, which brings it.", pytrace=False)
    return found


def _run(command: list[str], folder: Path) -> str:
    """What the program says, run in `folder` without this checkout's settings."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["SME_TRACKER_DATA"] = str(folder / "data")
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_installed_command_names_its_parts(installed: Path, tmp_path: Path) -> None:
    said = _run([str(installed / "sme-tracker"), "--help"], tmp_path)
    for part in ("migrate", "serve", "create-user"):
        assert part in said


def test_the_installed_product_migrates_and_serves_its_pages(installed: Path, tmp_path: Path) -> None:
    _run([str(installed / "sme-tracker"), "migrate"], tmp_path)
    _run([str(installed / "python"), "-c", SERVES], tmp_path)


def test_any_other_server_finds_the_product_in_the_wheel(wheel: Path) -> None:
    assert "sme_tracker/wsgi.py" in ZipFile(wheel).namelist()


def test_the_wheel_tells_what_it_is_and_whose_work_it_carries(wheel: Path) -> None:
    with ZipFile(wheel) as packed:
        told = {Path(name).name: packed.read(name).decode() for name in packed.namelist() if ".dist-info/" in name}
    for field in ("Version: ", "Summary: ", "Author: ", "Keywords: ", "Classifier: ", "Requires-Python: "):
        assert f"\n{field}" in told["METADATA"], field
    assert "Tabler Icons" in told["NOTICE"]


def test_the_notice_names_every_package_the_product_runs_with() -> None:
    locked = re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    named = re.findall(r"^    ([a-z0-9.-]+) {2,}\S+$", (ROOT / "NOTICE").read_text("utf-8"), re.MULTILINE)
    assert named == locked


@pytest.mark.parametrize(
    ("platform", "machine", "has_wheel"),
    [
        ("linux", "x86_64", True),
        ("linux", "aarch64", False),
        ("linux", "loongarch64", False),
        ("darwin", "arm64", True),
        ("darwin", "x86_64", False),
        ("win32", "AMD64", True),
        ("win32", "ARM64", False),
    ],
)
def test_a_newer_sqlite_is_asked_for_just_where_a_wheel_of_it_exists(
    platform: str, machine: str, has_wheel: bool
) -> None:
    asked = {
        requirement.name: requirement.marker is None
        or requirement.marker.evaluate({"sys_platform": platform, "platform_machine": machine})
        for line in re.findall(r"^[a-z0-9.-]+==[^\\]+", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
        for requirement in [Requirement(line)]
    }
    assert asked["pysqlite3"] is has_wheel
    assert asked["tzdata"]
