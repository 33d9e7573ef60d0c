"""The marks of candidates, drawn once for each pattern and not once for each row."""

from collections.abc import Callable
from functools import lru_cache

from flask import get_template_attribute

from sme_tracker.assessments.judging import RESULTS
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.web.language import code as language

DRAWN = 2000


def strips(rule_set: RuleSet | None) -> Callable[[str], str]:
    """What draws the letters of a candidate as the strip of the standard's criteria, in the language of the page."""
    if rule_set is None:
        return lambda _letters: "—"
    spoken = language()
    return lambda letters: _strip(rule_set, letters, spoken) if letters else "—"


def criteria_of(rule_set: RuleSet) -> dict[str, str]:
    """The names of a standard's criteria by key."""
    english = language() == "en"
    return {each.key: each.en if english else each.zh for each in rule_set.criteria}


def groups_of(rule_set: RuleSet) -> list[tuple[str, int]]:
    """The groups of a standard in its order, each with how many criteria it has; over a single column one character."""
    english = language() == "en"
    sized = zip(rule_set.groups, rule_set.group_sizes, strict=True)
    return [
        (group.en if english else group.zh if size > 1 or not group.mark else group.mark, size) for group, size in sized
    ]


@lru_cache(maxsize=DRAWN)
def _strip(rule_set: RuleSet, letters: str, _spoken: str) -> str:
    codes = [RESULTS[letter].value for letter in letters]
    draw = get_template_attribute("macros/strip.html", "strip")
    drawn: str = draw(codes, rule_set.group_sizes, None, list(criteria_of(rule_set).values()))
    return drawn
