"""What is forgotten of the line, and what is not."""

from datetime import UTC, datetime, timedelta

from ivr.store.db import Database
from ivr.store.line import add_event, add_offer, add_place, change_place, events_of, find_offer, find_place
from ivr.store.line_history import purge_line

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def waited(database: Database, call: str, at: datetime, *, ended: bool) -> int:
    with database.transaction() as conn:
        place = add_place(conn, call_sid=call, phone="+79160000102", kind="holding", category=None, at=at, due_at=at)
        add_event(conn, at, "joined", place.number, None)
        if ended:
            assert change_place(conn, place, state="ended", ended_at=at, outcome="answered", queue=None)
    return place.number


def test_it_forgets_who_waited_long_ago_with_the_offers(database: Database) -> None:
    old = waited(database, "CA1", AT - 2 * DAY, ended=True)
    with database.transaction() as conn:
        place = find_place(conn, old)
        assert place is not None
        offer = add_offer(conn, place, "anna", AT - 2 * DAY)
    new = waited(database, "CA2", AT, ended=True)
    with database.transaction() as conn:
        assert purge_line(conn, AT - DAY) == 2
        assert find_place(conn, old) is None
        assert find_offer(conn, offer.id) is None
        assert events_of(conn, old) == []
        assert find_place(conn, new) is not None
        assert len(events_of(conn, new)) == 1


def test_it_keeps_who_still_waits_and_the_newest_number(database: Database) -> None:
    waiting = waited(database, "CA1", AT - 9 * DAY, ended=False)
    last = waited(database, "CA2", AT - 9 * DAY, ended=True)
    with database.transaction() as conn:
        purge_line(conn, AT)
        assert find_place(conn, waiting) is not None
        assert find_place(conn, last) is not None

    assert waited(database, "CA3", AT, ended=False) == last + 1
