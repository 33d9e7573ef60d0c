"""A credit code is proved by its check characters and never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.rules.credit_code import (
    ALPHABET,
    check,
    check_character,
    is_sole_trader,
    normalise,
    organisation_check_character,
    suggestion,
)

PUBLISHED = ["91330100799655058B", "9144030071526726XG", "914403001922038216"]
FICTITIOUS = ["91220102MA0AAAAA3A", "91220104MA0AAAAA37", "91220172MA0AAAAA3N"]

subjects = st.text(ALPHABET, min_size=8, max_size=8)
codes = st.builds(
    lambda region, subject: made("91" + region, subject), st.text("0123456789", min_size=6, max_size=6), subjects
)


def made(first8, subject8):
    first17 = first8 + subject8 + organisation_check_character(subject8)
    return first17 + check_character(first17)


@pytest.mark.parametrize("code", PUBLISHED + FICTITIOUS)
def test_codes_in_use_verify(code):
    assert check(code) is None


@given(codes)
def test_a_code_made_by_the_standard_verifies(code):
    assert check(code) is None
    assert suggestion(code) is None


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_any_single_mistyped_character_is_noticed(code, place, character):
    mistyped = code[:place] + character + code[place + 1 :]
    assert (check(mistyped) is None) == (mistyped == code)


@pytest.mark.parametrize("code", ["", "9122010", "91220102MA0AAAAA3", "91220102MA0AAAAA3AA"])
def test_a_code_of_another_length_is_refused_with_its_length(code):
    finding = check(code)
    assert (finding.code, finding.parameters["length"]) == ("credit_code.length", len(code))


def test_a_letter_the_standard_leaves_out_is_named_with_its_place():
    finding = check("91220102MAOAAAAA3A")
    assert (finding.code, dict(finding.parameters)) == ("credit_code.alphabet", {"place": 11, "character": "O"})
    assert finding.refuses


def test_a_wrong_last_character_refuses_and_nothing_is_suggested():
    finding = check("91220102MA0AAAAA3B")
    assert (finding.code, finding.refuses) == ("credit_code.check_character", True)
    assert suggestion("91220102MA0AAAAA3B") is None


def test_a_wrong_organisation_check_only_gives_notice():
    first17 = "91220102MA0AAAAA4"
    finding = check(first17 + check_character(first17))
    assert (finding.code, finding.refuses) == ("credit_code.organisation_check", False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("91220102MAOAAAAA3A", "91220102MA0AAAAA3A"),
        ("9I220102MA0AAAAA3A", "91220102MA0AAAAA3A"),
        ("91Z2O1O2MA0AAAAA3A", "91220102MA0AAAAA3A"),
        ("9133010079965S0S8B", "91330100799655058B"),
    ],
)
def test_letters_typed_for_digits_are_suggested(typed, meant):
    assert suggestion(typed) == meant


def test_a_letter_that_looks_like_nothing_is_not_guessed():
    assert suggestion("91220102MAVAAAAA3A") is None


@given(codes, st.data())
def test_a_suggestion_always_verifies_and_only_rereads_letters(code, data):
    looks_like = {str(meant): letter for letter, meant in (("O", 0), ("I", 1), ("Z", 2), ("S", 5))}
    typed = "".join(looks_like.get(c, c) if data.draw(st.booleans()) else c for c in code)
    assert suggestion(typed) == (None if typed == code else code)


@pytest.mark.parametrize(
    "typed",
    [
        " 91220102ma0aaaaa3a\n",
        "９１２２０１０２ＭＡ０ＡＡＡＡＡ３Ａ",
        "9122 0102 MA0AAAAA-3A",
        "\u200b91220102MA0AAAAA3A\ufeff",
    ],
)
def test_full_width_small_letters_blanks_and_invisible_characters_are_mended(typed):
    assert normalise(typed) == "91220102MA0AAAAA3A"


@given(st.text("0aAzZ -９Ａｚ\u3000\u200b机"))
def test_normalising_twice_is_normalising_once(text):
    assert normalise(normalise(text)) == normalise(text)


@given(st.text())
def test_any_text_at_all_gets_an_answer(text):
    check(normalise(text))
    suggestion(normalise(text))


def test_sole_traders_are_told_by_their_first_two_characters():
    assert is_sole_trader("92220102MA0AAAAA3A")
    assert not is_sole_trader("91220102MA0AAAAA3A")
