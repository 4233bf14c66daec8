"""Working hours, peaks and shifts, to the second, in any zone."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from ivr.hotline import Shift
from ivr.line.schedule import Schedule
from ivr.working_time import Hours, WorkingTime

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")


def schedule(zone: ZoneInfo = MOSCOW, opens: str = "07:00", closes: str = "23:00") -> Schedule:
    hours = Hours(time.fromisoformat(opens), time.fromisoformat(closes))
    late = Shift(Hours(time(15), time(23)), 3)
    shifts = (Shift(Hours(time(7), time(15)), 4), late, Shift(Hours(time(17), time(20)), 2))
    return Schedule(
        WorkingTime(hours, frozenset({"01-01"}), zone), (Hours(time(10), time(13)),), shifts, timedelta(minutes=30)
    )


@pytest.mark.parametrize(
    ("moment", "is_open", "is_peak", "planned"),
    [
        ("2026-11-24T06:59:59", False, False, 0),
        ("2026-11-24T07:00:00", True, False, 4),
        ("2026-11-24T10:00:00", True, True, 4),
        ("2026-11-24T13:00:00", True, False, 4),
        ("2026-11-24T18:00:00", True, False, 5),
        ("2026-11-24T22:59:59", True, False, 3),
        ("2026-11-24T23:00:00", False, False, 0),
        ("2027-01-01T11:00:00", False, False, 0),
    ],
)
def test_it_holds_to_the_second(moment: str, is_open: bool, is_peak: bool, planned: int) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=MOSCOW)
    assert (schedule().is_open(at), schedule().is_peak(at), schedule().planned(at)) == (is_open, is_peak, planned)


def test_an_opening_is_on_the_clock_of_its_zone_on_the_days_when_clocks_change() -> None:
    for day in ("2026-03-29", "2026-10-25"):
        opening = datetime.fromisoformat(f"{day}T07:00:00").replace(tzinfo=BERLIN)
        assert schedule(BERLIN).is_open(opening)
        assert not schedule(BERLIN).is_open((opening.astimezone(MOSCOW)) - timedelta(seconds=1))
        assert schedule(BERLIN).next_opening(opening - timedelta(hours=6)) == opening


def test_who_joined_before_the_closing_is_served_for_the_grace() -> None:
    closing = datetime(2026, 11, 24, 23, 0, tzinfo=MOSCOW)
    second = timedelta(seconds=1)
    assert schedule().serves(closing - second, closing)
    assert schedule().serves(closing - second, closing + timedelta(minutes=30) - second)
    assert not schedule().serves(closing - second, closing + timedelta(minutes=30))
    assert not schedule().serves(closing, closing + second), "who joined after it was told that nobody works"
    assert not schedule().serves(closing - second, closing + timedelta(hours=7))


def test_a_night_shift_closes_in_the_morning() -> None:
    night = schedule(opens="20:00", closes="06:00")
    closing = datetime(2026, 11, 25, 6, 0, tzinfo=MOSCOW)
    assert night.is_open(closing - timedelta(seconds=1))
    assert night.serves(closing - timedelta(hours=1), closing + timedelta(minutes=5))
    assert not night.is_open(closing)
