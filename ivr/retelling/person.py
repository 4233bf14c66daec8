"""The invented person of a retold call: a sample card that fares as the caller's did, and numbers of nobody."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from ivr.retelling.stored import StoredCall
from ivr.store.card_file import read_cards
from ivr.store.cards import SAMPLE, SAMPLE_LENGTH, Card

NOBODYS_CARD = "4276051299999999"
"""A number that the samples do not have."""
NOBODYS_PHONE = "9160000199"
"""Without the eight; of nobody among the samples."""
NOBODYS_APPEAL = "26000017"
OTHER_CALLER = "+79160000001"
SOME_DATE = date(1985, 5, 23)


@dataclass(frozen=True, slots=True)
class Person:
    """Who calls in the scenario."""

    number: str
    """Of the card."""
    name: str
    """In lower case."""
    birth_date: date
    phone: str
    """E.164: what the scenario calls from."""


def samples() -> list[Card]:
    """The fictional cards, as they are before anybody calls."""
    empty: dict[str, Any] = dict.fromkeys(field.name for field in fields(Card))
    return [Card(**(empty | dict(row))) for row in read_cards(SAMPLE, SAMPLE_LENGTH)]


def people(call: StoredCall, card: Card | None, among: Sequence[Card]) -> Iterator[Person]:
    """Invented people in whose place the call may have gone the same way, the likeliest first.

    ``card``: the one that the caller named, as it stands now; None where there is no such card.
    """
    named = next(sample for sample in among if sample.name)
    if card is None:
        yield replace(_person(named, call, None, named), number=NOBODYS_CARD)
        return
    for sample in sorted(among, key=lambda sample: -_likeness(sample, card, call)):
        likely = _person(sample, call, card, named)
        yield likely
        # The call itself may have changed the phone on file.
        other = OTHER_CALLER if likely.phone != OTHER_CALLER else sample.phone
        yield replace(likely, phone=other or OTHER_CALLER)


def _person(sample: Card, call: StoredCall, card: Card | None, named: Card) -> Person:
    """``named``: a card whose name serves where the sample has none."""
    own = card is None or card.phone is None or card.phone == call.number
    phone = sample.phone if own and sample.phone else OTHER_CALLER
    name = sample.name or named.name or ""
    return Person(sample.number, name.lower(), sample.birth_date or SOME_DATE, phone)


def _likeness(sample: Card, card: Card, call: StoredCall) -> int:
    """How much two cards have in common, as far as dialogues depend on it."""
    weights = (
        (8, sample.status == _status_then(card, call)),
        (4, (sample.phone is None) == (card.phone is None)),
        (2, (sample.birth_date is None) == (card.birth_date is None)),
        (1, (sample.reason or "") == (card.reason or "")),
        (1, (sample.name is None) == (card.name is None)),
        (1, (sample.balance > 0) == (card.balance > 0)),
    )
    return sum(weight for weight, alike in weights if alike)


def _status_then(card: Card, call: StoredCall) -> str:
    """As it was when the call began."""
    activated_since = card.activated_at is not None and card.activated_at >= call.started_at
    return "issued" if card.status == "active" and activated_since else card.status
