"""Rows of visits and of wrong codes, on both databases."""

from datetime import timedelta

from ivr.clock import SetClock
from ivr.store.db import Database
from ivr.store.visits import (
    VisitRow,
    count_wrong_entries,
    end_other_visits,
    end_visit,
    find_visit,
    move_visit,
    note_visit,
    note_wrong_entry,
    open_visit,
    purge_visits,
    purge_wrong_entries,
)


def row(key: str, clock: SetClock, phone: str = "p1") -> VisitRow:
    return VisitRow(key, phone, b"sealed", clock.now(), clock.now())


def test_a_visit_is_kept_moved_and_ended(database: Database, clock: SetClock) -> None:
    with database.transaction() as conn:
        for key in ("a", "b", "c"):
            open_visit(conn, row(key, clock))
        clock.move(timedelta(minutes=5))
        note_visit(conn, "a", clock.now())
        move_visit(conn, "a", "p2", b"other")
    with database.transaction() as conn:
        found = find_visit(conn, "a")
        assert found is not None
        assert (found.phone_key, found.sealed, found.seen_at) == ("p2", b"other", clock.now())
        assert found.created_at == clock.now() - timedelta(minutes=5)
        assert end_other_visits(conn, "p1", "b") == 1
        assert find_visit(conn, "c") is None
        end_visit(conn, "b")
        assert find_visit(conn, "b") is None


def test_visits_are_purged_by_their_last_use(database: Database, clock: SetClock) -> None:
    with database.transaction() as conn:
        open_visit(conn, row("old", clock))
        clock.move(timedelta(hours=1))
        open_visit(conn, row("new", clock))
        assert purge_visits(conn, clock.now()) == 1
        assert find_visit(conn, "old") is None
        assert find_visit(conn, "new")


def test_wrong_codes_are_counted_by_address_and_time(database: Database, clock: SetClock) -> None:
    with database.transaction() as conn:
        for address in ("x", "x", "y"):
            note_wrong_entry(conn, address, clock.now())
        clock.move(timedelta(minutes=10))
        note_wrong_entry(conn, "x", clock.now())
        assert count_wrong_entries(conn, "x", clock.now() - timedelta(minutes=15)) == 3
        assert count_wrong_entries(conn, "x", clock.now() - timedelta(minutes=5)) == 1
        assert purge_wrong_entries(conn, clock.now() - timedelta(minutes=1)) == 3
        assert count_wrong_entries(conn, "x", clock.now() - timedelta(days=1)) == 1
