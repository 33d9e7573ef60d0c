"""How long a text and how large a number may be, whichever way it comes in."""

from datetime import date

import pytest

from sme_tracker.rules.bounds import LARGEST_ID, LINE, check_text, need_reason, plain_day, whole_number
from sme_tracker.rules.findings import Refused


@pytest.mark.parametrize(
    ("written", "meant"),
    [("0", 0), ("7", 7), ("007", 7), (str(LARGEST_ID), LARGEST_ID)]
    + [(odd, None) for odd in (str(LARGEST_ID + 1), "9" * 5_000, "", None, "-1", "+1", "1.0", " 1", "²", "٣", "x")],
)
def test_a_whole_number_is_plain_digits_that_a_record_can_have(written: str | None, meant: int | None) -> None:
    assert whole_number(written) == meant


def test_a_number_may_have_a_bound_of_its_own() -> None:
    assert (whole_number("12", 12), whole_number("13", 12)) == (12, None)


def test_a_text_as_long_as_may_be_passes_and_one_longer_is_named_with_both_lengths() -> None:
    assert not list(check_text("reason", "字" * LINE))
    (finding,) = check_text("reason", "字" * (LINE + 1))
    assert (finding.code, finding.parameters) == ("reason.too_long", {"length": LINE + 1, "longest": LINE})


@pytest.mark.parametrize("blank", [" ", "\u3000", "\u00a0", "\n", "\t", "\r\n"])
def test_blanks_and_the_ends_of_lines_are_seen(blank: str) -> None:
    assert not list(check_text("address", f"甲{blank}乙"))


@pytest.mark.parametrize("unseen", ["\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\u200b", "\u2028", "\ud800", "\x7f"])
def test_what_nobody_sees_is_no_blank_and_named_with_its_place(unseen: str) -> None:
    (finding,) = check_text("address", f"甲{unseen}乙{unseen}")
    assert finding.code == "address.invisible_character"
    assert finding.parameters == {"place": 2, "character": f"U+{ord(unseen):04X}"}


def test_a_name_stands_on_one_line() -> None:
    (finding,) = check_text("name", "甲\n乙", one_line=True)
    assert finding.parameters["character"] == "U+000A"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (None, "reason.missing"),
        (" \u3000\n", "reason.missing"),
        ("a" * 150_000, "reason.too_long"),
        ("因\x0b故", "reason.invisible_character"),
    ],
)
def test_a_reason_is_given_and_can_be_read(reason: str | None, code: str) -> None:
    with pytest.raises(Refused) as refused:
        need_reason(reason)
    assert [finding.code for finding in refused.value.findings] == [code]


@pytest.mark.parametrize("written", ["2022-W01-1", "20220601", "2022-6-1", "2022-02-30", "2022-06-01T00", "", None, 5])
def test_a_plain_day_is_written_in_one_way_only(written: object) -> None:
    assert plain_day("2022-06-01") == date(2022, 6, 1)
    with pytest.raises(ValueError, match="day"):
        plain_day(written)


def test_a_character_of_a_private_font_is_named_and_a_new_ideograph_passes() -> None:
    (finding,) = check_text("name", "张\ue863")
    assert (finding.code, finding.parameters) == ("name.private_character", {"place": 2, "character": "U+E863"})
    assert not list(check_text("name", "张\U00031350\U0002ebf0"))
