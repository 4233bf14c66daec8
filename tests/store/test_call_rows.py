import itertools
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from ivr.store import calls
from ivr.store.calls import CallRow, SeenStep, Turn
from ivr.store.db import Database, StoreError

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SID = "CA" + "1" * 32
STATE = {"form": "identify", "slots": {"card_number": "4276051200020024"}, "heard": []}
REPLY = {"step": 1, "says": [], "then": {"listen": "card_number"}, "driver": "stream"}


def begin(conn: Connection, sid: str = SID) -> bool:
    return calls.insert_call(
        conn, sid, state=STATE, driver="stream", from_number="+79160000102", to_number="+78002009002", at=AT
    )


def step(conn: Connection, expected: int, **more: str) -> bool:
    return calls.save_step(conn, SID, expected, state={"now": expected}, reply=REPLY, driver="keypad", at=AT, **more)


def test_it_keeps_a_call_as_it_was_given(database: Database) -> None:
    with database.transaction() as conn:
        assert begin(conn)
        assert calls.load_call(conn, SID) == CallRow(
            SID, 0, STATE, None, "stream", "+79160000102", "+78002009002", "ringing", -1, 0, None, AT, AT, None
        )


def test_it_begins_a_call_once(database: Database) -> None:
    with database.transaction() as conn:
        assert begin(conn)
        assert not begin(conn)


def test_it_finds_no_call_that_never_began(database: Database) -> None:
    with database.transaction() as conn:
        assert calls.load_call(conn, SID) is None
        assert calls.load_step(conn, SID, "token") == (None, None)


def test_it_stores_a_step_and_counts_it(database: Database) -> None:
    with database.transaction() as conn:
        begin(conn)
        assert step(conn, 0)
        assert step(conn, 1, disposition="solved")
        row = calls.load_call(conn, SID)
    assert row is not None
    assert (row.step, row.state, row.reply, row.driver, row.disposition) == (2, {"now": 1}, REPLY, "keypad", "solved")


def test_it_stores_nothing_for_a_step_that_is_over(database: Database) -> None:
    with database.transaction() as conn:
        begin(conn)
        step(conn, 0)
        before = calls.load_call(conn, SID)
        assert not step(conn, 0)
        assert not step(conn, 2)
        assert calls.load_call(conn, SID) == before


def test_it_lets_exactly_one_of_two_racing_steps_win(database: Database) -> None:
    with database.transaction() as conn:
        begin(conn)
    won: list[bool] = []
    gate = threading.Barrier(2)

    def race() -> None:
        gate.wait()
        with database.transaction() as conn:
            won.append(step(conn, 0))

    threads = [threading.Thread(target=race) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, True]


def test_it_remembers_what_a_webhook_was_answered(database: Database) -> None:
    with database.transaction() as conn:
        begin(conn)
        assert calls.find_token(conn, "t-1") is None
        assert calls.remember_token(conn, "t-1", call_sid=SID, step=1, at=AT)
        assert not calls.remember_token(conn, "t-1", call_sid=SID, step=2, at=AT)
        assert calls.find_token(conn, "t-1") == SeenStep(SID, 1)


def test_it_loads_a_call_and_its_token_together(database: Database) -> None:
    with database.transaction() as conn:
        begin(conn)
        calls.remember_token(conn, "t-1", call_sid=SID, step=1, at=AT)
        row = calls.load_call(conn, SID)
        assert calls.load_step(conn, SID, "t-1") == (row, SeenStep(SID, 1))
        assert calls.load_step(conn, SID, "t-2") == (row, None)
        assert calls.load_step(conn, SID, None) == (row, None)


def test_it_forgets_tokens_after_a_day(database: Database) -> None:
    with database.transaction() as conn:
        for hours in (0, 10, 30):
            calls.remember_token(conn, f"t-{hours}", call_sid=SID, step=1, at=AT - timedelta(hours=hours))
        assert calls.purge_tokens(conn, AT - timedelta(days=1)) == 1
        assert calls.find_token(conn, "t-10") is not None


def test_it_gives_a_stream_the_right_to_open_once(database: Database) -> None:
    with database.transaction() as conn:
        begin(conn)
        assert not calls.consume_stream(conn, SID, 1)
        assert calls.consume_stream(conn, SID, 0)
        assert not calls.consume_stream(conn, SID, 0)
        assert calls.consume_stream(conn, SID, 1)


