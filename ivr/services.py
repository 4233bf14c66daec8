"""What actions get: the store, the codes, the clock and the words, bound to the transaction of one step."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType
from sqlalchemy import Connection

from ivr.actions.services import CodeVerdict
from ivr.clock import Clock
from ivr.codes import CodeDesk
from ivr.dialog.engine import PIECE
from ivr.dialog.forms import SlotType
from ivr.hotline import Hotline
from ivr.store.appeals import register_appeal
from ivr.store.cards import Card, activate, find_card, known_cards

PURPOSE = "activation"
"""What a code of this hotline allows; a code for one purpose is none for another."""
SMS_COUNTRY_CODE = 7
"""SMS go to mobile phones of this country code only: sending to premium numbers abroad is a known fraud."""
APPEAL_DAYS = 3
"""An appeal takes several days; the caller hears of an answer by then."""
MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


@dataclass(frozen=True, slots=True)
class Desk:
    """What all steps share."""

    hotline: Hotline
    codes: CodeDesk
    clock: Clock
    zone: ZoneInfo
    slot_types: Mapping[str, SlotType]

    def __call__(self, conn: Connection, call_sid: str, from_number: str) -> "CallServices":
        return CallServices(self, conn, call_sid, from_number)

    def caller_phone(self, from_number: str) -> str | None:
        """The number in E.164 where it can receive SMS; None for withheld, foreign, landline and invalid ones."""
        try:
            number = phonenumbers.parse(from_number)
        except phonenumbers.NumberParseException:
            return None
        mobile = phonenumbers.number_type(number) in MOBILE
        return from_number if mobile and number.country_code == SMS_COUNTRY_CODE else None


class CallServices:
    """Services of one step of one call."""

    def __init__(self, desk: Desk, conn: Connection, call_sid: str, from_number: str) -> None:
        self._desk = desk
        self._conn = conn
        self._call_sid = call_sid
        self._from_number = from_number
        self.outbox_ids: list[str] = []

    def find_card(self, number: str) -> Card | None:
        return find_card(self._conn, number)

    def known_cards(self, numbers: Collection[str]) -> set[str]:
        return known_cards(self._conn, numbers)

    def activate(self, number: str, name: str, birth_date: date, phone: str | None) -> bool:
        at = self._desk.clock.now()
        return activate(self._conn, number, name=name, birth_date=birth_date, phone=phone, at=at)

    def offer_code(self, card_number: str, phone: str | None) -> bool:
        offer = self._desk.codes.offer(self._conn, self._call_sid, card_number, phone, PURPOSE)
        if offer.outbox_id is not None:
            self.outbox_ids.append(offer.outbox_id)
        return offer.outcome == "sent"

    def check_code(self, card_number: str, code: str) -> CodeVerdict:
        return self._desk.codes.check(self._conn, self._call_sid, card_number, code)

    def register_appeal(self, category: str, card_number: str | None) -> str:
        now = self._desk.clock.now()
        appeal = register_appeal(
            self._conn,
            call_sid=self._call_sid,
            phone=self._from_number,
            card_number=card_number,
            category=category,
            text="",
            created_at=now,
            due_at=now + timedelta(days=APPEAL_DAYS),
        )
        return appeal.number

    def operators_work(self) -> bool:
        return self._desk.hotline.is_open(self._desk.clock.now(), self._desk.zone)

    def date_in_words(self, day: date) -> str:
        return PIECE.join(self._desk.slot_types["birth_date"].spoken(day.isoformat()))

    def digits_in_words(self, digits: str) -> str:
        return PIECE.join(self._desk.slot_types["card_number"].spoken(digits))

    def local_date(self, moment: datetime) -> date:
        return moment.astimezone(self._desk.zone).date()
