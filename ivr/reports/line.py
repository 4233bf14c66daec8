"""How the line to the operators fared: service level, losses, times. Call backs are in it, and are never lost calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ivr.reports.figures import Share, Span, mean_span, quantile_span
from ivr.reports.period import Period
from ivr.reports.source import PlaceFate
from ivr.reports.words import ReportRules

LOST = frozenset({"abandoned", "lost"})
"""Hung up, and lost by a fault: for the caller it is the same."""
NINE_OF_TEN = 0.9
LEAST_PATIENCE = 5
"""Fewer callers who hung up tell nothing of the patience of callers."""


@dataclass(frozen=True, slots=True)
class LineFigures:
    """Of everybody who came into the line in some span of time."""

    queued: int
    answered: int
    """Held the line until an operator answered."""
    in_time: int
    """Of those, within the promised seconds."""
    abandoned: int
    """Hung up or lost, quick ones not counted."""
    short: int
    """Hung up at once."""
    left: int
    """Went back to the dialogue by themselves."""
    call_backs: int
    unserved: int
    """Sent away: closing time, nobody on shift, a fault of the operator's telephone."""
    mean_wait: Span
    wait_p90: Span
    handling: Span

    @property
    def service_answered(self) -> Share:
        return Share(self.in_time, self.answered)

    @property
    def service_all(self) -> Share:
        return Share(self.in_time, self.answered + self.abandoned)

    @property
    def abandonment(self) -> Share:
        return Share(self.abandoned, self.answered + self.abandoned + self.left + self.unserved)


def line_figures(places: Sequence[PlaceFate], rules: ReportRules) -> LineFigures:
    """Count. Who still waits has no fate yet and is in ``queued`` alone."""
    holding = [place for place in places if place.kind == "holding"]
    waits = [place.answered_at - place.joined_at for place in holding if place.answered_at is not None]
    gone = [place for place in holding if place.answered_at is None and place.ended_at is not None]
    lost = [place for place in gone if place.outcome in LOST]
    short = [place for place in lost if _waited(place) < timedelta(seconds=rules.short_seconds)]
    left = sum(place.outcome == "left" for place in gone)
    return LineFigures(
        queued=len(places),
        answered=len(waits),
        in_time=sum(wait <= timedelta(seconds=rules.service_seconds) for wait in waits),
        abandoned=len(lost) - len(short),
        short=len(short),
        left=left,
        call_backs=len(places) - len(holding),
        unserved=len(gone) - len(lost) - left,
        mean_wait=mean_span(waits),
        wait_p90=quantile_span(waits, NINE_OF_TEN),
        handling=handling(places),
    )


def handling(places: Sequence[PlaceFate]) -> Span:
    """Talk and what was written afterwards, of talks that are over."""
    return mean_span([time for place in places if (time := _handled(place)) is not None])


def patience(places: Sequence[PlaceFate]) -> Span:
    """How long callers wait before they hang up, and how many did.

    All time spent waiting over the number of those who hung up: the maximum-likelihood estimate where patience is
    exponential, for which those who were answered were only seen up to the answer.
    """
    holding = [place for place in places if place.kind == "holding"]
    lost = sum(place.outcome == "abandoned" and place.answered_at is None for place in holding)
    if lost < LEAST_PATIENCE:
        return Span(None, lost)
    return Span(sum(_waited(place).total_seconds() for place in holding) / lost, lost)


def line_by_day(places: Sequence[PlaceFate], period: Period, rules: ReportRules) -> Mapping[date, LineFigures]:
    """For every day of the period, also those on which nobody came."""
    days: dict[date, list[PlaceFate]] = {day: [] for day in period.days()}
    for place in places:
        days[period.day_of(place.joined_at)].append(place)
    return {day: line_figures(of_day, rules) for day, of_day in days.items()}


def _waited(place: PlaceFate) -> timedelta:
    """Up to the answer, or to the end; nothing where the caller still waits."""
    return (place.answered_at or place.ended_at or place.joined_at) - place.joined_at


def _handled(place: PlaceFate) -> timedelta | None:
    if place.answered_at is None or place.ended_at is None:
        return None
    written = place.result_at or place.ended_at
    return max(place.ended_at, written) - place.answered_at
