"""What nobody has told the line, and it finds out by itself."""

from dataclasses import replace

import pytest

from ivr.store.calls import insert_call, set_status
from ivr.store.line import LIVE
from tests.line.line_world import PHONE, LineWorld

OTHER = "+79160000103"


def paused(world: LineWorld) -> None:
    world.line.set_status(world.hire("paused", ready=False), "pause")


def begin_call(world: LineWorld, sid: str = "CA1") -> None:
    with world.writing() as conn:
        insert_call(conn, sid, state={}, driver="stream", from_number=PHONE, to_number=PHONE, at=world.clock.now())


def end_call(world: LineWorld, sid: str = "CA1") -> None:
    with world.writing() as conn:
        assert set_status(conn, sid, "completed", 9, world.clock.now())


def test_an_offer_runs_out_and_goes_to_the_next_operator(world: LineWorld) -> None:
    world.hire("anna")
    world.pass_time(1)
    world.hire("boris")
    world.hold()
    world.pass_time(26)
    world.line.sweep()
    assert world.offer().operator == "anna", "who picks up late still hears who calls"
    world.pass_time(1)
    assert world.line.sweep().offers == 1
    assert (world.offer().operator, world.status("anna")) == ("boris", "missed")
    assert world.rung[-1] == world.offer().id


def test_an_offer_whose_ringing_was_lost_is_rung(world: LineWorld) -> None:
    world.hire()
    world.hold()
    world.rung.clear()
    world.line.sweep()
    assert world.rung == []
    world.pass_time(3)
    world.line.sweep()
    assert world.rung == [world.offer().id]


def test_a_caller_who_has_vanished_is_lost_and_may_come_back(world: LineWorld) -> None:
    paused(world)
    place = world.hold("CA1")
    world.pass_time(75)
    assert world.line.sweep().places == 0
    world.pass_time(1)
    assert world.line.sweep().places == 1
    assert (world.place().outcome, world.place().queue) == ("lost", place.queue)
    assert world.hold("CA2", OTHER).queue != place.queue, "the lost one may still be in his queue"
    waiting = world.line.on_hold("CA1")
    assert waiting is not None
    assert (waiting.place.number, world.place("CA1").state, world.place("CA1").outcome) == (1, "waiting", None)


def test_a_lost_callers_queue_is_free_after_a_while(world: LineWorld) -> None:
    paused(world)
    world.hold("CA1")
    world.pass_time(76)
    world.line.sweep()
    world.pass_time(601)
    world.line.sweep()
    assert world.line.on_hold("CA1") is None
    assert world.hold("CA2", OTHER).queue == "line-1"


def test_music_that_goes_on_keeps_the_place(world: LineWorld) -> None:
    paused(world)
    world.hold()
    for _ in range(10):
        world.pass_time(30)
        world.line.on_hold("CA1")
        world.line.sweep()
    assert world.place().state == "waiting"


def test_a_call_that_has_ended_leaves_nothing_behind(world: LineWorld) -> None:
    paused(world)
    begin_call(world)
    world.hold()
    world.line.step_aside("CA1", "call_back")
    world.line.sweep()
    assert world.place().state == "away"
    end_call(world)
    world.line.sweep()
    assert (world.place().state, world.place().outcome) == ("ended", "abandoned")


def test_a_call_back_becomes_due_also_when_the_end_of_its_call_was_not_told(world: LineWorld) -> None:
    begin_call(world)
    world.book("CA1", PHONE)
    world.line.sweep()
    assert world.place().state == "away"
    end_call(world)
    world.line.sweep()
    assert world.place().state == "waiting"


