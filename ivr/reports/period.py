"""The days that a report is about, on the calendar of the hotline's zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.errors import PeriodError

USUAL_DAYS = 7
"""Reports are of the last so many days, today included, where nothing else is asked for."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from ``first`` to ``last``."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def since(self) -> datetime:
        """The first day's midnight, in UTC."""
        return self._midnight(self.first)

    @property
    def until(self) -> datetime:
        """The midnight after the last day, in UTC."""
        return self._midnight(self.last + ONE_DAY)

    def days(self) -> Iterator[date]:
        """Each of the days."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + number * ONE_DAY

    def day_of(self, moment: datetime) -> date:
        """The day in which a moment falls."""
        return moment.astimezone(self.zone).date()

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def today(now: datetime, zone: ZoneInfo) -> Period:
    """The day that is on."""
    day = now.astimezone(zone).date()
    return Period(day, day, zone)


def last_days(now: datetime, zone: ZoneInfo, days: int = USUAL_DAYS) -> Period:
    """The last so many days, today included."""
    last = now.astimezone(zone).date()
    return Period(last - (days - 1) * ONE_DAY, last, zone)


def read_period(first: str, last: str, *, now: datetime, zone: ZoneInfo, most_days: int) -> Period:
    """Days as they stand in an address; empty ones are the usual. Raises ``PeriodError``."""
    usual = last_days(now, zone)
    end = _day(last) if last else usual.last
    begin = _day(first) if first else end - (USUAL_DAYS - 1) * ONE_DAY
    if begin > end:
        raise PeriodError("The first day of the report is after its last day; swap them.")
    if (end - begin).days >= most_days:
        raise PeriodError(f"A report covers {most_days} days at most; choose fewer.")
    return Period(begin, end, zone)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise PeriodError("A day of the report is written wrongly; write it like 2026-11-24.") from None
    if not 2000 <= day.year <= 2999:
        raise PeriodError("A day of the report is too far away; write it like 2026-11-24.")
    return day
