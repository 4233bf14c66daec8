"""The coming week: what history foretells, what the schedule has, and what cannot be told."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from ivr.hotline import Shift
from ivr.line.schedule import Schedule
from ivr.reports.erlang import Goal, agents_for, load_of
from ivr.reports.period import Period
from ivr.reports.source import PlaceFate
from ivr.reports.staffing import HalfHour, coming_week, foresee, history_of, places_of_hearing, staffing_of
from ivr.reports.words import ReportWords
from ivr.working_time import Hours
from tests.reports.conftest import MOSCOW, NOW

DAYS = 28


def places_at(hour: int, minute: int, each_day: int, days: int = DAYS, talked: float = 180) -> list[PlaceFate]:
    """People who came at one time of every day before today and were answered at once."""
    found = []
    for number in range(1, days + 1):
        day = date(2026, 11, 24) - timedelta(days=number)
        joined = datetime.combine(day, time(hour, minute), MOSCOW).astimezone(UTC)
        over = joined + timedelta(seconds=talked)
        found += [PlaceFate("holding", "ended", joined, joined, joined, over, "answered", None)] * each_day
    return found


@pytest.fixture
def history(schedule: Schedule, words: ReportWords) -> Period:
    return history_of(NOW, schedule, words.rules)


def half_hours(
    places: list[PlaceFate], history: Period, schedule: Schedule, words: ReportWords
) -> dict[tuple[date, time], HalfHour]:
    week = staffing_of(places, history, coming_week(NOW, schedule), schedule, words.rules)
    return {(one.starts.date(), one.starts.time()): one for one in week.half_hours}


def test_history_ends_yesterday_and_the_week_begins_tomorrow(schedule: Schedule, history: Period) -> None:
    assert (history.first, history.last) == (date(2026, 10, 27), date(2026, 11, 23))
    week = coming_week(NOW, schedule)
    assert (week.first, week.last) == (date(2026, 11, 25), date(2026, 12, 1))


def test_it_foretells_open_half_hours_only(history: Period, schedule: Schedule, words: ReportWords) -> None:
    found = half_hours(places_at(12, 0, 100), history, schedule, words)
    assert len(found) == 7 * 32
    assert {starts for _, starts in found} == {time(hour, minute) for hour in range(7, 23) for minute in (0, 30)}


def test_it_needs_what_erlang_says(history: Period, schedule: Schedule, words: ReportWords) -> None:
    noon = half_hours(places_at(12, 5, 100), history, schedule, words)[date(2026, 11, 25), time(12, 0)]
    assert noon.foreseen == 100
    assert noon.weeks == 4
    assert (noon.on_line, noon.on_shift, noon.scheduled, noon.short_by) == (14, 20, 4, 16)
    assert noon.service_level == 0
    assert noon.loss is None, "nobody has hung up, so nothing is known of patience"


def test_a_quiet_half_hour_needs_one_person(history: Period, schedule: Schedule, words: ReportWords) -> None:
    quiet = half_hours(places_at(12, 5, 10), history, schedule, words)[date(2026, 11, 25), time(8, 0)]
    assert (quiet.foreseen, quiet.on_line, quiet.short_by, quiet.service_level) == (0, 1, 0, None)


def test_the_schedule_is_enough_where_it_is_enough(history: Period, schedule: Schedule, words: ReportWords) -> None:
    strong = replace(schedule, shifts=(Shift(Hours(time(7), time(23)), 20),))
    noon = half_hours(places_at(12, 5, 100), history, strong, words)[date(2026, 11, 25), time(12, 0)]
    assert noon.short_by == 0
    assert noon.service_level == pytest.approx(0.88835, abs=5e-5)


def test_without_history_nothing_is_told(history: Period, schedule: Schedule, words: ReportWords) -> None:
    week = staffing_of([], history, coming_week(NOW, schedule), schedule, words.rules)
    assert week.lacking is None
    assert {(one.foreseen, one.on_line, one.on_shift, one.short_by) for one in week.half_hours} == {(None,) * 4}


def test_too_few_talks_tell_nothing_of_their_time(history: Period, schedule: Schedule, words: ReportWords) -> None:
    found = half_hours(places_at(12, 5, 1, days=7), history, schedule, words)
    noon = found[date(2026, 11, 25), time(12, 0)]
    assert (noon.foreseen, noon.weeks, noon.on_line) == (1, 1, None)


def test_days_before_the_first_record_do_not_count_as_quiet(history: Period, schedule: Schedule) -> None:
    forecast = foresee(places_at(12, 5, 6, days=8), history, schedule)
    assert forecast.mean[0, 24] == 6, "two Mondays with six each"
    assert (forecast.weeks[0, 24], forecast.weeks[1, 24]) == (2, 1)


def test_a_holiday_is_no_day_to_learn_from(history: Period, schedule: Schedule) -> None:
    working = replace(schedule.working, holidays=frozenset({"2026-11-18"}))
    forecast = foresee(places_at(12, 5, 6), history, replace(schedule, working=working))
    assert forecast.weeks[2, 24] == 3


def test_a_holiday_needs_nobody(history: Period, schedule: Schedule, words: ReportWords) -> None:
    working = replace(schedule.working, holidays=frozenset({"2026-11-26"}))
    found = half_hours(places_at(12, 5, 6), history, replace(schedule, working=working), words)
    assert len(found) == 6 * 32


def test_it_counts_half_hours_with_too_few_people(history: Period, schedule: Schedule, words: ReportWords) -> None:
    places = places_at(12, 5, 100)
    week = staffing_of(places, history, coming_week(NOW, schedule), schedule, words.rules)
    assert week.lacking == 7


def test_losses_are_foretold_where_patience_is_known(history: Period, schedule: Schedule, words: ReportWords) -> None:
    places = places_at(12, 5, 30)
    impatient = [
        replace(one, answered_at=None, outcome="abandoned", ended_at=one.joined_at + timedelta(seconds=60))
        for one in places[::10]
    ]
    found = half_hours(places + impatient, history, schedule, words)[date(2026, 11, 25), time(12, 0)]
    assert found.loss is not None
    assert 0.2 < found.loss < 0.7


def test_the_goal_is_that_of_the_file(words: ReportWords) -> None:
    assert words.rules.goal == Goal(0.8, 20, 0.85)
    assert agents_for(load_of(60, 3600, 240), 240, words.rules.goal).agents == 7


def test_recognition_needs_places_for_the_busiest_half_hour(words: ReportWords) -> None:
    begin = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    calls = {begin: 10, begin + timedelta(minutes=20): 20, begin + timedelta(minutes=30): 25}
    found = places_of_hearing(calls, 180, 24, words.rules)
    assert found.peak_load == 3
    assert (found.needed, found.there) == (10, 24)


def test_without_calls_no_places_are_foretold(words: ReportWords) -> None:
    assert places_of_hearing({}, None, 24, words.rules).needed is None
