"""A new password is long, mixed and not what somebody would try first."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.rules.passwords import PasswordPolicy, check, must_change


def codes(password, user_name="liwei", context=("changchun",), **settings):
    return [finding.code for finding in check(password, user_name, context, PasswordPolicy(**settings))]


@pytest.mark.parametrize("password", ["Wuhuo-Nanzhi-7", "k9#Vw2!pLq", "正月十五Lantern-31", "river Boat 61 under"])
def test_a_long_mixed_unguessable_password_is_fine(password):
    assert codes(password) == []


def test_ten_characters_are_enough_and_nine_are_not():
    assert codes("k9#Vw2!pLq") == []
    assert codes("k9#Vw2!pL") == ["password.length"]


def test_three_of_four_classes_are_enough_and_two_are_not():
    assert codes("kmvwtpbdhq7#") == []
    assert codes("kmvwtpbdhq73") == ["password.classes"]


def test_the_bureau_sets_length_and_classes():
    assert codes("kmvwtpbdhq", minimum_classes=1) == []
    assert codes("k9#Vw2!pLq", minimum_length=12) == ["password.length"]


def test_the_user_name_inside_is_refused_however_it_is_cased():
    assert codes("x7#LiWei-Kanbu") == ["password.user_name"]


@pytest.mark.parametrize(
    "password",
    [
        "Password123!",
        "P@ssw0rd2022",
        "Admin@123456",
        "1qaz@WSX3edc",
        "!QAZ2wsx#EDC",
        "Qwerty12345!",
        "Abcd1234!@#$",
        "Changchun2022!",
        "Ch@ngchun_123",
        "ZhuanJingTeXin-1",
        "Aa1!Aa1!Aa1!",
        "Welcome@Admin1",
    ],
)
def test_what_would_be_tried_first_is_refused(password):
    assert codes(password) == ["password.guessable"]


def test_every_reason_is_named_at_once():
    assert codes("liwei") == ["password.length", "password.classes", "password.user_name", "password.guessable"]


def test_an_empty_password_gets_an_answer_too():
    assert codes("") == ["password.length", "password.classes", "password.guessable"]


@given(st.text(max_size=200), st.text(max_size=10))
def test_any_text_at_all_gets_an_answer(password, user_name):
    check(password, user_name)


def test_a_password_is_due_the_day_after_its_last():
    assert not must_change(date(2022, 1, 1), date(2022, 4, 1))
    assert must_change(date(2022, 1, 1), date(2022, 4, 2))
    assert not must_change(date(2022, 1, 1), date(2032, 1, 1), PasswordPolicy(maximum_age_days=None))
