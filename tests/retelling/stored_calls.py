"""Calls of a real person, held by text against the hotline's parts: what is retold in these tests."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from sqlalchemy import insert

from ivr.clock import SetClock
from ivr.codes import CodeDesk
from ivr.content import GRAMMARS, Content, current_content
from ivr.dialog.events import CallEvent, Heard, NoInput, Utterance, keyed, said
from ivr.retelling.matching import Source
from ivr.retelling.person import samples
from ivr.retelling.stored import read_call
from ivr.slots.lexicon import load_lexicon
from ivr.store.cards import find_card
from ivr.store.db import Database
from ivr.store.tables import cards
from tests.assembly import PEPPER, ZONE, calls_of, services_desk

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
"""A Tuesday noon in Moscow."""
CARD, PHONE = "4276058137466359", "+79265554433"
NAME, BIRTH_DATE = "Зинаида", date(1947, 2, 17)
CODE = "804713"
ASKS = "активировать карту"
NUMBER = (
    "сорок два семьдесят шесть ноль пять восемьдесят один тридцать семь сорок шесть шестьдесят три пятьдесят девять"
)
"""The card, as it is read out."""
CANARIES = (CARD, "8137", "6359", "9265554433", NAME.lower(), "1947-02-17", "17021947", CODE)
"""The person's own values, as digits and in words."""
SPOKEN_CANARIES = ("восемьдесят один тридцать семь", "шестьдесят три пятьдесят девять", "сорок седьмого", "зинаида")
SID = "CA" + "5" * 32

Turn = str | Utterance | None
"""Words; keys where it is digits, ``*`` and ``#``; both together; None for silence."""


@cache
def content() -> Content:
    return current_content()


def event(turn: Turn) -> CallEvent:
    if turn is None:
        return NoInput()
    if isinstance(turn, Utterance):
        return Heard(turn)
    return Heard(keyed(turn) if set(turn) <= set("0123456789*#") else said(turn))


class Hotline:
    """The parts of a hotline on a database, and one person's card in it."""

    def __init__(self, db: Database) -> None:
        self.db, clock = db, SetClock(AT)
        hotline = content().hotline
        codes = CodeDesk(hotline, PEPPER, clock, lambda: CODE)
        desk = services_desk(hotline, clock, content().slot_types, codes=codes)
        self.calls = calls_of(db, content().book, desk)
        self.keypad_calls = calls_of(db, content().book, desk, streams_free=lambda: False)

    def issue(self, number: str = CARD, status: str = "issued", phone: str | None = PHONE) -> None:
        row = {
            "number": number,
            "status": status,
            "name": NAME,
            "birth_date": BIRTH_DATE,
            "phone": phone,
            "balance": 0,
            "issued_at": AT,
        }
        with self.db.transaction() as conn:
            conn.execute(insert(cards), row)

    def hold(self, *turns: Turn, sid: str = SID, keypad: bool = False, ends: bool = True) -> Source:
        """A call from its beginning; the person hangs up behind the last turn, where the call is not over."""
        calls = self.keypad_calls if keypad else self.calls
        answer = calls.begin(sid, PHONE, "+78002009002")
        for turn in turns:
            answer = calls.step(sid, answer.reply.step, event(turn))
        if ends:
            calls.status(sid, "completed", None)
        return self.source(sid)

    def source(self, sid: str = SID) -> Source:
        with self.db.reading() as conn:
            call = read_call(conn, sid)
            number = call.slots.get("card_number")
            card = find_card(conn, number) if number else None
        keypad = load_lexicon(GRAMMARS / "lexicon").keypad
        return Source(call, card, content(), keypad, samples(), ZONE)


def empty_hotline(folder: Path) -> Hotline:
    db = Database(f"sqlite:///{folder}/hotline.db")
    db.migrate()
    return Hotline(db)
