"""Each yearly figure comes from its best source, and ratios are computed from what is known."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sme_tracker.rules.figures import (
    FIGURES,
    RATIOS,
    BestFigures,
    Ratio,
    Sourced,
    YearlyFigures,
    best_figures,
    growth,
    latest_complete_year,
    ratio,
)
from sme_tracker.rules.size_class import figures_needed
from sme_tracker.rules.terms import Source

AUDIT, PLATFORM, SELF_REPORTED = Source


def of_2021(*rows):
    return best_figures(YearlyFigures(2021, source, **figures) for source, figures in rows)[2021]


def test_the_audit_report_goes_before_the_platform_and_that_before_the_own_word():
    rows = [(source, {"staff": staff}) for source, staff in ((SELF_REPORTED, 3), (AUDIT, 1), (PLATFORM, 2))]
    assert of_2021(*rows).figures["staff"] == Sourced(1, AUDIT)
    assert of_2021(rows[0], rows[2]).figures["staff"] == Sourced(2, PLATFORM)
    assert of_2021(rows[0]).figures["staff"] == Sourced(3, SELF_REPORTED)


def test_what_the_best_source_does_not_say_is_taken_from_the_next():
    best = of_2021((AUDIT, {"revenue_wan": Decimal(5000)}), (PLATFORM, {"revenue_wan": Decimal(4000), "staff": 80}))
    assert best.figures == {"revenue_wan": Sourced(Decimal(5000), AUDIT), "staff": Sourced(80, PLATFORM)}


def test_a_zero_is_a_figure_and_an_empty_one_is_not():
    best = of_2021((AUDIT, {"rd_expense_wan": Decimal(0)}), (PLATFORM, {"rd_expense_wan": Decimal(90)}))
    assert best.value("rd_expense_wan") == 0
    assert best.value("revenue_wan") is None


def test_a_ratio_that_mixes_sources_says_so():
    pure = of_2021((AUDIT, {"rd_expense_wan": Decimal(150), "revenue_wan": Decimal(5000)}))
    mixed = of_2021((AUDIT, {"revenue_wan": Decimal(5000)}), (PLATFORM, {"rd_expense_wan": Decimal(150)}))
    assert ratio(pure, "rd_intensity_percent") == Ratio(Decimal(3), frozenset({AUDIT}))
    assert not ratio(pure, "rd_intensity_percent").mixes_sources
    assert ratio(mixed, "rd_intensity_percent") == Ratio(Decimal(3), frozenset({AUDIT, PLATFORM}))
    assert ratio(mixed, "rd_intensity_percent").mixes_sources


@pytest.mark.parametrize(
    ("name", "above", "below", "percent"),
    [
        ("main_revenue_share_percent", 4000, 5000, 80),
        ("rd_intensity_percent", 150, 5000, 3),
        ("debt_ratio_percent", 6000, 5000, 120),
        ("rd_staff_share_percent", 20, 80, 25),
        ("net_margin_percent", -500, 5000, -10),
    ],
)
def test_each_ratio_is_its_numerator_in_percent_of_its_denominator(name, above, below, percent):
    best = of_2021((AUDIT, dict(zip(RATIOS[name], (Decimal(above), Decimal(below)), strict=True))))
    assert ratio(best, name).percent == percent


@pytest.mark.parametrize("below", [None, Decimal(0), Decimal(-1)])
def test_without_a_positive_denominator_there_is_no_ratio(below):
    assert ratio(of_2021((AUDIT, {"net_profit_wan": Decimal(5), "revenue_wan": below})), "net_margin_percent") is None


def revenue(year, wan, source=AUDIT):
    return BestFigures(year, {"revenue_wan": Sourced(Decimal(wan), source)})


def test_growth_is_over_the_year_before():
    assert growth(revenue(2021, 5500), revenue(2020, 5000)) == Ratio(Decimal(10), frozenset({AUDIT}))
    assert growth(revenue(2021, 4000), revenue(2020, 5000)).percent == -20
    assert growth(revenue(2021, 5500), revenue(2020, 5000, SELF_REPORTED)).mixes_sources


def test_growth_needs_both_years_a_positive_start_and_no_gap():
    assert growth(revenue(2021, 5500), None) is None
    assert growth(revenue(2021, 5500), revenue(2019, 5000)) is None
    assert growth(revenue(2021, 5500), revenue(2020, 0)) is None
    assert growth(revenue(2021, 5500), BestFigures(2020, {})) is None


def test_the_size_class_rests_on_the_latest_ended_year_with_all_it_needs():
    complete = {"staff": 80, "revenue_wan": Decimal(5000)}
    years = best_figures([
        YearlyFigures(2019, AUDIT, **complete),
        YearlyFigures(2020, AUDIT, **complete),
        YearlyFigures(2021, AUDIT, staff=90),
        YearlyFigures(2022, SELF_REPORTED, **complete),
    ]).values()  # fmt: skip
    needed = figures_needed("C35")
    assert latest_complete_year(years, needed, date(2022, 12, 31)).fiscal_year == 2020
    assert latest_complete_year(years, needed, date(2023, 1, 1)).fiscal_year == 2022
    assert latest_complete_year(years, ("assets_wan",), date(2023, 1, 1)) is None


rows = st.lists(
    st.builds(
        YearlyFigures,
        st.integers(2019, 2022),
        st.sampled_from(Source),
        revenue_wan=st.none() | st.decimals(0, 10**6, places=2),
        staff=st.none() | st.integers(0, 5000),
    ),
    max_size=8,
    unique_by=lambda row: (row.fiscal_year, row.source),
)


@given(rows, st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows, random):
    assert best_figures(random.sample(rows, len(rows))) == best_figures(rows)


@given(rows)
def test_a_figure_is_known_exactly_when_some_source_says_it(rows):
    best = best_figures(rows)
    assert list(best) == sorted({row.fiscal_year for row in rows})
    for year in best.values():
        said = {n for n in FIGURES for r in rows if r.fiscal_year == year.fiscal_year and getattr(r, n) is not None}
        assert set(year.figures) == said
