"""Taking one person out of every table, in one transaction; see ``ivr.erasure``.

Rows that are of this person alone are deleted. Rows that reports count are emptied instead and given another name, so
that the sums stay and nothing leads back: a call keeps its times, its end and what it was about.
"""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, case, delete, func, or_, select, update

from ivr.dialog.state import DialogState, state_to_json
from ivr.store.person_tables import captures, code_events, codes, consents, visits
from ivr.store.tables import (
    answers,
    appeals,
    callers,
    calls,
    cards,
    clips,
    desk_actions,
    messages,
    operations,
    outbox,
    places,
    questionnaire_changes,
    receipts,
    seen,
    topics,
    turns,
    ways,
)
from ivr.store.traces import Person, Traces, chunks

ERASED = "erased"
"""Stands where a phone stood; no caller has such a number."""
CARD_REASON = "erased"
"""Why a card is excluded whose holder was erased; told in ``grammars/diagnosis.yaml``."""
LINKED = (topics, answers, places, desk_actions, appeals)
"""Tables that stay and name a call."""


def erase_traces(conn: Connection, person: Person, traces: Traces, now: datetime) -> dict[str, int]:
    """Erase a person. Returns how many rows of each table were deleted or emptied, without those that had none."""
    counts = _deleted(conn, person, traces)
    counts["appeals"] = _empty_appeals(conn, person, traces, now)
    counts["places"] = conn.execute(update(places).where(places.c.phone == person.phone).values(phone=ERASED)).rowcount
    counts["code_events"] = _unlink_events(conn, person)
    counts["codes"] += _replace_key(conn, codes.c.source_key, person, None)
    counts["questionnaire_changes"] += _unlink_changes(conn, person)
    _unlink_actions(conn, traces)
    counts["cards"] = _empty_cards(conn, person)
    counts["calls"] = sum(_empty_call(conn, person, sid) for sid in (*traces.calls, *traces.other_calls))
    for sid in traces.calls:
        _rename_call(conn, sid)
    return {table: count for table, count in counts.items() if count}


def _deleted(conn: Connection, person: Person, traces: Traces) -> dict[str, int]:
    """Rows that are of this person alone."""
    every_call = traces.calls | traces.other_calls
    found: list[tuple[Column[Any], Collection[str]]] = [
        (turns.c.call_sid, every_call),
        (seen.c.call_sid, every_call | traces.texts),
        (clips.c.call_sid, every_call),
        (captures.c.call_sid, every_call),
        (outbox.c.to_number, (person.phone,)),
        (outbox.c.id, traces.told),
        (codes.c.phone_key, person.keys),
        (codes.c.card_key, person.keys),
        (codes.c.holder, person.keys | traces.calls),
        (messages.c.from_key, person.keys),
        (ways.c.key, person.keys),
        (callers.c.key, person.keys),
        (questionnaire_changes.c.card_key, person.keys),
        (questionnaire_changes.c.call_sid, traces.calls),
        (consents.c.phone_key, person.keys),
        (visits.c.phone_key, person.keys),
        (receipts.c.card_number, person.cards),
        (operations.c.card_number, person.cards),
    ]
    counts: dict[str, int] = {}
    for column, names in found:
        counts[column.table.name] = counts.get(column.table.name, 0) + _delete(conn, column, names)
    return counts


def _delete(conn: Connection, column: Column[Any], names: Collection[str]) -> int:
    assert isinstance(column.table, Table)
    table = column.table
    return sum(conn.execute(delete(table).where(column.in_(some))).rowcount for some in chunks(names))


