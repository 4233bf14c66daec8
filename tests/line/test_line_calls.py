"""Joining, holding, stepping aside, call backs, leaving."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ivr.store.line import live_places
from tests.line.line_world import PHONE, LineWorld

OTHER = "+79160000103"


def mode(world: LineWorld, call: str = "CA1") -> str:
    with world.database.reading() as conn:
        return world.desk.mode(conn, call)


def move_to(world: LineWorld, moment: str) -> None:
    world.clock.move(datetime.fromisoformat(moment) - world.clock.now())


def test_positions_are_counted_from_one_and_queues_are_each_callers_own(world: LineWorld) -> None:
    paused(world)
    for number in (1, 2, 3):
        with world.writing() as conn:
            world.desk.join(conn, f"CA{number}", PHONE, None)
        waiting = world.line.on_hold(f"CA{number}")
        assert waiting is not None
        assert (waiting.position, waiting.changed, waiting.place.queue) == (number, True, f"line-{number}")
    world.line.left("CA1")
    second = world.line.on_hold("CA2")
    assert second is not None
    assert (second.position, second.changed) == (1, True)
    again = world.line.on_hold("CA2")
    assert again is not None
    assert not again.changed
    assert world.hold("CA4", OTHER).queue == "line-1", "a free queue is used again"


def paused(world: LineWorld) -> None:
    """Somebody is on shift, and takes no calls."""
    world.line.set_status(world.hire("paused", ready=False), "pause")


def test_a_position_never_grows_when_somebody_comes_back_before(world: LineWorld) -> None:
    world.hire()
    world.hold("CA1")
    world.talk("CA1")
    with world.writing() as conn:
        world.desk.join(conn, "CA2", OTHER, None)
    first = world.line.on_hold("CA2")
    assert first is not None
    assert first.position == 1
    assert world.line.came_back("CA1", bridged=True) == "broke_off"
    world.line.on_hold("CA1")
    after = world.line.on_hold("CA2")
    assert after is not None
    assert (after.position, after.changed) == (1, False)


def test_joining_twice_is_one_place(world: LineWorld) -> None:
    paused(world)
    place = world.hold("CA1", category="card")
    with world.writing() as conn:
        again = world.desk.join(conn, "CA1", PHONE, None)
    assert (again.number, again.category, again.queue) == (place.number, "card", place.queue)


@pytest.mark.parametrize(("why", "back"), [("call_back", "call_back"), ("menu", "left")])
def test_a_key_takes_the_caller_off_the_music(world: LineWorld, why: str, back: str) -> None:
    world.hire()
    world.hold()
    offer = world.offer()
    world.line.leg_of(offer.id, "CAleg")
    assert world.line.step_aside("CA1", why)  # type: ignore[arg-type]
    assert world.hung_up == ["CAleg"]
    assert world.status() == "ready"
    assert [world.line.came_back("CA1") for _ in "twice"] == [back] * 5
    assert world.place().state == ("away" if why == "call_back" else "ended")


def test_it_is_too_late_to_step_aside_when_an_operator_comes(world: LineWorld) -> None:
    world.hire()
    world.hold()
    world.line.accept(world.offer().id)
    assert not world.line.step_aside("CA1", "menu")
    assert not world.line.step_aside("CA2", "menu")


def test_a_caller_who_is_away_is_not_offered(world: LineWorld) -> None:
    paused(world)
    world.hold("CA1")
    world.hold("CA2", OTHER)
    world.line.step_aside("CA1", "call_back")
    world.hire()
    assert world.offer().place == 2
    world.pass_time(4)
    assert world.line.on_hold("CA1") is None, "a request for music that comes twice does not bring him back"
    world.pass_time(1)
    assert world.line.on_hold("CA1") is not None
    assert (world.place("CA1").number, world.place("CA1").state) == (1, "waiting")


def test_a_call_back_keeps_the_number_and_waits_for_the_end_of_the_call(world: LineWorld) -> None:
    paused(world)
    place = world.hold()
    world.hold("CA2", OTHER)
    world.line.step_aside("CA1", "call_back")
    booked = world.book("CA1", OTHER)
    assert booked is not None
    assert (booked.number, booked.kind, booked.phone, booked.state) == (place.number, "call_back", OTHER, "away")
    assert world.line.on_hold("CA1") is None, "who asked for a call back has left the music"
    assert world.line.came_back("CA1") == "call_back"
    assert world.line.left("CA1")
    assert world.numbered(place.number).state == "waiting"


def test_a_phone_has_one_call_back_with_the_earlier_number(world: LineWorld) -> None:
    first = world.book("CA1", PHONE)
    world.line.left("CA1")
    again = world.book("CA2", PHONE, world.clock.now() + timedelta(hours=2))
    assert first is not None
    assert again is not None
    assert (again.number, again.call_sid) == (first.number, "CA2")
    assert again.due_at == world.clock.now() + timedelta(hours=2)
    paused(world)
    world.hold("CA3", OTHER)
    taken = world.book("CA3", PHONE)
    assert taken is not None
    assert taken.number == first.number
    with world.database.reading() as conn:
        assert [place.number for place in live_places(conn)] == [first.number]


def test_who_calls_again_takes_up_the_place_of_the_call_back(world: LineWorld) -> None:
    paused(world)
    booked = world.book("CA1", PHONE)
    world.line.left("CA1")
    world.hold("CA2", OTHER)
    place = world.hold("CA3", PHONE)
    assert booked is not None
    assert (place.number, place.kind, place.state) == (booked.number, "holding", "waiting")
    world.line.left("CA3")
    back = world.numbered(booked.number)
    assert (back.kind, back.state, back.queue) == ("call_back", "waiting", None), "the promise stands"


def test_who_calls_while_being_called_back_is_not_called(world: LineWorld) -> None:
    world.hire()
    world.book("CA1", PHONE)
    world.line.left("CA1")
    offer = world.offer()
    world.line.leg_of(offer.id, "CAleg")
    world.line.accept(offer.id)
    place = world.hold("CA2", PHONE)
    assert place.number == 1
    assert world.status() == "offered", "the same operator, for the same person, now on the line"
    world.line.sweep()
    assert "CAleg" in world.hung_up
    world.line.leg_over(offer.id)
    assert world.place("CA2").state == "offered"


def test_a_call_back_is_cancelled(world: LineWorld) -> None:
    world.book("CA1", PHONE)
    assert world.line.cancel(PHONE)
    assert not world.line.cancel(PHONE)
    assert world.place().outcome == "cancelled"
    assert world.book("CA1", "anonymous") is None


def test_a_call_back_for_later_is_not_dialled_before(world: LineWorld) -> None:
    world.hire()
    world.book("CA1", PHONE, world.clock.now() + timedelta(hours=1))
    world.line.left("CA1")
    world.pass_time(3599)
    world.line.sweep()
    assert world.ringing() == []
    world.pass_time(1)
    world.line.sweep()
    assert world.offer().place == 1


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-24T06:59:59+03:00", "closed"),
        ("2026-11-24T07:00:00+03:00", "quiet"),
        ("2026-11-24T09:59:59+03:00", "quiet"),
        ("2026-11-24T10:00:00+03:00", "peak"),
        ("2026-11-24T12:59:59+03:00", "peak"),
        ("2026-11-24T13:00:00+03:00", "quiet"),
        ("2026-11-24T22:59:59+03:00", "quiet"),
        ("2026-11-24T23:00:00+03:00", "closed"),
    ],
)
def test_the_schedule_says_how_a_caller_is_served(world: LineWorld, moment: str, expected: str) -> None:
    paused(world)
    move_to(world, moment)
    assert mode(world) == expected


def test_without_accounts_the_operators_own_line_is_dialled(world: LineWorld) -> None:
    assert mode(world) == "direct"
    anna = world.hire(ready=False)
    assert mode(world) == "nobody"
    world.line.set_status(anna, "pause")
    assert mode(world) == "quiet"


def test_who_waits_at_the_closing_is_served_for_a_while(world: LineWorld) -> None:
    paused(world)
    move_to(world, "2026-11-24T22:59:59+03:00")
    world.hold()
    world.pass_time(1)
    assert (mode(world), mode(world, "CA2")) == ("quiet", "closed")
    assert world.line.on_hold("CA1") is not None
    world.pass_time(30 * 60 - 1)
    assert world.line.on_hold("CA1") is not None
    world.pass_time(1)
    assert world.line.on_hold("CA1") is None
    assert world.line.came_back("CA1") == "closed"
    assert mode(world) == "closed"


def test_when_the_last_operator_goes_the_callers_are_told(world: LineWorld) -> None:
    anna = world.hire(ready=False)
    world.line.set_status(anna, "pause")
    place = world.hold()
    world.line.set_status(anna, "off")
    assert world.line.on_hold("CA1") is None
    assert world.line.came_back("CA1") == "nobody"
    booked = world.book("CA1", PHONE)
    assert booked is not None
    assert booked.number == place.number


def test_a_full_line_takes_no_more_callers(world: LineWorld) -> None:
    paused(world)
    for number in range(3):
        world.hold(f"CA{number}", OTHER)
    world.desk = replace(world.desk, rules=replace(world.desk.rules, most_holding=3))
    with world.database.reading() as conn:
        assert world.desk.mode(conn, "CA9") == "nobody"
        assert world.desk.mode(conn, "CA1") == "quiet"


def test_the_queue_that_twilio_refused_leaves_the_place_as_it_was(world: LineWorld) -> None:
    paused(world)
    place = world.hold()
    assert world.line.came_back("CA1") == "unanswered"
    assert (world.place().state, world.place().number) == ("away", place.number)
    assert world.line.came_back("CA9") == "unanswered"


def test_an_operator_who_signs_out_while_being_rung_has_not_answered(world: LineWorld) -> None:
    anna = world.hire()
    world.hold()
    world.line.leg_of(world.offer().id, "CAleg")
    assert world.line.set_status(anna, "off")
    assert (world.place().state, world.status(), world.hung_up) == ("waiting", "off", ["CAleg"])
