"""Limits of one asker and his neighbours, the minute between two codes, and the brake on all of them."""

import logging
from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from ivr.clock import SetClock
from ivr.codes import CodeDesk, CodeRequest, Offer
from ivr.codes.brake import why_paused
from ivr.codes.origin import WITHHELD, Origin, origin_of
from ivr.hotline import Hotline
from ivr.metrics import REGISTRY
from ivr.store.code_events import Conversion, Pulse, worst_conversion
from ivr.store.db import Database
from tests.assembly import PEPPER
from tests.codes.code_caller import CARD, OTHER_CARD, OTHER_PHONE, PHONE, Caller, other_than, with_limits


def phone(number: int) -> str:
    return f"+7916{number:07}"


def card(number: int) -> str:
    return f"4276{number:012}"


def ask_from(caller: Caller, sources: Sequence[str | None], *, decoys: bool = False, start: int = 0) -> list[str]:
    """What each source hears that asks for a code for a card and a phone nobody has asked for before."""
    requests = [
        CodeRequest("call", f"CA{start + n}", card(start + n), None if decoys else phone((start + n) * 20_000), source)
        for n, source in enumerate(sources)
    ]
    return [caller.ask(request).outcome for request in requests]


# -- the minute between two codes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", [PHONE, None])
def test_who_asks_again_within_a_minute_is_sent_no_other(caller: Caller, clock: SetClock, to: str | None) -> None:
    caller.offer(phone=to)
    clock.move(timedelta(seconds=59))
    assert caller.offer(phone=to) == Offer("early", None)
    clock.move(timedelta(seconds=1))
    assert caller.offer(phone=to).outcome == "sent"


def test_the_first_code_is_the_one_to_enter(caller: Caller) -> None:
    code = caller.code(caller.offer())
    caller.offer()
    assert caller.check(code) == "right"


def test_it_asks_for_no_minute_where_the_first_code_counts_no_longer(caller: Caller) -> None:
    code = caller.code(caller.offer())
    for _ in range(3):
        caller.check(other_than(code))
    assert caller.offer().outcome == "sent"


def test_another_card_and_another_call_need_no_minute(caller: Caller) -> None:
    caller.offer()
    assert caller.offer(card=OTHER_CARD, phone=OTHER_PHONE).outcome == "sent"
    assert caller.offer(call="CA2").outcome == "sent"


def test_who_says_that_none_has_come_is_told_the_same_within_a_minute(caller: Caller, clock: SetClock) -> None:
    caller.offer()
    with caller.database.transaction() as conn:
        assert caller.desk.resend(conn, "CA1", PHONE) == Offer("early", None)
        clock.move(timedelta(minutes=1))
        again = caller.desk.resend(conn, "CA1", PHONE)
    assert again
    assert again.outcome == "sent"


# -- one call, one asker, his neighbours -------------------------------------------------------------------------------


def test_a_call_has_two_codes_and_one_more_where_none_has_come(caller: Caller, clock: SetClock) -> None:
    outcomes = [caller.offer(card(n), phone(n)).outcome for n in range(3)]
    assert outcomes == ["sent", "sent", "limited"]
    clock.move(timedelta(minutes=1))
    with caller.database.transaction() as conn:
        resent = [caller.desk.resend(conn, "CA1", phone(1)) for _ in range(2)]
        assert [offer and offer.outcome for offer in resent] == ["sent", "early"]
        clock.move(timedelta(minutes=1))
        limited = caller.desk.resend(conn, "CA1", phone(1))
    assert limited == Offer("limited", None)
    assert caller.offer(card(1), phone(1), call="CA2").outcome == "sent"


