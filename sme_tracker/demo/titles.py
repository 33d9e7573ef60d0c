"""The titles of the demo bureau: cohorts, promotions, reviews, losses, and who is put forward."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sme_tracker.demo.calendar import Diary, Kind, anniversary
from sme_tracker.demo.firms import Firm
from sme_tracker.rules.terms import RecognitionKind, ReviewResult, Title

VALID_YEARS = 3
BASELINE_YEAR = 2022
"""The counts of 485 = 374 + 84 + 27 are those of the day before this year."""
NATIONAL_BEFORE_2022 = ((date(2019, 6, 5), 3), (date(2020, 11, 13), 8), (date(2021, 7, 19), 16))
PROVINCIAL_BEFORE_2022 = ((date(2018, 12, 20), 27), (date(2019, 12, 18), 34), (date(2020, 12, 22), 50))
MUNICIPAL_BEFORE_2022 = (
    (date(2018, 9, 20), 70),
    (date(2019, 9, 18), 130),
    (date(2020, 9, 21), 150),
    (date(2021, 9, 22), 139),
)
LOST_BEFORE_2022 = 4
NEW_MUNICIPAL = ((date(2022, 3, 30), 42), (date(2022, 6, 22), 60), (date(2022, 9, 20), 56), (date(2022, 11, 28), 47))
YEARLY_SHARE = 0.97
NATIONAL_A_YEAR = (11, 9, 8, 7, 9)
PROVINCIAL_A_YEAR = (46, 40, 44, 38, 42)
PUT_FORWARD_A_YEAR = (21, 19, 22, 18, 20)
FROZEN = {2022: ((date(2022, 8, 25), 0, 14), (date(2022, 9, 25), 1, 18), (date(2022, 11, 25), 1, 22))}
"""The national shortlists that were frozen: the day, and which of those next in the row it recommends."""
PREFIX = {Title.MUNICIPAL: "长工信", Title.PROVINCIAL: "吉工信民营", Title.NATIONAL: "工信部企业函"}


@dataclass
class Held:
    """A title given to an enterprise, with the id the ledger gave it."""

    firm: Firm
    title: Title
    published_on: date
    kind: RecognitionKind = RecognitionKind.NEW
    id: int = 0

    @property
    def valid_until(self) -> date:
        """The last day of its three years."""
        return anniversary(self.published_on, VALID_YEARS)


@dataclass
class ReviewOf:
    """A review of a title, and what it leads to."""

    held: Held
    opened_on: date
    decided_on: date | None = None
    result: ReviewResult | None = None
    renewal: Held | None = None
    id: int = 0


@dataclass
class Cohorts:
    """Who can still rise: the enterprises without a title, and the holders by highest title, strongest first."""

    untitled: list[Firm]
    municipal: list[Firm] = field(default_factory=list)
    provincial: list[Firm] = field(default_factory=list)
    national: list[Firm] = field(default_factory=list)


def note_titles(chance: Random, diary: Diary, firms: list[Firm]) -> None:
    """Give titles year by year so that at the end of 2021 the city counts 374 + 84 + 27 = 485."""
    cohorts = Cohorts([firm for firm in firms if firm.known_from.year == 2019 and firm.known_from.month == 1])
    cohorts.untitled = cohorts.untitled[:1400]
    last_review_year = diary.today.year + 1
    ledger = _before_2022(diary, cohorts)
    for year in range(2022, diary.today.year + 1):
        ledger += _in_year(chance, diary, cohorts, year)
    for held in ledger:
        _review(chance, diary, held, last_review_year)


def _before_2022(diary: Diary, cohorts: Cohorts) -> list[Held]:
    ledger: list[Held] = []
    for published_on, count in MUNICIPAL_BEFORE_2022:
        ledger += _give(diary, Title.MUNICIPAL, published_on, cohorts.untitled, cohorts.municipal, count)
    lost = cohorts.municipal[-LOST_BEFORE_2022:]
    del cohorts.municipal[-LOST_BEFORE_2022:]
    for held in ledger[-LOST_BEFORE_2022:]:
        diary.note(Kind.REVOKE, date(2021, 11, 30), (held, date(2021, 11, 26), "申报材料不实"))
    for published_on, count in PROVINCIAL_BEFORE_2022:
        ledger += _give(diary, Title.PROVINCIAL, published_on, cohorts.municipal, cohorts.provincial, count)
    for published_on, count in NATIONAL_BEFORE_2022:
        ledger += _give(diary, Title.NATIONAL, published_on, cohorts.provincial, cohorts.national, count)
    cohorts.untitled += lost
    return ledger


def _in_year(chance: Random, diary: Diary, cohorts: Cohorts, year: int) -> list[Held]:
    place = (year - 2022) % len(NATIONAL_A_YEAR)
    ledger: list[Held] = []
    for day_2022, count in NEW_MUNICIPAL:
        published_on = day_2022.replace(year=year)
        some = round(count * YEARLY_SHARE ** (year - 2022))
        ledger += _give(diary, Title.MUNICIPAL, published_on, cohorts.untitled, cohorts.municipal, some)
    if year not in FROZEN:
        _put_forward(chance, diary, cohorts.provincial, year, PUT_FORWARD_A_YEAR[place])
    national_on = date(year, 8, chance.randrange(8, 20))
    ledger += _give(diary, Title.NATIONAL, national_on, cohorts.provincial, cohorts.national, NATIONAL_A_YEAR[place])
    for day, first, last in FROZEN.get(year, ()):
        diary.note(Kind.FREEZE, day, (year, cohorts.provincial[first:last]))
    provincial_on = date(year, 6, chance.randrange(10, 25))
    promoted = PROVINCIAL_A_YEAR[place]
    ledger += _give(diary, Title.PROVINCIAL, provincial_on, cohorts.municipal, cohorts.provincial, promoted)
    return ledger


def _give(
    diary: Diary, title: Title, published_on: date, source: list[Firm], holders: list[Firm], count: int
) -> list[Held]:
    """Give the title to the first of `source`, who from then on stand at the end of `holders`."""
    chosen = source[:count]
    ledger = []
    for firm in chosen:
        held = Held(firm, title, published_on)
        if diary.note(Kind.RECOGNISE, published_on, held):
            ledger.append(held)
    if ledger:
        del source[:count]
        holders += chosen
    return ledger


def _put_forward(chance: Random, diary: Diary, provincial: list[Firm], year: int, count: int) -> None:
    for place, firm in enumerate(provincial[:count]):
        day = date(year, 3 + place * 6 // count, chance.randrange(3, 27))
        diary.note(Kind.PUT_FORWARD, day, (firm, year, day))


def _review(chance: Random, diary: Diary, held: Held, last_year: int) -> None:
    """Review a title that ends: most are renewed, some fail, some never apply and lapse at midnight."""
    until = held.valid_until
    before_the_baseline = until.year < BASELINE_YEAR
    if until.year > last_year or (chance.random() < 0.05 and not before_the_baseline):
        return
    review = ReviewOf(held, until - timedelta(days=chance.randrange(50, 95)))
    if not diary.note(Kind.OPEN_REVIEW, review.opened_on, review):
        return
    review.decided_on = until + timedelta(days=chance.randrange(-20, 25))
    if before_the_baseline or chance.random() < 0.9:
        review.result = ReviewResult.RENEWED
        review.renewal = Held(held.firm, held.title, review.decided_on, RecognitionKind.RENEWED)
    else:
        review.result = ReviewResult.FAILED
    if diary.note(Kind.DECIDE_REVIEW, review.decided_on, review) and review.renewal:
        _review(chance, diary, review.renewal, last_year)


def document_number(title: Title, published_on: date) -> str:
    """The number of the notice that published the title."""
    number = published_on.month * 20 + published_on.day
    return f"{PREFIX[title]}〔{published_on.year}〕{number}号"
