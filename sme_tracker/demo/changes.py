"""What changes in the demo bureau beside titles and cases: targets, plans, names, units, departures."""

from datetime import date, timedelta
from random import Random

from sme_tracker.demo.calendar import FIRST_DAY, Diary, Kind
from sme_tracker.demo.firms import Firm
from sme_tracker.rules.terms import Indicator, Status, Title

# srdi, sprint, upgrade, convert, go_public by year
CITY_TARGETS = {
    2021: (160, 16, 140, 40, 3),
    2022: (200, 20, 150, 50, 5),
    2023: (200, 20, 155, 50, 4),
    2024: (190, 20, 155, 45, 4),
    2025: (190, 20, 160, 45, 4),
    2026: (180, 20, 160, 45, 5),
}
UNIT_SHARES = (40, 8, 11, 13, 9, 12, 4, 6, 4, 2, 3, 5, 26, 18, 14, 32, 0, 4)
RENAMED, MOVED_WITHIN, MOVED_OUT, DEREGISTERED = 36, 14, 22, 26
PLANNED_A_YEAR = 60


def note_changes(chance: Random, diary: Diary, firms: list[Firm]) -> None:
    """Everything that happens beside the ladder and the tracks."""
    _targets(diary)
    ordinary = [firm for firm in firms[1450:] if firm.known_from == FIRST_DAY]
    _names(chance, diary, firms[100 : 100 + RENAMED * 8 : 8])
    _departures(chance, diary, ordinary)
    for firm in chance.sample(firms[60:400], MOVED_WITHIN):
        day = _some_day(chance, diary)
        next_unit = (firm.unit_id or 0) % len(UNIT_SHARES) + 1
        diary.note(Kind.UNIT, day, (firm, next_unit, day))
    for year in range(2022, diary.today.year + 1):
        for firm in chance.sample(firms[111:400], PLANNED_A_YEAR):
            diary.note(Kind.PLAN, date(year, 2, 10), (firm, Title.PROVINCIAL, year))
        for firm in firms[27:57]:
            diary.note(Kind.PLAN, date(year, 2, 20), (firm, Title.NATIONAL, year))


def _targets(diary: Diary) -> None:
    for year in range(min(CITY_TARGETS), diary.today.year + 1):
        values = CITY_TARGETS.get(year, CITY_TARGETS[max(CITY_TARGETS)])
        city = dict(zip(Indicator, values, strict=True))
        for indicator, value in city.items():
            diary.note(Kind.TARGET, date(year, 1, 12), (year, indicator, None, value))
        for indicator in (Indicator.SRDI, Indicator.UPGRADE):
            for unit_id, share in enumerate(UNIT_SHARES, start=1):
                part = round(city[indicator] * share / sum(UNIT_SHARES) * 1.04)
                diary.note(Kind.TARGET, date(year, 1, 28), (year, indicator, unit_id, part))


def _names(chance: Random, diary: Diary, firms: list[Firm]) -> None:
    for firm in firms:
        day = _some_day(chance, diary)
        name = (
            firm.name.replace("有限公司", "科技有限公司")
            if "股份" not in firm.name
            else f"{firm.name[:-6]}集团股份有限公司"
        )
        diary.note(Kind.RENAME, day, (firm, name, day))


def _departures(chance: Random, diary: Diary, firms: list[Firm]) -> None:
    leaving = chance.sample(firms, MOVED_OUT + DEREGISTERED)
    for place, firm in enumerate(leaving):
        day = _some_day(chance, diary)
        gone = place < MOVED_OUT
        status = Status.MOVED_OUT if gone else Status.DEREGISTERED
        diary.note(Kind.STATUS, day, (firm, status, day, "迁往外市" if gone else "依法注销"))


def _some_day(chance: Random, diary: Diary) -> date:
    first = date(2020, 1, 1)
    return first + timedelta(days=chance.randrange(max(1, (diary.today - first).days)))
