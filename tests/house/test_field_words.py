"""The words of a civil servant: what a bureau would not say stays out of every page, sheet and guide."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT

PARTS = sorted((ROOT / "sme_tracker" / "translations" / "zh_Hans" / "parts").glob("*.po"))
GUIDE = ROOT / "docs" / "guide.zh.md"
UNSAID = re.compile(
    "管线|滞留|立项|现值|承办|报送单位|报送地区|重发初始密码|何人|按此显示|凭经验|取决于未填写|到处可用"
    "|照执照|数字背后|比序时|看不懂|读不出来|有人先改了|报修|免予考核"
)


@pytest.mark.parametrize("path", [*PARTS, GUIDE], ids=lambda path: path.name)
def test_no_page_says_what_a_bureau_would_not(path: Path) -> None:
    text = path.read_text("utf-8")
    said = [line for line in text.splitlines() if not line.startswith(("msgid", "#"))]
    assert [line for line in said if UNSAID.search(line)] == []
