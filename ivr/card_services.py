"""What actions get about cards: the loyalty base, proofs, tried ways, SMS with steps, and the words for all of it."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from ivr.actions.card_services import ContactField, OperationFacts, WayResult
from ivr.actions.rules import Rules
from ivr.appeal_services import Setting
from ivr.consent import Consents
from ivr.counting import cardinal, plural
from ivr.diagnosis import OTHER, Diagnosis
from ivr.dialog.walk import PIECE
from ivr.hotline import OWN_VALUES
from ivr.loyalty.protocol import Activation, ContactChange, LoyaltyBackend
from ivr.outbox import enqueue_sms, message_id_of
from ivr.phones import is_number
from ivr.store.cards import Card
from ivr.store.histories import Operation, Receipt
from ivr.store.outbox import count_messages, find_message
from ivr.store.ways import note_way, way_failed

STEPS = "steps:"
"""Begins the keys of SMS with steps, which are counted apart from codes and appeals."""
DAY = timedelta(days=1)
PLACEHOLDER = re.compile(r"\{(" + "|".join(OWN_VALUES) + r")\}")


@dataclass(frozen=True, slots=True)
class CardSetting(Setting):
    """What all steps share, with the loyalty base and what is told of it."""

    loyalty: LoyaltyBackend
    diagnosis: Diagnosis
    consents: Consents


class CardServices:
    """The part of one step's services that is about cards. ``outbox_ids``: messages that the step has promised."""

    def __init__(self, setting: CardSetting, conn: Connection, call_sid: str, from_number: str) -> None:
        self._cards = setting
        self._base = setting.loyalty.base(conn)
        self._conn = conn
        self._call_sid = call_sid
        self._from_number = from_number
        self.outbox_ids: list[str] = []

    @property
    def rules(self) -> Rules:
        return self._cards.diagnosis.rules

    def now(self) -> datetime:
        return self._cards.clock.now()

    # -- the base -------------------------------------------------------------------------------------------------

    def find_card(self, number: str) -> Card | None:
        return self._base.find_card(number)

    def known_cards(self, numbers: Collection[str]) -> set[str]:
        return self._base.known_cards(numbers)

    def receipts(self, number: str) -> Sequence[Receipt]:
        return self._base.receipts(number)

    def operations(self, number: str) -> Sequence[Operation]:
        return self._base.operations(number)

    def activate(self, number: str, name: str, birth_date: date, phone: str | None) -> bool:
        key = self._key("activation", number, name, birth_date.isoformat(), phone or "")
        return self._base.activate(Activation(number, name, birth_date, phone), key)

    def change_contact(self, number: str, field: ContactField, value: str) -> bool:
        key = self._key("contact", number, field, value)
        return self._base.change_contact(ContactChange(number, field, value), key)

    def note_consent(self, phone: str, number: str) -> None:
        consents = self._cards.consents
        consents.give(self._conn, phone, "personal_data", "call", self._call_sid, card_number=number)

    def proof_of(self, number: str) -> str:
        return self._key("verified", number)

    def _key(self, kind: str, *parts: str) -> str:
        """Of this call alone: a proof is none in another call, and a repeated step repeats its keys."""
        return self._cards.codes.key_of(kind, "\x1f".join((self._call_sid, *parts)))

    # -- ways and SMS ---------------------------------------------------------------------------------------------

    def way_failed(self, way: str, card_number: str | None) -> bool:
        since = self.now() - timedelta(days=self.rules.limits.ways_days)
        return way_failed(self._conn, self._way_keys(card_number), way, since)

    def note_way(self, way: str, result: WayResult, card_number: str | None) -> None:
        note_way(self._conn, self._way_keys(card_number), way, result, self.now())

    def _way_keys(self, card_number: str | None) -> list[str]:
        key_of = self._cards.codes.key_of
        caller = key_of("phone", self._from_number) if is_number(self._from_number) else self._key("withheld")
        return [caller, key_of("card", card_number)] if card_number else [caller]

    def text_steps(self, phone: str, text: str) -> bool:
        key = f"{STEPS}{self._call_sid}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        if find_message(self._conn, message_id_of(key)):
            return True
        sent = count_messages(self._conn, phone, STEPS, self.now() - DAY)
        if sent >= self.rules.limits.texts_per_phone_per_day:
            return False
        body = PLACEHOLDER.sub(lambda match: str(getattr(self._cards.hotline, match[1])), text)
        self.outbox_ids.append(enqueue_sms(self._conn, key, phone, body, at=self.now()))
        return True

    # -- words ----------------------------------------------------------------------------------------------------

    def since_in_words(self, moment: datetime | None) -> str:
        return PIECE.join(self._day(moment)) if moment else self._words["long_ago"]

    def points_in_words(self, points: int) -> str:
        if points == 0:
            return self._words["no_points"]
        return PIECE.join((*_number(points), plural(points, self._cards.diagnosis.points)))

    def number_in_words(self, number: int) -> str:
        return PIECE.join(_number(number))

    def operation_in_words(self, operation: OperationFacts) -> str:
        day_and_month = self._day(operation.at)[:2]
        moved = self._words["credited" if operation.points > 0 else "debited"]
        return PIECE.join((*day_and_month, moved, self.points_in_words(abs(operation.points))))

    def no_operations_in_words(self) -> str:
        return self._words["no_operations"]

    def reason_in_words(self, reason: str | None) -> str:
        reasons = self._cards.diagnosis.reasons
        return reasons.get(reason or OTHER, reasons[OTHER])

    @property
    def _words(self) -> Mapping[str, str]:
        return self._cards.diagnosis.words

    def _day(self, moment: datetime) -> tuple[str, ...]:
        local = moment.astimezone(self._cards.zone).date()
        return self._cards.slot_types["birth_date"].spoken(local.isoformat())


def recorded_pieces(diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    """Name and text of what is worth recording of all that is told of a card: sums below 100,000, and fixed words."""
    yield from ((f"hundreds.{n}", cardinal(n * 100)) for n in range(1, 10))
    yield from ((f"thousands.{n:02}", cardinal(n * 1000)) for n in range(1, 100))
    yield from ((f"points.{number}", word) for number, word in enumerate(diagnosis.points))
    yield from ((f"words.{name}", text) for name, text in diagnosis.words.items())
    yield from ((f"reason.{name}", text) for name, text in diagnosis.reasons.items())


def _number(value: int) -> list[str]:
    """Millions, thousands, hundreds and the rest, each a piece: those below a hundred are recorded."""
    sizes = (1_000_000_000, 1_000_000, 1000, 100, 1)
    parts = []
    for size in sizes:
        count, value = divmod(value, size)
        parts += [cardinal(count * size)] if count else []
    return parts
