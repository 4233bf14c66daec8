"""How long the wait will be, and when it is shorter."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from ivr.hotline import Hotline
from ivr.line.schedule import schedule_of
from ivr.line.waits import PickUp, Quieter, QuietHours, hourly_means, wait_range
from ivr.store.tables import places
from tests.line.line_world import PHONE, LineWorld

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


def busy(*gaps: float) -> list[PickUp]:
    """Pick-ups so many minutes apart, of people who have all waited from the beginning."""
    moments = [AT]
    for gap in gaps:
        moments.append(moments[-1] + timedelta(minutes=gap))
    return [PickUp(moment, AT - timedelta(minutes=1), moment - timedelta(seconds=10)) for moment in moments]


def test_the_range_grows_with_the_position_and_its_width_with_the_root_of_it(hotline: Hotline) -> None:
    recent = busy(2, 3, 2, 3, 2, 3)
    assert wait_range(recent, 1, hotline.line) == (1, 4)
    assert wait_range(recent, 4, hotline.line) == (8, 12)
    assert wait_range(recent, 16, hotline.line) == (35, 45)


def test_it_is_silent_where_it_has_seen_too_little(hotline: Hotline) -> None:
    assert wait_range(busy(2, 3, 2, 3), 1, hotline.line) is None
    assert wait_range([], 1, hotline.line) is None


def test_it_is_silent_where_the_range_would_help_nobody(hotline: Hotline) -> None:
    assert wait_range(busy(1, 30, 1, 30, 1, 30), 1, hotline.line) is None


def test_pick_ups_of_people_who_did_not_wait_tell_nothing_of_a_busy_line(hotline: Hotline) -> None:
    recent = busy(2, 3, 2, 3, 2, 3)
    later = recent[-1].at + timedelta(minutes=20)
    joined_late = PickUp(later, later - timedelta(minutes=1), later - timedelta(seconds=10))
    rung_at_once = PickUp(later, AT, AT + timedelta(seconds=10))
    for idle in (joined_late, rung_at_once):
        assert wait_range([*recent, idle], 4, hotline.line) == wait_range(recent, 4, hotline.line)


def test_a_caller_hears_a_range_from_the_lines_own_pick_ups(world: LineWorld) -> None:
    world.hire("anna")
    for number in range(8):
        world.hold(f"CA{number}", f"+7916000020{number}")
    for number in range(6):
        world.pass_time(120)
        for other in range(number + 1, 8):
            world.line.on_hold(f"CA{other}")
        world.talk(f"CA{number}")
        with world.writing() as conn:
            world.desk.left(conn, f"CA{number}")
        world.line.finish(world.hired(), number + 1, "done")
    waiting = world.line.on_hold("CA7")
    assert waiting is not None
    assert (waiting.position, waiting.range) == (2, (4, 4))
    (announced,) = [event for event in world.events("announced") if event.place == 8][-1:]
    assert announced.data == {"position": 2, "low": 4, "high": 4}


@pytest.mark.parametrize(("hour", "expected"), [(10, 14), (14, None), (22, None)])
def test_a_quieter_hour_of_today_is_named(world: LineWorld, hotline: Hotline, hour: int, expected: int | None) -> None:
    minutes = {10: 12, 11: 9, 14: 2, 20: 1}
    rows = [row(day, at, waited) for day in range(1, 15) for at, waited in minutes.items()]
    with world.writing() as conn:
        conn.execute(insert(places), [{"number": number, **one} for number, one in enumerate(rows, 1)])
        now = datetime(2026, 11, 24, hour, 20, tzinfo=MOSCOW)
        found = QuietHours().after(conn, schedule_of(hotline, MOSCOW), now)
    at = datetime(2026, 11, 24, expected, 0, tzinfo=MOSCOW) if expected else None
    assert found == (Quieter(at, 2) if at else None)


def row(day: int, hour: int, waited: int) -> dict[str, object]:
    """Somebody who waited so many minutes, so many days ago."""
    joined = datetime(2026, 11, 24, hour, 5, tzinfo=MOSCOW) - timedelta(days=day)
    return {
        "call_sid": "CA",
        "phone": PHONE,
        "kind": "holding",
        "state": "ended",
        "joined_at": joined,
        "due_at": joined,
        "seen_at": joined,
        "tries": 0,
        "answered_at": joined + timedelta(minutes=waited),
    }


def test_an_hour_with_few_calls_says_nothing(hotline: Hotline) -> None:
    schedule = schedule_of(hotline, MOSCOW)
    one = (AT, AT + timedelta(minutes=6))
    assert hourly_means([one] * 9, schedule) == {}
    assert hourly_means([one] * 10, schedule) == {12: 6.0}
