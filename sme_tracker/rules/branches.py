"""Which enterprises are branches (分支机构) of another: they are marked, and cannot hold a title."""

import re

# What stands at the end of a branch's name and hardly ever at the end of an enterprise's own.
_BRANCH = re.compile(
    r"(?:分公司|支公司|分行|支行|分理处|储蓄所|营业所|营业部|营业厅|分社|分店|分厂|分部|分所|分局|支局|分校|分院|办事处|代表处)$"
)
# What is an enterprise of its own in most names, but a branch after the name of a whole company.
_PLACE_OF_A_COMPANY = re.compile(r"(?:公司|银行|联社|集团)[^（(]*(?:加油站|加气站|信用社|供电所)$")
_BRACKET_AT_THE_END = re.compile(r"[（(]([^（）()]*)[）)]$")


def is_branch(name: str, enterprise_type: str | None = None) -> bool:
    """Whether the name, or the type on the licence, says that this is a branch.

    Meant to miss rather than to overreach, as a mark bars from every title: a shop, works or team of a company
    (…有限公司第二连锁店) counts as one only when its registered type says so.
    """
    bracketed = _BRACKET_AT_THE_END.search(name)
    whole = name[: bracketed.start()] if bracketed else name
    is_by_type = enterprise_type is not None and ("分支机构" in enterprise_type or "分公司" in enterprise_type)
    is_by_name = _BRANCH.search(whole) or _PLACE_OF_A_COMPANY.search(whole)
    return is_by_type or bool(is_by_name or (bracketed and _BRANCH.search(bracketed[1])))
