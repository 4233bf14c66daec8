"""Calls to operators: each offer's once, and hung up where nobody needs them."""

import pytest

from ivr.line.legs import Leg, Ringing
from tests.line.line_world import PHONE, LineWorld
from tests.line.test_line_races import at_once


class Exchange:
    """Takes calls, or does not."""

    def __init__(self, sid: str | None = "CAleg") -> None:
        self.sid = sid
        self.legs: list[Leg] = []
        self.ended: list[str] = []

    def call(self, leg: Leg) -> str | None:
        self.legs.append(leg)
        return self.sid

    def hang_up(self, sid: str) -> bool:
        self.ended.append(sid)
        return sid == self.sid


def ringing(world: LineWorld, phone: Exchange) -> Ringing:
    return Ringing(world.database, world.desk, phone, "https://voice.example.ru/")


@pytest.mark.parametrize(("device", "to"), [("phone", PHONE), ("browser", "client:anna")])
def test_an_operator_is_rung_where_he_takes_calls(world: LineWorld, device: str, to: str) -> None:
    world.hire(device=device)  # type: ignore[arg-type]
    world.hold()
    offer, phone = world.offer(), Exchange()
    ringing(world, phone).ring(offer.id)
    assert phone.legs == [
        Leg(
            to=to,
            url=f"https://voice.example.ru/voice/operator/whisper?o={offer.id}",
            status_callback=f"https://voice.example.ru/voice/operator/status?o={offer.id}",
            ring_seconds=15,
        )
    ]
    assert world.offer().leg_sid == "CAleg"


def test_an_offer_is_rung_once_however_often_it_is_asked_for(world: LineWorld) -> None:
    world.hire()
    world.hold()
    phone, offer = Exchange(), world.offer()
    at_once(*(lambda: ringing(world, phone).ring(offer.id) for _ in range(5)))
    assert len(phone.legs) == 1
    ringing(world, phone).ring("of nobody")
    assert len(phone.legs) == 1


def test_an_operator_who_cannot_be_rung_has_missed_the_call(world: LineWorld) -> None:
    world.hire()
    world.hold()
    ringing(world, Exchange(None)).ring(world.offer().id)
    assert (world.status(), world.place().state) == ("missed", "waiting")


def test_a_leg_whose_caller_has_gone_meanwhile_is_hung_up(world: LineWorld) -> None:
    world.hire()
    world.hold()
    offer = world.offer()

    class Slow(Exchange):
        def call(self, leg: Leg) -> str | None:
            world.line.left("CA1")
            return super().call(leg)

    phone = Slow()
    ringing(world, phone).ring(offer.id)
    assert phone.ended == ["CAleg"]
    assert world.hung_up == [], "there was no leg to hang up yet"


def test_a_whisper_that_is_faster_than_twilios_answer_names_the_leg(world: LineWorld) -> None:
    world.hire()
    world.hold()
    offer = world.offer()

    class Quick(Exchange):
        def call(self, leg: Leg) -> str | None:
            assert world.line.leg_of(offer.id, "CAleg")
            return super().call(leg)

    phone = Quick()
    ringing(world, phone).ring(offer.id)
    assert (world.offer().leg_sid, phone.ended) == ("CAleg", [])


def test_an_offer_has_one_leg(world: LineWorld) -> None:
    world.hire()
    world.hold()
    assert world.line.leg_of(world.offer().id, "CAleg")
    assert world.line.leg_of(world.offer().id, "CAleg")
    assert not world.line.leg_of(world.offer().id, "CAother")
    assert not world.line.leg_of("of nobody", "CAleg2")


def test_hanging_up_what_cannot_be_hung_up_is_only_written_down(world: LineWorld) -> None:
    phone = Exchange()
    ringing(world, phone).hang_up("CAgone")
    assert phone.ended == ["CAgone"]
