"""Rising similar calls suggest an outage that nobody has told of yet.

Counts of unrelated calls are Poisson: where the same hour of the days before brought two, seven come by chance once in
two hundred times, and twelve once in a million. A rate is compared with itself, so that busy hours and small categories
need no thresholds of their own. Nothing of a caller is looked at.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from ivr.clock import Clock
from ivr.hotline import IncidentRules
from ivr.incidents import ALL
from ivr.metrics import SUGGESTED
from ivr.store.db import Database
from ivr.store.incidents import Window, count_topics, first_topic_at, open_incidents

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SELDOM = 0.5
"""Calls in the window that are counted as usual at least: two out of the blue are no outage, however rare they are."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A category that many call about now."""

    category: str
    calls: int
    """In the last ``watch_minutes``."""
    usual: float
    """What the same hour of the days before lets expect."""
    chance: float
    """How probable so many calls, or more, are where all is as usual."""


def find_suggestions(conn: Connection, rules: IncidentRules, now: datetime) -> list[Suggestion]:
    """Categories with more calls than usual and no open incident, the least probable first."""
    usual = _usual(conn, rules, now)
    if usual is None:
        return []
    recent = count_topics(conn, [(now - timedelta(minutes=rules.watch_minutes), now)])
    known = {incident.category for incident in open_incidents(conn, now)}
    found = [_judge(category, calls, usual.get(category, 0.0)) for category, calls in recent.items()]
    rising = (one for one in found if one.calls >= rules.watch_calls and one.chance < rules.watch_chance)
    return sorted(
        (one for one in rising if not known & {one.category, ALL}), key=lambda one: (one.chance, one.category)
    )


def poisson_tail(calls: int, expected: float) -> float:
    """The probability of ``calls`` or more where ``expected`` come on average."""
    if calls > expected:
        return math.fsum(_terms(calls, expected))
    return 1.0 - math.fsum(math.exp(_log_term(count, expected)) for count in range(calls))


def _terms(calls: int, expected: float) -> Iterator[float]:
    """The tail's terms, while they matter; summed from above, since one less the rest would lose small ones."""
    term, count = math.exp(_log_term(calls, expected)), calls
    while term > 0.0:
        yield term
        count += 1
        term *= expected / count


def _log_term(count: int, expected: float) -> float:
    return count * math.log(expected) - expected - math.lgamma(count + 1)


def _judge(category: str, calls: int, usual: float) -> Suggestion:
    expected = max(usual, SELDOM)
    return Suggestion(category, calls, expected, poisson_tail(calls, expected))


def _usual(conn: Connection, rules: IncidentRules, now: datetime) -> dict[str, float] | None:
    """Calls per window by category, in the hour around the window. None where there is no day to compare with."""
    first = first_topic_at(conn)
    middle = now - timedelta(minutes=rules.watch_minutes) / 2
    hours = [_hour_around(middle - number * DAY) for number in range(1, rules.watch_days + 1)]
    counted = [hour for hour in hours if first and first < hour[1]]
    if not counted:
        return None
    share = timedelta(minutes=rules.watch_minutes) / (HOUR * len(counted))
    return {category: calls * share for category, calls in count_topics(conn, counted).items()}


def _hour_around(moment: datetime) -> Window:
    return moment - HOUR / 2, moment + HOUR / 2


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks every minute."""

    db: Database
    rules: IncidentRules
    clock: Clock

    def look(self) -> list[Suggestion]:
        """Tell log and metrics what rises."""
        with self.db.reading() as conn:
            found = find_suggestions(conn, self.rules, self.clock.now())
        SUGGESTED.clear()
        for one in found:
            SUGGESTED.labels(one.category).set(one.calls)
            _log.warning("incident_suggested", category=one.category, calls=one.calls, usual=round(one.usual, 1))
        return found
