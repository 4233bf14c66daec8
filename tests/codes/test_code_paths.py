"""Any path through offers, tries, new calls, restarts and time, against a model of lists."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from ivr.clock import SetClock
from ivr.codes import Verdict
from ivr.hotline import Hotline
from ivr.store.db import Database
from tests.codes.code_caller import Caller, with_limits

Kind = Literal["sent", "wrong"]


@dataclass
class Sent:
    """The model's idea of a code."""

    card: str
    code: str | None
    phone: str
    at: datetime
    tries: int = 0
    used: bool = False


@dataclass(frozen=True)
class Event:
    """The model's idea of a row."""

    kind: Kind
    card: str
    phone: str
    call: str
    at: datetime


CARDS = {"a": "p", "b": "p", "c": "q", "decoy": None}
"""Two cards of one phone, one of another, and one that must not get a code."""
CALLS = ("x", "y")
"""Each from a line of its own."""
_worlds = count(1)


class Codes(RuleBasedStateMachine):
    """The machine and the model side by side."""

    database: Database
    hotline: Hotline

    def __init__(self) -> None:
        super().__init__()
        self.hotline_here = with_limits(
            self.hotline,
            lifetime_seconds=300,
            tries_per_code=2,
            codes_per_phone_per_day=4,
            codes_per_card_per_day=3,
            codes_per_phone_per_ten_minutes=2,
            wrong_tries_per_phone_per_day=4,
            wrong_tries_per_card_per_day=3,
            codes_per_call=5,
            codes_per_line_per_hour=3,
            codes_per_block_per_hour=10_000,
            brake_tries=10_000,
        )
        self.limits = self.hotline_here.codes
        self.live: dict[str, Sent] = {}
        self.events: list[Event] = []

    @initialize()
    def begin(self) -> None:
        self.clock = SetClock(datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
        self.world = next(_worlds)
        self.restart()

    @rule()
    def restart(self) -> None:
        self.caller = Caller(self.database, self.hotline_here, self.clock)

    @rule(seconds=st.sampled_from([1, 59, 60, 299, 300, 599, 600, 3600, 86_399, 86_400]))
    def wait(self, seconds: int) -> None:
        self.clock.move(timedelta(seconds=seconds))

    @rule(card=st.sampled_from(sorted(CARDS)), call=st.sampled_from(CALLS))
    def offer(self, card: str, call: str) -> None:
        phone = CARDS[card]
        key, number = phone or card, self.number("6", phone) if phone else None
        offer = self.caller.offer(self.named(card), number, self.named(call), self.number("7", call))
        assert offer.outcome == self.outcome(card, key, call)
        if offer.outcome == "sent":
            code = self.caller.code(offer) if phone else None
            self.live = {name: sent for name, sent in self.live.items() if sent.card != card}
            self.live[call] = Sent(card, code, key, self.clock.now())
            self.note("sent", card, key, call)

    @rule(card=st.sampled_from(sorted(CARDS)), call=st.sampled_from(CALLS), right=st.booleans())
    def check(self, card: str, call: str, right: bool) -> None:
        sent = self.live.get(call)
        code = sent.code if sent and sent.code and right else "abcdef"
        expected = self.expected(card, call, code)
        assert self.caller.check(code, self.named(card), self.named(call)) == expected
        assert self.count("wrong", phone="p") <= self.limits.wrong_tries_per_phone_per_day
        assert self.count("sent", phone="p") <= self.limits.codes_per_phone_per_day

    def expected(self, card: str, call: str, code: str) -> Verdict:
        sent = self.live.get(call)
        if sent is None or sent.card != card:
            return "none"
        if sent.used or sent.tries >= self.limits.tries_per_code or self.guessed_out(card, sent.phone):
            return "spent"
        if sent.at + timedelta(seconds=300) <= self.clock.now():
            return "expired"
        if code == sent.code:
            sent.used = True
            return "right"
        sent.tries += 1
        self.note("wrong", card, sent.phone, call)
        out = sent.tries >= self.limits.tries_per_code or self.guessed_out(card, sent.phone)
        return "spent" if out else "wrong"

    def outcome(self, card: str, phone: str, call: str) -> str:
        if self.guessed_out(card, phone):
            return "limited"
        if self.is_fresh(self.live.get(call), card):
            return "early"
        return "limited" if self.exhausted(card, phone, call) else "sent"

    def is_fresh(self, sent: Sent | None, card: str) -> bool:
        if sent is None or sent.card != card or sent.used or sent.tries >= self.limits.tries_per_code:
            return False
        return sent.at > self.clock.now() - timedelta(seconds=60)

    def exhausted(self, card: str, phone: str, call: str) -> bool:
        return (
            self.count("sent", phone=phone) >= self.limits.codes_per_phone_per_day
            or self.count("sent", card=card) >= self.limits.codes_per_card_per_day
            or self.count("sent", phone=phone, seconds=600) >= self.limits.codes_per_phone_per_ten_minutes
            or self.count("sent", call=call, seconds=3600) >= self.limits.codes_per_line_per_hour
            or self.count("sent", call=call) >= self.limits.codes_per_call
        )

    def guessed_out(self, card: str, phone: str) -> bool:
        return (
            self.count("wrong", phone=phone) >= self.limits.wrong_tries_per_phone_per_day
            or self.count("wrong", card=card) >= self.limits.wrong_tries_per_card_per_day
        )

    def count(self, kind: Kind, card: str = "", phone: str = "", call: str = "", seconds: int = 86_400) -> int:
        since = self.clock.now() - timedelta(seconds=seconds)
        return sum(
            event.kind == kind
            and event.at > since
            and card in ("", event.card)
            and phone in ("", event.phone)
            and call in ("", event.call)
            for event in self.events
        )

    def note(self, kind: Kind, card: str, phone: str, call: str) -> None:
        self.events.append(Event(kind, card, phone, call, self.clock.now()))

    def named(self, name: str) -> str:
        return f"{self.world}-{name}"

    def number(self, digit: str, name: str) -> str:
        """A mobile phone of this example's own."""
        return f"+791{digit}{self.world:05}0{ord(name) % 10}"


def test_it_never_exceeds_a_limit_whatever_the_path(database: Database, hotline: Hotline) -> None:
    Codes.database, Codes.hotline = database, hotline
    run_state_machine_as_test(
        Codes,
        settings=settings(
            max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
