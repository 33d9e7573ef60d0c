"""The pages that are measured, and the bare SQL that answers the same question."""

from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import Engine, text

from sme_tracker.clock import local_today

_LIST = """select e.id, e.name, e.level, e.unit_id, e.chain_id, coalesce(e.go_public, e.convert, e.upgrade),
    e.revenue_wan, e.rd_intensity_percent, e.level_until, e.owner_id, e.updated_at from enterprise e"""
_ORDER = "order by e.level desc, e.id desc limit 50"
_HAS_PAIR = "e.id in (select enterprise_id from search_pair where pair = '{pair}') and e.status = 'active'"
MISS = "龘鑫"


@dataclass(frozen=True)
class Question:
    """A page by its path, and the statements that answer what it asks."""

    name: str
    path: str
    statements: tuple[str, ...]


def questions(engine: Engine) -> list[Question]:
    """The questions of every run, with values that the register has."""
    with engine.connect() as connection:
        unit, which = connection.execute(text("select min(unit_id), max(id) / 2 from enterprise where level = 1")).one()
        hit = connection.execute(
            text(
                "select pair from search_pair where length(pair) = 2 and pair > '丁' "
                "group by pair having count(*) > 10 order by count(*) limit 1"
            )
        ).scalar_one()
        last = connection.execute(text("select min(id) from enterprise where level = 0")).scalar_one()
    one = f"select * from enterprise where id = {which}"
    facts = tuple(
        f"select * from {table} where enterprise_id = {which}"
        for table in ("enterprise_name", "yearly_figure", "recognition", "pipeline_case", "standing", "history_entry")
    )
    return [
        Question(
            "list, page 1",
            "/enterprises",
            (
                f"{_LIST} where e.status = 'active' {_ORDER}",
                "select sum(enterprises) from tally where status = 'active'",
            ),
        ),
        Question(
            "level + unit",
            f"/enterprises?level=1&unit={unit}",
            (
                f"{_LIST} where e.status = 'active' and e.level = 1 and e.unit_id = {unit} {_ORDER}",
                f"select sum(enterprises) from tally where status = 'active' and level = 1 and unit_id = {unit}",
            ),
        ),
        Question(
            "last page",
            "/enterprises?page=last",
            (
                f"{_LIST} where e.status = 'active' and (e.level, e.id) >= (0, {last}) order by e.level, e.id limit 50",
                "select sum(enterprises) from tally where status = 'active'",
            ),
        ),
        Question(
            "search, hit",
            f"/enterprises?q={quote(hit)}",
            (
                f"{_LIST} where {_HAS_PAIR.format(pair=hit)} {_ORDER}",
                f"select count(*) from enterprise e where {_HAS_PAIR.format(pair=hit)}",
            ),
        ),
        Question(
            "search, miss",
            f"/enterprises?q={quote(MISS)}",
            (f"{_LIST} where {_HAS_PAIR.format(pair=MISS)} {_ORDER}",),
        ),
        Question(
            "overview",
            "/overview",
            (
                "select level, unit_id, stage, sum(enterprises) from tally group by level, unit_id, stage",
                """select level, unit_id, count(*) from standing where level > 0 and from_day <= '2025-12-31'
                and until_day > '2025-12-31' and retired_at is null group by level, unit_id""",
            ),
        ),
        Question("one enterprise", f"/enterprises/{which}", (one, *facts)),
        Question(
            "shortlist",
            f"/shortlists/national-{local_today().year}",
            (
                f"{_LIST} where e.status = 'active' and e.level = 2",
                """select v.enterprise_id, v.outcome, v.marks from verdict v join enterprise e on e.id = v.enterprise_id
                where e.status = 'active' and e.level = 2 and v.level = 'national' and v.purpose = 'new'""",
            ),
        ),
        Question(
            "near misses",
            "/verdicts/near?scope=all",
            (
                """select near_criterion, count(*) from verdict
                where level = 'national' and outcome = 'near' and purpose = 'new' group by near_criterion""",
            ),
        ),
    ]
