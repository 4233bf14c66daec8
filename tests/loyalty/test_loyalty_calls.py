"""Calls decide alike on either loyalty base, and go on when the other one comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.clock import SetClock
from ivr.hotline import Hotline
from ivr.loyalty.http import HttpLoyalty, Patience
from ivr.store.cards import list_cards, sample_cards
from ivr.store.db import Database
from tests.actions.card_world import World, make_world
from tests.loyalty.loyalty_service import TOKEN, Service, answers, loyalty_service

ISSUED = "4276051200020024"
DECISIONS = ("diagnose_till", "diagnose_points", "diagnose_lost_points", "diagnose_refused", "tell_balance")


def new_database(path: Path) -> Database:
    database = Database(f"sqlite:///{path}")
    database.migrate()
    return database


@pytest.fixture
def service(tmp_path: Path, clock: SetClock) -> Iterator[Service]:
    database = new_database(tmp_path / "theirs.db")
    with database.transaction() as conn:
        sample_cards(conn)
    with loyalty_service(database, clock) as running:
        yield running
    database.close()


@pytest.fixture
def afar(service: Service, tmp_path: Path, hotline: Hotline, clock: SetClock) -> Iterator[World]:
    """A hotline whose cards are the service's."""
    database = new_database(tmp_path / "ours.db")
    loyalty = HttpLoyalty(service.url, TOKEN, Patience(pauses=(0.0, 0.01)))
    yield make_world(database, hotline, clock, loyalty)
    loyalty.close()
    database.close()


def test_both_bases_lead_to_the_same_words(afar: World, tmp_path: Path, hotline: Hotline, clock: SetClock) -> None:
    here = make_world(new_database(tmp_path / "embedded.db"), hotline, clock)
    with here.database.reading() as conn:
        numbers = [card.number for card in list_cards(conn)]
    assert len(numbers) == 15
    for number in numbers:
        for name in DECISIONS:
            assert afar.proven(name, number) == here.proven(name, number)
    here.database.close()


def test_a_repeated_step_activates_once(afar: World, service: Service) -> None:
    assert afar.proven("activate_verified", ISSUED).outcome == "activated"
    with afar.services() as services:
        card = services.find_card(ISSUED)
        assert card is not None
        assert card.birth_date is not None
        assert services.activate(ISSUED, card.name or "", card.birth_date, None)
    assert len(set(service.keys)) == 1
    with afar.services(call="CA2") as services:
        assert not services.activate(ISSUED, card.name or "", card.birth_date, None)


def test_a_caller_is_told_that_cards_cannot_be_seen_now_and_later_that_they_can(afar: World, service: Service) -> None:
    service.failures = [answers(500)] * 2
    assert afar.proven("tell_balance", ISSUED).outcome == "unavailable"
    assert afar.proven("tell_balance", ISSUED).outcome == "told"
