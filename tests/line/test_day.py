"""A bad day: late, repeated and lost webhooks, operators who do not answer, callers who hang up."""

import sys

import pytest

from ivr.store.db import Database
from tests.line.day import Day


def played(database: Database, callers: int, operators: int, seed: int) -> Day:
    day = Day(database, callers, operators, seed)
    day.play()
    day.check()
    return day


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_day_of_two_hundred_callers_and_ten_operators_keeps_every_promise(database: Database) -> None:
    figures = played(database, 200, 10, 1).figures()
    sys.stdout.write(f"{figures}\n")
    told, kept, furthest = figures["ranges_told"], figures["ranges_kept"], figures["furthest_position"]
    assert isinstance(told, int)
    assert isinstance(kept, int)
    assert isinstance(furthest, int)
    assert furthest > 10, "there were people to wait behind"
    assert told > 200
    assert kept / told > 0.68, "one deviation to either side"


def test_a_short_day_keeps_every_promise_on_either_database(database: Database) -> None:
    played(database, 24, 2, 2)
