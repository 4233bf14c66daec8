import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from sqlalchemy import event, text

from ivr.clock import SetClock
from ivr.codes import CodeDesk, Offer, Verdict
from ivr.hotline import CodeLimits, Hotline
from ivr.store.codes import purge_codes
from ivr.store.db import Database
from ivr.store.outbox import find_message

PEPPER = b"a pepper of thirty-two bytes ok!"
CARD, PHONE, CALL = "4276051200020024", "+79160000102", "CA1"
UNKNOWN = "4276051299999999"


class Caller:
    """Asks for codes and keys them, each in a transaction of its own."""

    def __init__(self, database: Database, hotline: Hotline, clock: SetClock) -> None:
        self.database = database
        self.desk = CodeDesk(hotline, PEPPER, clock)

    def offer(
        self, card: str = CARD, phone: str | None = PHONE, call: str = CALL, purpose: str = "activation"
    ) -> Offer:
        with self.database.transaction() as conn:
            return self.desk.offer(conn, call, card, phone, purpose)

    def check(self, code: str, card: str = CARD, call: str = CALL) -> Verdict:
        with self.database.transaction() as conn:
            return self.desk.check(conn, call, card, code)

    def code(self, offer: Offer) -> str:
        """What the SMS says."""
        assert offer.outbox_id is not None
        with self.database.reading() as conn:
            sms = find_message(conn, offer.outbox_id)
        assert sms is not None
        found = re.search(r": (\d{6})\. ", sms.body or "")
        assert found is not None
        return found[1]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


@pytest.fixture
def caller(database: Database, hotline: Hotline, clock: SetClock) -> Caller:
    return Caller(database, hotline, clock)


def test_it_sends_a_code_that_is_right_once(caller: Caller) -> None:
    code = caller.code(caller.offer())
    assert caller.check(code) == "right"
    assert caller.check(code) == "spent"


def test_it_queues_one_sms_to_the_phone_with_the_hotline_s_text(caller: Caller, clock: SetClock) -> None:
    offer = caller.offer()
    with caller.database.reading() as conn:
        sms = find_message(conn, offer.outbox_id or "")
        count = conn.execute(text("SELECT count(*) FROM outbox")).scalar_one()
    assert sms is not None
    assert count == 1
    assert (sms.to_number, sms.state, sms.expires_at) == (PHONE, "pending", clock.now() + timedelta(minutes=5))
    expected = f"Код для звонка на 8-800-200-90-02: {caller.code(offer)}. Никому его не сообщайте."
    assert sms.body == expected


def test_it_takes_a_right_code_after_wrong_ones(caller: Caller) -> None:
    code = caller.code(caller.offer())
    assert caller.check(other_than(code)) == "wrong"
    assert caller.check("") == "wrong"
    assert caller.check(code) == "right"


def test_it_gives_three_tries(caller: Caller) -> None:
    code = caller.code(caller.offer())
    wrong = other_than(code)
    assert [caller.check(wrong) for _ in range(3)] == ["wrong", "wrong", "spent"]
    assert caller.check(code) == "spent"


def test_it_lets_a_code_live_for_five_minutes(caller: Caller, clock: SetClock) -> None:
    code = caller.code(caller.offer())
    clock.move(timedelta(seconds=299))
    assert caller.check(other_than(code)) == "wrong"
    clock.move(timedelta(seconds=1))
    assert caller.check(code) == "expired"


def test_it_voids_the_old_code_by_a_new_one(caller: Caller) -> None:
    old, new = caller.code(caller.offer()), caller.code(caller.offer())
    if old != new:
        assert caller.check(old) == "wrong"
    assert caller.check(new) == "right"


def test_it_ties_a_code_to_its_call_and_card(caller: Caller) -> None:
    code = caller.code(caller.offer())
    assert caller.check(code, call="CA2") == "none"
    assert caller.check(code, card=UNKNOWN) == "none"
    caller.offer(call="CA2")
    assert caller.check(code) == "none"


