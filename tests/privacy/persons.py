"""Two people with a row in every table that knows people, made of the schema itself."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from ivr.clock import SetClock
from ivr.codes import CodeDesk
from ivr.dialog.state import DialogState, state_to_json
from ivr.erasure import ErasureSetting
from ivr.hotline import Hotline
from ivr.loyalty.embedded import EmbeddedLoyalty
from ivr.store.db import Database
from ivr.store.schema import metadata
from tests.assembly import PEPPER

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Person:
    """Somebody; ``number`` tells people apart, in digits that stand in no other value."""

    def __init__(self, number: int, codes: CodeDesk) -> None:
        self.phone = f"+7916777{number}{number}66"[:12]
        self.card = f"42760512777{number}{number}666"[:16]
        self.name, self.email = f"Имя{number}Канарейка", f"canary{number}@example.ru"
        self.birth_date = date(1985, 5, 10 + number)
        self.sid = f"CA{number}" + "c" * 31
        self.text_sid = f"SM{number}" + "c" * 31
        self._codes = codes

    def key(self, kind: str, value: str | None = None) -> str:
        return self._codes.key_of(kind, value or self.phone)

    def traces(self) -> list[str]:
        """What must be found nowhere afterwards."""
        keys = [self.key(kind) for kind in ("phone", "sender", "web", "source")]
        keys += [self.key("card", self.card), self.key("decoy", self.card)]
        told = [self.phone, self.phone[2:], self.name, self.email, self.birth_date.isoformat(), self.sid, self.text_sid]
        return [*told, *keys]

    def state(self) -> dict[str, Any]:
        slots = {"card_number": self.card, "person_name": self.name, "birth_date": self.birth_date.isoformat()}
        return state_to_json(DialogState("book", "goodbye", slots=slots, disposition="solved"))


def codes_of(hotline: Hotline, clock: SetClock) -> CodeDesk:
    return CodeDesk(hotline, PEPPER, clock)


def setting_of(codes: CodeDesk, clock: SetClock) -> ErasureSetting:
    return ErasureSetting(codes.key_of, clock, EmbeddedLoyalty(clock))


def settle_in(database: Database, *people: Person) -> None:
    """Give each of them a row in every table."""
    with database.transaction() as conn:
        for at, person in enumerate(people, 1):
            for table, values in rows_of(person, at):
                conn.execute(insert(metadata.tables[table]), values)


def rows_of(person: Person, at: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """By table, in an order that foreign keys allow; ``at`` numbers what is numbered."""
    sid, card, phone = person.sid, person.card, person.phone
    yield "cards", _card(person)
    yield "receipts", {"id": f"r{at}", "card_number": card, "at": NOW, **_RECEIPT}
    yield "operations", {"id": f"o{at}", "card_number": card, "at": NOW, "points": 5, "cause": "gift"}
    yield "calls", _call(person)
    yield "turns", {"call_sid": sid, "step": 1, "who": "caller", "text": f"{person.name} {card}", "at": NOW}
    yield "seen", {"token": f"t{at}", "call_sid": sid, "step": 1, "at": NOW}
    yield "seen", {"token": f"s{at}", "call_sid": person.text_sid, "step": 0, "at": NOW}
    yield "clips", {"call_sid": sid, "field": "card_number", "sound": b"sealed", "at": NOW}
    yield "captures", {"call_sid": sid, "step": 1, "sealed": b"sealed", "at": NOW}
    yield "topics", {"call_sid": sid, "category": "activate", "at": NOW}
    yield "answers", {"call_sid": sid, "field": "card_number", "result": "right", "at": NOW}
    yield "outbox", _message(f"code:{at}", phone)
    yield "outbox", _message(f"phone_changed:{sid}:{NOW}", f"+7916000000{at}")
    yield "messages", {"from_key": person.key("sender"), "sid": person.text_sid, "received_at": NOW, "verdict": "muted"}
    yield "appeals", _appeal(person, at)
    yield "places", _place(person, at)
    yield "line_events", {"at": NOW, "kind": "talking", "place": at, "data": {}}
    yield "desk_actions", _action(person)
    yield "codes", _code(person, at)
    yield "code_events", _try(person)
    yield "ways", {"key": person.key("phone"), "way": "app", "result": "failed", "at": NOW}
    yield "ways", {"key": person.key("card", card), "way": "app", "result": "failed", "at": NOW}
    yield "callers", {"key": person.key("phone"), "pace": "slow", "updated_at": NOW}
    yield "questionnaire_changes", _change(person)
    yield "consents", _consent(person)
    yield (
        "visits",
        {"key": f"v{at}", "phone_key": person.key("phone"), "sealed": b"x", "created_at": NOW, "seen_at": NOW},
    )


_RECEIPT = {"shop": "на Ленина", "total": 100, "tobacco": False, "spend": "none", "points_due": 1}


def _card(person: Person) -> dict[str, Any]:
    own = {"name": person.name, "birth_date": person.birth_date, "phone": person.phone, "email": person.email}
    return {"number": person.card, "status": "active", "balance": 70, **own}


def _call(person: Person) -> dict[str, Any]:
    reply = {"says": [{"text": person.name}], "then": {}}
    ends = {"status": "completed", "status_sequence": 3, "disposition": "solved", "ended_at": NOW}
    return {
        "sid": person.sid,
        "step": 3,
        "state": person.state(),
        "reply": reply,
        "driver": "stream",
        "from_number": person.phone,
        "to_number": "+78002009002",
        "stream_serial": 1,
        "started_at": NOW - timedelta(minutes=5),
        "updated_at": NOW,
        **ends,
    }


def _message(key: str, phone: str) -> dict[str, Any]:
    moments = dict.fromkeys(("due_at", "expires_at", "created_at", "updated_at"), NOW)
    return {
        "id": key[:32],
        "kind": "sms",
        "unique_key": key,
        "to_number": phone,
        "body": None,
        "state": "sent",
        "attempts": 1,
        **moments,
    }


def _appeal(person: Person, at: int) -> dict[str, Any]:
    return {
        "serial": at,
        "number": f"1000000{at}",
        "call_sid": person.sid,
        "phone": person.phone,
        "card_number": person.card,
        "category": "points_missing",
        "text": f"{person.name} ждёт",
        "status": "answered",
        "created_at": NOW,
        "due_at": NOW + 3 * DAY,
        "answer": f"ответ для {person.name}",
        "ended_at": NOW,
    }


def _place(person: Person, at: int) -> dict[str, Any]:
    ended = {"operator": "anna", "answered_at": NOW, "ended_at": NOW, "outcome": "talked", "result": "told"}
    moments = dict.fromkeys(("joined_at", "due_at", "seen_at", "result_at"), NOW)
    return {
        "number": at,
        "call_sid": person.sid,
        "phone": person.phone,
        "kind": "holding",
        "state": "ended",
        "tries": 1,
        **moments,
        **ended,
    }


def _action(person: Person) -> dict[str, Any]:
    data = {"card": person.key("card", person.card)}
    return {
        "at": NOW,
        "operator": "anna",
        "call_sid": person.sid,
        "kind": "reveal",
        "outcome": "done",
        "data": data,
    }


def _code(person: Person, at: int) -> dict[str, Any]:
    keys = {"card_key": person.key("card", person.card), "phone_key": person.key("phone")}
    made = {"purpose": "call", "digest": "d" * 64, "created_at": NOW, "expires_at": NOW, "tries": 0}
    near = {"source_key": person.key("source"), "prefix_key": "p" * 64, "range_key": "r" * 64, "decoy": False}
    return {"id": f"{at}" * 32, "holder": person.sid, "sealed": None, **keys, **made, **near}


def _try(person: Person) -> dict[str, Any]:
    keys = {"phone_key": person.key("phone"), "card_key": person.key("card", person.card)}
    near = {"source_key": person.key("source"), "prefix_key": "p" * 64, "range_key": "r" * 64}
    return {"kind": "sent", "at": NOW, "purpose": "call", "decoy": False, **keys, **near}


def _change(person: Person) -> dict[str, Any]:
    card_key, new_key = person.key("card", person.card), person.key("questionnaire.email", person.email)
    who = {"changed_by": "caller", "call_sid": person.sid}
    return {"card_key": card_key, "field": "email", "old_key": None, "new_key": new_key, "at": NOW, **who}


def _consent(person: Person) -> dict[str, Any]:
    keys = {"phone_key": person.key("phone"), "card_key": person.key("card", person.card)}
    given = {"kind": "personal_data", "version": "v" * 64, "channel": "call", "reference": person.sid}
    return {**keys, **given, "given_at": NOW, "withdrawn_at": None}


def dump(database: Database) -> Mapping[str, str]:
    """All that is in the tables, as text."""
    with database.reading() as conn:
        return {
            name: "\n".join(_told(row._mapping) for row in conn.execute(select(table)))
            for name, table in metadata.tables.items()
        }


def _told(row: Mapping[Any, Any]) -> str:
    return json.dumps({str(name): value for name, value in row.items()}, ensure_ascii=False, default=str)
