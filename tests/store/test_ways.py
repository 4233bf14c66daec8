"""Which ways were tried, by whom, and how they went."""

from datetime import UTC, datetime, timedelta

from ivr.store.db import Database
from ivr.store.ways import list_ways, note_way, purge_ways, way_failed

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_it_remembers_the_last_result_of_each_key(database: Database) -> None:
    with database.transaction() as conn:
        note_way(conn, ["a", "b"], "site", "failed", AT)
        note_way(conn, ["b"], "site", "helped", AT + DAY)
        assert way_failed(conn, ["a"], "site", AT)
        assert not way_failed(conn, ["b"], "site", AT)
        assert not way_failed(conn, ["a", "b"], "site", AT), "the newest word counts, whoever said it"
        assert not way_failed(conn, ["a"], "app", AT)
        assert not way_failed(conn, ["c"], "site", AT)
        assert not way_failed(conn, ["a"], "site", AT + timedelta(seconds=1))


def test_of_two_results_at_once_the_later_counts(database: Database) -> None:
    with database.transaction() as conn:
        note_way(conn, ["a"], "site", "helped", AT)
        note_way(conn, ["a"], "site", "failed", AT)
        assert way_failed(conn, ["a"], "site", AT)


def test_it_forgets(database: Database) -> None:
    with database.transaction() as conn:
        note_way(conn, ["a"], "site", "failed", AT)
        note_way(conn, ["a"], "app", "failed", AT + DAY)
        assert purge_ways(conn, AT + DAY) == 1
        assert not way_failed(conn, ["a"], "site", AT)
        assert way_failed(conn, ["a"], "app", AT)


def test_it_lists_each_way_as_it_went_the_last_time(database: Database) -> None:
    with database.transaction() as conn:
        note_way(conn, ["p"], "app", "failed", AT)
        note_way(conn, ["p", "c"], "sms", "failed", AT + timedelta(minutes=1))
        note_way(conn, ["c"], "app", "helped", AT + timedelta(minutes=2))
        note_way(conn, ["stranger"], "site", "failed", AT)
        found = list_ways(conn, ["p", "c"], AT)
        assert [(one.way, one.result) for one in found] == [("app", "helped"), ("sms", "failed")]
        assert [one.way for one in list_ways(conn, ["p", "c"], AT + timedelta(minutes=2))] == ["app"]
