"""A code confirms for the phone that it went to, whatever was asked for before or after."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.clock import SetClock
from ivr.codes import CodeRequest
from ivr.hotline import Hotline
from ivr.store.db import Database
from tests.codes.code_caller import CARD, OTHER_PHONE, PHONE, Caller

MINE, THEIRS = PHONE, OTHER_PHONE
CHANGE = CodeRequest("data_change", "a visit", CARD, MINE, None, carried=b"to mine")


@pytest.fixture
def asker(database: Database, hotline: Hotline, clock: SetClock) -> Caller:
    return Caller(database, hotline, clock)


def test_it_is_not_early_for_another_phone_and_never_carries_its_value(asker: Caller) -> None:
    mine = asker.ask(CHANGE)
    theirs = asker.ask(replace(CHANGE, phone=THEIRS, carried=b"to theirs"))
    assert (mine.outcome, theirs.outcome) == ("sent", "sent")
    assert asker.redeem("data_change", "a visit", asker.code(mine)).verdict == "wrong"
    assert asker.redeem("data_change", "a visit", asker.code(theirs)).carried == b"to theirs"


def test_it_is_not_sent_anew_to_a_phone_whose_place_another_one_has_taken(asker: Caller, clock: SetClock) -> None:
    asker.ask(CHANGE)
    clock.move(timedelta(seconds=90))
    asker.ask(replace(CHANGE, phone=THEIRS, carried=b"to theirs"))
    clock.move(timedelta(seconds=90))
    with asker.database.transaction() as conn:
        assert asker.desk.resend(conn, "CA1", MINE) is None


def test_a_code_without_a_value_of_its_own_takes_none_from_another_phone(asker: Caller, clock: SetClock) -> None:
    asker.ask(CHANGE)
    clock.move(timedelta(seconds=90))
    again = asker.ask(replace(CHANGE, phone=THEIRS, carried=None))
    assert asker.redeem("data_change", "a visit", asker.code(again)).carried is None
