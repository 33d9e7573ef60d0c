"""A branch is known by the end of its name, also where the end stands in brackets."""

import pytest

from sme_tracker.rules.branches import is_branch


@pytest.mark.parametrize(
    "name",
    [
        "长春某某有限公司长春分公司",
        "长春某某有限公司（长春分公司）",
        "长春某某有限公司(净月办事处)",
        "某某分公司（筹）",
    ],
)
def test_a_branch_is_known_with_and_without_brackets(name: str) -> None:
    assert is_branch(name)


@pytest.mark.parametrize(
    "name", ["中机（长春）科技有限公司", "长春某某有限公司（原分公司改制）", "长春中心（有限合伙）"]
)
def test_other_brackets_make_no_branch(name: str) -> None:
    assert not is_branch(name)
