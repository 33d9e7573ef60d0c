"""The sentence that the board opens with."""

from flask import Flask

from sme_tracker.dashboard.summary import _number


def test_many_targets_are_counted_in_digits_where_words_end(app: Flask) -> None:
    with app.test_request_context("/"):
        assert [_number(count) for count in (1, 5, 6, 12)] == ["一", "五", "6", "12"]
