"""Many at once, on both databases."""

import threading
from collections.abc import Callable

from ivr.store.db import Database
from ivr.store.line import all_places
from tests.line.line_world import PHONE, LineWorld


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each of these gives, all begun together."""
    barrier, results = threading.Barrier(len(calls)), {}

    def run(number: int, call: Callable[[], object]) -> None:
        barrier.wait()
        results[number] = call()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[number] for number in range(len(calls))]


def join(world: LineWorld, call: str) -> Callable[[], object]:
    def joined() -> object:
        world.hold(call, f"+7916000{call[2:]}")
        return None

    return joined


def test_places_and_queues_are_each_callers_own_when_many_join_at_once(world: LineWorld, database: Database) -> None:
    world.line.set_status(world.hire(ready=False), "pause")
    at_once(*(join(world, f"CA{number:04}") for number in range(12)))
    with database.reading() as conn:
        places = all_places(conn)
    assert [place.number for place in places] == list(range(1, 13))
    assert {place.queue for place in places} == {f"line-{number}" for number in range(1, 13)}


def test_matches_at_once_give_one_caller_to_one_operator(world: LineWorld) -> None:
    names = [f"op_{number}" for number in range(6)]
    operators = [world.hire(name, ready=False) for name in names]
    for operator in operators:
        world.line.set_status(operator, "pause")
    for number in range(4):
        world.hold(f"CA{number}", f"+7916000000{number}")
    at_once(*(lambda operator=operator: world.line.set_status(operator, "ready") for operator in operators))
    offers = world.ringing()
    assert sorted(offer.place for offer in offers) == [1, 2, 3, 4]
    assert len({offer.operator for offer in offers}) == 4
    assert sorted(world.rung) == sorted(offer.id for offer in offers)


def test_an_offer_is_accepted_or_its_caller_gone_never_both(world: LineWorld) -> None:
    world.hire()
    for number in range(8):
        call = f"CA{number}"
        world.hold(call)
        offer = world.offer()
        accepted, _ = at_once(lambda offer=offer: world.line.accept(offer.id), lambda call=call: world.line.left(call))  # type: ignore[misc]
        place = world.place(call)
        assert (place.state, place.outcome) == ("ended", "abandoned")
        assert world.status() == "ready", accepted


def test_an_offer_that_expires_while_being_accepted_has_one_end(world: LineWorld) -> None:
    world.hire("anna")
    world.hold()
    offer = world.offer()
    world.pass_time(60)
    accepted, _ = at_once(lambda: world.line.accept(offer.id), world.line.sweep)
    assert (accepted is not None) == (world.place().state == "connecting")
    assert world.status("anna") == ("talking" if accepted else "missed")


def test_a_call_back_booked_twice_at_once_is_one(world: LineWorld, database: Database) -> None:
    at_once(*(lambda call=f"CA{n}": world.book(call, PHONE) for n in range(6)))
    with database.reading() as conn:
        assert [place.state for place in all_places(conn)] == ["away"]


def test_many_who_wait_do_not_wait_for_one_another(world: LineWorld) -> None:
    """What is new in the line is held up by whoever holds it; music with nothing new is not."""
    world.line.set_status(world.hire(ready=False), "pause")
    calls = [f"CA{number:04}" for number in range(20)]
    for call in calls:
        world.hold(call)
    waiting = at_once(*(lambda call=call: world.line.on_hold(call) for call in calls))
    assert all(waiting)
    assert len(world.events("announced")) == 20
