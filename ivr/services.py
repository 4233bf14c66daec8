"""What actions get: the store, the codes, the clock and the words, bound to the transaction of one step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from ivr.actions.services import CodeOffer, CodeVerdict
from ivr.appeal_services import AppealServices
from ivr.card_services import CardServices, CardSetting
from ivr.codes import CodeRequest
from ivr.dialog.walk import NORMAL, PACE, PIECE
from ivr.incidents import IncidentDesk
from ivr.line_services import LineServices
from ivr.phones import is_number, sms_phone
from ivr.store.callers import pace_of, remember_pace


@dataclass(frozen=True, slots=True)
class Desk(CardSetting):
    """Makes the services of every step."""

    def __call__(self, conn: Connection, call_sid: str, from_number: str) -> "CallServices":
        return CallServices(self, conn, call_sid, from_number)

    def resume_since(self) -> datetime:
        return self.clock.now() - timedelta(minutes=self.hotline.resume_minutes)

    def caller_phone(self, from_number: str) -> str | None:
        return sms_phone(from_number)

    def starting_facts(self, conn: Connection, from_number: str) -> Mapping[str, str]:
        """What is true of a call that begins now."""
        pace = pace_of(conn, self.codes.key_of("phone", from_number)) if is_number(from_number) else None
        return {"greeting_incident": IncidentDesk(self.hotline, self.clock).greeting(conn), PACE: pace or NORMAL}

    def remember_pace(self, conn: Connection, from_number: str, pace: str) -> None:
        """For the next call from this number; a withheld number is nobody's."""
        if is_number(from_number):
            remember_pace(conn, self.codes.key_of("phone", from_number), pace, self.clock.now())


class CallServices(AppealServices, CardServices, LineServices):
    """Services of one step of one call."""

    def __init__(self, desk: Desk, conn: Connection, call_sid: str, from_number: str) -> None:
        AppealServices.__init__(self, desk, conn, call_sid, from_number)
        CardServices.__init__(self, desk, conn, call_sid, from_number)
        LineServices.__init__(self, desk, conn, call_sid, from_number)
        self._desk = desk

    def offer_code(self, card_number: str, phone: str | None) -> CodeOffer:
        offer = self._desk.codes.offer(self._conn, self.code_request(card_number, phone))
        self.promise(offer.outbox_id)
        return offer.told

    def code_request(self, card_number: str, phone: str | None) -> CodeRequest:
        """A right code proves that the caller holds the card's phone, for the rest of this call and for this card."""
        source = self._from_number if is_number(self._from_number) else None
        return CodeRequest("call", self._call_sid, card_number, phone, source)

    def check_code(self, card_number: str, code: str) -> CodeVerdict:
        return self._desk.codes.check(self._conn, "call", self._call_sid, card_number, code)

    def date_in_words(self, day: date) -> str:
        return PIECE.join(self._desk.slot_types["birth_date"].spoken(day.isoformat()))

    def digits_in_words(self, digits: str) -> str:
        return PIECE.join(self._desk.slot_types["card_number"].spoken(digits))

    def local_date(self, moment: datetime) -> date:
        return moment.astimezone(self._desk.zone).date()
