"""Names, codes and phones, and what stands with them in one cell."""

import pytest

from sme_tracker.rules.values.identity import EnterpriseNamed, code, enterprise_name, phones
from sme_tracker.rules.values.reading import Unread


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("长春乙有限公司（原长春老乙有限公司）", EnterpriseNamed("长春乙有限公司", "长春老乙有限公司")),
        ("长春乙有限公司(曾用名：长春老乙厂)", EnterpriseNamed("长春乙有限公司", "长春老乙厂")),
        (
            "甲有限公司（原名：乙（长春）有限公司）（已注销）",
            EnterpriseNamed("甲有限公司", "乙（长春）有限公司", ("已注销",)),
        ),
        ("甲有限公司（筹）", EnterpriseNamed("甲有限公司", notes=("筹",))),
        ("长春某某有限公司（长春分公司）", EnterpriseNamed("长春某某有限公司（长春分公司）")),
        ("中机（长春）科技有限公司", EnterpriseNamed("中机（长春）科技有限公司")),
        ("甲中心（有限合伙）", EnterpriseNamed("甲中心（有限合伙）")),
        ("甲公司（原料厂）", EnterpriseNamed("甲公司（原料厂）")),
    ],
)
def test_remarks_behind_a_name_are_no_part_of_it(written: str, named: EnterpriseNamed) -> None:
    assert enterprise_name(written) == named


def test_several_phones_in_one_cell_are_kept_with_their_extensions() -> None:
    assert phones("0431-00001234转801/0431-00005678") == "0431-00001234转801、0431-00005678"
    assert phones("０４３１－００００１２３４") == "0431-00001234"
    assert phones("0431-00001234\n0431-00005678") == "0431-00001234、0431-00005678"


@pytest.mark.parametrize("written", ["1.38E+10", "1.38e10", "0431-00001234、1.38E+10"])
def test_a_ruined_phone_is_refused(written: str) -> None:
    with pytest.raises(Unread) as caught:
        phones(written)
    assert caught.value.finding.code == "value.phone_is_number"


def test_a_ruined_code_is_refused_before_its_length_is_counted() -> None:
    with pytest.raises(Unread) as caught:
        code("9.1220102E+17")
    assert caught.value.finding.code == "value.code_is_number"
