"""The parts of a workbook around its cells, as XML."""

from collections.abc import Sequence
from unicodedata import east_asian_width
from xml.sax.saxutils import quoteattr

from sme_tracker.sheets.cell_xml import BOLD, TITLE, styled_cell
from sme_tracker.sheets.writing import Column

_WIDEST = 80
_PLACE_OF_THE_FILTER = 3
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PART = "application/vnd.openxmlformats-officedocument.spreadsheetml"

CONTENT_TYPES = (
    f'{XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Default Extension="xml" ContentType="{_PART}.worksheet+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_PART}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_PART}.styles+xml"/></Types>'
)
STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="0.0"/></numFmts>'
    '<fonts count="3"><font><sz val="11"/><name val="等线"/></font>'
    '<font><b/><sz val="11"/><name val="等线"/></font><font><b/><sz val="16"/><name val="等线"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment vertical="center" wrapText="1"/></xf>'
    + "".join(
        f'<xf numFmtId="{number_format}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for number_format in (3, 4, 165, 164)
    )
    + '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
    '<alignment horizontal="center" vertical="center"/></xf>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def relations(parts: Sequence[tuple[str, str]]) -> str:
    """What a part is linked to."""
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(parts, start=1)
    )
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'


def workbook_relations(sheets: int) -> str:
    """What the workbook is linked to: its sheets and styles."""
    parts = [("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, sheets + 1)]
    return relations([*parts, ("styles", "styles.xml")])


def workbook(names: Sequence[str], hidden: int | None, defined: Sequence[str]) -> str:
    """The list of sheets, one of which may be hidden, and the names defined for them."""
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}"{_HIDDEN if number == hidden else ""} r:id="rId{number}"/>'
        for number, name in enumerate(names, start=1)
    )
    names_defined = f"<definedNames>{''.join(defined)}</definedNames>" if defined else ""
    return f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets>{names_defined}</workbook>'


_HIDDEN = ' state="hidden"'
PAPER = (
    '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
    '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/></worksheet>'
)


def sheet_head(columns: Sequence[Column], above: Sequence[str], *, is_first: bool) -> str:
    """A sheet up to its first row: paper, frozen head, widths, the lines above the head, and the head."""
    selected = ' tabSelected="1"' if is_first else ""
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{_width(column)}" customWidth="1"/>'
        for number, column in enumerate(columns, start=1)
    )
    heads = "".join(styled_cell(column.head, BOLD) for column in columns)
    lines = "".join(
        f"<row>{styled_cell(line, TITLE if place == 0 else 0)}</row>" if line else "<row/>"
        for place, line in enumerate(above)
    )
    below = len(above) + 1
    return (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView{selected} workbookViewId="0">'
        f'<pane ySplit="{below}" topLeftCell="A{below + 1}" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{widths}</cols><sheetData>{lines}<row>{heads}</row>"
    )


def _width(column: Column) -> int:
    """Wide enough for the head and its button to filter by; a Chinese character is as wide as two others."""
    head = sum(2 if east_asian_width(character) in "WF" else 1 for character in column.head)
    return min(max(column.width, head + _PLACE_OF_THE_FILTER), _WIDEST)


def merged_lines(lines: int, columns: int) -> str:
    """The lines above the head, each one cell as wide as the table."""
    if not lines or columns < 2:
        return ""
    last = letters_of(columns)
    cells = "".join(f'<mergeCell ref="A{line}:{last}{line}"/>' for line in range(1, lines + 1))
    return f'<mergeCells count="{lines}">{cells}</mergeCells>'


def letters_of(number: int) -> str:
    """The name of a column, counted from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
