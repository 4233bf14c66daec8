"""Who is rung for whom, and what becomes of the calls to operators."""

import pytest

from ivr.store.appeals import list_appeals
from ivr.store.line import all_places
from ivr.store.outbox import latest_to
from tests.line.line_world import PHONE, LineWorld

OTHER = "+79160000103"


def test_the_first_caller_goes_to_the_operator_who_is_ready_for_the_longest(world: LineWorld) -> None:
    world.hire("anna")
    world.pass_time(1)
    world.hire("boris")
    first = world.hold("CA1")
    assert world.offer().operator == "anna"
    second = world.hold("CA2", OTHER)
    assert [(offer.operator, offer.place) for offer in world.ringing()] == [
        ("anna", first.number),
        ("boris", second.number),
    ]
    assert world.rung == [offer.id for offer in world.ringing()]
    assert world.place("CA1").state == "offered"
    assert world.status("anna") == "offered"


def test_an_operator_who_gets_ready_is_rung_at_once(world: LineWorld) -> None:
    anna = world.hire(ready=False)
    world.line.set_status(anna, "pause")
    world.hold()
    assert world.ringing() == []
    world.line.set_status(anna, "ready")
    assert world.rung == [world.offer().id]


def test_two_who_press_one_for_a_caller_do_not_both_get_him(world: LineWorld) -> None:
    world.hire("anna")
    place = world.hold()
    late = world.offer()
    world.pass_time(60)
    world.line.sweep()
    assert (world.status("anna"), world.place().state) == ("missed", "waiting")
    world.hire("boris")
    offer = world.offer()
    accepted = world.line.accept(offer.id)
    assert accepted is not None
    assert (accepted.mode, accepted.place.queue) == ("queue", "line-1")
    assert world.line.accept(late.id) is None
    assert world.line.accept("of nobody") is None
    assert world.numbered(place.number).operator == "boris"


def test_pressing_one_twice_is_pressing_it_once(world: LineWorld) -> None:
    world.hire()
    world.hold()
    offer = world.offer()
    assert world.line.accept(offer.id) == world.line.accept(offer.id)
    assert world.line.talking(1)
    again = world.line.accept(offer.id)
    assert again is not None
    assert again.place.state == "talking"
    assert len(world.events("accepted")) == 1


@pytest.mark.parametrize(("state", "status"), [("declined", "pause"), ("unanswered", "missed"), ("failed", "missed")])
def test_an_offer_that_is_not_taken_changes_nothing_for_the_caller(world: LineWorld, state: str, status: str) -> None:
    world.hire("anna")
    place = world.hold()
    offer = world.offer()
    world.line.leg_of(offer.id, "CAleg")
    assert world.line.decline(offer.id, state)  # type: ignore[arg-type]
    assert not world.line.decline(offer.id, state)  # type: ignore[arg-type]
    assert world.status("anna") == status
    assert (world.place().state, world.place().number) == ("waiting", place.number)
    assert world.hung_up == ["CAleg"]
    assert world.ringing() == [], "nobody is rung again who did not take the call"
    world.hire("boris")
    assert world.offer().operator == "boris"


def test_a_caller_who_hangs_up_withdraws_the_offer(world: LineWorld) -> None:
    world.hire()
    world.hold()
    offer = world.offer()
    world.line.leg_of(offer.id, "CAleg")
    assert world.line.left("CA1")
    assert world.hung_up == ["CAleg"]
    assert world.status() == "ready"
    assert world.line.accept(offer.id) is None
    assert (world.place().state, world.place().outcome, world.place().queue) == ("ended", "abandoned", None)


def test_a_caller_who_hangs_up_while_being_connected_frees_the_operator(world: LineWorld) -> None:
    world.hire()
    world.hold()
    offer = world.offer()
    world.line.leg_of(offer.id, "CAleg")
    world.line.accept(offer.id)
    world.line.left("CA1")
    assert world.status() == "ready"
    assert world.hung_up == ["CAleg"]
    assert not world.line.talking(1)


def test_a_conversation_ends_in_wrap_up_and_its_result_makes_ready(world: LineWorld) -> None:
    anna = world.hire()
    world.hold()
    world.talk()
    assert world.status() == "talking"
    assert not world.line.set_status(anna, "pause")
    assert world.line.left("CA1")
    assert (world.place().outcome, world.status()) == ("answered", "wrap_up")
    assert world.line.finish(anna, 1, "card_active")
    assert (world.place().result, world.status()) == ("card_active", "ready")
    assert not world.line.finish(world.hire("boris"), 1, "card_active"), "it is not his call"


def test_the_operator_ends_the_call(world: LineWorld) -> None:
    anna = world.hire()
    world.hold()
    offer = world.talk()
    assert not world.line.end_call(world.hire("boris", ready=False), 1)
    assert world.line.end_call(anna, 1)
    assert not world.line.end_call(anna, 1)
    assert world.hung_up == [f"leg-{offer.id}"]
    assert world.line.came_back("CA1", bridged=True) == "answered"
    assert world.line.came_back("CA1", bridged=True) == "answered"


