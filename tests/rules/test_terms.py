"""The words of the field and how they hang together."""

from sme_tracker.rules.terms import LADDER, Level, Source, Title


def test_the_ladder_gives_the_three_counted_levels_in_order():
    assert [title.level for title in LADDER] == [Level.MUNICIPAL, Level.PROVINCIAL, Level.NATIONAL]
    assert [title.value for title in LADDER] == [level.key for level in Level if level]


def test_titles_beside_the_ladder_give_no_level():
    beside = [title for title in Title if not title.on_ladder]
    assert beside == [Title.INNOVATIVE, Title.KEY_NATIONAL, Title.CHAMPION]
    assert {title.level for title in beside} == {Level.NONE}


def test_sources_are_listed_from_the_most_trusted():
    assert list(Source) == [Source.AUDIT, Source.PLATFORM, Source.SELF_REPORTED]
