"""Call backs as actions decide them, on the real services."""

from datetime import datetime, timedelta

import pytest

from ivr.clock import SetClock
from ivr.dialog.events import Finished
from ivr.hotline import Hotline
from ivr.line.waits import Quieter
from ivr.store.db import Database
from ivr.store.line import Place, call_back_of
from ivr.store.operators import Operator, add_operator
from tests.actions.card_world import World, make_world

CALLER, OTHER, LANDLINE, HIDDEN = "+79160000102", "+79160000555", "+74951234567", "anonymous"
NIGHT = datetime.fromisoformat("2026-11-24T23:30:00+03:00")
MORNING = datetime.fromisoformat("2026-11-25T07:00:00+03:00")


@pytest.fixture
def world(database: Database, hotline: Hotline, clock: SetClock) -> World:
    return make_world(database, hotline, clock)


def operator(world: World, clock: SetClock) -> None:
    """Somebody is at work."""
    anna = Operator("anna", "anna", "operator", None, None, None, "browser", "ready", clock.now(), clock.now())
    with world.database.transaction() as conn:
        add_operator(conn, anna)


def booked(world: World, phone: str = CALLER) -> Place | None:
    with world.database.reading() as conn:
        return call_back_of(conn, phone)


def said(finished: Finished, name: str) -> str:
    return finished.facts[name].replace("|", " ").replace(",", "")


@pytest.mark.parametrize("caller", [CALLER, LANDLINE])
def test_at_night_a_call_back_is_booked_for_the_morning(world: World, clock: SetClock, caller: str) -> None:
    clock.move(NIGHT - clock.now())
    finished = world.run("book_call_back", caller=caller)
    assert (finished.outcome, said(finished, "opens_at")) == ("later", "двадцать пятое ноября семь ноль ноль")
    place = booked(world, caller)
    assert place is not None
    assert (place.call_sid, place.due_at) == ("CA1", MORNING)


def test_a_call_back_that_is_booked_twice_is_one(world: World, clock: SetClock) -> None:
    clock.move(NIGHT - clock.now())
    world.run("book_call_back")
    first = booked(world)
    world.run("book_call_back", call="CA2")
    again = booked(world)
    assert first is not None
    assert again is not None
    assert first.number == again.number


def test_before_the_opening_of_the_same_day_only_the_time_is_said(world: World, clock: SetClock) -> None:
    clock.move(datetime.fromisoformat("2026-11-24T06:30:00+03:00") - clock.now())
    assert said(world.run("book_call_back"), "opens_at") == "семь ноль ноль"


def test_a_second_before_the_opening_it_is_due_at_once(world: World, clock: SetClock) -> None:
    clock.move(datetime.fromisoformat("2026-11-24T06:59:59+03:00") - clock.now())
    assert world.run("book_call_back").outcome == "booked"


def test_in_working_hours_it_comes_when_it_is_the_caller_s_turn(world: World, clock: SetClock) -> None:
    operator(world, clock)
    assert world.run("book_call_back") == Finished("book_call_back", "booked")
    place = booked(world)
    assert place is not None
    assert place.due_at == clock.now()


def test_in_a_quieter_hour_it_comes_then(world: World, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    operator(world, clock)
    at = clock.now() + timedelta(hours=3)
    monkeypatch.setattr("ivr.line.calling.Calling.quieter", lambda *_: Quieter(at, 2))
    told = world.run("quieter_hour")
    assert (told.outcome, said(told, "quieter_at")) == ("quieter", "восемнадцать ноль ноль")
    finished = world.run("book_call_back", args={"due": "quieter"})
    assert (finished.outcome, said(finished, "opens_at")) == ("later", "восемнадцать ноль ноль")
    assert world.run("book_call_back", call="CA2", caller=OTHER).outcome == "booked"


def test_no_quieter_hour_is_made_up(world: World, clock: SetClock) -> None:
    operator(world, clock)
    assert world.run("quieter_hour") == Finished("quieter_hour", "none")


@pytest.mark.parametrize("caller", [HIDDEN, "+12025550123", "+79"])
def test_who_cannot_be_called_gets_no_promise(world: World, caller: str) -> None:
    assert world.run("book_call_back", caller=caller) == Finished("book_call_back", "no_phone")
    assert world.run("call_back_number", caller=caller).outcome == "other"


def test_the_last_digits_of_the_own_number_are_told(world: World) -> None:
    finished = world.run("call_back_number")
    assert (finished.outcome, said(finished, "call_back_digits")) == ("own", "ноль один ноль два")


@pytest.mark.parametrize(
    ("digits", "outcome"),
    [("9161234567", "good"), ("4951234567", "good"), ("0000000000", "not_callable"), ("", "not_callable")],
)
def test_another_number_is_checked(world: World, digits: str, outcome: str) -> None:
    assert world.run("check_phone", slots={"call_back_phone": digits}).outcome == outcome


def test_another_number_is_called(world: World, clock: SetClock) -> None:
    operator(world, clock)
    given = world.run("check_phone", caller=HIDDEN, slots={"call_back_phone": "9161234567"}).facts
    assert world.run("book_call_back", caller=HIDDEN, facts=given).outcome == "booked"
    assert booked(world, "+79161234567") is not None


def test_the_own_number_counts_again_once_it_is_chosen(world: World, clock: SetClock) -> None:
    operator(world, clock)
    given = world.run("check_phone", slots={"call_back_phone": "9161234567"}).facts
    chosen = dict(given) | dict(world.run("call_back_number").facts)
    world.run("book_call_back", facts=chosen)
    assert booked(world) is not None
    assert booked(world, "+79161234567") is None


def test_a_call_back_is_called_off_by_its_own_number_only(world: World, clock: SetClock) -> None:
    operator(world, clock)
    assert world.run("want_call_back").outcome == "new"
    world.run("book_call_back")
    assert world.run("want_call_back", call="CA2").outcome == "booked"
    assert world.run("cancel_call_back", call="CA3", caller=OTHER).outcome == "none"
    assert world.run("cancel_call_back", call="CA4", caller=HIDDEN).outcome == "none"
    assert world.run("cancel_call_back", call="CA2").outcome == "cancelled"
    assert world.run("cancel_call_back", call="CA2").outcome == "none"
    assert booked(world) is None
