"""How many operators the coming week needs, half-hour by half-hour, beside the schedule; and recognition slots.

What will come is what came: the mean of the same half-hour of the same weekday over the last weeks, on days that were
worked. How long it takes is measured. Where either is not known, nothing is foretold.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.line.schedule import Schedule
from ivr.reports.erlang import agents_for, leaving, lines_for, load_of, present, rostered, service
from ivr.reports.figures import Span
from ivr.reports.line import handling, patience
from ivr.reports.period import ONE_DAY, Period
from ivr.reports.source import PlaceFate
from ivr.reports.words import ReportRules

HALF_HOUR = timedelta(minutes=30)
WEEK_DAYS = 7
Slot = tuple[int, int]
"""Weekday from Monday, and half-hour of the day, both from 0."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What half-hours of the week bring."""

    mean: Mapping[Slot, float]
    """People who come into the line. Half-hours that were never worked are left out."""
    weeks: Mapping[Slot, int]
    """So many days the mean is of."""


@dataclass(frozen=True, slots=True)
class HalfHour:
    """A half-hour in which the hotline will be open."""

    starts: datetime
    """On the clock of the hotline's zone."""
    foreseen: float | None
    weeks: int
    on_line: int | None
    """Operators who have to answer, by Erlang C; None where that cannot be told."""
    on_shift: int | None
    """People in the shift for that."""
    scheduled: int
    service_level: float | None
    """What the schedule would reach, by Erlang C."""
    loss: float | None
    """What it would lose, by Erlang A; None also where callers' patience is not known."""

    @property
    def short_by(self) -> int | None:
        """People that the schedule lacks."""
        return None if self.on_shift is None else max(self.on_shift - self.scheduled, 0)


@dataclass(frozen=True, slots=True)
class Staffing:
    """The coming week."""

    half_hours: tuple[HalfHour, ...]
    handling: Span
    """The mean time that a talk and its writing-up take."""
    patience: Span

    @property
    def lacking(self) -> int | None:
        """Half-hours with too few people on the schedule; None where no half-hour can be told of."""
        known = [one.short_by for one in self.half_hours if one.short_by is not None]
        return sum(short > 0 for short in known) if known else None


def history_of(now: datetime, schedule: Schedule, rules: ReportRules) -> Period:
    """The whole days that the coming week is foreseen from."""
    zone = schedule.working.zone
    yesterday = now.astimezone(zone).date() - ONE_DAY
    return Period(yesterday - (rules.history_weeks * WEEK_DAYS - 1) * ONE_DAY, yesterday, zone)


def coming_week(now: datetime, schedule: Schedule) -> Period:
    """The seven days from tomorrow."""
    zone = schedule.working.zone
    tomorrow = now.astimezone(zone).date() + ONE_DAY
    return Period(tomorrow, tomorrow + (WEEK_DAYS - 1) * ONE_DAY, zone)


def foresee(places: Sequence[PlaceFate], history: Period, schedule: Schedule) -> Forecast:
    """From those who came into the line within ``history``. Days before the first of them were not recorded."""
    if not places:
        return Forecast({}, {})
    came = Counter(_slot_of(schedule.local(place.joined_at)) for place in places)
    first_day = history.day_of(min(place.joined_at for place in places))
    recorded = (start for start in half_hours(history) if history.day_of(start) >= first_day)
    weeks = Counter(_slot_of(schedule.local(start)) for start in recorded if schedule.is_open(start))
    return Forecast({slot: came[slot] / count for slot, count in weeks.items()}, weeks)


def staffing_of(
    places: Sequence[PlaceFate], history: Period, week: Period, schedule: Schedule, rules: ReportRules
) -> Staffing:
    """The open half-hours of ``week``."""
    forecast, handled, waited = foresee(places, history, schedule), handling(places), patience(places)
    told = handled.seconds if handled.count >= rules.least_talks else None
    open_ones = [start for start in half_hours(week) if schedule.is_open(start)]
    weigh = _Weigh(forecast, told, waited.seconds, rules)
    found = tuple(weigh.half_hour(schedule.local(start), schedule.planned(start)) for start in open_ones)
    return Staffing(found, handled, waited)


def half_hours(period: Period) -> Iterator[datetime]:
    """Their beginnings, in UTC: there no hour is lost or doubled."""
    start = period.since
    while start < period.until:
        yield start
        start += HALF_HOUR


@dataclass(frozen=True, slots=True)
class _Weigh:
    """Puts a half-hour's load against its schedule."""

    forecast: Forecast
    handling: float | None
    """Seconds; None where too few talks were measured."""
    patience: float | None
    rules: ReportRules

    def half_hour(self, starts: datetime, scheduled: int) -> HalfHour:
        slot = _slot_of(starts)
        foreseen, weeks = self.forecast.mean.get(slot), self.forecast.weeks.get(slot, 0)
        if foreseen is None or self.handling is None:
            return HalfHour(starts, foreseen, weeks, None, None, scheduled, None, None)
        load = load_of(foreseen, HALF_HOUR.total_seconds(), self.handling)
        # Somebody has to be there while the hotline is open, also where nobody has ever called.
        needed = max(agents_for(load, self.handling, self.rules.goal).agents, 1)
        level, loss = self._outlook(load, present(scheduled, self.rules.absence)) if load > 0 else (None, None)
        return HalfHour(starts, foreseen, weeks, needed, rostered(needed, self.rules.absence), scheduled, level, loss)

    def _outlook(self, load: float, agents: int) -> tuple[float, float | None]:
        assert self.handling is not None
        level = service(agents, load, self.handling, self.rules.service_seconds).service_level
        loss = leaving(agents, load, self.handling, self.patience).abandons if self.patience else None
        return level, loss


def _slot_of(local: datetime) -> Slot:
    return local.weekday(), local.hour * 2 + local.minute // 30


@dataclass(frozen=True, slots=True)
class PlacesOfHearing:
    """Recognition slots, and how many are needed."""

    peak_load: float | None
    """Erlangs of the busiest half-hour; None without a call."""
    needed: int | None
    there: int


def places_of_hearing(
    calls: Mapping[datetime, int], mean_seconds: float | None, there: int, rules: ReportRules
) -> PlacesOfHearing:
    """``calls``: by the beginning of their ten minutes. Each is taken to be heard from its beginning to its end."""
    if not calls or mean_seconds is None:
        return PlacesOfHearing(None, None, there)
    by_half_hour: Counter[datetime] = Counter()
    for begin, count in calls.items():
        by_half_hour[begin.replace(minute=begin.minute // 30 * 30)] += count
    load = load_of(max(by_half_hour.values()), HALF_HOUR.total_seconds(), mean_seconds)
    return PlacesOfHearing(load, lines_for(load, rules.most_blocked), there)
