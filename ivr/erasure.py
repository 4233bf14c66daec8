"""Erasing all that is kept of one person, and the act that proves it.

One transaction takes the person out of every table and writes the act; it is done whole or not at all. The search for
the person reads all that is kept, so it comes before that transaction and holds no writer up. What goes on
cannot be erased: a call, a place in the line, and, unless it is asked for, an appeal that waits for its answer. A base
of cards behind HTTP is not the hotline's to erase: the act names it as still to be told.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import Connection

from ivr.clock import Clock
from ivr.errors import HotlineError
from ivr.loyalty.protocol import EVERY_CARD, LoyaltyBackend
from ivr.store.db import Database, be_patient, hold_counts
from ivr.store.erasure import erase_traces
from ivr.store.erasures import ErasureRow, add_erasure, erased_since
from ivr.store.line import LONGEST_CALL
from ivr.store.traces import (
    Person,
    Traces,
    calls_going_on,
    cards_on_phone,
    find_traces,
    open_appeals,
    own_calls_going_on,
    places_held,
)

Reason = Literal["request", "withdrawn", "purpose_over"]
"""The person asked for it, withdrew the consent, or the data are needed no longer."""
REASONS: tuple[Reason, ...] = get_args(Reason)
CABINET = "cabinet"
"""Who asks for an erasure where no employee does."""
ELSEWHERE = "loyalty_http"
"""Counts cards in a base behind HTTP, which has still to be told."""
DAY = timedelta(days=1)
STATEMENT_SECONDS = 60
"""All calls of the last months are read; nobody waits for it on the telephone."""
LATE = timedelta(minutes=1)
"""Clocks of replicas differ, and a row is seen some time after the moment that stands in it."""
_PHONE_KINDS = ("phone", "sender", "web", "source", "questionnaire.phone")
_CARD_KINDS = ("card", "decoy", "no_web")
"""Kinds of keyed digests that stand for a person; see ``ivr.codes``, ``ivr.appeal_services`` and ``ivr.inbox``."""


class ErasureRefused(HotlineError):
    """Something of the person is still going on; the text says what, and what to do. Nothing was changed."""

    def __init__(self, text: str, why: Literal["call", "line", "appeal", "again"]) -> None:
        super().__init__(text)
        self.why = why


@dataclass(frozen=True, slots=True)
class ErasureSetting:
    """What an erasure works with. ``key_of``: as codes, consents and messages are keyed by."""

    key_of: Callable[[str, str], str]
    clock: Clock
    loyalty: LoyaltyBackend


@dataclass(frozen=True, slots=True)
class Act:
    """The proof of an erasure; nothing personal is in it."""

    number: int
    subject: str
    """The keyed digest of the phone: whoever has the phone and ``SECRET_KEY`` can tell whose act it is."""
    reason: Reason
    asked_by: str
    """``cabinet``, or the employee who ran the command."""
    counts: Mapping[str, int]
    """Rows that were deleted or emptied, by table; ``loyalty_http``: cards in a base that has still to be told."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """Whom an erasure takes out, and where they stood at a moment."""

    person: Person
    traces: Traces
    at: datetime


def person_to_erase(
    conn: Connection, setting: ErasureSetting, phone: str, asked_by: str, *, even_open: bool = False
) -> Person:
    """Whose traces are to be erased, by phone, E.164: answered in milliseconds, by indexes, on a reading connection.

    ``even_open``: as in ``erase``. Raises ``ErasureRefused`` where it is plain already that nothing can be erased, and
    ``LoyaltyUnavailable`` where a base behind HTTP cannot say which cards the person has.
    """
    _check_own(conn, setting, phone, asked_by, even_open=even_open)
    numbers = _card_numbers(conn, setting, phone)
    return Person(phone, _keys(setting, phone, numbers), numbers)


def search(conn: Connection, setting: ErasureSetting, person: Person) -> Found:
    """Look for a person in all that is kept, on a reading connection: it takes seconds where there are many calls."""
    be_patient(conn, STATEMENT_SECONDS)
    at = setting.clock.now() - LATE
    return Found(person, find_traces(conn, person), at)


def erase(
    conn: Connection, setting: ErasureSetting, found: Found, reason: Reason, asked_by: str, *, even_open: bool = False
) -> Act:
    """Erase a person on the connection of a writing transaction. What came after the search is looked for here.

    ``even_open``: appeals that wait for their answer are closed. Raises ``ErasureRefused``.
    """
    now, person = setting.clock.now(), found.person
    hold_counts(conn)
    be_patient(conn, STATEMENT_SECONDS)
    _check_own(conn, setting, person.phone, asked_by, even_open=even_open)
    if setting.loyalty.kind == "embedded" and cards_on_phone(conn, person.phone) != person.cards:
        raise ErasureRefused("The person's cards have just changed; try again", "call")
    traces = found.traces.with_later(find_traces(conn, person, since=found.at))
    if calls_going_on(conn, traces.calls | traces.other_calls, now - LONGEST_CALL):
        raise _going_on()
    counts = erase_traces(conn, person, traces, now)
    if setting.loyalty.kind == "http" and person.cards:
        counts[ELSEWHERE] = len(person.cards)
    phone_key = setting.key_of("phone", person.phone)
    values = {"phone_key": phone_key, "reason": reason, "asked_by": asked_by, "counts": counts, "at": now}
    return act_of(add_erasure(conn, values))


def erase_person(
    db: Database,
    setting: ErasureSetting,
    person: Person,
    reason: Reason,
    asked_by: str,
    *,
    even_open: bool = False,
    keep: bool = True,
) -> Act:
    """Search, erase, and overwrite what was erased. Without ``keep`` nothing is changed. Raises as ``erase`` does."""
    with db.reading() as conn:
        found = search(conn, setting, person)
    with db.transaction() as conn:
        act = erase(conn, setting, found, reason, asked_by, even_open=even_open)
        if not keep:
            conn.rollback()
    if keep:
        db.settle()
    return act


def act_of(row: ErasureRow) -> Act:
    """The act as it was written down."""
    reason = next(reason for reason in REASONS if reason == row.reason)
    return Act(row.number, row.phone_key, reason, row.asked_by, row.counts, row.at)


def _card_numbers(conn: Connection, setting: ErasureSetting, phone: str) -> tuple[str, ...]:
    if setting.loyalty.kind == "embedded":
        return cards_on_phone(conn, phone)
    return tuple(card.number for card in setting.loyalty.base(conn).cards_of(phone, EVERY_CARD))


def _keys(setting: ErasureSetting, phone: str, numbers: tuple[str, ...]) -> frozenset[str]:
    of_phone = (setting.key_of(kind, phone) for kind in _PHONE_KINDS)
    of_cards = (setting.key_of(kind, number) for kind in _CARD_KINDS for number in numbers)
    return frozenset((*of_phone, *of_cards))


def _check_own(conn: Connection, setting: ErasureSetting, phone: str, asked_by: str, *, even_open: bool) -> None:
    """What indexes tell at once."""
    now = setting.clock.now()
    if asked_by == CABINET and erased_since(conn, setting.key_of("phone", phone), now - DAY):
        # With the person its counts of codes went, too: without this rule an erasure would buy another five codes.
        raise ErasureRefused("This phone was erased within a day; try again tomorrow", "again")
    if own_calls_going_on(conn, phone, now - LONGEST_CALL):
        raise _going_on()
    if places_held(conn, phone):
        cure = "cancel it: python -m ivr callbacks list"
        raise ErasureRefused(f"The person waits for an operator or for a call back; wait, or {cure}", "line")
    if not even_open and (waiting := open_appeals(conn, phone)):
        cure = "end them, or close them with --even-open"
        raise ErasureRefused(f"Appeals wait for their answer ({', '.join(waiting)}); {cure}", "appeal")


def _going_on() -> ErasureRefused:
    return ErasureRefused("A call with this person is going on; wait until it has ended, and try again", "call")
