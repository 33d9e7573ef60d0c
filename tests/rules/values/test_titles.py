"""Titles are known by whole spellings: nothing that is another honour or not held is ever taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.rules.terms import RecognitionKind, Source, Title
from sme_tracker.rules.values.reading import Unread
from sme_tracker.rules.values.titles import titles
from sme_tracker.rules.values.words import recognition_kind, source

OURS = {
    Title.MUNICIPAL: [
        *(
            "市级",
            "市专",
            "市级专精特新",
            "市级“专精特新”企业",
            "长春市专精特新中小企业",
            "吉林省长春市专精特新中小企业",
        ),
        *("市级专精特新中小企业（2021年）", "Municipal SRDI", "Municipal", "无锡市专精特新中小企业", "太原市级"),
    ],
    Title.PROVINCIAL: [
        *(
            "省级",
            "省专",
            "专精特新中小企业",
            "专精特新",
            "省级专精特新中小企业",
            "吉林省“专精特新”中小企业",
            "自治区级",
        ),
        *("2022年度省级专精特新中小企业", "省级（复核通过）", "北京市专精特新中小企业", "Provincial SRDI", "省級"),
    ],
    Title.NATIONAL: [
        *("国家级", "小巨人", "专精特新“小巨人”企业", "国家级专精特新“小巨人”企业（第三批）", "國家級專精特新小巨人"),
        *("第三批国家级专精特新小巨人", "国家级专精特新中小企业", "工信部专精特新小巨人企业", "National Little Giant"),
    ],
    Title.KEY_NATIONAL: ["重点“小巨人”", "国家级重点“小巨人”", "国家级专精特新重点“小巨人”企业", "Key Little Giant"],
    Title.INNOVATIVE: ["创新型中小企业", "省级创新型中小企业", "科技和创新型中小企业", "创新型", "Innovative SME"],
    Title.CHAMPION: [
        *(
            "单项冠军",
            "制造业单项冠军企业",
            "单项冠军示范企业",
            "单项冠军产品",
            "单项冠军示范/产品",
            "国家级制造业单项冠军",
        ),
        "Single champion",
    ],
}
SPELLINGS = [spelling for spellings in OURS.values() for spelling in spellings]
OTHER_HONOURS = [
    *(
        "国家高新技术企业",
        "国家级绿色工厂",
        "科技小巨人企业",
        "国家级科技企业孵化器",
        "中国驰名商标",
        "市级企业技术中心",
    ),
    *("市场监管局守合同重信用", "省瞪羚企业", "省级科技型中小企业", "创新型产业集群", "省级单项冠军", "上市公司冠军"),
    *("国家技术创新示范企业", "省级首台套", "国家级知识产权优势企业", "市级农业产业化龙头企业", "高新技术企业"),
]
NOT_HELD = [
    *(
        "拟申报国家级",
        "已取消省级",
        "国家级(复核未通过)",
        "省级（已过期）",
        "非国家级",
        "未认定省级",
        "申报省级中",
        "原省级",
    ),
    *(
        "省级（已撤销）",
        "国家级培育",
        "拟推荐小巨人",
        "省级公示",
        "不是省级",
        "市级（退出）",
        "省级(到期)",
        "曾获国家级",
    ),
]
MARKS = ["拟", "拟申报", "已取消", "未获", "非", "原", "曾获", "撤销", "申报", "推荐", "争取", "储备"]
BEHIND = ["（已过期）", "(复核未通过)", "（已取消）", "（撤销）", "培育库", "（申报中）", "（拟）", "失效", "落选"]
HONOURS = [
    "高新技术企业",
    "绿色工厂",
    "企业技术中心",
    "科技小巨人",
    "孵化器",
    "瞪羚企业",
    "龙头企业",
    "驰名商标",
    "实验室",
]


def reason(written: str) -> str:
    with pytest.raises(Unread) as caught:
        titles(written)
    return caught.value.finding.code


@pytest.mark.parametrize(("title", "spelling"), [(title, each) for title in OURS for each in OURS[title]])
def test_every_spelling_of_our_titles_is_read(title: Title, spelling: str) -> None:
    assert titles(spelling) == (title,)


@pytest.mark.parametrize("written", OTHER_HONOURS)
def test_another_honour_is_refused_and_called_one(written: str) -> None:
    assert reason(written) == "value.other_honour"


@pytest.mark.parametrize("written", NOT_HELD)
def test_a_title_that_is_not_held_is_refused_and_said_so(written: str) -> None:
    assert reason(written) == "value.title_not_held"


@pytest.mark.parametrize(
    "written", ["省级专精特新小巨人", "吉林省长春市级", "区级", "优秀", "n", "p", "m", "state", "A级"]
)
def test_what_could_be_two_levels_or_none_is_refused(written: str) -> None:
    assert reason(written) == "value.level_unclear"


@pytest.mark.parametrize("written", ["省级、市级", "省级 市级", "省级/市级", "省级和市级", "省级,市级", "省级\n市级"])
def test_several_titles_in_one_text_are_all_read(written: str) -> None:
    assert titles(written) == (Title.PROVINCIAL, Title.MUNICIPAL)


def test_nothing_is_no_title() -> None:
    assert titles("") == titles("无") == titles("—") == ()


@given(st.sampled_from(SPELLINGS), st.sampled_from(MARKS))
def test_a_negation_before_a_title_never_leaves_it_one(spelling: str, mark: str) -> None:
    with pytest.raises(Unread):
        titles(mark + spelling)


@given(st.sampled_from(SPELLINGS), st.sampled_from(BEHIND + HONOURS))
def test_a_negation_or_an_honour_behind_a_title_never_leaves_it_one(spelling: str, behind: str) -> None:
    with pytest.raises(Unread):
        titles(spelling + behind)


@given(st.sampled_from(["国家", "国家级", "省级", "市级", "吉林省", "长春市", "省", "市"]), st.sampled_from(HONOURS))
def test_no_level_makes_another_honour_one_of_ours(level: str, honour: str) -> None:
    with pytest.raises(Unread):
        titles(level + honour)


@given(st.text("国省市级专精特新小巨人企业中重点创型单项冠军高技术拟未取消（）", max_size=10))
def test_one_unreadable_part_leaves_nothing_read(written: str) -> None:
    try:
        found = titles(written)
    except Unread:
        return
    assert found or not written.strip("（）")
    assert not any(mark in written for mark in ("拟", "未", "取消", "高", "技"))


def test_the_words_of_kinds_and_sources_are_known_as_a_whole() -> None:
    assert recognition_kind("复 核") is recognition_kind("复核通过") is RecognitionKind.RENEWED
    assert source("审计报告") is Source.AUDIT and source("企业自报") is Source.SELF_REPORTED
    for read, written in ((recognition_kind, "复核未通过"), (source, "未经审计")):
        with pytest.raises(Unread):
            read(written)
