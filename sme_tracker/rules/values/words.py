"""Words with a fixed meaning: how a title was given, where figures come from."""

from collections.abc import Mapping
from typing import TypeVar

from sme_tracker.rules.terms import RecognitionKind, Source
from sme_tracker.rules.values.reading import compact, said, unread

Meaning = TypeVar("Meaning")

_KINDS = {
    RecognitionKind.NEW: (
        "新认定 新增 新增认定 首次 首次认定 初次认定 新申报 新申请 新获认定 新认定企业 new newlyrecognised"
    ),
    RecognitionKind.RENEWED: (
        "复核 复核通过 通过复核 已通过复核 复核企业 复核认定 复审 复审通过 复评 复评通过 延续 续期"
        " renewed renewal review reviewed renewedonreview"
    ),
    RecognitionKind.AUTOMATIC: (
        "自动 自动认定 直接认定 视同 视同认定 随上级称号自动取得 automatic givenwithahighertitle"
    ),
}
_SOURCES = {
    Source.AUDIT: (
        "审计 审计报告 年度审计 年度审计报告 财务审计报告 审计数 审计数据 经审计 已审计 audit audited auditreport"
    ),
    Source.PLATFORM: "平台 培育平台 梯度培育平台 优质中小企业梯度培育平台 平台数据 平台填报 platform",
    Source.SELF_REPORTED: (
        "自报 企业自报 自报数 填报 企业填报 自行填报 企业自填 上报 企业上报 企业提供"
        " self-reported self_reported self selfreported"
    ),
}


def recognition_kind(written: str | None) -> RecognitionKind | None:
    """Whether a title is new, renewed or came with a higher one; raises Unread for any other word."""
    return _meaning(written, _KINDS, "kind_unclear")


def source(written: str | None) -> Source | None:
    """Where yearly figures come from; raises Unread for any other word."""
    return _meaning(written, _SOURCES, "source_unclear")


def _meaning(written: str | None, words: Mapping[Meaning, str], refusal: str) -> Meaning | None:
    text = said(written)
    if not text:
        return None
    plain = compact(text)
    for meaning, spellings in words.items():
        if plain in spellings.split():
            return meaning
    raise unread(refusal, text)
