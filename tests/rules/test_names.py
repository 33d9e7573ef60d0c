"""Names are compared without regard to width, brackets and blanks, and found by pairs of characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.rules.names import bigrams, folded, name_key, query_bigrams, search_key


@pytest.mark.parametrize(
    "written",
    [
        "中机（长春）科技有限公司",
        "中机(长春)科技有限公司",
        " 中机（长春） 科技有限公司\u3000",
        "中机﹙长春﹚科技\u200b有限公司",
        "中機（長春）科技有限公司",
        "中机〔长春〕科技有限公司",
        "中机“长春”科技有限公司\ufe00",
    ],
)
def test_ways_of_writing_one_name_have_one_key(written):
    assert name_key(written) == "中机长春科技有限公司"


def test_latin_letters_are_compared_without_regard_to_width_and_case():
    assert name_key("ＡＢＣ Tech") == name_key("abc tech")


@pytest.mark.parametrize("other", ["中机（吉林）科技有限公司", "中机长春科技股份有限公司", "中机·长春科技有限公司"])
def test_different_names_keep_different_keys(other):
    assert name_key(other) != name_key("中机（长春）科技有限公司")


def test_a_name_is_found_by_its_pairs_and_its_last_character():
    assert bigrams("长春（精密）") == ["长春", "春精", "精密", "密"]
    assert bigrams("A-b") == ["ab", "b"]
    assert bigrams("哈哈哈") == ["哈哈", "哈"]
    assert bigrams(" （）") == []


def test_a_search_asks_for_pairs_or_for_its_only_character():
    assert query_bigrams("春精密") == ["春精", "精密"]
    assert query_bigrams("密") == ["密"]
    assert query_bigrams("%_") == []


names = st.text("长春精密机械 （）()AaＢb1-", max_size=12)


@given(names, st.integers(0, 12), st.integers(2, 12))
def test_a_name_has_all_the_pairs_of_any_part_of_it(name, start, length):
    part = search_key(name)[start : start + length]
    if len(part) >= 2:
        assert set(query_bigrams(part)) <= set(bigrams(name))


@given(names)
def test_keys_stay_as_they_are_when_taken_again(name):
    assert name_key(name_key(name)) == name_key(name)
    assert search_key(search_key(name)) == search_key(name)


def test_radicals_that_look_like_characters_are_these_characters():
    assert name_key("长春⻋辆⻔业有限公司") == name_key("长春车辆门业有限公司")
    assert search_key("⻓春⻢达⻜机") == "长春马达飞机"


@pytest.mark.parametrize("dot", ["·", "•", "・", "‧", "･", "∙", "⋅"])
def test_a_dot_between_names_is_one_dot(dot):
    assert name_key(f"长春阿里{dot}木") == name_key("长春阿里·木") != name_key("长春阿里木")


def test_traditional_and_simplified_find_each_other():
    assert search_key("长春長江機械有限公司") == search_key("长春长江机械有限公司")
    assert search_key("重慶") == "重庆"


def test_an_ideograph_newer_than_this_python_can_be_searched():
    assert search_key("张\U00031350") == "张\U00031350"


@given(st.text(max_size=20))
def test_any_text_stays_as_it_is_when_folded_again(text):
    for key in (folded, name_key, search_key):
        assert key(key(text)) == key(text)
