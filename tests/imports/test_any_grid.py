"""Whatever stands in the cells of a sheet, it is read, named or refused, and never breaks the reading."""

from contextlib import suppress
from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.imports.choices import Choice
from sme_tracker.imports.headings import MONEY_UNITS
from sme_tracker.imports.lists import NotAList, Reading, lists_in
from sme_tracker.imports.row_reading import read_list
from sme_tracker.imports.vocabulary import Vocabulary
from sme_tracker.rules.terms import Title
from sme_tracker.rules.values.numbers import PEOPLE_UNITS
from sme_tracker.sheets.sheet import Cell, CellError, Sheet
from tests.imports.test_file import a_code

HEADINGS: list[Cell] = [
    *(
        "序号",
        "企业名称",
        "统一社会信用代码",
        "所属县区",
        "级别",
        "认定时间",
        "有效期",
        "2021年",
        "营业收入(元)",
        "营业收入",
    ),
    *(
        "2020年营业收入（万元）",
        "从业人数",
        "备注",
        "市级认定时间",
        "联系人",
        "电话",
        "注册资本",
        "成立时间",
        "地区",
        "年度",
    ),
    *(
        "近三年营业收入",
        "Staff (people)",
        "2021年从业人数（百人）",
        "单位：亿",
        "合计",
        "一、朝阳区（3户）",
        "批次",
        2019,
        2020.0,
        None,
    ),
]
VALUES: list[Cell] = [
    *(None, 1, 2.5, "甲有限公司", "乙公司（原丙公司）", "省级", "市级、省级", "国家高新技术企业", date(2021, 6, 1)),
    *(
        datetime(2021, 6, 1, 8),
        "2021.6",
        "三年",
        "约5000",
        "—",
        "同上",
        "朝阳",
        a_code(1),
        9.1e17,
        "小计",
        "44561",
        True,
    ),
    *(
        "=1+1",
        "\u200b",
        "1e5",
        "5万美元",
        "13800000000",
        "  ",
        float("nan"),
        float("inf"),
        -3,
        1e300,
        CellError("#N/A"),
    ),
]
ROWS = st.lists(st.lists(st.sampled_from(VALUES), max_size=9), max_size=8)
HEAD = st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=8)
CHOICES = st.dictionaries(
    st.sampled_from([str(heading) for heading in HEADINGS]),
    st.builds(
        Choice,
        meaning=st.sampled_from([None, *Vocabulary().of_key]),
        unit=st.sampled_from([None, *MONEY_UNITS, *PEOPLE_UNITS]),
        year=st.sampled_from([None, 2021]),
        title=st.sampled_from([None, *Title]),
    ),
    max_size=3,
)


@given(
    st.lists(st.lists(st.sampled_from(HEADINGS + VALUES), max_size=9), max_size=3), HEAD, ROWS, CHOICES, st.booleans()
)
def test_any_grid_of_cells_is_read_without_a_fault(
    above: list[list[Cell]], head: list[Cell], rows: list[list[Cell]], choices: dict[str, Choice], confirms: bool
) -> None:
    reading = Reading(choices=choices, confirms=confirms, is_district=lambda text: text in ("朝阳", "朝阳区"))
    sheet = Sheet("表", iter([*above, ["企业名称", "统一社会信用代码", *head], *rows]))
    with suppress(NotAList):
        for listed in lists_in(sheet, reading):
            list(read_list(listed, reading))