def test_it_keeps_the_dialogue_in_order(database: Database) -> None:
    lines = [Turn(1, "hotline", "Назовите номер карты", AT), Turn(1, "caller", "4276 0512", AT)]
    with database.transaction() as conn:
        begin(conn)
        calls.add_turns(conn, SID, lines[:1])
        calls.add_turns(conn, SID, [])
        calls.add_turns(conn, SID, lines[1:])
        assert calls.turns_of(conn, SID) == lines


def test_it_refuses_lines_of_a_call_that_never_began(database: Database) -> None:
    with pytest.raises(StoreError), database.transaction() as conn:
        calls.add_turns(conn, "CA-none", [Turn(1, "caller", "да", AT)])


def test_it_stores_moments_in_utc_whatever_their_zone(database: Database) -> None:
    moscow = AT.astimezone(timezone(timedelta(hours=3)))
    with database.transaction() as conn:
        calls.remember_token(conn, "t", call_sid=SID, step=1, at=moscow)
        begin(conn)
        row = calls.load_call(conn, SID)
        assert row is not None
        assert row.started_at.tzinfo is UTC
        assert calls.purge_tokens(conn, AT + timedelta(seconds=1)) == 1


CALLBACKS = [("initiated", 0), ("ringing", 1), ("in-progress", 2), ("completed", 3)]


def fold(conn: Connection, sid: str, callbacks: list[tuple[str, int | None]]) -> CallRow:
    begin(conn, sid)
    for status, sequence in callbacks:
        calls.set_status(conn, sid, status, sequence, AT)
    row = calls.load_call(conn, sid)
    assert row is not None
    return replace(row, sid=SID)


def test_it_ends_in_the_same_status_whatever_the_order(database: Database) -> None:
    with database.transaction() as conn:
        rows = [fold(conn, f"CA{n}", list(order)) for n, order in enumerate(itertools.permutations(CALLBACKS))]
    assert all(row == rows[0] for row in rows)
    assert (rows[0].status, rows[0].status_sequence, rows[0].ended_at) == ("completed", 3, AT)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(calls.STATUS_RANKS)), st.one_of(st.none(), st.integers(0, 5))), max_size=6
    ),
    st.randoms(),
    st.uuids(),
)
def test_it_folds_any_callbacks_to_one_row(
    database: Database, callbacks: list[tuple[str, int | None]], random: Random, name: UUID
) -> None:
    shuffled = list(callbacks) + callbacks[:2]
    random.shuffle(shuffled)
    with database.transaction() as conn:
        first, second = fold(conn, f"{name}-1", callbacks), fold(conn, f"{name}-2", shuffled)
    assert first == second
    if any(status in calls.TERMINAL for status, _ in callbacks):
        assert first.status in calls.TERMINAL


def test_it_ignores_words_and_calls_that_it_does_not_know(database: Database) -> None:
    with database.transaction() as conn:
        begin(conn)
        assert not calls.set_status(conn, SID, "teleported", 9, AT)
        assert not calls.set_status(conn, "CA-none", "completed", 9, AT)
        assert calls.set_status(conn, SID, "completed", 0, AT)
        assert not calls.set_status(conn, SID, "completed", 0, AT)
        assert not calls.set_status(conn, SID, "in-progress", 5, AT)


def test_it_finds_the_call_that_its_caller_left_a_moment_ago(database: Database) -> None:
    with database.transaction() as conn:
        begin(conn, SID)
        step(conn, 0, disposition="hung_up")
        calls.set_status(conn, SID, "completed", 1, AT + timedelta(minutes=3))
        begin(conn, "CA2")
        found = calls.dropped_call(conn, "CA2", "+79160000102", AT)
        assert found == {"now": 0}
        assert calls.dropped_call(conn, "CA2", "+79160000102", AT + timedelta(minutes=4)) is None
        assert calls.dropped_call(conn, "CA2", "+79160000103", AT) is None


def test_only_the_last_call_counts_as_dropped(database: Database) -> None:
    with database.transaction() as conn:
        begin(conn, SID)
        step(conn, 0, disposition="solved")
        calls.set_status(conn, SID, "completed", 1, AT)
        begin(conn, "CA2")
        assert calls.dropped_call(conn, "CA2", "+79160000102", AT - timedelta(minutes=5)) is None
