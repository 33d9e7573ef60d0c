"""Real files, as officials and vendors made them; extra tests, skipped where the files are not there."""

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from sme_tracker.imports.fields import FileKind
from sme_tracker.imports.plan import FileContent, read_file
from sme_tracker.imports.rows import RegisterRow
from sme_tracker.sheets.reading import read_workbook
from sme_tracker.sheets.sheet import Repair, SheetRefused

FOLDER = Path(os.environ.get("SME_TRACKER_REAL_FILES", Path(__file__).parents[3] / "shared" / "data"))

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="The real files are absent: put them beside the checkout or set SME_TRACKER_REAL_FILES."
)


def content_of(name: str) -> FileContent:
    return read_file(FOLDER / name, Path(name).name)


def refusal_of(name: str) -> SheetRefused:
    with pytest.raises(SheetRefused) as refused:
        content_of(name)
    return refused.value


@pytest.fixture(params=["xls", "csv"], scope="module")
def register(request: pytest.FixtureRequest) -> FileContent:
    return content_of(f"registry/jilin_2004_registry.{request.param}")


def test_the_register_holds_its_enterprises_and_names_its_sole_traders(register: FileContent) -> None:
    said = Counter(problem.finding.code for problem in register.problems)
    assert (register.kind, len(register.rows)) == (FileKind.REGISTER, 3875)
    assert said == {
        "credit_code.sole_trader": 158,
        "value.foreign_currency": 27,
        "column.heading_unknown": 1,
        "sheet.no_unit_column": 1,
    }


def test_branches_of_the_register_are_marked(register: FileContent) -> None:
    branches = [row for row in register.rows if isinstance(row, RegisterRow) and row.is_branch]
    assert 0.06 < len(branches) / len(register.rows) < 0.11


def test_both_forms_of_the_register_say_the_same() -> None:
    by_xls, by_csv = (content_of(f"registry/jilin_2004_registry.{form}").rows for form in ("xls", "csv"))
    assert [replace(row, sheet="") for row in by_xls] == [replace(row, sheet="") for row in by_csv]


def test_variants_of_names_come_with_the_registered_name() -> None:
    assert len(content_of("registry/name_variant_pairs.csv").rows) == 100


def test_the_damaged_list_is_read_and_its_six_mended_lines_are_named() -> None:
    (sheet,) = read_workbook(FOLDER / "messy/stock_list_gbk.csv", "stock_list_gbk.csv")
    rows = list(sheet.rows)
    assert (len(rows), rows[1]) == (3970, ["600000", "浦发银行", "上海主板", "1999/11/10"])
    assert [repair.row for repair in sheet.repairs] == [1702, 1711, 1719, 1819, 1968, 2058]
    assert sheet.repairs[0] == Repair(1702, "2,万  科Ａ,深圳主板,1991/1/29")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("messy/yb_firms_2019.xlsx", "not_a_list"),
        ("messy/neeq_placements_wind_export.xlsx", "no_head"),
        ("messy/stock_list_gbk.csv", "no_head"),
    ],
)
def test_what_is_no_list_of_enterprises_is_refused_plainly(name: str, code: str) -> None:
    assert refusal_of(name).code == code


@pytest.mark.parametrize(("batch", "count"), [("05-year-2011", 359), ("08-year-2024", 333)])
def test_an_official_list_without_codes_is_read_by_its_names_and_asked_for_what_it_does_not_say(
    batch: str, count: int
) -> None:
    listed = content_of(f"batches/batch-{batch}.xlsx")
    said = Counter(problem.finding.code for problem in listed.problems)
    assert said == {"column.heading_unknown": 1, "sheet.no_title": 1, "sheet.no_unit_column": 1}
    assert (len(listed.rows), {row.code for row in listed.rows}) == (count, {None})
