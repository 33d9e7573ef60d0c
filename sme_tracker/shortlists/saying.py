"""What a form says of candidates: of which, the word and the reason; the same for the city and for a district."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from sme_tracker.rules.bounds import whole_number
from sme_tracker.rules.findings import Finding
from sme_tracker.rules.terms import DecisionWord
from sme_tracker.shortlists.draft import Row
from sme_tracker.web.language import gettext as _
from sme_tracker.web.words import DECISIONS, finding_words

NAMED = 3
Reasons = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Written:
    """A word on candidates, by id; `by_button` if it is the button of one row."""

    chosen: Sequence[int]
    word: DecisionWord
    reason: str
    by_button: bool = False


def read_words(
    rows: Sequence[Row], shown: Sequence[Row], words: Sequence[DecisionWord]
) -> tuple[Written | None, Reasons]:
    """What the form says of the `rows` of a list, or why it says nothing that can be recorded.

    "All that this filter shows" counts only as long as as many are `shown` as the page said.
    """
    known = {row.candidate.enterprise_id for row in rows}
    which, _dot, word = request.form.get("one", "").partition(".")
    if which:
        candidate = whole_number(which)
        if candidate is None or candidate not in known or word not in words:
            return None, [("candidates", _("This candidate is no longer on the list."))]
        reason = request.form.get("reason", "") if word != DecisionWord.RECOMMENDED else ""
        return Written([candidate], DecisionWord(word), reason, by_button=True), []
    chosen, reasons = _chosen(rows, shown)
    word = request.form.get("decision", "")
    if not reasons and word not in words:
        reasons.append(("decision", _("Choose what you say of them.")))
    if reasons:
        return None, reasons
    return Written(chosen, DecisionWord(word), request.form.get("reason", "")), []


def refusal(finding: Finding, written: Written, rows: Sequence[Row]) -> tuple[str, str]:
    """Where on the page it is said what is wrong, and the sentence, which names the enterprises it is about."""
    if finding.code != "reason.missing":
        return "candidates", finding_words(finding)
    names = [row.candidate.name for row in rows if row.candidate.enterprise_id in set(written.chosen)]
    said = str(_(", ")).join(names[:NAMED])
    if len(names) > NAMED:
        said = _("%(names)s and %(more)s more", names=said, more=len(names) - NAMED)
    sentence = _("%(names)s: “%(word)s” needs its reason.", names=said, word=DECISIONS[written.word])
    return f"reason-{written.chosen[0]}" if written.by_button else "reason", sentence


def ticked_of(rows: Sequence[Row]) -> list[int]:
    """The ticked enterprises that are among the rows."""
    ticked = {whole_number(value) for value in request.form.getlist("candidate")}
    return [row.candidate.enterprise_id for row in rows if row.candidate.enterprise_id in ticked]


def _chosen(rows: Sequence[Row], shown: Sequence[Row]) -> tuple[list[int], Reasons]:
    said = request.form.get("everyone")
    if said is None:
        ticked = ticked_of(rows)
        return ticked, [] if ticked else [("candidates", _("Tick the enterprises first."))]
    if said != str(len(shown)):
        sentence = _("The filter shows %(now)s by now, not %(then)s: look again.", now=len(shown), then=said)
        return [], [("candidates", sentence)]
    return [row.candidate.enterprise_id for row in shown], []
