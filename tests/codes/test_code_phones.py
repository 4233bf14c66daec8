"""A code confirms for the phone that it went to, whatever was asked for before or after."""

from dataclasses import replace
from datetime import timedelta

from ivr.clock import SetClock
from ivr.codes import CodeRequest
from tests.codes.code_caller import CARD, OTHER_PHONE, PHONE, Caller

MINE, THEIRS = PHONE, OTHER_PHONE
CHANGE = CodeRequest("data_change", "a visit", CARD, MINE, None, carried=b"to mine")


def test_it_is_not_early_for_another_phone_and_never_carries_its_value(caller: Caller) -> None:
    mine = caller.ask(CHANGE)
    theirs = caller.ask(replace(CHANGE, phone=THEIRS, carried=b"to theirs"))
    assert (mine.outcome, theirs.outcome) == ("sent", "sent")
    assert caller.redeem("data_change", "a visit", caller.code(mine)).verdict == "wrong"
    assert caller.redeem("data_change", "a visit", caller.code(theirs)).carried == b"to theirs"


def test_it_is_not_sent_anew_to_a_phone_whose_place_another_one_has_taken(caller: Caller, clock: SetClock) -> None:
    caller.ask(CHANGE)
    clock.move(timedelta(seconds=90))
    caller.ask(replace(CHANGE, phone=THEIRS, carried=b"to theirs"))
    clock.move(timedelta(seconds=90))
    with caller.database.transaction() as conn:
        assert caller.desk.resend(conn, "CA1", MINE) is None


def test_a_code_without_a_value_of_its_own_takes_none_from_another_phone(caller: Caller, clock: SetClock) -> None:
    caller.ask(CHANGE)
    clock.move(timedelta(seconds=90))
    again = caller.ask(replace(CHANGE, phone=THEIRS, carried=None))
    assert caller.redeem("data_change", "a visit", caller.code(again)).carried is None
