"""What an import would do to the counted levels."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from sme_tracker.imports.matching.known import Known, KnownTitle
from sme_tracker.imports.matching.verdict import TitleGiven, Write
from sme_tracker.rules.counting import Review, highest, level_spans, value_on
from sme_tracker.rules.terms import Level


def level_changes(writes: Iterable[Write], known: Known, today: date) -> Mapping[Level, int]:
    """By how many enterprises each level's count changes today."""
    given: dict[str, list[TitleGiven]] = {}
    for write in writes:
        if isinstance(write, TitleGiven):
            given.setdefault(write.code, []).append(write)
    changes: Counter[Level] = Counter()
    for code, titles in given.items():
        enterprise = known.by_code[code]
        if enterprise.is_active:
            changes[enterprise.level] -= 1
            changes[_level_after(titles, known.titles.get(code, []), today)] += 1
    return {level: changes[level] for level in Level if level and changes[level]}


def _level_after(given: Iterable[TitleGiven], titles: Iterable[KnownTitle], today: date) -> Level:
    """The highest level held today once the titles are recorded."""
    after = {title.identity: title for title in titles if title.id is not None}
    for write in given:
        title = write.title
        if write.opens_review_on:
            title = replace(title, reviews=(*title.reviews, Review(write.opens_review_on)))
        if write.revoked_on:
            title = replace(title, revoked_on=write.revoked_on)
        after[title.identity] = title
    held = [title.held for title in after.values() if title.title.on_ladder]
    return highest(value_on(level_spans(held), today) or 0)
