"""What a report needs of the database, read for some days at one moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from ivr.line.schedule import Schedule
from ivr.reports import source
from ivr.reports.ageing import Age, ages_of, answered_in_time
from ivr.reports.calls import TopicHours, WeekdayHours, calls_by_weekday, topics_by_hour
from ivr.reports.containment import AGAIN, Containment, containment_by_day
from ivr.reports.figures import Share
from ivr.reports.hearing import Question, questions_of
from ivr.reports.line import LineFigures, line_by_day, line_figures
from ivr.reports.period import Period, today
from ivr.reports.source import AppealCounts
from ivr.reports.staffing import (
    PlacesOfHearing,
    Staffing,
    coming_week,
    history_of,
    places_of_hearing,
    staffing_of,
)
from ivr.reports.words import ReportRules, ReportWords
from ivr.store.answers import count_answers
from ivr.store.line import LONGEST_CALL


@dataclass(frozen=True, slots=True)
class Titles:
    """What things of the dialogues are called."""

    categories: Mapping[str, str]
    questions: Mapping[str, str]
    """Each question's wording."""


@dataclass(frozen=True, slots=True)
class ReportGround:
    """What reports stand on beside the database."""

    schedule: Schedule
    words: ReportWords
    titles: Titles
    slots: Callable[[], Share]
    """Places of recognition of this process: taken, of all."""
    codes_paused: Callable[[Connection, datetime], bool]
    """Whether nobody is sent a one-time code now."""

    @property
    def rules(self) -> ReportRules:
        return self.words.rules


@dataclass(frozen=True, slots=True)
class Ledger:
    """One reading. Its methods ask the database anew."""

    conn: Connection
    ground: ReportGround
    period: Period
    now: datetime

    def topics(self) -> list[TopicHours]:
        counts = source.topics_by_bin(self.conn, self.period.since, self.period.until)
        return topics_by_hour(counts, self.period)

    def hours(self) -> list[WeekdayHours]:
        """The day that is on has hours that are still to come, so it is left out."""
        until = min(self.period.until, today(self.now, self.period.zone).since)
        counts = source.calls_by_bin(self.conn, self.period.since, until)
        return calls_by_weekday(counts, self.period)

    def containment(self) -> Mapping[date, Containment]:
        """Calls after the period are read too: they may be repeats of those within."""
        until = self.period.until + LONGEST_CALL + AGAIN
        calls = source.call_fates(self.conn, self.period.since, until, self.now)
        return containment_by_day(calls, self.period, self.now)

    def questions(self) -> list[Question]:
        return questions_of(count_answers(self.conn, self.period.since, self.period.until))

    def line(self) -> LineFigures:
        return line_figures(self._places(self.period), self.ground.rules)

    def line_by_day(self) -> Mapping[date, LineFigures]:
        return line_by_day(self._places(self.period), self.period, self.ground.rules)

    def staffing(self) -> Staffing:
        """The coming week, from the last weeks; the period does not matter."""
        schedule, history = self.ground.schedule, self.history
        week = coming_week(self.now, schedule)
        return staffing_of(self._places(history), history, week, schedule, self.ground.rules)

    def places_of_hearing(self) -> PlacesOfHearing:
        """From the same weeks."""
        since, until = self.history.since, self.history.until
        calls = source.calls_by_bin(self.conn, since, until)
        mean = source.mean_call_seconds(self.conn, since, until)
        return places_of_hearing(calls, mean, self.ground.slots().whole, self.ground.rules)

    def appeal_counts(self) -> AppealCounts:
        return source.appeal_counts(self.conn, self.now, self._near)

    def appeals_in_time(self) -> Share:
        due = source.appeals_due(self.conn, self.period.since, self.period.until)
        return answered_in_time(due, self.now)

    def ages(self) -> list[Age]:
        return ages_of(source.open_appeals(self.conn), self.now, self._near)

    @property
    def history(self) -> Period:
        return history_of(self.now, self.ground.schedule, self.ground.rules)

    @property
    def _near(self) -> timedelta:
        return timedelta(hours=self.ground.rules.near_hours)

    def _places(self, period: Period) -> list[source.PlaceFate]:
        return source.places_between(self.conn, period.since, period.until)
