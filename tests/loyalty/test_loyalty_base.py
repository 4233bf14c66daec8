"""One port, two implementations: all that is promised holds for both."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from ivr.clock import SetClock
from ivr.loyalty.embedded import EmbeddedLoyalty
from ivr.loyalty.http import HttpLoyalty
from ivr.loyalty.protocol import HISTORY, Activation, ContactChange, LoyaltyBackend, LoyaltyBase
from ivr.store.cards import Card, sample_cards
from ivr.store.db import Database
from ivr.store.histories import take_receipts
from tests.loyalty.loyalty_service import TOKEN, loyalty_service

ISSUED, ACTIVE, BLOCKED, BARE = "4276051200020024", "4276051200050062", "4276051200080093", "4276051200010017"
LATE, UNKNOWN = "4276051200130147", "4276051299999999"
KEY, OTHER_KEY = "a" * 64, "b" * 64


@dataclass
class Bases:
    """Makes the base of one step, as the hotline does for each."""

    database: Database
    backend: LoyaltyBackend

    @contextmanager
    def step(self) -> Iterator[LoyaltyBase]:
        if self.backend.kind == "http":  # the service has the only transaction
            with self.database.reading() as conn:
                yield self.backend.base(conn)
            return
        with self.database.transaction() as conn:
            yield self.backend.base(conn)


@pytest.fixture(params=["embedded", "http"])
def bases(request: pytest.FixtureRequest, tmp_path: Path, clock: SetClock) -> Iterator[Bases]:
    database = Database(f"sqlite:///{tmp_path}/cards.db")
    database.migrate()
    with database.transaction() as conn:
        sample_cards(conn)
    if request.param == "embedded":
        yield Bases(database, EmbeddedLoyalty(clock))
    else:
        with loyalty_service(database, clock) as service:
            backend = HttpLoyalty(service.url, TOKEN)
            yield Bases(database, backend)
            backend.close()
            assert not any(digit * 2 in "".join(service.addresses) for digit in "0123456789")
    database.close()


def test_it_finds_cards_with_all_that_is_on_file(bases: Bases) -> None:
    with bases.step() as base:
        assert base.find_card(ACTIVE) == Card(
            number=ACTIVE,
            status="active",
            name="Ольга",
            birth_date=date(1990, 8, 14),
            phone="+79160000106",
            balance=4820,
            reason=None,
            activated_at=datetime(2026, 3, 3, tzinfo=UTC),
            issued_at=datetime(2026, 2, 27, tzinfo=UTC),
            email=None,
        )
        assert base.find_card(UNKNOWN) is None


def test_it_finds_a_card_of_which_nothing_is_known(bases: Bases) -> None:
    with bases.step() as base:
        card = base.find_card(BARE)
    assert card is not None
    assert (card.name, card.birth_date, card.reason, card.activated_at, card.email) == (None, None, None, None, None)


def test_it_finds_the_cards_of_a_phone(bases: Bases) -> None:
    with bases.step() as base:
        assert base.change_contact(ContactChange(ISSUED, "phone", "+79160000106"), KEY)
    with bases.step() as base:
        found = base.cards_of("+79160000106")
        assert base.cards_of("+79160000999") == []
    assert [(card.number, card.status) for card in found] == [(ISSUED, "issued"), (ACTIVE, "active")]


def test_it_knows_which_numbers_are_cards(bases: Bases) -> None:
    with bases.step() as base:
        assert base.known_cards([ISSUED, UNKNOWN, BLOCKED, ISSUED]) == {ISSUED, BLOCKED}
        assert base.known_cards([]) == set()
        many = [f"{number:016}" for number in range(450)]
        assert base.known_cards([*many, ISSUED]) == {ISSUED}


def test_it_tells_what_happened_newest_first(bases: Bases) -> None:
    with bases.step() as base:
        receipts, operations = base.receipts(LATE), base.operations(ACTIVE)
        assert not base.receipts(UNKNOWN)
        assert not base.operations(UNKNOWN)
    assert [(one.at.date(), one.points_due) for one in receipts] == [
        (date(2026, 11, 19), 40),
        (date(2026, 10, 28), 140),
        (date(2026, 10, 4), 85),
    ]
    assert receipts[0].shop == "на проспекте Мира"
    assert [(one.points, one.cause) for one in operations] == [(92, "purchase"), (500, "gift"), (-200, "spent")]
    assert all(one.card_number == LATE for one in receipts)


def test_it_looks_at_a_limited_history(bases: Bases, clock: SetClock) -> None:
    common = {"card_number": ACTIVE, "shop": "рядом", "total": 1, "tobacco": False, "spend": "none", "points_due": 0}
    rows = [{"id": f"r{n}", "at": clock.now() - timedelta(minutes=n), **common} for n in range(HISTORY + 10)]
    with bases.database.transaction() as conn:
        take_receipts(conn, rows)
    with bases.step() as base:
        found = base.receipts(ACTIVE)
    assert [one.id for one in found] == [f"r{n}" for n in range(HISTORY)]


def test_it_activates_an_issued_card(bases: Bases, clock: SetClock) -> None:
    with bases.step() as base:
        assert base.activate(Activation(ISSUED, "Мария", date(1985, 5, 23), "+79160000999"), KEY)
    with bases.step() as base:
        card = base.find_card(ISSUED)
    assert card is not None
    assert (card.status, card.phone, card.activated_at) == ("active", "+79160000999", clock.now())


@pytest.mark.parametrize("number", [ACTIVE, BLOCKED, UNKNOWN])
def test_it_activates_no_other_card(bases: Bases, number: str) -> None:
    with bases.step() as base:
        before = base.find_card(number)
        assert not base.activate(Activation(number, "Мария", date(1985, 5, 23), None), KEY)
        assert base.find_card(number) == before


def test_it_puts_contacts_on_file(bases: Bases) -> None:
    with bases.step() as base:
        assert base.change_contact(ContactChange(ACTIVE, "phone", "+79160000999"), KEY)
        assert base.change_contact(ContactChange(ACTIVE, "email", "olga@example.ru"), OTHER_KEY)
        card = base.find_card(ACTIVE)
    assert card is not None
    assert (card.phone, card.email) == ("+79160000999", "olga@example.ru")


@pytest.mark.parametrize("number", [BLOCKED, UNKNOWN])
def test_it_changes_no_contact_of_a_card_that_is_not_in_use(bases: Bases, number: str) -> None:
    with bases.step() as base:
        before = base.find_card(number)
        assert not base.change_contact(ContactChange(number, "phone", "+79160000999"), KEY)
        assert base.find_card(number) == before
