"""The only reader of the clock: instants in UTC, days in Asia/Shanghai."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BUREAU_ZONE = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """The present instant, in UTC, to the microsecond."""
    return datetime.now(UTC)


def local_today() -> date:
    """The present day of the bureau."""
    return utc_now().astimezone(BUREAU_ZONE).date()


def local(instant: datetime) -> datetime:
    """The same instant as the bureau's wall clock shows it."""
    return instant.astimezone(BUREAU_ZONE)


def end_of_day(day: date) -> datetime:
    """The first instant after `day` in the bureau's zone: what was recorded by then was known on that day."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(day + timedelta(days=1), time(), BUREAU_ZONE).astimezone(UTC)


def at_noon(day: date) -> datetime:
    """Noon of `day` in the bureau's zone, for records made in the past (demo bureau, ledgers taken over)."""
    return datetime.combine(day, time(12), BUREAU_ZONE).astimezone(UTC)
