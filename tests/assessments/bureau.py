"""A provincial enterprise with its papers, to be judged by the Little Giant standard of 2022."""

from datetime import UTC, date, datetime
from decimal import Decimal

from sme_tracker.assessments import actions
from sme_tracker.assessments.models import VerdictRecord
from sme_tracker.assessments.shipping import load_shipped
from sme_tracker.db import GuardedSession, transaction
from sme_tracker.enterprises import actions as enterprises
from sme_tracker.history.chain import Author
from sme_tracker.recognitions import actions as recognitions
from sme_tracker.rules.credit_code import check_character, organisation_check_character
from sme_tracker.rules.figures import YearlyFigures
from sme_tracker.rules.terms import RecognitionKind, Source, Title

NOW = datetime(2026, 5, 4, 1, tzinfo=UTC)
TODAY = date(2026, 5, 4)
BY = Author(None, "form", NOW)
PAPERS: dict[str, list[dict[str, object]]] = {
    "ip_assets": [
        {
            "ip_class": 1,
            "acquisition": "original",
            "linked_to_main_product": True,
            "in_use": True,
            "high_value": True,
            "owner_rank": 1,
        }
        for _ in range(4)
    ],
    "market_shares": [{"scope": "national", "share_percent": Decimal("12.3"), "rank": 2}],
    "statements": [{"kind": "product_field", "detail": "six_bases"}],
    "platform_scores": [{"year": 2026, "score": Decimal(66)}],
}


def code(number: int) -> str:
    """A valid code of an enterprise that does not exist."""
    subject = f"{number:08d}"
    first17 = "91220101" + subject + organisation_check_character(subject)
    return first17 + check_character(first17) if "X" not in first17 else code(number + 100_000)


def with_rules(session: GuardedSession) -> None:
    """The rule sets that ship with the product."""
    with transaction(session):
        load_shipped(session, NOW)


def provincial(session: GuardedSession, number: int = 1, **papers: list[dict[str, object]]) -> int:
    """An enterprise that holds the provincial title, has grown by 8 % a year and has all papers but those given."""
    with transaction(session):
        profile = {"founded_on": date(2010, 1, 1), "niche_since": date(2012, 1, 1), "industry_code": "C36"}
        (which,) = enterprises.register(
            session, BY, [enterprises.NewEnterprise(code(number), "长春启衡精密传动有限公司", profile=profile)]
        )
        enterprises.record_figures(session, BY, [(which, figures(year)) for year in (2023, 2024, 2025)])
        day = date(2025, 12, 1)
        recognitions.recognise(
            session,
            BY,
            [
                recognitions.NewRecognition(
                    which, Title.PROVINCIAL, RecognitionKind.NEW, day, day, date(2028, 11, 30), document_number="1 号"
                )
            ],
        )
        for kind, listed in (PAPERS | papers).items():
            rows = [
                actions.NewEvidence(which, kind, f"{kind} {place}", from_day=date(2025, 3, 1), data=data)
                for place, data in enumerate(listed)
            ]
            actions.record_evidence(session, BY, rows)
    return which


def figures(year: int, **other: object) -> YearlyFigures:
    """The audited figures of a year in which everything the standard asks for is right."""
    revenue = Decimal(round(20_000 * 1.08 ** (year - 2023)))
    values: dict[str, object] = {
        "revenue_wan": revenue,
        "main_revenue_wan": revenue * Decimal("0.95"),
        "rd_expense_wan": revenue * Decimal("0.06"),
        "assets_wan": revenue,
        "liabilities_wan": revenue * Decimal("0.5"),
        "staff": 226,
        "rd_staff": 60,
    }
    return YearlyFigures(year, Source.AUDIT, **(values | other))  # type: ignore[arg-type]


def verdict(session: GuardedSession, which: int, level: str = "national") -> VerdictRecord:
    """What is kept of the enterprise at a level."""
    session.expire_all()
    return session.get_one(VerdictRecord, (which, level))