@pytest.mark.parametrize("decoys", [True, False])
@pytest.mark.parametrize(("source", "most"), [("+79260000001", 5), ("198.51.100.9", 20), ("2001:db8::1", 20)])
def test_an_asker_has_so_many_an_hour(caller: Caller, clock: SetClock, source: str, most: int, decoys: bool) -> None:
    outcomes = ask_from(caller, [source] * (most + 1), decoys=decoys)
    assert outcomes == ["sent"] * most + ["limited"]
    clock.move(timedelta(hours=1))
    assert ask_from(caller, [source], decoys=decoys, start=100) == ["sent"]


@pytest.mark.parametrize(
    ("sources", "stranger"),
    [
        ([f"+7926000{n:04}" for n in range(9)], "+79260010000"),
        ([None] * 9, "+79260000000"),
        ([f"198.51.100.{n}" for n in range(9)], "198.51.101.1"),
        ([f"2001:db8:1:{n:x}::1" for n in range(9)], "2001:db8:2::1"),
    ],
    ids=["lines", "withheld", "ipv4", "ipv6"],
)
def test_neighbours_have_so_many_an_hour_together(
    database: Database, hotline: Hotline, clock: SetClock, sources: Sequence[str | None], stranger: str
) -> None:
    tight = with_limits(hotline, codes_per_block_per_hour=8, codes_per_network_per_hour=8)
    caller = Caller(database, tight, clock)
    assert ask_from(caller, sources) == ["sent"] * 8 + ["limited"]
    assert ask_from(caller, [stranger], start=100) == ["sent"]


def test_a_range_of_phones_is_limited_where_the_asker_names_the_phone(
    database: Database, hotline: Hotline, clock: SetClock
) -> None:
    caller = Caller(database, with_limits(hotline, codes_per_range_per_hour=4), clock)

    def enter(number: int, *, known: bool) -> str:
        named = phone(number)
        request = CodeRequest(
            "web", f"w{named}", None, named if known else None, f"198.51.{number % 200}.1", named=named
        )
        return caller.ask(request).outcome

    assert [enter(n, known=n % 2 == 0) for n in range(6)] == ["sent"] * 4 + ["limited"] * 2
    assert enter(10_000, known=True) == "sent"
    assert caller.offer(card(1), phone(99)).outcome == "sent", "a phone on file tells nothing of its range"


def test_origins_are_lines_or_addresses() -> None:
    assert origin_of(None) == Origin("line", None, WITHHELD)
    assert origin_of("+79261234567") == Origin("line", "+79261234567", "+7926123")
    assert origin_of("198.51.100.9") == origin_of("::ffff:198.51.100.9")
    assert origin_of("2001:db8:1:2:3::4") == Origin("address", "2001:db8:1:2::/64", "2001:db8:1::/48")
    assert origin_of("unknown") == origin_of(None)


@pytest.mark.parametrize("number", ["+74951234567", "+442071838750", "+79", "89160000102", "+78002009002"])
def test_a_number_that_is_no_mobile_of_this_country_gets_a_decoy(caller: Caller, number: str) -> None:
    offer = caller.offer(phone=number)
    assert offer.outcome == "sent"
    with pytest.raises(AssertionError):
        caller.body(offer)


# -- the brake ---------------------------------------------------------------------------------------------------------


def guess(caller: Caller, calls: int, *, right: int = 0, start: int = 0) -> list[str]:
    """Calls from all over, each of which enters one code; the first ``right`` of them rightly."""
    outcomes: list[str] = []
    for n in range(start, start + calls):
        offer = caller.offer(card(n), phone(n * 20_000), f"GA{n}", f"+7926{n * 10_000:07}")
        outcomes.append(offer.outcome)
        if offer.outcome == "sent":
            code = caller.code(offer)
            caller.check(code if n - start < right else other_than(code), card(n), f"GA{n}")
    return outcomes


def test_guessing_from_many_lines_stops_all_codes_until_it_is_over(caller: Caller, clock: SetClock) -> None:
    assert guess(caller, 52) == ["sent"] * 50 + ["paused"] * 2
    clock.move(timedelta(minutes=10))
    assert guess(caller, 1, start=100) == ["sent"]


