"""Shortlists frozen long ago: what was sealed then must be sealed alike for ever.

When one of these fails, the canonical form or the judging of a frozen format has changed, and versions that bureaus
froze would no longer prove themselves. Do not touch the checksum or the file: bring the old form back. Where a version
is to hold more from now on, give it a new `FORMAT` number in `shortlists.versions`, freeze `fixed_draft` once into a
new file beside these, and add its checksum below; the older files stay.
"""

import json
from pathlib import Path

import pytest

from sme_tracker.rules.canonical import canonical_text, checksum, from_plain
from sme_tracker.rules.criteria import RuleSet
from sme_tracker.shortlists.models import ShortlistVersion
from sme_tracker.shortlists.versions import FORMAT, content_of, faults
from tests.shortlists.fixed import fixed_draft

GOLDEN = Path(__file__).parent / "golden"
CHECKSUMS = {
    1: "983628b286aa85be07fc559fdc8e3bb5b5d785459ec68ad419fc980b8960153a",
    2: "5e9fa854bb9724bf0f198e0d5f22758ad217e20d2d861c6f7593d19528326463",
    3: "e542fc0654109d370a75d08461651f239907c1f787ffb7fc755588e793d7e52e",
}


def _text(number: int) -> str:
    return (GOLDEN / f"format-{number}.json").read_text("utf-8").strip()


@pytest.mark.parametrize("number", CHECKSUMS)
def test_a_list_frozen_in_any_format_proves_itself_for_ever(number: int):
    content = json.loads(_text(number))
    assert content["format"] == number
    assert checksum(content) == CHECKSUMS[number]
    assert faults(ShortlistVersion(content=content, checksum=CHECKSUMS[number])) == []


def test_the_same_facts_are_frozen_the_same_way_for_ever():
    rule_set = from_plain(RuleSet, json.loads(_text(FORMAT))["rule_set"])
    assert canonical_text(content_of(*fixed_draft(rule_set))) == _text(FORMAT)
