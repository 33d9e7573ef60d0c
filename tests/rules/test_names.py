"""Names are compared without regard to width, brackets and blanks, and found by pairs of characters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.rules.names import bigrams, name_key, query_bigrams, search_key


@pytest.mark.parametrize(
    "written",
    [
        "中机（长春）科技有限公司",
        "中机(长春)科技有限公司",
        " 中机（长春） 科技有限公司\u3000",
        "中机﹙长春﹚科技\u200b有限公司",
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
