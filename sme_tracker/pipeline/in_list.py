"""What the plan (培育库) adds to the list of enterprises: who is cultivated for which title, in which year."""

from datetime import date
from functools import lru_cache

from flask.blueprints import BlueprintSetupState
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from sme_tracker.enterprises.additions import AddedFilter, More, Texts, hand_in
from sme_tracker.enterprises.chips import Editor, OptionList, lists, options
from sme_tracker.enterprises.choosing import Choice
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.pipeline.blueprint import bp
from sme_tracker.pipeline.forms import FIRST_YEAR, LAST_YEAR
from sme_tracker.pipeline.models import Plan
from sme_tracker.rules.terms import LADDER, Title
from sme_tracker.web import language
from sme_tracker.web.language import gettext as _
from sme_tracker.web.words import TITLES

YEARS_BACK, YEARS_AHEAD = 2, 4


@bp.record_once
def add_to_list(state: BlueprintSetupState) -> None:
    """Hand the filter to the list of enterprises."""
    hand_in(state.app, MORE)


def _read(texts: Texts) -> Texts:
    found = {"planned": Title(texts["planned"]).value} if "planned" in texts else {}
    if "planned_year" in texts:
        if int(texts["planned_year"][:5]) not in range(FIRST_YEAR, LAST_YEAR + 1):
            raise ValueError(texts)
        found["planned_year"] = str(int(texts["planned_year"]))
    return found


def _choose(_session: Session, texts: Texts, _today: date) -> Choice:
    plan, enterprise = Plan.__table__.c, Enterprise.__table__
    asked: list[ColumnElement[bool]] = [plan.retired_at.is_(None)]
    if "planned" in texts:
        asked.append(plan.title == texts["planned"])
    if "planned_year" in texts:
        asked.append(plan.year == int(texts["planned_year"]))
    ids = select(plan.enterprise_id).where(*asked)
    one = select(plan.id).where(and_(plan.enterprise_id == enterprise.c.id, *asked)).correlate(enterprise)
    return Choice(ids if len(asked) == 3 else ids.distinct(), one.exists())


def _edit(_session: Session, texts: Texts, today: date) -> Editor:
    return _editor(texts.get("planned", ""), texts.get("planned_year", ""), today.year, language.code())


@lru_cache(maxsize=64)
def _editor(title: str, year: str, this_year: int, _spoken: str) -> Editor:
    titles = {of.value: TITLES[of] for of in (*LADDER, *([Title(title)] if title else []))}
    years = sorted({*range(this_year - YEARS_BACK, this_year + YEARS_AHEAD), *([int(year)] if year else [])})
    words = None
    if title and year:
        words = _("%(title)s in %(year)s", title=TITLES[Title(title)], year=year)
    elif title or year:
        words = str(TITLES[Title(title)]) if title else year
    return lists(
        _("In the plan for"),
        words,
        OptionList("planned", _("Level planned"), [("", options({"": _("Any level"), **titles}, title))]),
        OptionList(
            "planned_year",
            _("Year planned"),
            [("", options({"": _("Any year"), **{str(one): str(one) for one in years}}, year))],
        ),
    )


MORE = More([AddedFilter(("planned", "planned_year"), _read, _choose, _edit)])
"""What the list of enterprises gets from here."""