def _empty_appeals(conn: Connection, person: Person, traces: Traces, now: datetime) -> int:
    """Number, kind and dates stay; one that was open is closed, for nobody is left to be answered."""
    was_open = appeals.c.status == "open"
    emptied: Mapping[str, Any] = {
        "phone": ERASED,
        "card_number": None,
        "text": "",
        "answer": None,
        "status": case((was_open, "closed"), else_=appeals.c.status),
        "ended_at": case((was_open, now), else_=appeals.c.ended_at),
    }
    count = conn.execute(update(appeals).where(appeals.c.phone == person.phone).values(**emptied)).rowcount
    for sids in chunks(traces.calls):
        of_calls = appeals.c.call_sid.in_(sids) & (appeals.c.phone != ERASED)
        count += conn.execute(update(appeals).where(of_calls).values(**emptied)).rowcount
    # Others may have asked about this card: what they wrote is theirs, the number is not.
    conn.execute(update(appeals).where(appeals.c.card_number.in_(person.cards)).values(card_number=None))
    return count


def _unlink_events(conn: Connection, person: Person) -> int:
    """Counts of codes stay for the limits of others; whose they were does not.

    Each key is replaced by itself: a row may hold this person's key beside another one's, whose guesses stay counted.
    """
    nobody = {"phone_key": secrets.token_hex(32), "card_key": secrets.token_hex(32), "source_key": None}
    mine = or_(*(code_events.c[name].in_(person.keys) for name in nobody))
    count = conn.execute(select(func.count()).where(mine)).scalar_one()
    for name, other in nobody.items():
        _replace_key(conn, code_events.c[name], person, other)
    return count


def _unlink_changes(conn: Connection, person: Person) -> int:
    """A card that has got another phone since keeps its changes, without the digest of this one."""
    count = _replace_key(conn, questionnaire_changes.c.old_key, person, None)
    return count + _replace_key(conn, questionnaire_changes.c.new_key, person, secrets.token_hex(32))


def _replace_key(conn: Connection, column: Column[Any], person: Person, other: str | None) -> int:
    assert isinstance(column.table, Table)
    return conn.execute(update(column.table).where(column.in_(person.keys)).values({column.name: other})).rowcount


def _unlink_actions(conn: Connection, traces: Traces) -> None:
    """What employees did stays; to whose card, in whichever call, does not."""
    for ids in chunks(traces.actions):
        conn.execute(update(desk_actions).where(desk_actions.c.id.in_(ids)).values(data={}))


def _empty_cards(conn: Connection, person: Person) -> int:
    """A card without phone and date of birth could be taken over by whoever reads its number: it is closed."""
    in_use = cards.c.status.in_(("issued", "active"))
    emptied: Mapping[str, Any] = {
        "name": None,
        "birth_date": None,
        "phone": None,
        "email": None,
        "balance": 0,
        "status": case((in_use, "excluded"), else_=cards.c.status),
        "reason": case((in_use, CARD_REASON), else_=cards.c.reason),
    }
    return conn.execute(update(cards).where(cards.c.number.in_(person.cards)).values(**emptied)).rowcount


def _empty_call(conn: Connection, person: Person, sid: str) -> int:
    """Nothing is left of the dialogue but in which form it ended and how."""
    row = conn.execute(select(calls).where(calls.c.sid == sid).with_for_update()).one()
    state = DialogState(ERASED, str(row.state.get("form", ERASED)), disposition=row.disposition)
    numbers = {name: ERASED for name in ("from_number", "to_number") if row._mapping[name] == person.phone}
    reply = dict(row.reply) | {"says": []} if row.reply else None
    changed = update(calls).where(calls.c.sid == sid).values(state=state_to_json(state), reply=reply, **numbers)
    return conn.execute(changed).rowcount


def _rename_call(conn: Connection, sid: str) -> None:
    """The provider's name of a call leads to the person in the provider's own books."""
    new = f"{ERASED}-{secrets.token_hex(16)}"
    conn.execute(update(calls).where(calls.c.sid == sid).values(sid=new))
    conn.execute(update(desk_actions).where(desk_actions.c.call_sid == sid).values(data={}))
    for table in LINKED:
        conn.execute(update(table).where(table.c.call_sid == sid).values(call_sid=new))
