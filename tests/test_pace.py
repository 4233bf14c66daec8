"""The pace of speech is remembered from one call of a number to the next."""

import pytest

from ivr.calls import Calls
from ivr.clock import SetClock
from ivr.dialog.events import Heard, said
from ivr.hotline import Hotline
from ivr.store.db import Database
from tests.assembly import calls_of, services_desk
from tests.dialog.small_book import small_book

CALLER, OTHER, HIDDEN = "+79160000102", "+79160000555", "anonymous"


@pytest.fixture
def calls(database: Database, hotline: Hotline, clock: SetClock) -> Calls:
    return calls_of(database, small_book(), services_desk(hotline, clock), facts={"brand": "Магазин"})


def slow_from_the_start(calls: Calls, sid: str, number: str) -> bool:
    return all(say.slow for say in calls.begin(sid, number, "+78002009002").reply.says)


@pytest.mark.parametrize(("number", "remembered"), [(CALLER, True), (HIDDEN, False)])
def test_it_speaks_slowly_to_who_has_asked_for_it_before(calls: Calls, number: str, remembered: bool) -> None:
    assert not slow_from_the_start(calls, "CA1", number)
    asked = calls.step("CA1", 1, Heard(said("медленнее")))
    assert all(say.slow for say in asked.reply.says)
    assert slow_from_the_start(calls, "CA2", number) is remembered
    assert not slow_from_the_start(calls, "CA3", OTHER)


def test_it_forgets_the_pace_when_told_so(calls: Calls) -> None:
    calls.begin("CA1", CALLER, "+78002009002")
    calls.step("CA1", 1, Heard(said("медленнее")))
    calls.step("CA1", 2, Heard(said("быстрее")))
    assert not slow_from_the_start(calls, "CA2", CALLER)
