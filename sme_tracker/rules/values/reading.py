"""What every grammar begins with: a text without typography, and whether it says anything, or only about how much."""

import re

from sme_tracker.rules.bounds import BLANKS
from sme_tracker.rules.findings import Finding
from sme_tracker.rules.names import folded

_AROUND = BLANKS + "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""What is taken away around a text: blanks, and what copying leaves there that has no width."""
_NOTHING = frozenset(
    {"na", "n/a", "n.a.", "null", "none", "nil", "nan", "/", "//", "\\", "?"}
    | {
        "无",
        "没有",
        "暂无",
        "空",
        "空白",
        "缺",
        "暂缺",
        "缺失",
        "数据缺失",
        "无数据",
        "暂无数据",
        "未知",
        "不明",
        "不详",
    }
    | {"未标明", "未注明", "未填", "未填写", "未提供", "未统计", "待补", "待补充", "待填", "待核实"}
)
_MARKS_ONLY = re.compile(r"[-_*]+|\.{2,}")
_LONGEST_NOTHING = 12
_UNIT = "[万亿元人户家名]"
_ABOUT = re.compile(
    r"^(?:大?约|大概|近|估计|预计|超过?|不足|不到|不低于|不超过|至少|至多|逾|[<>≤≥~±])"
    rf"|(?:左右|上下|以上|以下|以内|余|多|有余|[+±]){_UNIT}*$|[余多]{_UNIT}+$"
    r"|\d[万亿]?元?[~至]\d|\d-\d"
)
_LONGEST_SHOWN = 100


class Unread(Exception):
    """What is written cannot be read for certain: the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


def unread(code: str, written: str, **parameters: object) -> Unread:
    """The reason why what is written is no value of its kind."""
    shown = written if len(written) <= _LONGEST_SHOWN else written[: _LONGEST_SHOWN - 1] + "…"
    return Unread(Finding(f"value.{code}", {"value": shown, **parameters}))


def said(written: str | None) -> str:
    """What is written without blanks around it; empty where it says that there is nothing (N/A, 无, —, 未填)."""
    text = (written or "").strip(_AROUND)
    if len(text) > _LONGEST_NOTHING:
        return text
    plain = folded(text).strip("()")
    return "" if plain in _NOTHING or _MARKS_ONLY.fullmatch(plain) else text


def one_line(text: str) -> str:
    """The text with a blank for each end of a line, as no field of one line can show one."""
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text


def compact(text: str) -> str:
    """The text folded, without blanks: half-width, small letters, simplified characters."""
    return "".join(folded(text).replace("〜", "~").split())


def is_about(plain: str) -> bool:
    """Whether a compact text says only about how much: 约5000, 5000左右, >300."""
    return bool(_ABOUT.search(plain))
