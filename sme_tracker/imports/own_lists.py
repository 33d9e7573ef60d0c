"""Our own list of enterprises when it comes back as a file: what of it was entered, and what was only counted."""

import re

from sme_tracker.imports.headings import plain
from sme_tracker.imports.heads import Head

NAMES = frozenset({"企业", "enterprise"})
ENTERED = NAMES | {
    *("信用代码", "所属县区", "产业链", "行业", "主导产品", "细分领域", "成立日期", "登记地区", "法定代表人"),
    *("creditcode", "unit", "chain", "industry", "mainproduct", "niche", "foundedon", "registeredregion"),
    "legalrepresentative",
}
"""The headings, plain and without their units, of what people enter: it may come back."""
COUNTED = frozenset(
    {
        *(
            "层级",
            "进程与环节",
            "营收",
            "研发占比",
            "有效期至",
            "经办人",
            "最近更新",
            "企业规模",
            "状态",
            "数据年度",
            "注册资本",
        ),
        *(
            "level",
            "trackandstep",
            "latestrevenue",
            "r&d",
            "validuntil",
            "incharge",
            "lastchange",
            "sizeclass",
            "status",
        ),
        *("yearofthefigures", "registeredcapital", "与认定标准差距", "gaptothestandard"),
    }
)
"""The headings of what follows from titles, figures, steps and days, or is kept otherwise than the list shows it."""
_UNIT = re.compile(r"\([^()]*\)")


def is_own(head: Head) -> bool:
    """Whether a head is that of our own list: it stands first, and all its headings are those of the list."""
    headings = {own_words(written) for written in head.written}
    return head.first_row == 1 and bool(headings & NAMES) and headings <= ENTERED | COUNTED


def own_words(written: str) -> str:
    """A heading of the list, plain and without its unit."""
    return _UNIT.sub("", plain(written))
