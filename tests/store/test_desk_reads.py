"""What the desk reads of the line and of dialogues, and attempts to sign in, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from ivr.clock import SetClock
from ivr.store.calls import insert_call
from ivr.store.db import Database
from ivr.store.desk_reads import (
    answered_since,
    calls_of_operators,
    events_after,
    held_place,
    newest,
    ringing_offer,
    turns_after,
    unwritten_place,
)
from ivr.store.line import find_place, live_places
from ivr.store.tables import desk_actions, line_events, offers, places, turns
from ivr.web.desk.limits import PER_ADDRESS, PER_NAME, WINDOW, SignInLimits

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def put_place(db: Database, number: int, state: str, **values: object) -> None:
    times = {"joined_at": NOW, "due_at": NOW, "seen_at": NOW}
    row = {"number": number, "call_sid": f"CA{number}", "phone": "+79160000102", "kind": "holding", "state": state}
    with db.transaction() as conn:
        conn.execute(insert(places).values(row | times | {"tries": 0} | values))


def put_offer(db: Database, place: int, operator: str, state: str = "ringing") -> None:
    row = {"id": f"o{place}{state}", "place": place, "operator": operator, "state": state, "created_at": NOW}
    with db.transaction() as conn:
        conn.execute(insert(offers).values(row))


def test_it_tells_whose_call_is_whose(database: Database) -> None:
    put_place(database, 1, "talking", operator="olga", answered_at=NOW)
    put_place(database, 2, "offered")
    put_offer(database, 2, "boris")
    put_place(database, 3, "waiting")
    put_place(database, 4, "ended", operator="olga", answered_at=NOW - timedelta(hours=1), outcome="answered")
    put_offer(database, 3, "boris", "declined")
    with database.reading() as conn:
        assert calls_of_operators(conn) == {"CA1": ("olga", 1), "CA2": ("boris", 2)}
        assert [place.number for place in live_places(conn)] == [1, 2, 3]
        held, offer = held_place(conn, "olga"), ringing_offer(conn, "boris")
        assert held is not None
        assert offer is not None
        assert (held.number, offer.place) == (1, 2)
        assert held_place(conn, "boris") is None
        assert ringing_offer(conn, "olga") is None
        assert find_place(conn, 9) is None


def test_the_last_talk_without_a_result_is_to_be_written_up(database: Database) -> None:
    put_place(database, 1, "ended", operator="olga", answered_at=NOW - timedelta(hours=2))
    put_place(database, 2, "ended", operator="olga", answered_at=NOW, result="told")
    put_place(database, 3, "ended", operator="olga")
    with database.reading() as conn:
        found = unwritten_place(conn, "olga")
        assert found is not None
        assert found.number == 1
        assert unwritten_place(conn, "boris") is None
        assert answered_since(conn, "olga", NOW - timedelta(hours=1)) == 1


def test_it_reads_what_is_new(database: Database) -> None:
    with database.transaction() as conn:
        assert newest(conn) == (0, 0)
        for sid in ("CA1", "CA2"):
            insert_call(
                conn, sid, state={}, driver="keypad", from_number="+79160000102", to_number="+78002009002", at=NOW
            )
            conn.execute(insert(turns).values(call_sid=sid, step=1, who="caller", text=sid, at=NOW))
        conn.execute(insert(line_events).values(at=NOW, kind="joined", place=1, data={"kind": "holding"}))
    with database.reading() as conn:
        event, turn = newest(conn)
        assert [one.kind for one in events_after(conn, event - 1)] == ["joined"]
        assert events_after(conn, event) == []
        assert [one.text for one in turns_after(conn, 0, ["CA2"])] == ["CA2"]
        assert turns_after(conn, turn, ["CA1", "CA2"]) == []
        assert turns_after(conn, 0, []) == []


@pytest.fixture
def limits(database: Database, clock: SetClock) -> SignInLimits:
    return SignInLimits(database, clock, b"a key of the desk")


def test_a_name_is_guessed_a_few_times_and_again_later(limits: SignInLimits, clock: SetClock) -> None:
    for number in range(PER_NAME):
        assert limits.begin("olga", f"10.0.0.{number}") is not None
    assert limits.begin("Olga", "10.0.0.99") is None
    assert limits.begin("boris", "10.0.0.1") is not None
    clock.move(WINDOW + timedelta(seconds=1))
    assert limits.begin("olga", "10.0.0.1") is not None


def test_an_address_guesses_at_a_few_names(limits: SignInLimits) -> None:
    for number in range(PER_ADDRESS):
        assert limits.begin(f"name{number}", "10.0.0.1") is not None
    assert limits.begin("olga", "10.0.0.1") is None
    assert limits.begin("olga", "10.0.0.2") is not None


def test_a_right_password_is_no_guess(limits: SignInLimits) -> None:
    for _ in range(PER_NAME * 3):
        attempt = limits.begin("olga", "10.0.0.1")
        assert attempt is not None
        limits.succeed(attempt)


def test_neither_name_nor_address_is_stored(limits: SignInLimits, database: Database) -> None:
    limits.begin("a password typed as a name", "203.0.113.7")
    with database.reading() as conn:
        stored = str(conn.execute(desk_actions.select()).all())
    assert "password" not in stored
    assert "203.0.113" not in stored
