"""The cases of the demo bureau on the three tracks: opened through the years, at every step, some given up."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sme_tracker.demo.calendar import Diary, Kind
from sme_tracker.demo.firms import Firm
from sme_tracker.rules.moves import track
from sme_tracker.rules.terms import Track

FIRST_YEAR = 2021
"""The bureau keeps cases from this year on."""


@dataclass(frozen=True)
class Flow:
    """How a track runs: cases opened a year, share that drops out at each step, typical days between steps."""

    opened_a_year: int
    drops_out: float
    days_between: float
    exit_code: str
    reasons: tuple[str, ...]
    first_year: int = FIRST_YEAR


FLOWS = {
    Track.UPGRADE: Flow(230, 0.07, 34, "given_up", ("订单下滑，收入预计达不到门槛", "企业搬迁，暂缓申报")),
    Track.CONVERT: Flow(85, 0.08, 50, "given_up", ("股东意见不一致", "历史出资问题待规范")),
    Track.GO_PUBLIC: Flow(9, 0.06, 90, "tutoring_withdrawn", ("业绩未达板块要求", "更换保荐机构，重新备案"), 2019),
}


@dataclass
class DemoCase:
    """A case, with the id the pipeline gave it."""

    firm: Firm
    track: Track
    opened_on: date
    id: int = 0


@dataclass
class Ground:
    """The enterprises that can still take a track, in a shuffled row."""

    rows: dict[Track, list[Firm]] = field(default_factory=dict)

    def next(self, of: Track, day: date) -> Firm | None:
        """An enterprise already known on the day; it is not taken twice."""
        row = self.rows[of]
        place = next((place for place, firm in enumerate(row) if firm.known_from <= day), None)
        return None if place is None else row.pop(place)


def note_cases(chance: Random, diary: Diary, firms: list[Firm]) -> None:
    """Open cases month by month on each track and let each run as far as its time allows."""
    ground = Ground({
        Track.UPGRADE: [firm for firm in firms if 300 <= firm.revenue_wan <= 2600],
        Track.CONVERT: [firm for firm in firms if firm.revenue_wan > 1800 and "股份" not in firm.name],
        Track.GO_PUBLIC: firms[:160],
    })  # fmt: skip
    for of, flow in FLOWS.items():
        chance.shuffle(ground.rows[of])
        for year in range(flow.first_year, diary.today.year + 1):
            for _ in range(flow.opened_a_year):
                opened_on = date(year, 1, 1) + timedelta(days=int(chance.triangular(0, 300, 40)))
                firm = ground.next(of, opened_on)
                if firm:
                    _run(chance, diary, DemoCase(firm, of, opened_on), flow)


def _run(chance: Random, diary: Diary, case: DemoCase, flow: Flow) -> None:
    if not diary.note(Kind.OPEN_CASE, case.opened_on, case):
        return
    day = case.opened_on
    steps = track(case.track).steps
    for step in steps[1:]:
        if chance.random() < 0.4 and not step.counts:
            continue
        day += timedelta(days=max(3, int(chance.lognormvariate(0, 0.7) * flow.days_between)))
        if chance.random() < flow.drops_out:
            diary.note(Kind.CLOSE_CASE, day, (case, flow.exit_code, day, chance.choice(flow.reasons)))
            return
        if not diary.note(Kind.STEP, day, (case, step.code, day)) or step.counts:
            return
