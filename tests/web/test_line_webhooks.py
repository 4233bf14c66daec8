"""Callers in the line to the operators, webhook by webhook."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from tests.web.line_world import NIGHT, PEAK, QUIET, Caller, OperatorLeg, World
from tests.web.twilio_client import PUBLIC_URL, sign


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    yield from opened(tmp_path, PEAK)


@pytest.fixture
def quiet_world(tmp_path: Path) -> Iterator[World]:
    yield from opened(tmp_path, QUIET)


@pytest.fixture
def night_world(tmp_path: Path) -> Iterator[World]:
    yield from opened(tmp_path, NIGHT)


def opened(folder: Path, at: str) -> Iterator[World]:
    world = World(folder, at)
    yield world
    world.close()


def in_line(world: World, caller: str = "+79160000102") -> Caller:
    return world.ring_in(caller).want_person().hold()


def bridged(world: World) -> tuple[Caller, OperatorLeg]:
    """A caller and an operator who talk."""
    world.operator()
    caller = in_line(world)
    leg = OperatorLeg(world, world.offers()[0].id)
    leg.pick_up()
    leg.press("1")
    world.post("/voice/line/joining?p=1", caller.call)
    return caller, leg


# -- who gets into the line -------------------------------------------------------------------------------------------


def test_without_operators_accounts_the_operators_own_line_is_dialled(world: World) -> None:
    caller = world.ring_in().want_person()
    assert caller.first("Number").text == "+78002009003"


def test_at_a_peak_hour_a_caller_waits_with_music(world: World) -> None:
    world.operator(status="pause")
    caller = world.ring_in().want_person()
    queue = caller.first("Enqueue")
    assert (queue.text, queue.attrib["waitUrl"]) == ("line-1", "/voice/line/wait?p=1&r=0")
    caller.hold()
    assert caller.verbs == ["Gather", "Redirect"]
    assert "waiting.position.01" in caller.heard
    assert "waiting.how_to_leave" in caller.heard
    assert "/audio/music/hold.wav" in caller.heard


def test_in_a_quiet_hour_self_service_is_offered_once(quiet_world: World) -> None:
    quiet_world.operator(status="pause")
    caller = quiet_world.ring_in().want_person()
    assert "operator.say.quiet" in caller.heard
    assert caller.verbs == ["Gather", "Redirect"]
    assert caller.want_person().first("Enqueue").text == "line-1"


def test_in_a_quiet_hour_who_has_said_what_it_is_about_waits_at_once(quiet_world: World) -> None:
    quiet_world.operator(status="pause")
    caller = quiet_world.ring_in().press("1").press("1").want_person()
    assert caller.first("Enqueue").text == "line-1"
    assert quiet_world.place().category == "activate"


@pytest.mark.parametrize("status", ["off", "pause"])
def test_with_nobody_on_shift_an_appeal_is_written_and_a_call_back_promised(
    world: World, status: Literal["off", "pause"]
) -> None:
    world.operator(status=status)
    caller = world.ring_in().want_person()
    assert ("Enqueue" in caller.verbs) is (status == "pause")
    if status == "off":
        assert "operator.say.nobody" in caller.heard
        assert caller.verbs[-1] == "Hangup"
        caller.hang_up()
        assert (world.place().kind, world.place().state) == ("call_back", "waiting")


def test_at_night_a_call_back_is_promised_for_the_opening(night_world: World) -> None:
    night_world.operator()
    caller = night_world.ring_in().want_person()
    assert "Enqueue" not in caller.verbs
    assert night_world.place().due_at.isoformat() == "2026-05-13T04:00:00+00:00"


# -- on hold ----------------------------------------------------------------------------------------------------------


def test_the_position_is_told_again_only_when_it_has_changed(world: World) -> None:
    world.operator(status="pause")
    first, second = in_line(world), in_line(world, "+79160000103")
    assert "waiting.position.02" in second.heard
    assert "waiting.position" not in second.next_round().heard
    first.hang_up()
    assert "waiting.position.01" in second.next_round().heard


def test_tips_come_by_turns_and_music_always(world: World) -> None:
    world.operator(status="pause")
    caller = in_line(world)
    heard = [caller.next_round().heard for _ in range(8)]
    assert all("hold.wav" in one for one in heard)
    assert [("tips" in one, "how_to_leave" in one) for one in heard] == [
        *[(False, False), (True, False)] * 2,
        (False, False),
        (False, True),
        (False, False),
        (True, False),
    ]


@pytest.mark.parametrize("form", [{"Digits": "1"}, {"SpeechResult": "Перезвоните, пожалуйста."}])
def test_a_caller_leaves_for_a_call_back_and_keeps_the_place(world: World, form: dict[str, str]) -> None:
    world.operator(status="pause")
    caller = in_line(world)
    caller.go(caller.first("Gather").attrib["action"], **form)
    assert caller.verbs == ["Leave"]
    caller.leave("leave")
    assert "connect.say.call_back" in caller.heard
    assert "ноль один ноль два" in caller.heard
    caller.press("1")
    assert "call_back_turn.say.booked" in caller.heard
    assert caller.verbs[-1] == "Hangup"
    caller.hang_up()
    place = world.place()
    assert (place.number, place.kind, place.state, place.phone) == (1, "call_back", "waiting", "+79160000102")


@pytest.mark.parametrize("form", [{"Digits": "2"}, {"SpeechResult": "в меню"}])
def test_a_caller_goes_back_to_the_menu(world: World, form: dict[str, str]) -> None:
    world.operator(status="pause")
    caller = in_line(world)
    caller.go(caller.first("Gather").attrib["action"], **form)
    caller.leave("leave")
    assert "connect.say.left" in caller.heard
    assert caller.verbs == ["Gather", "Redirect"]
    assert world.place().outcome == "left"


@pytest.mark.parametrize("form", [{"Digits": "*"}, {"Digits": "5"}, {"SpeechResult": "Повторите."}])
def test_a_caller_hears_the_place_again(world: World, form: dict[str, str]) -> None:
    world.operator(status="pause")
    caller = in_line(world).next_round()
    caller.go(caller.first("Gather").attrib["action"], **form)
    assert "waiting.position.01" in caller.heard
    assert "waiting.how_to_leave" in caller.heard


def test_words_that_mean_nothing_here_do_not_disturb_the_music(world: World) -> None:
    world.operator(status="pause")
    caller = in_line(world)
    caller.go(caller.first("Gather").attrib["action"], SpeechResult="Мама, выключи чайник")
    assert caller.verbs == ["Redirect"]
    assert caller.silence().verbs == ["Gather", "Redirect"]


def test_a_queue_that_is_full_loses_nobody(world: World) -> None:
    world.operator(status="pause")
    caller = world.ring_in().want_person()
    caller.enqueued = caller.first("Enqueue")
    caller.leave("queue-full")
    assert "connect.say.full" in caller.heard
    caller.press("1")
    caller.hang_up()
    assert (world.place().number, world.place().kind) == (1, "call_back")


@pytest.mark.parametrize("result", ["error", "system-error"])
def test_an_operator_who_goes_while_being_joined_costs_nobody_the_place(world: World, result: str) -> None:
    world.operator(status="pause")
    caller = in_line(world)
    caller.leave(result)
    assert "connect.say.broke_off" in caller.heard
    assert (world.place().number, world.place().state) == (1, "away")


def test_who_hangs_up_on_hold_has_abandoned_the_line(world: World) -> None:
    world.operator(status="pause")
    caller = in_line(world)
    caller.leave("hangup", CallStatus="completed")
    caller.hang_up()
    assert world.place().outcome == "abandoned"


def test_music_plays_on_while_the_database_is_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.operator(status="pause")
    caller = in_line(world)
    monkeypatch.setattr(type(world.application.line), "on_hold", _broken)
    caller.next_round()
    assert caller.verbs == ["Play", "Redirect"]
    assert "/voice/line/wait?p=1&r=1" in (caller.first("Redirect").text or "")


def _broken(*_: object) -> None:
    raise RuntimeError("the database is away")


# -- with an operator -------------------------------------------------------------------------------------------------


def test_an_operator_hears_who_waits_and_takes_the_call_by_a_key(world: World) -> None:
    world.operator()
    caller = world.ring_in().press("1").press("2").want_person().hold()
    leg = OperatorLeg(world, world.offers()[0].id)
    whisper = leg.pick_up()
    heard = " ".join((verb.text or "") for verb in whisper.iter("Play"))
    for name in ("waiting.category.card_not_read", "waiting.just_came", "waiting.unverified", "waiting.accept"):
        assert name in heard
    taken = leg.press("1")
    assert [(verb.tag, verb.text) for verb in taken.iter("Queue")] == [("Queue", "line-1")]
    assert world.place().state == "connecting"
    world.post("/voice/line/joining?p=1", caller.call)
    assert world.place().state == "talking"


def test_a_key_that_is_told_twice_takes_the_call_once(world: World) -> None:
    world.operator()
    in_line(world)
    leg = OperatorLeg(world, world.offers()[0].id)
    leg.pick_up()
    assert [leg.press("1")[0].tag for _ in range(2)] == ["Dial", "Dial"]


def test_of_two_operators_one_wins(world: World) -> None:
    world.operator("anna")
    in_line(world)
    old = OperatorLeg(world, world.offers()[0].id)
    old.press("2")
    world.operator("boris")
    OperatorLeg(world, world.offers()[0].id).press("1")
    late = old.press("1")
    assert late[-1].tag == "Hangup"
    assert world.place().operator == "boris"


@pytest.mark.parametrize(("keys", "status"), [("2", "pause"), ("", "missed")])
def test_a_call_that_is_not_taken_leaves_the_caller_in_place(world: World, keys: str, status: str) -> None:
    world.operator()
    caller = in_line(world)
    leg = OperatorLeg(world, world.offers()[0].id)
    leg.pick_up()
    assert leg.press(keys)[-1].tag == "Hangup"
    assert (world.place().state, world.status_of("anna")) == ("waiting", status)
    assert "hold.wav" in caller.next_round().heard


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed"])
def test_a_busy_telephone_leaves_the_caller_in_place(world: World, status: str) -> None:
    world.operator()
    in_line(world)
    OperatorLeg(world, world.offers()[0].id).status(status)
    assert (world.place().state, world.status_of("anna")) == ("waiting", "missed")


def test_who_picks_up_too_late_hears_so(world: World) -> None:
    world.operator()
    caller = in_line(world)
    leg = OperatorLeg(world, world.offers()[0].id)
    caller.hang_up()
    assert [verb.tag for verb in leg.pick_up()] == ["Play", "Hangup"]


def test_a_finished_conversation_ends_the_call(world: World) -> None:
    caller, leg = bridged(world)
    with world.application.db.transaction() as conn:
        world.application.line_desk.ended(conn, 1)
    leg.done(DialCallStatus="completed")
    caller.leave("bridged")
    assert caller.verbs[-1] == "Hangup"
    assert world.place().outcome == "answered"


def test_a_conversation_that_broke_off_goes_on_at_the_same_place(world: World) -> None:
    caller, leg = bridged(world)
    leg.done(DialCallStatus="completed")
    caller.leave("bridged")
    assert "connect.say.broke_off" in caller.heard
    caller.press("2")
    assert "back_in_line.say.line" in caller.heard
    assert caller.first("Enqueue").attrib["waitUrl"] == "/voice/line/wait?p=1&r=0"
    caller.hold()
    world.set_status("anna", "ready")
    assert [offer.place for offer in world.offers()] == [1]


def test_the_two_legs_may_come_back_in_either_order(world: World) -> None:
    caller, leg = bridged(world)
    caller.leave("bridged")
    assert "connect.say.broke_off" in caller.heard
    leg.done(DialCallStatus="completed")
    assert (world.place().state, world.status_of("anna")) == ("away", "wrap_up")


def test_an_end_that_is_told_twice_is_one_end(world: World) -> None:
    caller, _ = bridged(world)
    first = caller.leave("bridged").heard
    assert caller.leave("bridged").heard == first
    caller.press("1")
    assert "goodbye_after_operator" in caller.heard
    assert caller.leave("bridged").verbs[-1] == "Hangup"


def test_who_hangs_up_on_an_operator_was_answered(world: World) -> None:
    caller, leg = bridged(world)
    caller.leave("bridged", CallStatus="completed")
    leg.done(DialCallStatus="completed")
    caller.hang_up()
    assert (world.place().outcome, world.status_of("anna")) == ("answered", "wrap_up")


def test_an_operator_who_finds_nobody_in_the_queue_is_let_go(world: World) -> None:
    world.operator()
    in_line(world)
    leg = OperatorLeg(world, world.offers()[0].id)
    leg.pick_up()
    leg.press("1")
    assert leg.done(DialCallStatus="no-answer")[-1].tag == "Hangup"
    assert world.place().state == "waiting"


def test_who_is_handed_back_keys_a_code_and_returns_to_the_same_place(world: World) -> None:
    caller, leg = bridged(world)
    with world.application.db.transaction() as conn:
        assert world.application.line_desk.hand_back(conn, world.find("anna"), 1)
    leg.done(DialCallStatus="completed")
    caller.leave("bridged")
    assert "connect.say.enter_code" in caller.heard
    caller.press("123456")
    assert "operator_code.say.not_possible" in caller.heard  # no card was named in this call
    assert caller.first("Enqueue").attrib["waitUrl"] == "/voice/line/wait?p=1&r=0"


# -- call backs -------------------------------------------------------------------------------------------------------


def promised(world: World) -> OperatorLeg:
    """A call back that an operator is being rung for."""
    world.operator(status="pause")
    caller = in_line(world)
    caller.press("1").leave("leave").press("1").hang_up()
    world.set_status("anna", "ready")
    return OperatorLeg(world, world.offers()[0].id)


def test_a_person_is_dialled_by_the_operator_and_presses_a_key(world: World) -> None:
    leg = promised(world)
    heard = " ".join((verb.text or "") for verb in leg.pick_up().iter("Play"))
    assert "waiting.call_back" in heard
    dial = leg.press("1").find("Dial")
    assert dial is not None
    assert dial.attrib["callerId"] == "+78002009002"
    assert dial[0].text == "+79160000102"
    asked = world.post(f"/voice/call_back/whisper?o={leg.offer}", "CAperson")
    assert [verb.tag for verb in asked] == ["Gather", "Gather", "Hangup"]
    joined = world.post(f"/voice/call_back/key?o={leg.offer}", "CAperson", Digits="1")
    assert len(joined) == 0
    assert world.place().state == "talking"
    leg.done(DialCallStatus="completed", DialBridged="true")
    assert (world.place().outcome, world.status_of("anna")) == ("answered", "wrap_up")


def test_nobody_presses_a_key_so_it_is_tried_again(world: World) -> None:
    leg = promised(world)
    leg.pick_up()
    leg.press("1")
    world.post(f"/voice/call_back/whisper?o={leg.offer}", "CAperson")
    leg.done(DialCallStatus="completed", DialBridged="false")
    place = world.place()
    assert (place.state, place.tries, world.status_of("anna")) == ("waiting", 1, "ready")
    assert (place.due_at - world.clock.now()).total_seconds() == 600


def test_the_person_no_longer_wants_it(world: World) -> None:
    leg = promised(world)
    leg.pick_up()
    leg.press("1")
    answer = world.post(f"/voice/call_back/key?o={leg.offer}", "CAperson", Digits="2")
    assert answer[-1].tag == "Hangup"
    leg.done(DialCallStatus="completed", DialBridged="false")
    assert world.place().outcome == "cancelled"


def test_a_promise_holds_also_when_the_call_s_end_is_never_told(world: World) -> None:
    world.operator(status="pause")
    in_line(world).press("1").leave("leave").press("1")
    assert world.place().state == "waiting"


def test_a_caller_gives_another_number(world: World) -> None:
    world.operator(status="pause")
    caller = in_line(world)
    caller.press("1").leave("leave").press("2")
    assert "call_back_phone" in caller.heard
    caller.press("89161234567").press("1")
    assert "call_back_turn.say.booked" in caller.heard
    caller.hang_up()
    assert (world.place().number, world.place().phone) == (1, "+79161234567")


def test_a_caller_stays_after_all_at_the_same_place(world: World) -> None:
    world.operator(status="pause")
    in_line(world)
    caller = in_line(world, "+79160000103")
    caller.press("1").leave("leave").press("3")
    assert caller.first("Enqueue").attrib["waitUrl"] == "/voice/line/wait?p=2&r=0"


def test_who_calls_again_cancels_the_call_back(world: World) -> None:
    promised(world)
    caller = world.ring_in().press("6").press("2")
    assert "call_back_cancel.say.cancelled" in caller.heard
    assert world.place().outcome == "cancelled"


def test_who_calls_again_and_wants_a_person_has_the_same_place(world: World) -> None:
    world.operator(status="pause")
    in_line(world, "+79160000109")
    caller = in_line(world)
    caller.press("1").leave("leave").press("1").hang_up()
    again = world.ring_in().want_person()
    assert again.first("Enqueue").attrib["waitUrl"] == "/voice/line/wait?p=2&r=0"


# -- what is not asked for --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/voice/line/wait?p=x&r=0", {}),
        ("/voice/line/key?p=1", {}),
        ("/voice/operator/key?o=../etc", {}),
        ("/voice/operator/whisper", {}),
        ("/voice/line/key?p=1&r=1", {"Digits": "12ab"}),
    ],
)
def test_it_refuses_a_malformed_webhook(world: World, path: str, form: dict[str, str]) -> None:
    whole = {"CallSid": "CA1", **form}
    answer = world.http.post(path, data=whole, headers={"X-Twilio-Signature": sign(PUBLIC_URL + path, whole)})
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["whisper", "key", "done", "status"])
def test_an_offer_that_is_not_there_rings_nobody(world: World, name: str) -> None:
    answer = world.post(f"/voice/operator/{name}?o=abc", "CA1", Digits="1", CallStatus="completed")
    assert [verb.tag for verb in answer] in ([], ["Hangup"], ["Play", "Hangup"])
