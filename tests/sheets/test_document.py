"""Tables in Word documents, as official lists come: read like workbooks, and guarded like them."""

from pathlib import Path

import pytest

from sme_tracker.sheets.document import read_document
from sme_tracker.sheets.sheet import LIMITS, Limits, Merged, Row, SheetRefused
from tests.sheets.files import container, write_xlsx, zip_bytes

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def row(*cells: str) -> str:
    return f"<w:tr>{''.join(cells)}</w:tr>"


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def write_docx(path: Path, body: str, namespace: str = WORD, more: dict[str, str | bytes] | None = None) -> Path:
    document = f'<?xml version="1.0"?><w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>'
    path.write_bytes(zip_bytes({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **(more or {})}))
    return path


def tables_of(path: Path, limits: Limits = LIMITS) -> list[list[Row]]:
    return [list(sheet.rows) for sheet in read_document(path, limits)]


def refusal_of(path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(SheetRefused) as refused:
        tables_of(path, limits)
    return refused.value.code


LIST = table(row(cell("序号"), cell("企业名称")), row(cell("1"), cell("长春甲有限公司")), row(cell("2"), cell("")))


@pytest.mark.parametrize("namespace", [WORD, "http://purl.oclc.org/ooxml/wordprocessingml/main"])
def test_each_table_of_a_document_is_a_sheet(tmp_path: Path, namespace: str) -> None:
    path = write_docx(
        tmp_path / "a.docx", f"{paragraph('附件')}{LIST}{paragraph('')}{table(row(cell('x')))}", namespace
    )
    assert tables_of(path) == [[["序号", "企业名称"], ["1", "长春甲有限公司"], ["2", None]], [["x"]]]
    assert [sheet.name for sheet in read_document(path)] == ["1", "2"]


def test_cells_merged_over_columns_and_rows_hold_for_all_they_cover(tmp_path: Path) -> None:
    begun, goes_on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    path = write_docx(
        tmp_path / "a.docx",
        table(
            row(cell("朝阳区名单", '<w:gridSpan w:val="3"/>')),
            row(cell("朝阳区", begun), cell("甲"), cell("省级")),
            row(cell("", goes_on), cell("乙"), cell("市级")),
            row(cell("二道区", begun), cell("丙"), cell("省级")),
            row(cell("", goes_on), cell("丁"), cell("省级")),
        ),
    )
    ((merged, rows),) = [(sheet.merged, list(sheet.rows)) for sheet in read_document(path)]
    assert rows == [
        ["朝阳区名单"] * 3,
        ["朝阳区", "甲", "省级"],
        ["朝阳区", "乙", "市级"],
        ["二道区", "丙", "省级"],
        ["二道区", "丁", "省级"],
    ]
    assert sorted(merged) == [Merged(1, 1, 1, 3), Merged(2, 1, 3, 1), Merged(4, 1, 5, 1)]


def test_a_cell_is_read_whole_and_without_what_was_deleted_under_review(tmp_path: Path) -> None:
    runs = (
        "<w:tc><w:p><w:r><w:t>长春</w:t></w:r><w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>甲</w:t></w:r></w:ins><w:hyperlink><w:r><w:t>公司</w:t></w:r></w:hyperlink></w:p>"
        f"{paragraph('第二行')}</w:tc>"
    )
    controlled = f"<w:sdt><w:sdtContent>{cell('乙')}</w:sdtContent></w:sdt>"
    assert tables_of(write_docx(tmp_path / "a.docx", table(row(runs, controlled)))) == [[["长春甲公司\n第二行", "乙"]]]


def test_a_table_in_a_cell_is_part_of_it(tmp_path: Path) -> None:
    nested = table(row(f"<w:tc>{table(row(cell('内')))}</w:tc>", cell("外")))
    assert tables_of(write_docx(tmp_path / "a.docx", nested)) == [[["内", "外"]]]


def test_a_document_without_tables_has_no_sheets(tmp_path: Path) -> None:
    assert tables_of(write_docx(tmp_path / "a.docx", paragraph("通知"))) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_document"),
        ("企业名称".encode(), "not_a_document"),
        (zip_bytes({"word/other.xml": "<w/>"}), "not_a_document"),
        (container({"WordDocument": b""}), "not_a_document"),
        (container({"EncryptionInfo": b"", "EncryptedPackage": b""}), "encrypted"),
        (zip_bytes({"word/document.xml": "<w:document"}), "damaged_document"),
        (zip_bytes({"word/document.xml": "<w/>", "word/vbaProject.bin": b""}), "macros"),
        (zip_bytes({"word/document.xml": "<!DOCTYPE x [<!ENTITY a 'ha'>]><x>&a;</x>"}), "document_type"),
        (zip_bytes({"word/document.xml": "<!DOCTYPE x><x/>".encode("utf-16")}), "damaged_document"),
    ],
)
def test_what_is_no_sound_document_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "a.docx").write_bytes(content)
    assert refusal_of(tmp_path / "a.docx") == code


def test_a_workbook_is_no_document(tmp_path: Path) -> None:
    assert refusal_of(write_xlsx(tmp_path / "a.docx", "<row/>")) == "not_a_document"


def test_a_document_that_grows_beyond_the_limits_is_refused(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", table(*[row(cell("甲"))] * 300))
    assert refusal_of(path, Limits(rows=100)) == "endless_rows"
    assert refusal_of(path, Limits(unpacked_bytes=5_000)) == "unpacked_too_big"
    assert refusal_of(path, Limits(file_bytes=100)) == "file_too_big"
    wide = write_docx(tmp_path / "b.docx", table(row(cell("甲", '<w:gridSpan w:val="999999999"/>'))))
    assert refusal_of(wide) == "endless_columns"


def test_more_memory_than_allowed_ends_the_child_and_not_the_server(tmp_path: Path) -> None:
    path = write_docx(tmp_path / "a.docx", table(*[row(cell("甲"))] * 30_000))
    assert refusal_of(path, Limits(memory_bytes=40_000_000)) == "unreadable_workbook"
