"""How long the wait will be, from our own recent pick-ups; and when it is shorter. Silent where nobody can know.

Where somebody waited all the time, the moments between pick-ups tell how fast the line moves. The wait of the p-th is
the sum of p such gaps: its mean is p times theirs; its variance p times theirs, and as their mean is known from n gaps
only, p²/n times theirs besides. One deviation to either side is told, and a range that is too wide to help is not.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Lock
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from ivr.hotline import LineRules
from ivr.line.schedule import Schedule
from ivr.store.tables import line_events, offers, places

Range = tuple[int, int]
"""From so many whole minutes to so many."""
QUIET_DAYS = 28
"""Four weeks: each day of the week counts alike."""
QUIET_CALLS = 10
"""An hour of the day with fewer waits says nothing."""
QUIET_SHARE = 0.5
"""A quieter hour is one with at most this part of the present hour's wait."""
LOUD_MINUTES = 5.0
"""With shorter waits nobody is sent to another hour."""
KEPT = timedelta(minutes=10)
"""How long the table of hours is used before it is made again: four weeks of calls cost some 100 ms to read."""

DIALOGUE_SECONDS = 20
"""Who is offered to an operator so soon after joining has waited for nobody: the dialogue says a sentence before."""

_FIRST_OFFER = (
    select(func.min(offers.c.created_at)).where(offers.c.place == places.c.number).correlate(places).scalar_subquery()
)
_PICK_UPS = (
    select(line_events.c.at, places.c.joined_at, places.c.due_at, _FIRST_OFFER)
    .join(places, places.c.number == line_events.c.place)
    .where(line_events.c.kind == "talking", line_events.c.at >= bindparam("since"))
    .order_by(line_events.c.at, line_events.c.id)
)
_WAITS = select(places.c.joined_at, places.c.due_at, places.c.answered_at).where(
    places.c.joined_at >= bindparam("since"), places.c.answered_at.is_not(None), places.c.kind == "holding"
)


class PickUp(NamedTuple):
    """An operator began to talk with somebody."""

    at: datetime
    waiting_since: datetime
    offered_at: datetime
    """For the first time."""


@dataclass(frozen=True, slots=True)
class Quieter:
    """A later hour of today at which people wait much less."""

    at: datetime
    """Its beginning."""
    minutes: int
    """How long people have waited in this hour, on the average."""


def pick_ups(conn: Connection, since: datetime) -> list[PickUp]:
    """Pick-ups from a moment on, oldest first."""
    found = conn.execute(_PICK_UPS, {"since": since})
    return [PickUp(at, max(joined, due), offered or at) for at, joined, due, offered in found]


def wait_range(recent: Sequence[PickUp], position: int, rules: LineRules) -> Range | None:
    """Minutes until the pick-up of the caller at ``position``; None where they are few or differ too much."""
    gaps = _busy_gaps(recent)
    if len(gaps) < rules.least_pickups:
        return None
    mean = position * statistics.mean(gaps)
    deviation = statistics.stdev(gaps) * math.sqrt(position + position**2 / len(gaps))
    low, high = math.floor(max(mean - deviation, 0) / 60), math.ceil((mean + deviation) / 60)
    return None if high > 2 * low + 3 else (low, high)


def _busy_gaps(recent: Sequence[PickUp]) -> list[float]:
    """Seconds between pick-ups while somebody was waiting: other gaps tell how often people call, not how fast it goes.

    Who was waiting before the last pick-up, and was not offered at once, had waited for the next one all the time.
    """
    return [
        (after.at - before.at).total_seconds()
        for before, after in pairwise(recent)
        if after.waiting_since <= before.at and not _served_at_once(after)
    ]


def _served_at_once(one: PickUp) -> bool:
    return one.offered_at - one.waiting_since < timedelta(seconds=DIALOGUE_SECONDS)


@dataclass(slots=True)
class QuietHours:
    """Mean waits by hour of the day, read again from time to time. Safe to use from several threads."""

    _lock: Lock = field(default_factory=Lock)
    _read_at: datetime | None = None
    _means: Mapping[int, float] = field(default_factory=dict)

    def after(self, conn: Connection, schedule: Schedule, now: datetime) -> Quieter | None:
        """The nearest later hour of this working day at which people wait much less than now."""
        means, local = self._current(conn, schedule, now), schedule.local(now)
        wait = means.get(local.hour, 0.0)
        if wait < LOUD_MINUTES:
            return None
        top = local.replace(minute=0, second=0, microsecond=0)
        for hour in range(local.hour + 1, 24):
            at = top.replace(hour=hour)
            if hour in means and means[hour] <= wait * QUIET_SHARE and schedule.is_open(at):
                return Quieter(at, math.ceil(means[hour]))
        return None

    def _current(self, conn: Connection, schedule: Schedule, now: datetime) -> Mapping[int, float]:
        with self._lock:
            if self._read_at is None or not self._read_at <= now < self._read_at + KEPT:
                found = conn.execute(_WAITS, {"since": now - timedelta(days=QUIET_DAYS)})
                self._means = hourly_means(((max(joined, due), at) for joined, due, at in found), schedule)
                self._read_at = now
            return self._means


def hourly_means(waits: Iterable[tuple[datetime, datetime]], schedule: Schedule) -> Mapping[int, float]:
    """Mean minutes from the beginning to the end of a wait, by the local hour of its beginning."""
    minutes: dict[int, list[float]] = {}
    for began, ended in waits:
        minutes.setdefault(schedule.local(began).hour, []).append((ended - began).total_seconds() / 60)
    return {hour: statistics.mean(found) for hour, found in minutes.items() if len(found) >= QUIET_CALLS}
