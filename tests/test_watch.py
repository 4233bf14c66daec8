"""Rising similar calls suggest an outage."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import generate_latest
from structlog.testing import capture_logs

from ivr.clock import SetClock
from ivr.hotline import Hotline
from ivr.incidents import IncidentDesk, Outage
from ivr.metrics import REGISTRY
from ivr.store.db import Database
from ivr.store.incidents import note_topic
from ivr.watch import Watch, find_suggestions, poisson_tail

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def calls(database: Database, clock: SetClock, category: str, count: int, ago: timedelta) -> None:
    with database.transaction() as conn:
        for number in range(count):
            at = clock.now() - ago - number * MINUTE
            note_topic(conn, f"{category}-{at.isoformat()}-{number}", category, at)


def ordinary_days(database: Database, clock: SetClock, category: str, hourly: int, days: int = 14) -> None:
    for day in range(1, days + 1):
        calls(database, clock, category, hourly, day * DAY)


@pytest.fixture
def watch(database: Database, hotline: Hotline, clock: SetClock) -> Watch:
    return Watch(database, hotline.incidents, clock)


def suggested(watch: Watch) -> list[tuple[str, int]]:
    with watch.db.reading() as conn:
        found = find_suggestions(conn, watch.rules, watch.clock.now())
    return [(one.category, one.calls) for one in found]


def test_it_suggests_what_rises_beyond_the_usual(database: Database, clock: SetClock, watch: Watch) -> None:
    ordinary_days(database, clock, "site", 4)
    ordinary_days(database, clock, "points", 20)
    calls(database, clock, "site", 14, MINUTE)
    calls(database, clock, "points", 14, MINUTE)
    assert suggested(watch) == [("site", 14)]


def test_it_compares_with_the_same_hour_only(database: Database, clock: SetClock, watch: Watch) -> None:
    for day in range(1, 15):
        calls(database, clock, "site", 30, day * DAY + timedelta(hours=6))
    calls(database, clock, "site", 14, MINUTE)
    assert suggested(watch) == [("site", 14)]


def test_a_few_calls_suggest_nothing_however_rare_they_are(database: Database, clock: SetClock, watch: Watch) -> None:
    ordinary_days(database, clock, "points", 1)
    calls(database, clock, "till", 4, MINUTE)
    assert suggested(watch) == []
    calls(database, clock, "till", 3, 10 * MINUTE)
    assert suggested(watch) == [("till", 7)]


def test_it_suggests_nothing_before_it_has_a_day_to_compare_with(
    database: Database, clock: SetClock, watch: Watch
) -> None:
    calls(database, clock, "site", 25, MINUTE)
    assert suggested(watch) == []


def test_a_known_outage_is_not_suggested(database: Database, clock: SetClock, watch: Watch, hotline: Hotline) -> None:
    ordinary_days(database, clock, "site", 1)
    calls(database, clock, "site", 14, MINUTE)
    assert suggested(watch)
    with database.transaction() as conn:
        IncidentDesk(hotline, clock).open(conn, Outage("all", "", "Идут технические работы."))
    assert suggested(watch) == []


def test_it_tells_log_and_metrics_categories_and_counts_only(database: Database, clock: SetClock, watch: Watch) -> None:
    ordinary_days(database, clock, "site", 2)
    calls(database, clock, "site", 14, MINUTE)
    with capture_logs() as logs:
        watch.look()
    assert logs == [
        {"event": "incident_suggested", "log_level": "warning", "category": "site", "calls": 14, "usual": 1.0}
    ]
    assert b'ivr_incident_suggested_calls{category="site"} 14.0' in generate_latest(REGISTRY)
    clock.move(timedelta(hours=2))
    assert watch.look() == []
    assert b"ivr_incident_suggested_calls{" not in generate_latest(REGISTRY)


@given(st.integers(0, 300), st.floats(0.01, 250))
def test_its_tail_is_that_of_poisson(count: int, expected: float) -> None:
    below = math.fsum(math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) for k in range(count))
    assert poisson_tail(count, expected) == pytest.approx(max(0.0, 1.0 - below), abs=1e-9)
    assert poisson_tail(count, expected) >= poisson_tail(count + 1, expected) >= 0.0


@pytest.mark.parametrize(
    ("count", "expected", "chance"),
    [(0, 1.0, 1.0), (1, 1.0, 0.6321206), (5, 1.0, 0.0036598), (10, 2.0, 4.6498e-05), (20, 5.0, 3.45214e-07)],
)
def test_it_knows_the_printed_tables(count: int, expected: float, chance: float) -> None:
    assert poisson_tail(count, expected) == pytest.approx(chance, rel=1e-4)
