"""Working hours at their edges, over holidays, midnight and the change of clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.working_time import Hours, WorkingTime

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
DAY = Hours(time(7), time(23))
NIGHT = Hours(time(20), time(6))
START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 4 * 365 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))


def times(hours: Hours = DAY, *holidays: str, zone: ZoneInfo = MOSCOW) -> WorkingTime:
    return WorkingTime(hours, frozenset(holidays), zone)


def local(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "is_open", "opening", "due"),
    [
        ("2026-11-24 06:59:59", False, "2026-11-24 07:00:00", "2026-11-27 23:00:00"),
        ("2026-11-24 07:00:00", True, "2026-11-24 07:00:00", "2026-11-27 23:00:00"),
        ("2026-11-24 22:59:59", True, "2026-11-24 22:59:59", "2026-11-27 23:00:00"),
        ("2026-11-24 23:00:00", False, "2026-11-25 07:00:00", "2026-11-28 23:00:00"),
        ("2026-11-25 00:00:00", False, "2026-11-25 07:00:00", "2026-11-28 23:00:00"),
    ],
)
def test_it_knows_the_edges_of_a_day(moment: str, is_open: bool, opening: str, due: str) -> None:
    work = times()
    assert work.is_open(local(moment)) is is_open
    assert work.next_opening(local(moment)) == local(opening)
    assert work.due(local(moment), 3) == local(due)


def test_it_counts_by_the_clock_of_its_zone() -> None:
    assert times().is_open(datetime(2026, 11, 24, 4, 0, tzinfo=UTC))
    assert not times().is_open(datetime(2026, 11, 24, 20, 0, tzinfo=UTC))
    assert times().next_opening(datetime(2026, 11, 24, 20, 0, tzinfo=UTC)).tzinfo is UTC


@pytest.mark.parametrize(
    ("moment", "opening", "due"),
    [
        ("2026-12-30 22:59:59", "2026-12-30 22:59:59", "2027-01-04 23:00:00"),
        ("2026-12-31 12:00:00", "2026-12-31 12:00:00", "2027-01-05 23:00:00"),
        ("2026-12-31 23:00:00", "2027-01-03 07:00:00", "2027-01-06 23:00:00"),
        ("2027-01-01 12:00:00", "2027-01-03 07:00:00", "2027-01-06 23:00:00"),
        ("2027-12-31 23:00:00", "2028-01-02 07:00:00", "2028-01-05 23:00:00"),
    ],
)
def test_it_passes_over_holidays_of_one_year_and_of_every_year(moment: str, opening: str, due: str) -> None:
    work = times(DAY, "01-01", "2027-01-02")
    assert work.next_opening(local(moment)) == local(opening)
    assert work.due(local(moment), 3) == local(due)


def test_a_holiday_is_closed_all_day() -> None:
    work = times(DAY, "01-01")
    assert not work.is_open(local("2027-01-01 12:00:00"))
    assert work.is_open(local("2027-01-02 07:00:00"))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-12-31 19:59:59", False),
        ("2026-12-31 20:00:00", True),
        ("2027-01-01 05:59:59", True),
        ("2027-01-01 06:00:00", False),
        ("2027-01-01 20:00:00", False),
        ("2027-01-02 03:00:00", False),
        ("2027-01-02 20:00:00", True),
    ],
)
def test_a_shift_belongs_to_the_day_on_which_it_opens(moment: str, is_open: bool) -> None:
    assert times(NIGHT, "01-01").is_open(local(moment)) is is_open


def test_it_is_due_at_the_end_of_the_shift_that_ends_after_midnight() -> None:
    assert times(NIGHT).due(local("2026-11-25 03:00:00"), 1) == local("2026-11-26 06:00:00")


def test_it_never_closes_where_both_hours_are_the_same() -> None:
    around_the_clock = times(Hours(time(7), time(7)))
    assert all(around_the_clock.is_open(local(f"2026-11-24 {hour:02}:00:00")) for hour in range(24))


@pytest.mark.parametrize(
    ("moment", "closing"),
    [
        ("2026-11-24 22:59:59", "2026-11-23 23:00:00"),
        ("2026-11-24 23:00:00", "2026-11-24 23:00:00"),
        ("2026-11-25 06:59:59", "2026-11-24 23:00:00"),
        ("2027-01-01 12:00:00", "2026-12-31 23:00:00"),
        ("2027-01-02 12:00:00", None),
    ],
)
def test_it_knows_when_work_has_ended(moment: str, closing: str | None) -> None:
    assert times(DAY, "01-01").last_closing(local(moment)) == (local(closing) if closing else None)


def test_it_keeps_to_the_clock_when_clocks_change() -> None:
    work = times(zone=BERLIN)
    before = local("2026-10-24 12:00:00", BERLIN)
    assert work.due(before, 1) == local("2026-10-25 23:00:00", BERLIN)
    assert work.due(before, 1) - before == timedelta(hours=36)
    assert work.next_opening(local("2026-03-29 03:30:00", BERLIN)) == datetime(2026, 3, 29, 5, 0, tzinfo=UTC)


@given(MOMENTS, st.integers(1, 60))
def test_it_is_always_due_later_and_at_a_closing(moment: datetime, days: int) -> None:
    work = times(DAY, "01-01", "05-09")
    due = work.due(moment, days)
    assert due - moment >= timedelta(days=days)
    assert due.astimezone(MOSCOW).time() == DAY.closes
    assert work.due(moment, days - 1) < due


@given(MOMENTS)
def test_the_next_opening_is_open_and_the_first_that_is(moment: datetime) -> None:
    work = times(NIGHT, "01-01")
    opening = work.next_opening(moment)
    assert work.is_open(opening)
    assert opening == moment if work.is_open(moment) else opening > moment
