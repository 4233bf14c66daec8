"""The life of an appeal: registered, answered, taken up again, merged with another one, closed.

    open ──answer──▶ answered ──close──▶ closed
      ▲  └──────────────close───────────────▲ │
      └──────reopen──────┴────────────────────┘

What its caller is owed is promised in the same transaction: the number by SMS when it is registered, the answer when
it is given. Merged appeals keep their own numbers and share the answer. All methods work on the connection of a writing
transaction; ids of promised messages are for the worker, after the commit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ivr.clock import Clock
from ivr.errors import RecordError
from ivr.hotline import Hotline
from ivr.outbox import enqueue_sms
from ivr.phones import callable_phone, sms_phone
from ivr.store.appeals import (
    Appeal,
    end_appeal,
    find_appeal,
    list_appeals,
    merge_appeal,
    open_of_call,
    register_appeal,
    reopen_appeal,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a caller wants to be looked into."""

    call_sid: str
    phone: str
    """As Twilio gives it."""
    category: str
    kind: str | None = None
    card_number: str | None = None
    text: str = ""
    incident: int | None = None


@dataclass(frozen=True, slots=True)
class AppealDesk:
    """What registers and answers appeals."""

    hotline: Hotline
    zone: ZoneInfo
    clock: Clock

    def register(self, conn: Connection, wish: Wish, sms: str = "appeal") -> tuple[Appeal, list[str]]:
        """The appeal and ids of promised SMS. A call that asks for the same again gets the same appeal.

        ``sms``: the text that tells its number and due date.
        """
        known = (one for one in open_of_call(conn, wish.call_sid) if _wanted(one) == _wanted(wish))
        if (same := next(known, None)) is not None:
            return same, []
        now = self.clock.now()
        appeal = register_appeal(
            conn,
            call_sid=wish.call_sid,
            phone=wish.phone,
            card_number=wish.card_number,
            category=wish.category,
            text=wish.text,
            created_at=now,
            due_at=self._due(now),
            kind=wish.kind,
            incident=wish.incident,
        )
        text = self.hotline.sms_text(sms, number=in_pairs(appeal.number), due=self.day(appeal.due_at))
        return appeal, [self._text(conn, appeal, text)] if sms_phone(wish.phone) else []

    def of_phone(self, conn: Connection, phone: str) -> list[Appeal]:
        """All appeals of the person who calls from this phone, oldest first; none where the number is withheld."""
        return list_appeals(conn, phone) if callable_phone(phone) else []

    def answer(self, conn: Connection, number: str, text: str) -> list[str]:
        """Answer an appeal and those merged into it; ``text`` can be spoken. Returns ids of promised SMS.

        Raises ``RecordError`` where there is no such appeal, it is closed, or it follows another one.
        """
        appeal = self._changeable(conn, number)
        if appeal.status == "closed":
            raise RecordError(f"Appeal {number} is closed; reopen it first: python -m ivr appeals reopen {number}")
        ended = end_appeal(conn, number, "answered", text, self.clock.now())
        return self.text_answers(conn, ended)

    def text_answers(self, conn: Connection, ended: Iterable[Appeal]) -> list[str]:
        """Promise the answers to those who asked, one SMS for each phone; returns the ids."""
        return [self._text(conn, appeal, self._answer_text(appeal)) for appeal in one_a_phone(ended)]

    def close(self, conn: Connection, number: str) -> None:
        """Put an appeal, and those merged into it, away; nobody is told. Raises ``RecordError`` as ``answer`` does."""
        appeal = self._changeable(conn, number)
        if appeal.status == "closed":
            raise RecordError(f"Appeal {number} is closed already; nothing is left to do.")
        end_appeal(conn, number, "closed", None, self.clock.now())

    def reopen(self, conn: Connection, number: str) -> Appeal:
        """Take an appeal up again, with a new due date. Raises ``RecordError`` where it is open or not there."""
        self._existing(conn, number)
        reopened = reopen_appeal(conn, number, self._due(self.clock.now()))
        if reopened is None:
            raise RecordError(f"Appeal {number} is open already; nothing is left to do.")
        return reopened

    def may_reopen(self, appeal: Appeal) -> bool:
        """True while its caller may say that the answer was not enough."""
        last_day = timedelta(days=self.hotline.appeals.reopen_days)
        return appeal.ended_at is not None and self.clock.now() < appeal.ended_at + last_day

    def merge(self, conn: Connection, number: str, into: str) -> None:
        """From now on the appeal shares status, answer and due date with another one, which it is a repetition of.

        Raises ``RecordError`` where one of the two is not there, follows another appeal, or both are the same.
        """
        self._changeable(conn, number)
        target = self._changeable(conn, into)
        if number == into:
            raise RecordError(f"Appeal {number} cannot be merged into itself; name the older of the two behind it.")
        merge_appeal(conn, number, target)

    def day(self, moment: datetime) -> str:
        """As it is written in an SMS."""
        return f"{moment.astimezone(self.zone):%d.%m.%Y}"

    def _due(self, now: datetime) -> datetime:
        return self.hotline.working_time(self.zone).due(now, self.hotline.appeals.working_days)

    def _changeable(self, conn: Connection, number: str) -> Appeal:
        appeal = self._existing(conn, number)
        if appeal.parent is not None:
            raise RecordError(f"Appeal {number} was merged; work on the one it follows: {appeal.parent}")
        return appeal

    def _existing(self, conn: Connection, number: str) -> Appeal:
        appeal = find_appeal(conn, number)
        if appeal is None:
            raise RecordError("There is no such appeal; the numbers are in: python -m ivr appeals list")
        return appeal

    def _answer_text(self, appeal: Appeal) -> str:
        return self.hotline.sms_text("appeal_answer", number=in_pairs(appeal.number), answer=appeal.answer or "")

    def _text(self, conn: Connection, appeal: Appeal, text: str) -> str:
        """Each moment of an appeal is told once: registered, answered, answered anew."""
        key = f"appeal:{appeal.number}:{appeal.status}:{appeal.ended_at or appeal.created_at}"
        return enqueue_sms(conn, key, appeal.phone, text, at=self.clock.now())


def _wanted(asked: Appeal | Wish) -> tuple[str, str | None, str]:
    return asked.category, asked.kind, asked.text


def one_a_phone(appeals: Iterable[Appeal]) -> list[Appeal]:
    """Each phone's newest appeal; phones that take no SMS are left out."""
    return list({appeal.phone: appeal for appeal in appeals if sms_phone(appeal.phone)}.values())


def in_pairs(number: str) -> str:
    """As a number is written and said: 12 34 56 78."""
    return " ".join(number[at : at + 2] for at in range(0, len(number), 2))
