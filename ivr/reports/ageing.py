"""How old open appeals are, and how many were answered in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.reports.figures import Share
from ivr.reports.source import DueAppeal, OpenAppeal

OLDEST = 10
"""Whole days; older ones are counted together."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Age:
    """Open appeals that are so old."""

    days: int
    """Whole days since they were registered; the last one stands for all older ones."""
    in_time: int
    near: int
    overdue: int

    @property
    def open(self) -> int:
        return self.in_time + self.near + self.overdue


def ages_of(appeals: Sequence[OpenAppeal], now: datetime, near: timedelta) -> list[Age]:
    """From the newest day to ``OLDEST``, also days without any."""
    cells = [[0, 0, 0] for _ in range(OLDEST + 1)]
    for appeal in appeals:
        days = min(max((now - appeal.created_at) // ONE_DAY, 0), OLDEST)
        late = 2 if appeal.due_at < now else 1 if appeal.due_at < now + near else 0
        cells[days][late] += 1
    return [Age(days, *cell) for days, cell in enumerate(cells)]


def answered_in_time(due: Sequence[DueAppeal], now: datetime) -> Share:
    """Of the appeals whose deadline has come. One that was answered ahead of a deadline to come is left for then."""
    passed = [appeal for appeal in due if appeal.due_at <= now]
    return Share(sum(_in_time(appeal) for appeal in passed), len(passed))


def _in_time(appeal: DueAppeal) -> bool:
    return appeal.status != "open" and appeal.ended_at is not None and appeal.ended_at <= appeal.due_at
