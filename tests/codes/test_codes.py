import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from ivr.clock import SetClock
from ivr.codes import CodeDesk, Offer, Verdict
from ivr.hotline import Hotline
from ivr.store.code_events import purge_events
from ivr.store.codes import purge_codes
from ivr.store.outbox import find_message
from tests.assembly import PEPPER
from tests.codes.code_caller import (
    CARD,
    PHONE,
    UNKNOWN,
    Caller,
    other_than,
    run_together,
    statements,
    with_limits,
)


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


def test_it_voids_the_old_code_by_a_new_one(caller: Caller, clock: SetClock) -> None:
    old = caller.code(caller.offer())
    clock.move(timedelta(minutes=1))
    new = caller.code(caller.offer())
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
    monkeypatch.setattr("ivr.codes.keys.secrets.randbelow", lambda _: 7)
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
    caller.desk = CodeDesk(with_limits(hotline, wrong_tries_per_phone_per_day=4), PEPPER, clock)
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
    outcomes = [caller.offer(phone=f"+7916000010{n}", call=f"CA{n}").outcome for n in range(6)]
    assert outcomes == ["sent"] * 5 + ["limited"]


def test_it_keeps_the_live_code_when_another_is_refused(caller: Caller) -> None:
    codes = [caller.code(caller.offer(call=f"CA{n}")) for n in range(3)]
    assert caller.offer(call="CA3") == Offer("limited", None)
    assert caller.check(codes[-1], call="CA2") == "right"


def test_it_answers_alike_for_known_and_unknown_cards(caller: Caller, clock: SetClock) -> None:
    def play(card: str, phone: str | None) -> list[str]:
        call = f"CA{card}"
        heard: list[str] = [caller.offer(card, phone, call).outcome]
        heard += [caller.check("000000", card, call) for _ in range(3)]
        heard += [caller.offer(card, phone, call).outcome, caller.check("000000", card, call)]
        heard += [caller.offer(card, phone, call).outcome]
        clock.move(timedelta(minutes=6))
        heard += [caller.check("000000", card, call)]
        heard += [caller.offer(card, phone, f"{call}.{n}").outcome for n in (2, 3, 4, 5)]
        heard += [caller.check("000000", card, call="CA9")]
        return heard

    known = play(CARD, PHONE)
    assert play(UNKNOWN, None) == known
    assert (known.count("sent"), known.count("early"), known.count("limited")) == (3, 1, 3)


def test_it_runs_the_same_statements_for_known_and_unknown_cards(caller: Caller) -> None:
    with statements(caller.database) as known:
        caller.offer()
        caller.check("abcdef")
    with statements(caller.database) as unknown:
        caller.offer(UNKNOWN, None)
        caller.check("abcdef", UNKNOWN)
    assert known == unknown
    assert len(known) > 8


def test_it_queues_nothing_for_a_decoy_that_no_code_fits(caller: Caller, hotline: Hotline, clock: SetClock) -> None:
    caller.desk = CodeDesk(hotline, PEPPER, clock, lambda: "123456")
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


def test_it_gives_different_digests_to_equal_codes(caller: Caller, hotline: Hotline, clock: SetClock) -> None:
    caller.desk = CodeDesk(hotline, PEPPER, clock, lambda: "000001")
    caller.offer()
    caller.offer(call="CA2")
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


def test_it_forgets_after_two_days(caller: Caller, clock: SetClock) -> None:
    caller.offer()
    with caller.database.transaction() as conn:
        assert purge_codes(conn, clock.now()) + purge_events(conn, clock.now()) == 0
        clock.move(timedelta(days=2))
        assert (purge_codes(conn, clock.now()), purge_events(conn, clock.now())) == (1, 1)


def test_it_wants_a_pepper(hotline: Hotline, clock: SetClock) -> None:
    with pytest.raises(ValueError, match="pepper"):
        CodeDesk(hotline, b"short", clock)
