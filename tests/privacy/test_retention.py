"""Forgetting by the clock: each table has its rule or its reason, and the documentation says the same."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from ivr.clock import SetClock
from ivr.hotline import Hotline
from ivr.retention import KEPT_ON, Retention, RetentionFailed, Rule, documented, rules_of
from ivr.settings import ROOT
from ivr.store.db import Database
from ivr.store.person_tables import code_events
from ivr.store.schema import metadata
from ivr.store.tables import BATCH, calls
from tests.privacy.persons import DAY, NOW, Person, codes_of, dump, rows_of, settle_in

HOUR = timedelta(hours=1)
SINCE_THE_PURGED: Mapping[str, Mapping[str, Any]] = {"consents": {"withdrawn_at": NOW}}
"""What a row needs for its time to run."""
KEPT: Mapping[str, timedelta] = {
    "turns": 90 * DAY,
    "calls": 100 * DAY,
    "topics": 100 * DAY,
    "answers": 100 * DAY,
    "clips": timedelta(0),
    "captures": 72 * HOUR,
    "seen": 2 * DAY,
    "codes": 2 * DAY,
    "code_events": 2 * DAY,
    "visits": DAY,
    "outbox": 30 * DAY,
    "messages": 7 * DAY,
    "ways": 90 * DAY,
    "callers": 365 * DAY,
    "places": 100 * DAY,
    "line_events": 100 * DAY,
    "appeals": 3 * 365 * DAY,
    "consents": 3 * 365 * DAY,
}
"""How long the rows of a person stay, who called at ``NOW``. A clip goes as soon as nobody needs it."""
NUMBERED = ("places", "appeals")
"""The newest row of these stays, so that no number is given twice."""


@pytest.fixture
def retention(database: Database, hotline: Hotline, clock: SetClock) -> Retention:
    return Retention(database, rules_of(hotline), clock)


@pytest.fixture
def people(database: Database, hotline: Hotline, clock: SetClock) -> tuple[Person, Person]:
    codes = codes_of(hotline, clock)
    both = Person(1, codes), Person(2, codes)
    settle_in(database, *both)
    with database.transaction() as conn:
        for table, values in SINCE_THE_PURGED.items():
            conn.execute(update(metadata.tables[table]).values(**values))
    return both


def sizes(database: Database) -> dict[str, int]:
    return {table: len(text.splitlines()) for table, text in dump(database).items()}


def test_every_table_has_a_rule_or_a_reason(hotline: Hotline) -> None:
    ruled = {table for rule in rules_of(hotline) for table in rule.tables}
    assert ruled | set(KEPT_ON) == set(metadata.tables)
    assert ruled & set(KEPT_ON) == set()


def test_the_documentation_says_what_the_rules_do(hotline: Hotline) -> None:
    text = (ROOT / "docs" / "security.md").read_text("utf-8")
    assert "\n".join(documented(rules_of(hotline))) in text


def test_each_table_is_kept_for_its_time_and_no_longer(
    database: Database, retention: Retention, people: tuple[Person, Person], clock: SetClock
) -> None:
    first = sizes(database)
    moments = sorted(set(KEPT.values()))
    for moment in moments:
        clock.move(NOW + moment - HOUR / 2 - clock.now())
        retention.apply()
        assert {
            table for table, kept in KEPT.items() if kept > moment and sizes(database)[table] < first[table]
        } == set()
        clock.move(HOUR)
        retention.apply()
        left = {table: sizes(database)[table] for table, kept in KEPT.items() if kept <= moment}
        assert left == {table: 1 if table in NUMBERED else 0 for table in left}


def test_a_call_is_emptied_before_it_is_no_longer_counted(
    database: Database, retention: Retention, people: tuple[Person, Person], clock: SetClock
) -> None:
    clock.move(91 * DAY)
    retention.apply()
    with database.reading() as conn:
        rows = conn.execute(select(calls)).all()
    assert {(row.from_number, row.disposition, row.reply) for row in rows} == {("erased", "solved", None)}
    told = dump(database)["calls"]
    assert [trace for person in people for trace in (person.phone, person.name, person.card) if trace in told] == []
    assert {one.rows for one in retention.look() if one.tables == ("calls", "turns")} == {0}


def test_looking_changes_nothing_and_tells_what_applying_does(
    database: Database, retention: Retention, people: tuple[Person, Person], clock: SetClock
) -> None:
    clock.move(91 * DAY)
    before = dump(database)
    told = retention.look()
    assert dump(database) == before
    assert told == retention.apply()
    assert sum(one.rows for one in told) > 10
    assert dump(database) != before


def test_an_open_appeal_and_a_standing_consent_never_grow_old(
    database: Database, retention: Retention, hotline: Hotline, clock: SetClock
) -> None:
    person = Person(1, codes_of(hotline, clock))
    with database.transaction() as conn:
        for table, values in rows_of(person, 1):
            if table == "consents":
                conn.execute(insert(metadata.tables[table]), values)
            if table == "appeals":
                still = {"status": "open", "ended_at": None}
                conn.execute(insert(metadata.tables[table]), [values | still, values | {"serial": 2, "number": "2"}])
    clock.move(20 * 365 * DAY)
    retention.apply()
    assert {table: size for table, size in sizes(database).items() if size} == {"appeals": 2, "consents": 1}


def test_the_time_of_what_the_law_is_about_stands_in_the_hotline_file(hotline: Hotline) -> None:
    kept = {rule.tables: rule.kept for rule in rules_of(hotline)}
    own = hotline.retention
    assert kept["calls", "turns"] == own.calls_days * DAY
    assert kept["outbox",] == own.outbox_days * DAY
    assert kept["captures",] == own.captures_hours * HOUR
    years = (own.appeals_years, own.consents_years, own.acts_years)
    assert tuple(kept[table,] for table in ("appeals", "consents", "erasures")) == tuple(n * 365 * DAY for n in years)


def test_a_call_that_was_never_answered_is_emptied_too(
    database: Database, retention: Retention, people: tuple[Person, Person], clock: SetClock
) -> None:
    with database.transaction() as conn:
        conn.execute(update(calls).where(calls.c.sid == people[0].sid).values(reply=None))
        conn.execute(update(calls).where(calls.c.sid == people[1].sid).values(from_number="erased"))
    clock.move(91 * DAY)
    retention.apply()
    told = dump(database)["calls"]
    assert [trace for person in people for trace in (person.phone, person.name, person.card) if trace in told] == []
    assert {one.rows for one in retention.look() if one.tables == ("calls", "turns")} == {0}


def test_a_rule_that_fails_keeps_no_later_one_from_its_work(
    database: Database, hotline: Hotline, people: tuple[Person, Person], clock: SetClock
) -> None:
    def fail(conn: Connection, before: datetime) -> int:
        raise ValueError(people[0].phone)

    broken = Rule(("turns",), "it", DAY, "it", fail)
    clock.move(91 * DAY)
    with pytest.raises(RetentionFailed, match="of turns; see") as failed:
        Retention(database, (broken, *rules_of(hotline)), clock).apply()
    assert people[0].phone not in str(failed.value)
    assert dump(database)["outbox"] == ""


def test_many_rows_are_taken_away_a_batch_at_a_time(
    database: Database, retention: Retention, hotline: Hotline, clock: SetClock
) -> None:
    rows = rows_of(Person(1, codes_of(hotline, clock)), 1)
    event = next(values for table, values in rows if table == "code_events")
    with database.transaction() as conn:
        conn.execute(insert(code_events), [event] * (BATCH + 1))
    clock.move(3 * DAY)
    [rule] = [rule for rule in retention.rules if rule.tables == ("code_events",)]
    with database.transaction() as conn:
        assert rule.purge(conn, clock.now() - rule.kept) == BATCH
        conn.rollback()
    looked = [one.rows for one in retention.look() if one.tables == ("code_events",)]
    assert looked == [one.rows for one in retention.apply() if one.tables == ("code_events",)] == [BATCH + 1]
    assert dump(database)["code_events"] == ""
