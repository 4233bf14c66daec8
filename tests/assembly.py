"""The hotline's parts put together as ``ivr.application`` does it, without a server: for tests of calls and actions."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from ivr.actions import load_actions
from ivr.calls import Calls
from ivr.case.clips import ClipSafe
from ivr.clock import SetClock
from ivr.codes import CodeDesk
from ivr.consent import Consents, load_consent_texts
from ivr.diagnosis import load_diagnosis
from ivr.dialog.forms import DialogBook, SlotType
from ivr.facts import hotline_facts
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

ZONE = ZoneInfo("Europe/Moscow")
PEPPER = b"a pepper of thirty-two bytes ok!"


def services_desk(
    hotline: Hotline, clock: SetClock, slot_types: Mapping[str, SlotType] | None = None, **changes: Any
) -> Desk:
    """What makes the services of steps. ``changes``: fields that a test has of its own."""
    outcomes = {name: action.outcomes for name, action in load_actions().items()}
    codes = CodeDesk(hotline, PEPPER, clock)
    parts: dict[str, Any] = {
        "hotline": hotline,
        "codes": codes,
        "clock": clock,
        "zone": ZONE,
        "slot_types": slot_types or load_slot_types(ROOT / "grammars" / "lexicon"),
        "line": line_desk(hotline, ZONE, clock),
        "loyalty": EmbeddedLoyalty(clock),
        "diagnosis": load_diagnosis(ROOT / "grammars" / "diagnosis.yaml", outcomes),
        "consents": Consents(load_consent_texts(ROOT / "grammars" / "consent.yaml", hotline), codes.key_of, clock),
    }
    return Desk(**parts | changes)


def calls_of(db: Database, book: DialogBook, desk: Desk, **changes: Any) -> Calls:
    """Calls on a book. Nothing leaves the database; ``changes``: fields that a test has of its own."""
    parts: dict[str, Any] = {
        "book": book,
        "db": db,
        "actions": load_actions(),
        "services": desk,
        "clock": desk.clock,
        "feed": Feed(),
        "stream_tokens": StreamTokens(b"a key of thirty-two bytes, yes ok", desk.clock),
        "account_sid": "AC1",
        "facts": hotline_facts(desk.hotline),
        "deliver_soon": lambda _: None,
        "line": desk.line,
        "call_ending": lambda _: None,
        "call_over": lambda _: None,
        "clips": ClipSafe(bytes(32), book, desk.clock, keeps=False),
        "streams_free": lambda: True,
    }
    return Calls(CallsSetup(**parts | changes))