def test_people_who_enter_one_code_of_five_rightly_are_not_stopped(caller: Caller) -> None:
    assert set(guess(caller, 52, right=12)) == {"sent"}


def test_decoys_count_as_guesses(caller: Caller) -> None:
    for n in range(50):
        caller.offer(card(n), None, f"CA{n}", f"+7926{n * 10_000:07}")
        caller.check("123456", card(n), f"CA{n}")
    assert caller.offer().outcome == "paused"


def test_a_code_on_its_way_can_still_be_entered(caller: Caller) -> None:
    code = caller.code(caller.offer())
    guess(caller, 50)
    assert caller.offer() == Offer("early", None)
    assert caller.check(code) == "right"


def test_a_day_s_money_is_a_limit(database: Database, hotline: Hotline, clock: SetClock) -> None:
    """Ten rubles pay for two messages of 4.5; decoys cost nothing."""
    caller = Caller(database, with_limits(hotline, daily_budget_rubles=10), clock)
    assert ask_from(caller, [None] * 3, decoys=True) == ["sent"] * 3
    assert ask_from(caller, [None] * 3, start=10) == ["sent", "sent", "paused"]
    clock.move(timedelta(days=1))
    assert ask_from(caller, [None], start=20) == ["sent"]


def test_a_text_of_two_parts_costs_twice(database: Database, hotline: Hotline, clock: SetClock) -> None:
    caller = Caller(database, with_limits(hotline, daily_budget_rubles=10), clock)
    caller.desk = CodeDesk(with_limits(hotline, daily_budget_rubles=10), PEPPER, clock, web_host="a" * 30 + ".ru")
    assert ask_from(caller, [None] * 2) == ["sent", "paused"]


@pytest.mark.parametrize(
    ("pulse", "reason"),
    [
        (Pulse(49, 0, 0), None),
        (Pulse(50, 9, 0), "guessing"),
        (Pulse(50, 10, 0), None),
        (Pulse(1000, 199, 0), "guessing"),
        (Pulse(0, 0, 6665), None),
        (Pulse(0, 0, 6666), "budget"),
    ],
)
def test_the_brake_has_sharp_edges(hotline: Hotline, pulse: Pulse, reason: str | None) -> None:
    assert why_paused(pulse, hotline.codes, 4.5) == reason


def test_the_brake_is_told_once_and_shown_in_the_metrics(caller: Caller, clock: SetClock) -> None:
    def shown() -> list[float | None]:
        return [REGISTRY.get_sample_value("ivr_codes_paused", {"reason": one}) for one in ("guessing", "budget")]

    with capture_logs() as logs:
        guess(caller, 53)
        assert shown() == [1, 0]
        clock.move(timedelta(minutes=10))
        with caller.database.transaction() as conn:
            caller.desk.tend(conn)
    assert shown() == [0, 0]
    told = [(line["event"], line["log_level"]) for line in logs]
    assert told == [("codes_paused", logging.getLevelName(logging.WARNING).lower()), ("codes_go_on", "info")]


def test_the_worst_neighbours_are_found(caller: Caller, clock: SetClock) -> None:
    for n in range(6):
        offer = caller.offer(card(n), phone(n), f"CA{n}", f"+7926{n * 10_000:07}")
        if n < 2:
            caller.check(caller.code(offer), card(n), f"CA{n}")
    guess(caller, 3, right=3, start=50)
    for n in range(20, 26):
        caller.offer(card(n), None, f"CA{n}")
    with caller.database.reading() as conn:
        assert worst_conversion(conn, "range_key", clock.now(), 4) == Conversion(6, 2)
        assert worst_conversion(conn, "range_key", clock.now(), 7) == Conversion(0, 0)


def test_cards_and_phones_share_no_limit_with_strangers(caller: Caller) -> None:
    assert ask_from(caller, [f"+7926{n * 10_000:07}" for n in range(20)]) == ["sent"] * 20
    assert caller.offer(CARD, PHONE).outcome == "sent"
