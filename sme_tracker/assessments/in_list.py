"""What the standards add to the list of enterprises: the strip of findings, and filters by verdict and by finding."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

from flask import g, get_template_attribute, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy import false, select
from sqlalchemy.orm import Session

from sme_tracker.assessments.blueprint import bp
from sme_tracker.assessments.judging import RESULTS as BY_LETTER
from sme_tracker.assessments.picks import Kept, by_finding, by_verdict, verdicts_of
from sme_tracker.assessments.rule_sets import LEVELS, PURPOSES, Standard, applying_by_code, next_level
from sme_tracker.assessments.words import OUTCOMES, PURPOSE_WORDS, RESULTS
from sme_tracker.enterprises.additions import AddedFilter, More, Texts, hand_in
from sme_tracker.enterprises.chips import Editor, Option, OptionList, lists, options
from sme_tracker.enterprises.choosing import Choice
from sme_tracker.enterprises.columns import Column, Rows, Told
from sme_tracker.enterprises.models import Enterprise
from sme_tracker.rules.terms import Title
from sme_tracker.rules.verdicts import Outcome, Result
from sme_tracker.web import language
from sme_tracker.web.language import gettext as _
from sme_tracker.web.language import lazy_gettext as _l
from sme_tracker.web.language import said
from sme_tracker.web.words import TITLES

CODES = frozenset(level if purpose == "new" else f"{level}-{purpose}" for level in LEVELS for purpose in PURPOSES)
NOT_YET = (Result.NOT_MET, Result.MISSING, Result.TO_JUDGE)
"""What a criterion is asked for where no result is named."""

NOBODY = Choice(select(Enterprise.__table__.c.id).where(false()), false())
_OUTCOMES = {outcome.value: words for outcome, words in OUTCOMES.items()}


@bp.record_once
def add_to_list(state: BlueprintSetupState) -> None:
    """Hand the strip and the filters to the list of enterprises."""
    hand_in(state.app, MORE)


def _read_verdict(texts: Texts) -> Texts:
    if texts.get("standard") not in CODES:
        raise ValueError(texts)
    return {**texts, "verdict": Outcome(texts["verdict"]).value} if "verdict" in texts else texts


def _choose_verdict(session: Session, texts: Texts, today: date) -> Choice:
    standard = _applying(session, today).get(texts["standard"])
    outcome = texts.get("verdict")
    return by_verdict(standard, Outcome(outcome) if outcome else None) if standard else NOBODY


def _edit_verdict(session: Session, texts: Texts, today: date) -> Editor:
    standards = tuple(_applying(session, today).values())
    return _verdict_editor(standards, texts.get("standard", ""), texts.get("verdict", ""), language.code())


@lru_cache(maxsize=64)
def _verdict_editor(standards: Sequence[Standard], code: str, outcome: str, _spoken: str) -> Editor:
    found = {each.code: each for each in standards}
    words = None
    if code:
        title = _title(found[code]) if code in found else code
        words = _("%(name)s: %(value)s", name=title, value=_OUTCOMES[outcome]) if outcome else title
    return lists(
        _("Verdict"),
        words,
        OptionList("standard", _("Standard applied"), [("", _standards(found, code))]),
        OptionList("verdict", _("Verdict"), [("", options({"": _("Any verdict"), **_OUTCOMES}, outcome))]),
    )


def _applying(session: Session, today: date) -> Mapping[str, Standard]:
    """The standards of today by their codes, read once for a page."""
    if "applying" not in g:
        g.applying = applying_by_code(session, today)
    found: Mapping[str, Standard] = g.applying
    return found


def _standards(found: Mapping[str, Standard], chosen: str) -> list[Option]:
    return options({"": _("Any standard")} | {code: _title(each) for code, each in found.items()}, chosen)


def _read_finding(texts: Texts) -> Texts:
    code, _dot, key = texts.get("criterion", "").partition(".")
    if code not in CODES or not key:
        raise ValueError(texts)
    return {**texts, "result": Result(texts["result"]).value} if "result" in texts else texts


def _choose_finding(session: Session, texts: Texts, today: date) -> Choice:
    code, _dot, key = texts["criterion"].partition(".")
    standard = _applying(session, today).get(code)
    if standard is None or key not in _names(standard, language.code()):
        return NOBODY
    return by_finding(standard, key, [Result(texts["result"])] if "result" in texts else NOT_YET)


def _edit_finding(session: Session, texts: Texts, today: date) -> Editor:
    standards = tuple(_applying(session, today).values())
    return _finding_editor(standards, texts.get("criterion", ""), texts.get("result", ""), language.code())


@lru_cache(maxsize=64)
def _finding_editor(standards: Sequence[Standard], asked: str, result: str, spoken: str) -> Editor:
    found = {each.code: each for each in standards}
    code, _dot, key = asked.partition(".")
    words = None
    if asked:
        name = _names(found[code], spoken).get(key, key) if code in found else key
        title = _("%(level)s · %(purpose)s", level=_title(found[code]), purpose=name) if code in found else asked
        words = _("%(name)s: %(value)s", name=title, value=RESULTS[result] if result else _("not met or open"))
    return lists(
        _("Criterion"),
        words,
        OptionList("criterion", _("Criterion"), list(_criteria(found, asked))),
        OptionList("result", _("Result"), [("", options({"": _("not met or open"), **RESULTS}, result))]),
    )


def _criteria(found: Mapping[str, Standard], asked: str) -> Iterator[tuple[str, Sequence[Option]]]:
    yield "", [Option("", _("Any criterion"))]
    for code, standard in found.items():
        names = {f"{code}.{key}": name for key, name in _names(standard, language.code()).items()}
        yield _title(standard), options(names, asked)


def _told(rows: Rows, tell: Callable[[Standard, str, str], Callable[[int], str]], not_yet: str) -> Mapping[int, str]:
    """Something of each row: of the standard that a filter names, or of the next level above the one held.

    Of whom there is no verdict although standards apply, that is what is told.
    """
    found = _applying(rows.session, rows.today)
    code = rows.asked.get("standard") or rows.asked.get("criterion", "").partition(".")[0]
    told: dict[int, str] = {} if code in found or not found else dict.fromkeys(rows.ids, not_yet)
    for which, kept in verdicts_of(rows.session, rows.ids, found.get(code)).items():
        told.pop(which, None)
        one = kept[0] if code in found else _next_up(kept)
        standard = found.get(one.level if one.purpose == "new" else f"{one.level}-{one.purpose}") if one else None
        if one and standard and standard.rule_set_id == one.rule_set_id:
            told[which] = tell(standard, one.marks, language.code())(which)
    return told


def _next_up(kept: Sequence[Kept]) -> Kept | None:
    level = next_level(kept[0].held, {one.level for one in kept if one.purpose == "new"})
    return next((one for one in kept if one.level == level), None)


def _drawn_here(standard: Standard, marks: str, spoken: str) -> Callable[[int], str]:
    return _drawn(standard, marks, spoken, request.script_root)


@lru_cache(maxsize=4096)
def _drawn(standard: Standard, marks: str, spoken: str, _root: str) -> Callable[[int], str]:
    """The cell with these marks for any enterprise: drawn once, the id put into its address."""
    codes = [BY_LETTER[letter].value for letter in marks]
    nobody = url_for("enterprises.enterprise", enterprise_id=0, level=standard.level, purpose=standard.purpose)
    draw = get_template_attribute("assessments/list_cells.html", "gap")
    cell: Any = draw(standard, _title(standard), codes, list(_names(standard, spoken).values()), f"{nobody}#gap")
    before, after = cell.split("/0?", 1)
    return lambda which: before + f"/{which}?" + after


@lru_cache(maxsize=8)
def _drawn_not_yet(_spoken: str) -> str:
    cell: Any = get_template_attribute("assessments/list_cells.html", "not_yet")
    return str(cell())


@lru_cache(maxsize=4096)
def _written(standard: Standard, marks: str, spoken: str) -> Callable[[int], str]:
    """What the strip says, in words: which criteria are not met, which lack data, which wait for a judgement."""
    named = sorted(zip(marks, _names(standard, spoken).values(), strict=True), key=lambda pair: "x-?o".index(pair[0]))
    parts = [
        _(
            "%(name)s: %(value)s",
            name=RESULTS[BY_LETTER[letter]],
            value=str(_(", ")).join(name for _letter, name in pairs),
        )
        for letter, pairs in groupby(named, key=lambda pair: pair[0])
        if letter != "o"
    ]
    text = _("%(name)s: %(value)s", name=_title(standard), value=str(_("; ")).join(parts) or _("All met"))
    return lambda _which: text


@lru_cache(maxsize=64)
def _names(standard: Standard, _spoken: str) -> Mapping[str, str]:
    """The criteria of a standard in its order, by key, in the language of the page."""
    return {each.key: said(each.zh, each.en) for each in standard.rule_set.criteria}


def _title(standard: Standard) -> str:
    level, purpose = TITLES[Title(standard.level)], PURPOSE_WORDS[standard.purpose]
    return str(_("%(level)s · %(purpose)s", level=level, purpose=purpose))


MORE = More(
    [
        AddedFilter(("standard", "verdict"), _read_verdict, _choose_verdict, _edit_verdict, of_today=True),
        AddedFilter(("criterion", "result"), _read_finding, _choose_finding, _edit_finding, of_today=True),
    ],
    [
        Column(
            "gap",
            "id",
            _l("Gap to the standard"),
            width="w-strip",
            never_missing=True,
            of_today=True,
            told=Told(
                lambda rows: _told(rows, _drawn_here, _drawn_not_yet(language.code())),
                lambda rows: _told(rows, _written, _("Not judged yet")),
            ),
        )
    ],
)
"""What the list of enterprises gets from here."""
