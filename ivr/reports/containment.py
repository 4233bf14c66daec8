"""How many calls need no operator: as it is usually counted, by the goal reached, and without those who call again."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ivr.reports.figures import Share
from ivr.reports.period import Period
from ivr.reports.source import CallFate

AGAIN = timedelta(hours=24)
"""Who calls again so soon was not helped, whatever the call's end said."""
CONTAINED = frozenset({"solved", "appeal", "other"})


@dataclass(frozen=True, slots=True)
class Containment:
    """Of the calls that began in some span of time and are over."""

    raw: Share
    """Never came to the line: also who hung up in anger."""
    goal: Share
    """The caller's matter was settled without an operator."""
    kept: Share
    """So, and the caller did not call again; of the calls of which that is known."""
    operator_kept: Share
    """Answered by an operator, and the caller did not call again."""

    def __add__(self, other: "Containment") -> "Containment":
        return Containment(
            self.raw + other.raw,
            self.goal + other.goal,
            self.kept + other.kept,
            self.operator_kept + other.operator_kept,
        )


NOTHING = Containment(Share(0, 0), Share(0, 0), Share(0, 0), Share(0, 0))


def containment_by_day(calls: Iterable[CallFate], period: Period, now: datetime) -> Mapping[date, Containment]:
    """For every day of the period. ``calls``: the oldest first, and for a day and the longest call beyond its end."""
    found = dict.fromkeys(period.days(), NOTHING)
    for call, again in _with_repeats(calls, now):
        day = period.day_of(call.started_at)
        if day in found:
            found[day] += _containment(call, again)
    return found


def total(days: Mapping[date, Containment]) -> Containment:
    """All days together."""
    return sum(days.values(), NOTHING)


def _containment(call: CallFate, again: bool | None) -> Containment:
    """What one call adds. ``again``: the caller called again; None where that is not known (yet)."""
    known = again is not None
    kept = again is False
    return Containment(
        Share(call.fate in CONTAINED, 1),
        Share(call.fate == "solved", 1),
        Share(kept and call.fate == "solved", known),
        Share(kept and call.fate == "operator", known and call.fate == "operator"),
    )


def _with_repeats(calls: Iterable[CallFate], now: datetime) -> Iterator[tuple[CallFate, bool | None]]:
    """Calls that are over, each with whether its caller's next call came within a day.

    That is not known before the day is over, also where the next call has come already: to count the early ones alone
    would show every new day as a failure.
    """
    last: dict[str, CallFate] = {}
    for call in calls:
        before = last.get(call.number or "")
        if call.number is not None:
            last[call.number] = call
        elif call.ended_at is not None:
            yield call, None
        if before is not None and before.ended_at is not None:
            yield before, _known(call.started_at < before.ended_at + AGAIN, before.ended_at, now)
    for call in last.values():
        if call.ended_at is not None:
            yield call, _known(False, call.ended_at, now)


def _known(again: bool, ended_at: datetime, now: datetime) -> bool | None:
    return again if ended_at + AGAIN <= now else None
