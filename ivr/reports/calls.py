"""When people call, and what about."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.reports.period import Period

HOURS = range(24)
WEEKDAYS = range(7)


@dataclass(frozen=True, slots=True)
class TopicHours:
    """Calls about one category, by the hour in which it was told."""

    category: str
    by_hour: tuple[int, ...]

    @property
    def calls(self) -> int:
        return sum(self.by_hour)


@dataclass(frozen=True, slots=True)
class WeekdayHours:
    """Calls of one weekday, by hour."""

    weekday: int
    """0 is Monday."""
    days: int
    """So many of them are in the period and have data."""
    by_hour: tuple[int, ...]

    def mean(self, hour: int) -> float | None:
        """Calls in the hour of one such day; None where there was no such day."""
        return self.by_hour[hour] / self.days if self.days else None


def topics_by_hour(counts: Mapping[tuple[datetime, str], int], period: Period) -> list[TopicHours]:
    """Categories by the number of calls, the most frequent first."""
    hours: Counter[tuple[str, int]] = Counter()
    for (begin, category), count in counts.items():
        hours[category, begin.astimezone(period.zone).hour] += count
    found = [
        TopicHours(category, tuple(hours[category, hour] for hour in HOURS)) for category in {name for name, _ in hours}
    ]
    return sorted(found, key=lambda topic: (-topic.calls, topic.category))


def calls_by_weekday(counts: Mapping[datetime, int], period: Period) -> list[WeekdayHours]:
    """Monday to Sunday. A day without any call counts as one on which nothing was kept."""
    cells: Counter[tuple[int, int]] = Counter()
    seen = set()
    for begin, count in counts.items():
        local = begin.astimezone(period.zone)
        cells[local.weekday(), local.hour] += count
        seen.add(local.date())
    days = Counter(day.weekday() for day in seen)
    return [WeekdayHours(weekday, days[weekday], tuple(cells[weekday, hour] for hour in HOURS)) for weekday in WEEKDAYS]
