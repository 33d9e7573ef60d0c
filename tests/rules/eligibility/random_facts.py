"""Enterprises at random: figures and papers known or not, near the thresholds more often than not."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from sme_tracker.rules.facts import (
    Award,
    Certificate,
    EnterpriseFacts,
    EquityRound,
    Figure,
    HeldTitle,
    IpAsset,
    Judgement,
    MarketShare,
    PlatformScore,
    RdInstitution,
    Statement,
)
from tests.rules.eligibility.factories import DAY

YEARS = (2019, 2020, 2021)
FIGURES = (
    "revenue_wan",
    "main_revenue_wan",
    "rd_expense_wan",
    "assets_wan",
    "liabilities_wan",
    "net_profit_wan",
    "staff",
    "rd_staff",
)
QUESTIONS = ("key_chain_link", "market_share_high", "sound_accounts", "jilin_2022_no_restriction")

amounts = st.one_of(
    st.integers(0, 30000).map(Decimal),
    st.sampled_from([0, 100, 600, 1000, 1500, 3000, 5000, 7000, 10000, 10500, 11025]).map(Decimal),
)
figures = st.dictionaries(
    st.tuples(st.sampled_from(FIGURES), st.sampled_from(YEARS)),
    st.builds(Figure, amounts, st.sampled_from(["audit", "platform"])),
    max_size=len(FIGURES) * len(YEARS),
)
past_days = st.integers(0, 2000).map(lambda days: DAY - timedelta(days=days))
some_past_day = st.none() | past_days
ends = st.none() | st.integers(-200, 400).map(lambda days: DAY + timedelta(days=days))
perhaps = st.none() | st.booleans()
ranks = st.none() | st.integers(1, 60)
levels = st.sampled_from([None, "national", "provincial", "municipal", "below"])

ip_assets = st.builds(
    IpAsset,
    name=st.sampled_from("abcdef"),
    ip_class=st.sampled_from([1, 1, 2]),
    acquisition=st.sampled_from([None, "original", "original", "transferred"]),
    high_value=perhaps,
    owner_rank=st.none() | st.integers(1, 5),
    linked_to_main_product=perhaps,
    in_use=perhaps,
    from_day=some_past_day,
)
awards = st.builds(
    Award,
    kind=st.sampled_from(["science", "quality", "maker_china"]),
    level=st.sampled_from([None, "national", "provincial"]),
    rank=ranks,
    from_day=some_past_day,
)
rounds = st.builds(EquityRound, amount_wan=st.none() | amounts, qualified=perhaps, from_day=some_past_day)
certificates = st.builds(
    Certificate,
    kind=st.sampled_from(["management_system", "high_tech_enterprise"]),
    from_day=some_past_day,
    until_day=ends,
)
statements = st.one_of(
    st.builds(Statement, kind=st.sampled_from(["own_brand", "information_system", "chain_link", "standard"])),
    st.builds(Statement, kind=st.just("product_field"), detail=st.sampled_from(["six_bases", "other"])),
    st.builds(Statement, kind=st.just("product_role"), detail=st.sampled_from(["fills_gap", "serves_leader"])),
    st.builds(Statement, kind=st.just("digital_level"), number=st.none() | st.sampled_from([1, 2, 3]).map(Decimal)),
)
shares = st.builds(
    MarketShare,
    share_percent=st.none() | st.integers(5, 15).map(Decimal),
    rank=st.none() | st.integers(1, 5),
    from_day=some_past_day,
    until_day=ends,
)
scores = st.builds(
    PlatformScore, year=st.sampled_from([2021, 2022]), score=st.none() | st.integers(40, 70).map(Decimal)
)
judgements = st.builds(
    Judgement, question=st.sampled_from(QUESTIONS), met=st.booleans(), from_day=past_days, until_day=ends
)


def some(papers, most: int = 4):
    """A few papers of a kind, often none."""
    return st.lists(papers, max_size=most).map(tuple)


enterprises = st.builds(
    EnterpriseFacts,
    enterprise=st.just("91220101MA00EXA17Q"),
    figures=figures,
    established_on=st.none() | st.just(date(2012, 3, 1)),
    niche_since=st.none() | st.integers(2010, 2021).map(lambda year: date(year, 6, 1)),
    registered_province=st.sampled_from([None, "jilin"]),
    size_class=st.sampled_from([None, "medium", "large"]),
    independent_legal_person=perhaps,
    titles=some(st.builds(HeldTitle, level=st.sampled_from(["innovative", "provincial"]), until_day=ends), 2),
    ip_assets=some(ip_assets, 6),
    certificates=some(certificates),
    institutions=some(st.builds(RdInstitution, level=levels), 2),
    awards=some(awards, 2),
    equity_rounds=some(rounds),
    platform_scores=st.lists(scores, max_size=2, unique_by=lambda score: score.year).map(tuple),
    market_shares=some(shares, 1),
    statements=st.lists(statements, max_size=6, unique_by=lambda statement: statement.kind).map(tuple),
    judgements=st.lists(judgements, max_size=4, unique_by=lambda judgement: judgement.question).map(tuple),
    lists_entered=st.frozensets(
        st.sampled_from(["ip_assets", "institutions", "statements.own_brand", "market_shares"])
    ),
)