def test_it_keeps_leading_zeros(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.codes.secrets.randbelow", lambda _: 7)
    assert caller.code(caller.offer()) == "000007"
    assert caller.check("7") == "wrong"
    assert caller.check("000007") == "right"


def test_it_outlives_a_restart(caller: Caller, hotline: Hotline, clock: SetClock) -> None:
    code = caller.code(caller.offer())
    caller.check(other_than(code))
    caller.check(other_than(code))
    caller.desk = CodeDesk(hotline, PEPPER, clock)
    assert caller.check(other_than(code)) == "spent"


def test_it_resets_no_count_by_a_new_code(caller: Caller, clock: SetClock, hotline: Hotline) -> None:
    limits = replace(hotline.codes, wrong_tries_per_phone_per_day=4)
    caller.desk = CodeDesk(replace(hotline, codes=limits), PEPPER, clock)
    first = caller.code(caller.offer())
    assert [caller.check(other_than(first)) for _ in range(3)] == ["wrong", "wrong", "spent"]
    second = caller.code(caller.offer(card="4276051200030031", call="CA2"))
    assert caller.check(other_than(second), card="4276051200030031", call="CA2") == "spent"
    assert caller.check(second, card="4276051200030031", call="CA2") == "spent"
    assert caller.offer(card="4276051200040048", call="CA3").outcome == "limited"
    clock.move(timedelta(days=1))
    assert caller.offer(card="4276051200040048", call="CA3").outcome == "sent"


def test_it_limits_codes_for_a_phone_in_ten_minutes_and_in_a_day(caller: Caller, clock: SetClock) -> None:
    outcomes = [caller.offer(card=f"427605120000000{n}", call=f"CA{n}").outcome for n in range(4)]
    assert outcomes == ["sent", "sent", "sent", "limited"]
    clock.move(timedelta(minutes=10))
    outcomes = [caller.offer(card=f"427605120000000{n}", call=f"CA{n}").outcome for n in range(4, 7)]
    assert outcomes == ["sent", "sent", "limited"]
    clock.move(timedelta(hours=23, minutes=49))
    assert caller.offer().outcome == "limited"
    clock.move(timedelta(minutes=1))
    assert caller.offer().outcome == "sent"


def test_it_limits_codes_for_a_card_whatever_the_phone(caller: Caller) -> None:
    outcomes = [caller.offer(phone=f"+7916000010{n}").outcome for n in range(6)]
    assert outcomes == ["sent"] * 5 + ["limited"]


def test_it_keeps_the_live_code_when_another_is_refused(caller: Caller) -> None:
    codes = [caller.code(caller.offer()) for _ in range(3)]
    assert caller.offer() == Offer("limited", None)
    assert caller.check(codes[-1]) == "right"


def test_it_answers_alike_for_known_and_unknown_cards(caller: Caller, clock: SetClock) -> None:
    def play(card: str, phone: str | None) -> list[str]:
        heard: list[str] = [caller.offer(card, phone).outcome]
        heard += [caller.check("000000", card) for _ in range(3)]
        heard += [caller.offer(card, phone).outcome, caller.check("000000", card)]
        clock.move(timedelta(minutes=6))
        heard += [caller.check("000000", card)]
        heard += [caller.offer(card, phone).outcome for _ in range(4)]
        heard += [caller.check("000000", card, call="CA9")]
        return heard

    known = play(CARD, PHONE)
    assert play(UNKNOWN, None) == known
    assert known.count("limited") == 3


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(database._engine, "before_cursor_execute", note)
    yield seen
    event.remove(database._engine, "before_cursor_execute", note)


def test_it_runs_the_same_statements_for_known_and_unknown_cards(caller: Caller) -> None:
    with statements(caller.database) as known:
        caller.offer()
        caller.check("abcdef")
    with statements(caller.database) as unknown:
        caller.offer(UNKNOWN, None)
        caller.check("abcdef", UNKNOWN)
    assert known == unknown
    assert len(known) > 8


def test_it_queues_nothing_for_a_decoy_that_no_code_fits(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.codes.secrets.randbelow", lambda _: 123456)
    offer = caller.offer(UNKNOWN, None)
    assert offer.outbox_id is not None
    with caller.database.reading() as conn:
        assert find_message(conn, offer.outbox_id) is None
        assert conn.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 0
    assert caller.check("123456", UNKNOWN) == "wrong"


def test_it_keeps_no_card_phone_or_code_in_its_tables(caller: Caller) -> None:
    code = caller.code(caller.offer())
    caller.check(other_than(code))
    caller.check(code)
    with caller.database.reading() as conn:
        kept = str([conn.execute(text(f"SELECT * FROM {table}")).all() for table in ("codes", "code_events")])
    assert not any(secret in kept for secret in (CARD, PHONE, PHONE[2:], f"'{code}'", other_than(code) + "'"))


def test_it_gives_different_digests_to_equal_codes(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.codes.secrets.randbelow", lambda _: 1)
    caller.offer()
    caller.offer()
    with caller.database.reading() as conn:
        assert len(set(conn.execute(text("SELECT digest FROM codes")).scalars())) == 2


def test_it_lets_exactly_one_of_two_calls_use_a_code(caller: Caller) -> None:
    code = caller.code(caller.offer())
    verdicts: list[Verdict] = []
    gate = threading.Barrier(4)

    def key_in() -> None:
        gate.wait()
        verdicts.append(caller.check(code))

    run_together(key_in, 4)
    assert sorted(verdicts) == ["right", "spent", "spent", "spent"]


def test_it_holds_the_limits_when_many_calls_come_at_once(caller: Caller) -> None:
    outcomes: list[str] = []
    names = iter(range(8))
    gate = threading.Barrier(8)

    def call() -> None:
        name = f"CA{next(names)}"
        gate.wait()
        outcomes.append(caller.offer(card=CARD[:-1] + name[-1], call=name).outcome)

    run_together(call, 8)
    assert sorted(outcomes) == ["limited"] * 5 + ["sent"] * 3


def test_it_never_counts_more_tries_than_allowed_when_many_guess_at_once(caller: Caller) -> None:
    wrong = other_than(caller.code(caller.offer()))
    verdicts: list[str] = []
    run_together(lambda: verdicts.append(caller.check(wrong)), 6)
    assert sorted(verdicts) == ["spent"] * 4 + ["wrong"] * 2
    with caller.database.reading() as conn:
        assert conn.execute(text("SELECT count(*) FROM code_events WHERE kind = 'wrong'")).scalar_one() == 3


def run_together(work: Callable[[], object], count: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_it_forgets_after_two_days(caller: Caller, clock: SetClock) -> None:
    caller.offer()
    with caller.database.transaction() as conn:
        assert purge_codes(conn, clock.now()) == 0
        clock.move(timedelta(days=2))
        assert purge_codes(conn, clock.now()) == 2


def test_it_wants_a_pepper(hotline: Hotline, clock: SetClock) -> None:
    with pytest.raises(ValueError, match="pepper"):
        CodeDesk(hotline, b"short", clock)


@dataclass
class Sent:
    """The model's idea of a code."""

    call: str
    code: str | None
    phone: str
    until: datetime
    tries: int = 0
    used: bool = False


CARDS = {"a": "p", "b": "p", "c": "q", "decoy": None}
"""Two cards of one phone, one of another, and one that must not get a code."""


class Codes(RuleBasedStateMachine):
    """Any path through offers, right and wrong tries, new calls, restarts and time, against a model of lists."""

    database: Database
    hotline: Hotline

    def __init__(self) -> None:
        super().__init__()
        self.limits = CodeLimits(
            lifetime_seconds=300,
            tries_per_code=2,
            codes_per_phone_per_day=4,
            codes_per_card_per_day=3,
            codes_per_phone_per_ten_minutes=2,
            wrong_tries_per_phone_per_day=4,
            wrong_tries_per_card_per_day=3,
        )
        self.live: dict[str, Sent] = {}
        self.events: list[tuple[str, str, str, datetime]] = []

    @initialize()
    def begin(self) -> None:
        self.clock = SetClock(datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
        self.world = uuid4().hex
        self.restart()

    @rule()
    def restart(self) -> None:
        self.caller = Caller(self.database, replace(self.hotline, codes=self.limits), self.clock)

    @rule(seconds=st.sampled_from([1, 299, 300, 599, 600, 3600, 86_399, 86_400]))
    def wait(self, seconds: int) -> None:
        self.clock.move(timedelta(seconds=seconds))

    @rule(card=st.sampled_from(sorted(CARDS)), call=st.sampled_from(["x", "y"]))
    def offer(self, card: str, call: str) -> None:
        phone = CARDS[card]
        offer = self.caller.offer(self.named(card), self.named(phone) if phone else None, self.named(call))
        key = phone or card
        assert offer.outcome == ("limited" if self.exhausted(card, key) else "sent")
        if offer.outcome == "sent":
            code = self.caller.code(offer) if phone else None
            self.live[card] = Sent(call, code, key, self.clock.now() + timedelta(seconds=300))
            self.events.append(("sent", card, key, self.clock.now()))

    @rule(card=st.sampled_from(sorted(CARDS)), call=st.sampled_from(["x", "y"]), right=st.booleans())
    def check(self, card: str, call: str, right: bool) -> None:
        sent = self.live.get(card)
        code = sent.code if sent and sent.code and right else "abcdef"
        expected = self.expected(card, call, code)
        assert self.caller.check(code, self.named(card), self.named(call)) == expected
        assert self.count("wrong", phone="p") <= self.limits.wrong_tries_per_phone_per_day
        assert self.count("sent", phone="p") <= self.limits.codes_per_phone_per_day

    def expected(self, card: str, call: str, code: str) -> Verdict:
        sent = self.live.get(card)
        if sent is None or sent.call != call:
            return "none"
        if sent.used or sent.tries >= self.limits.tries_per_code or self.guessed_out(card, sent.phone):
            return "spent"
        if sent.until <= self.clock.now():
            return "expired"
        if code == sent.code:
            sent.used = True
            return "right"
        sent.tries += 1
        self.events.append(("wrong", card, sent.phone, self.clock.now()))
        out = sent.tries >= self.limits.tries_per_code or self.guessed_out(card, sent.phone)
        return "spent" if out else "wrong"

    def exhausted(self, card: str, phone: str) -> bool:
        return (
            self.count("sent", phone=phone) >= self.limits.codes_per_phone_per_day
            or self.count("sent", card=card) >= self.limits.codes_per_card_per_day
            or self.count("sent", phone=phone, seconds=600) >= self.limits.codes_per_phone_per_ten_minutes
            or self.guessed_out(card, phone)
        )

    def guessed_out(self, card: str, phone: str) -> bool:
        return (
            self.count("wrong", phone=phone) >= self.limits.wrong_tries_per_phone_per_day
            or self.count("wrong", card=card) >= self.limits.wrong_tries_per_card_per_day
        )

    def count(self, kind: str, card: str = "", phone: str = "", seconds: int = 86_400) -> int:
        since = self.clock.now() - timedelta(seconds=seconds)
        return sum(k == kind and at > since and (c == card or p == phone) for k, c, p, at in self.events)

    def named(self, name: str) -> str:
        return f"{self.world}-{name}"[-16:]


def test_it_never_exceeds_a_limit_whatever_the_path(database: Database, hotline: Hotline) -> None:
    Codes.database, Codes.hotline = database, hotline
    run_state_machine_as_test(
        Codes,
        settings=settings(
            max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