def test_an_operator_whose_leg_drops_before_the_bridge_leaves_the_caller_waiting(world: LineWorld) -> None:
    world.hire("anna")
    world.hold()
    offer = world.offer()
    world.line.accept(offer.id)
    assert world.line.leg_over(offer.id)
    assert not world.line.leg_over(offer.id)
    assert (world.place().state, world.status("anna")) == ("waiting", "missed")


def test_the_end_of_a_ringing_leg_is_no_answer(world: LineWorld) -> None:
    world.hire()
    world.hold()
    assert world.line.leg_over(world.offer().id)
    assert (world.place().state, world.status()) == ("waiting", "missed")
    assert not world.line.leg_over("of nobody")


@pytest.mark.parametrize("caller_first", [True, False])
def test_a_leg_that_drops_in_the_talk_brings_the_caller_back_to_his_place(world: LineWorld, caller_first: bool) -> None:
    anna = world.hire("anna")
    place = world.hold()
    offer = world.talk()
    if not caller_first:
        assert world.line.leg_over(offer.id)
    assert world.line.came_back("CA1", bridged=True) == "broke_off"
    world.line.leg_over(offer.id)
    assert world.line.came_back("CA1", bridged=True) == "broke_off", "a webhook that comes twice says the same"
    assert (world.place().state, world.place().number, world.status()) == ("away", place.number, "wrap_up")
    world.line.on_hold("CA1")
    assert world.place().state == "waiting"
    assert world.line.finish(anna, place.number, "broke_off")
    assert world.offer().place == place.number, "and is rung for again, first"


def test_late_news_of_a_call_do_not_touch_the_next_one(world: LineWorld) -> None:
    anna = world.hire()
    world.hold()
    old = world.talk()
    world.line.leg_over(old.id)
    world.line.finish(anna, 1, "card_active")
    world.hold("CA2", OTHER)
    world.talk("CA2")
    world.line.left("CA1")
    world.line.leg_over(old.id)
    assert (world.place("CA2").state, world.status()) == ("talking", "talking")
    assert world.place("CA1").outcome == "answered"


def test_a_caller_is_handed_back_to_enter_a_code(world: LineWorld) -> None:
    anna = world.hire()
    place = world.hold()
    offer = world.talk()
    assert world.line.hand_back(anna, place.number)
    assert world.hung_up == [f"leg-{offer.id}"]
    assert world.line.came_back("CA1", bridged=True) == "enter_code"
    assert (world.place().state, world.status()) == ("away", "wrap_up")
    world.line.left("CA1")
    assert world.place().outcome == "answered"


def test_a_call_back_is_dialled_in_the_callers_turn(world: LineWorld) -> None:
    with world.writing() as conn:
        booked = world.desk.book(conn, "CA1", PHONE)
    assert booked is not None
    world.hire()
    assert world.ringing() == [], "he is still on the phone"
    world.line.left("CA1")
    offer = world.offer()
    accepted = world.line.accept(offer.id)
    assert accepted is not None
    assert (accepted.mode, accepted.place.phone, accepted.place.tries) == ("dial", PHONE, 1)
    world.line.talking(booked.number)
    world.line.leg_over(offer.id)
    assert (world.place().outcome, world.status()) == ("answered", "wrap_up")


def test_who_is_not_reached_is_called_again_and_then_gets_an_appeal(world: LineWorld) -> None:
    world.hire()
    world.book("CA1", PHONE)
    world.line.left("CA1")
    for tries in (1, 2, 3):
        offer = world.offer()
        world.line.accept(offer.id)
        world.line.leg_over(offer.id)
        world.line.leg_over(offer.id)
        assert world.place().tries == tries
        assert world.status() == "ready"
        assert world.ringing() == [], "not before ten minutes"
        world.pass_time(10 * 60)
        world.line.sweep()
    assert (world.place().state, world.place().outcome) == ("ended", "unreached")
    with world.database.reading() as conn:
        (appeal,) = list_appeals(conn, PHONE)
        sms = latest_to(conn, PHONE)
    assert (appeal.kind, appeal.call_sid) == ("call_back", "CA1")
    assert sms is not None
    assert sms.body is not None
    assert "не дозвонились" in sms.body


def test_in_the_night_nobody_is_called_back(world: LineWorld) -> None:
    world.hire()
    world.book("CA1", PHONE)
    world.pass_time(9.5 * 3600 - 1)  # 22:59:59
    world.line.left("CA1")
    assert world.ringing() != []
    offer = world.offer()
    world.line.accept(offer.id)
    world.line.leg_over(offer.id)
    world.pass_time(30 * 60)
    world.line.sweep()
    assert world.ringing() == []
    world.pass_time(7.5 * 3600 + 1)
    world.line.sweep()
    assert world.offer().place == 1


def test_the_line_is_one_for_callers_and_call_backs(world: LineWorld) -> None:
    world.line.set_status(world.hire("paused", ready=False), "pause")
    world.hold("CA1")
    world.book("CA2", OTHER)
    world.line.left("CA2")
    world.hold("CA3", "+79160000104")
    for name in ("anna", "boris", "clara"):
        world.pass_time(1)
        world.hire(name)
    assert [(offer.operator, offer.place) for offer in world.ringing()] == [("anna", 1), ("boris", 2), ("clara", 3)]
    with world.database.reading() as conn:
        assert [place.kind for place in all_places(conn)] == ["holding", "call_back", "holding"]
