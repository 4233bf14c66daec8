"""What is remembered of a caller's number."""

from datetime import UTC, datetime, timedelta

from ivr.store.callers import pace_of, purge_callers, remember_pace
from ivr.store.db import Database

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)


def test_it_remembers_the_pace_asked_for_last(database: Database) -> None:
    with database.transaction() as conn:
        assert pace_of(conn, "a") is None
        remember_pace(conn, "a", "slow", NOW)
        remember_pace(conn, "b", "slow", NOW)
        remember_pace(conn, "a", "normal", NOW)
        assert (pace_of(conn, "a"), pace_of(conn, "b")) == ("normal", "slow")


def test_it_forgets_who_has_not_asked_for_long(database: Database) -> None:
    with database.transaction() as conn:
        remember_pace(conn, "a", "slow", NOW)
        remember_pace(conn, "b", "slow", NOW + timedelta(days=2))
        assert purge_callers(conn, NOW + timedelta(days=1)) == 1
        assert (pace_of(conn, "a"), pace_of(conn, "b")) == (None, "slow")
