"""Working hours, holidays and deadlines counted in working days. Pure: moments come in, moments go out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

MOST_HOLIDAYS = 60
"""More in a row would leave no working day to find within ``FURTHEST_DAYS``."""
FURTHEST_DAYS = 400
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """When people are at work, every day, on the clock of the hotline's zone."""

    opens: time
    closes: time
    """The first minute that is closed. Earlier than ``opens`` where the work goes on past midnight."""

    def holds(self, local: time) -> bool:
        if self.opens < self.closes:
            return self.opens <= local < self.closes
        return local >= self.opens or local < self.closes


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Shifts of one place. A shift belongs to the day on which it opens, also where it ends after midnight."""

    hours: Hours
    holidays: frozenset[str]
    """Days without work: ``2027-05-10``, or ``05-09`` for every year."""
    zone: ZoneInfo

    def is_open(self, moment: datetime) -> bool:
        """True while people are at work. ``moment`` is aware."""
        return self._shift_at(moment)[0] <= moment

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself where it is worked in, else the opening of the next shift; in UTC."""
        opens, _ = self._shift_at(moment)
        return max(opens, moment.astimezone(UTC))

    def last_closing(self, moment: datetime) -> datetime | None:
        """When work ended for the last time; None where that was before yesterday. In UTC."""
        ends = [closes for _, closes in islice(self._shifts(moment), 3) if closes <= moment]
        return ends[-1] if ends else None

    def due(self, moment: datetime, working_days: int) -> datetime:
        """The end of work ``working_days`` after the working day that ``moment`` counts to; in UTC.

        What comes in before the opening counts to that day, what comes in after the closing to the next working day.
        """
        first, _ = self._shift_at(moment)
        later = (closes for opens, closes in self._shifts(moment) if opens >= first)
        return next(islice(later, working_days, None))

    def _shift_at(self, moment: datetime) -> tuple[datetime, datetime]:
        """The shift that is on, or else the next one."""
        return next(shift for shift in self._shifts(moment) if moment < shift[1])

    def _shifts(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing of every shift from the day before on, in UTC: there no hour is lost or doubled."""
        before = moment.astimezone(self.zone).date() - ONE_DAY
        for number in range(FURTHEST_DAYS):
            day = before + number * ONE_DAY
            if self._is_working(day):
                yield self._at(day, self.hours.opens), self._at(self._last_day(day), self.hours.closes)

    def _is_working(self, day: date) -> bool:
        written = day.isoformat()
        return written not in self.holidays and written[5:] not in self.holidays

    def _last_day(self, day: date) -> date:
        return day if self.hours.opens < self.hours.closes else day + ONE_DAY

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone).astimezone(UTC)
