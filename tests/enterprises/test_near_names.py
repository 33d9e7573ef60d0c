"""Names that are near one another: what is offered where nobody has exactly the name that is written."""

import pytest
from sqlalchemy import false, true

from sme_tracker.clock import utc_now
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises.actions import NewEnterprise, register
from sme_tracker.enterprises.near_names import near_names
from sme_tracker.history.chain import Author
from tests.imports.test_file import a_code

NAMES = [
    "长春泽钧精密仪器有限公司",
    "吉林省瀚砺精密铸造有限公司",
    "山东益合防水材料有限公司",
    "长春禾璟精密农机部件有限公司",
]


@pytest.fixture
def named(session: GuardedSession) -> GuardedSession:
    with transaction(session):
        rows = [NewEnterprise(a_code(number), name) for number, name in enumerate(NAMES)]
        register(session, Author(None, "form", utc_now()), rows)
    return session


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("长春泽均精密仪器有限公司", 0),
        ("吉林省瀚砺精密铸造股份有限公司", 1),
        ("寿光市益合化纤制品有限公司", 2),
        ("长春禾璟农机部件公司", 3),
    ],
)
def test_the_nearest_name_comes_first(named: GuardedSession, written: str, meant: int) -> None:
    assert near_names(named, written, true())[0].name == NAMES[meant]


def test_nothing_is_offered_that_is_not_near_or_not_among_those_one_sees(named: GuardedSession) -> None:
    assert near_names(named, "甲乙丙丁", true()) == []
    assert near_names(named, NAMES[0], false()) == []
