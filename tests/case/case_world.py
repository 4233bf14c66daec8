"""Real calls on the delivered dialogues, a place in the line, and an operator who looks at them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection

from ivr.actions import load_actions
from ivr.calls import Answer, Calls
from ivr.case.clips import ClipSafe
from ivr.case.doing import Asked, Done
from ivr.case.ground import CaseSetting
from ivr.case.screen import CallScreen, CaseField, Offered
from ivr.case.service import Case
from ivr.clock import SetClock
from ivr.codes import CodeDesk
from ivr.content import GRAMMARS, Content, load_content
from ivr.dialog.events import CallEvent, Heard, NoInput, keyed, said
from ivr.line.desk import line_desk
from ivr.loyalty.embedded import EmbeddedLoyalty
from ivr.loyalty.protocol import LoyaltyBackend
from ivr.store.cards import sample_cards
from ivr.store.db import Database
from ivr.store.line import Place
from tests.assembly import PEPPER, calls_of, services_desk

CODE = "481516"
CALLER = "+79160000108"
CARD = "4276051200070086"
"""Active, with points, and tobacco in the last receipt."""
BORN = "12121955"
ISSUED = "4276051200020024"
"""Waits for activation."""
BIRTH = "23051985"
OPERATOR = "olga"
NOT_SPENT = ("2", "1")
"""Keys from the first question to points that are not taken."""
ACTIVATE = ("1", "1")
KEY = b"thirty-two bytes that stay hidden"[:32]


@cache
def content() -> Content:
    return load_content(GRAMMARS, 2026)


@dataclass
class Caller:
    """One call, driven step by step. Speech comes with the sound behind it."""

    calls: Calls
    sid: str
    number: str = CALLER
    step: int = 0
    heard: str = ""

    def begin(self) -> "Caller":
        self._take(self.calls.begin(self.sid, self.number, "+78002009002"))
        return self

    def key(self, *keys: str) -> "Caller":
        for pressed in keys:
            self.send(Heard(keyed(pressed)))
        return self

    def say(self, text: str, clip: bytes = b"") -> "Caller":
        self.send(Heard(said(text)), clip)
        return self

    def silent(self) -> "Caller":
        self.send(NoInput())
        return self

    def send(self, event: CallEvent, clip: bytes = b"") -> None:
        self._take(self.calls.step(self.sid, self.step, event, None, clip))

    def _take(self, answer: Answer) -> None:
        self.step = answer.reply.step
        self.heard = " ".join(say.text for say in answer.reply.says)


@dataclass
class World:
    """The hotline without its telephone."""

    db: Database
    clock: SetClock
    setting: CaseSetting
    case: Case
    calls: Calls
    delivered: list[str]

    def call(self, sid: str = "CA1", number: str = CALLER) -> Caller:
        return Caller(self.calls, sid, number).begin()

    def proven(self, sid: str = "CA1", card: str = CARD, born: str = BORN, way: tuple[str, ...] = NOT_SPENT) -> Caller:
        """A caller who has keyed card, date of birth and code."""
        caller = self.call(sid).key(*way, card, born, CODE)
        assert "Код верный" in caller.heard
        return caller

    def queued(self, sid: str = "CA1", number: str = CALLER, category: str | None = None) -> Place:
        """The call has a place in the line."""
        with self.db.transaction() as conn:
            return line_desk(content().hotline, self.setting.zone, self.clock).join(conn, sid, number, category)

    def screen(self, sid: str = "CA1") -> CallScreen:
        screen = self.case.screen(sid)
        assert screen is not None
        return screen

    def field(self, name: str, sid: str = "CA1") -> CaseField:
        return next(field for field in self.screen(sid).fields if field.name == name)

    def offered(self, kind: str, sid: str = "CA1") -> Offered:
        return next(one for one in self.screen(sid).suggestion.actions if one.kind == kind)

    def act(self, kind: str, sid: str = "CA1", **inputs: str) -> Done:
        return self.case.act(Asked(OPERATOR, sid, kind, inputs))

    @contextmanager
    def conn(self) -> Iterator[Connection]:
        with self.db.transaction() as conn:
            yield conn


def make_world(
    db: Database, clock: SetClock, loyalty: LoyaltyBackend | None = None, *, keeps: bool = True, key: bytes = KEY
) -> World:
    """``loyalty`` None: the fictional cards are in the hotline's own database."""
    if loyalty is None:
        with db.transaction() as conn:
            sample_cards(conn)
    book, actions, delivered = content().book, load_actions(), list[str]()
    desk = services_desk(
        content().hotline,
        clock,
        content().slot_types,
        codes=CodeDesk(content().hotline, PEPPER, clock, lambda: CODE),
        loyalty=loyalty or EmbeddedLoyalty(clock),
        diagnosis=content().diagnosis,
    )
    setting = CaseSetting(desk, book, actions, content().case, ClipSafe(key, book, clock, keeps))
    case = Case(db, setting, delivered.append)
    return World(db, clock, setting, case, _calls(db, setting, delivered), delivered)


def _calls(db: Database, setting: CaseSetting, delivered: list[str]) -> Calls:
    return calls_of(
        db,
        setting.book,
        setting.desk,
        actions=setting.actions,
        deliver_soon=delivered.append,
        clips=setting.clips,
    )
