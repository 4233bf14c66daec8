"""The pace of speech is remembered from one call of a number to the next."""

from zoneinfo import ZoneInfo

import pytest

from ivr.actions import load_actions
from ivr.calls import Calls
from ivr.case.clips import ClipSafe
from ivr.clock import SetClock
from ivr.codes import CodeDesk
from ivr.diagnosis import load_diagnosis
from ivr.dialog.events import Heard, said
from ivr.feed import Feed
from ivr.hotline import Hotline
from ivr.line.desk import line_desk
from ivr.loyalty.embedded import EmbeddedLoyalty
from ivr.services import Desk
from ivr.settings import ROOT
from ivr.slots import load_slot_types
from ivr.stepping import CallsSetup
from ivr.store.db import Database
from ivr.telephony.stream_token import StreamTokens
from tests.dialog.small_book import small_book

CALLER, OTHER, HIDDEN = "+79160000102", "+79160000555", "anonymous"


@pytest.fixture
def calls(database: Database, hotline: Hotline, clock: SetClock) -> Calls:
    actions = load_actions()
    outcomes = {name: action.outcomes for name, action in actions.items()}
    desk = Desk(
        hotline=hotline,
        codes=CodeDesk(hotline, b"a pepper of thirty-two bytes ok!", clock),
        clock=clock,
        zone=ZoneInfo("Europe/Moscow"),
        slot_types=load_slot_types(ROOT / "grammars" / "lexicon"),
        loyalty=EmbeddedLoyalty(clock),
        diagnosis=load_diagnosis(ROOT / "grammars" / "diagnosis.yaml", outcomes),
    )
    setup = CallsSetup(
        book=small_book(),
        db=database,
        actions=actions,
        services=desk,
        clock=clock,
        feed=Feed(),
        stream_tokens=StreamTokens(b"secret", clock),
        account_sid="AC1",
        facts={"brand": "Магазин"},
        deliver_soon=lambda _: None,
        line=line_desk(desk.hotline, desk.zone, clock),
        call_ending=lambda _: None,
        call_over=lambda _: None,
        clips=ClipSafe(bytes(32), small_book(), clock, keeps=False),
        streams_free=lambda: True,
    )
    return Calls(setup)


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