@pytest.mark.parametrize(("asks_for_music", "state"), [(True, "waiting"), (False, "talking")])
def test_a_bridge_of_which_nobody_tells_is_seen_by_the_music(
    world: LineWorld, asks_for_music: bool, state: str
) -> None:
    world.hire()
    world.hold()
    world.line.accept(world.offer().id)
    world.pass_time(31)
    if asks_for_music:
        world.line.on_hold("CA1")
    world.pass_time(13)
    world.line.sweep()
    assert world.place().state == "connecting"
    world.pass_time(1)
    assert world.line.sweep().connections == 1
    assert world.place().state == state
    assert world.status() == ("missed" if asks_for_music else "talking")


def test_a_call_back_that_hangs_in_dialling_is_tried_again(world: LineWorld) -> None:
    world.hire()
    world.book("CA1", PHONE)
    world.line.left("CA1")
    world.line.accept(world.offer().id)
    world.pass_time(120)
    world.line.sweep()
    assert (world.place().state, world.place().tries, world.status()) == ("waiting", 1, "ready")


def test_a_conversation_that_its_operator_has_left_is_over(world: LineWorld) -> None:
    world.hire()
    world.hold()
    offer = world.talk()
    world.line.leg_over(offer.id)
    world.pass_time(59)
    world.line.sweep()
    assert world.place().state == "talking"
    world.pass_time(1)
    world.line.sweep()
    assert world.place().outcome == "answered"


def test_nobody_talks_for_longer_than_a_call_can_last(world: LineWorld) -> None:
    world.hire()
    world.hold()
    world.talk()
    world.pass_time(4 * 3600)
    world.line.sweep()
    assert (world.place().outcome, world.status()) == ("answered", "wrap_up")


def test_a_browser_that_was_closed_signs_its_operator_out(world: LineWorld) -> None:
    world.hire(device="browser")
    for _ in range(4):
        world.pass_time(50)
        world.line.seen("anna")
        world.line.sweep()
    assert world.status() == "ready"
    world.hold()
    assert world.status() == "offered"
    world.pass_time(61)
    world.line.sweep()
    assert (world.status(), world.place().state) == ("off", "waiting")


def test_a_browser_that_closes_in_a_talk_does_not_end_it(world: LineWorld) -> None:
    world.hire(device="browser")
    world.hold()
    offer = world.talk()
    world.pass_time(300)
    world.line.sweep()
    assert (world.status(), world.place().state) == ("talking", "talking")
    world.line.leg_over(offer.id)
    world.pass_time(61)
    world.line.sweep()
    assert world.status() == "off"


def test_who_missed_a_call_and_does_not_come_back_is_off(world: LineWorld) -> None:
    world.hire()
    world.hold()
    world.line.decline(world.offer().id, "unanswered")
    world.pass_time(10 * 60 - 1)
    world.line.sweep()
    assert world.status() == "missed"
    world.pass_time(1)
    assert world.line.sweep().operators == 1
    assert world.status() == "off"


def test_wrap_up_ends_by_itself_only_where_that_is_wanted(world: LineWorld) -> None:
    world.hire()
    world.hold()
    world.talk()
    world.line.left("CA1")
    world.pass_time(600)
    world.line.sweep()
    assert world.status() == "wrap_up"
    rules = replace(world.desk.rules, ready_by_itself=True)
    with world.writing() as conn:
        replace(world.desk, rules=rules).sweep(conn)
    assert world.status() == "ready"


def test_an_operator_of_whom_nothing_is_left_is_free(world: LineWorld) -> None:
    world.hire()
    world.hold()
    offer = world.talk()
    with world.writing() as conn:
        world.desk.ended(conn, 1)
    world.line.leg_over(offer.id)
    assert world.status() == "wrap_up"
    world.line.sweep()
    assert world.status() == "wrap_up"
    assert [place for place in [world.place()] if place.state in LIVE] == []


def test_sweeping_a_line_in_order_changes_nothing(world: LineWorld) -> None:
    world.hire()
    world.hold("CA1")
    world.hold("CA2", OTHER)
    before = len(world.events())
    swept = world.line.sweep()
    assert (swept.offers, swept.connections, swept.places, swept.operators) == (0, 0, 0, 0)
    assert len(world.events()) == before
