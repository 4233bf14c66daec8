"""Reports out of the database, on both kinds: equal to counting the rows by hand, and by indexes only."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, select

from ivr.clock import SetClock
from ivr.reports.figures import Count, Load, Share, Span
from ivr.reports.ledger import ReportGround
from ivr.reports.pages import CHARTS, PAGES, TABLES
from ivr.reports.period import Period, last_days
from ivr.reports.service import Reports
from ivr.reports.source import calls_by_bin, mean_call_seconds, reading
from ivr.store.answers import count_answers, note_answer, purge_answers
from ivr.store.appeals import register_appeal
from ivr.store.calls import insert_call, set_status
from ivr.store.db import Database
from ivr.store.incidents import insert_incident, note_topic
from ivr.store.tables import answers, calls, places, topics
from tests.reports.conftest import MOSCOW, NOW

MINUTE = timedelta(minutes=1)


@contextmanager
def opened(reports: Reports) -> Iterator[Connection]:
    with reading(reports._db) as conn:
        yield conn


@pytest.fixture
def fortnight() -> Period:
    return last_days(NOW, MOSCOW, 14)


def test_calls_by_topic_and_hour_are_those_of_the_rows(full_reports: Reports, fortnight: Period) -> None:
    with opened(full_reports) as conn:
        rows = conn.execute(select(topics.c.category, topics.c.at)).all()
    within = [(name, at) for name, at in rows if fortnight.since <= at < fortnight.until]
    by_hand = Counter(
        ("Активация карты" if name == "activate" else name, at.astimezone(MOSCOW).hour) for name, at in within
    )
    assert by_hand
    assert {row[:2]: row[2] for row in full_reports.table("topics", fortnight).rows} == by_hand


def test_recognition_is_that_of_the_rows(full_reports: Reports, fortnight: Period) -> None:
    with opened(full_reports) as conn:
        rows = conn.execute(select(answers.c.field, answers.c.result, answers.c.at)).all()
    within = [row for row in rows if fortnight.since <= row.at < fortnight.until]
    by_hand = Counter((row.field, row.result) for row in within)
    table = full_reports.table("hearing", fortnight)
    understood = table.columns.index("understood")
    assert {row[0]: row[understood] for row in table.rows} == {
        field: by_hand[field, "understood"] for field in {row.field for row in within}
    }


def test_the_line_is_that_of_the_rows(full_reports: Reports, fortnight: Period) -> None:
    with opened(full_reports) as conn:
        rows = conn.execute(select(places)).all()
    by_hand = Counter(row.joined_at.astimezone(MOSCOW).date() for row in rows)
    table = full_reports.table("line", fortnight)
    assert {row[0]: row[1] for row in table.rows} == {day: by_hand[day] for day in fortnight.days()}


def test_a_call_counts_on_the_day_of_the_zone(full_reports: Reports, fortnight: Period) -> None:
    with opened(full_reports) as conn:
        rows = conn.execute(select(calls.c.started_at, calls.c.ended_at)).all()
    by_hand = Counter(row.started_at.astimezone(MOSCOW).date() for row in rows if row.ended_at)
    table = full_reports.table("containment", fortnight)
    assert {row[0]: row[1] for row in table.rows} == {day: by_hand[day] for day in fortnight.days()}


def test_it_measures_calls_alike_on_both_databases(full_reports: Reports, fortnight: Period) -> None:
    with opened(full_reports) as conn:
        mean = mean_call_seconds(conn, fortnight.since, fortnight.until)
        rows = conn.execute(select(calls.c.started_at, calls.c.ended_at)).all()
    lengths = [
        (row.ended_at - row.started_at).total_seconds()
        for row in rows
        if row.ended_at and fortnight.since <= row.started_at < fortnight.until
    ]
    assert mean == pytest.approx(sum(lengths) / len(lengths), abs=0.01)


def test_figures_are_shares_of_the_same_calls(full_reports: Reports, fortnight: Period) -> None:
    (group,) = full_reports.groups("calls", fortnight)
    values = {figure.metric: figure.value for figure in group.figures}
    raw, goal, kept = values["contained_raw"], values["contained_goal"], values["contained_kept"]
    assert isinstance(raw, Share)
    assert isinstance(goal, Share)
    assert isinstance(kept, Share)
    assert values["calls_all"] == Count(raw.whole)
    assert raw.whole == goal.whole > kept.whole > 0
    assert raw.part > goal.part > kept.part > 0


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_figures(full_reports: Reports, fortnight: Period, name: str) -> None:
    assert all(group.figures for group in full_reports.groups(name, fortnight))


def test_what_is_not_there_is_refused(empty_reports: Reports, fortnight: Period) -> None:
    with pytest.raises(KeyError):
        empty_reports.table("callers", fortnight)
    with pytest.raises(KeyError):
        empty_reports.chart("callers", fortnight)


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_hotline_has_no_shares_and_no_times(empty_reports: Reports, fortnight: Period, name: str) -> None:
    for group in empty_reports.groups(name, fortnight):
        for figure in group.figures:
            if figure.metric != "places_there":
                assert figure.value in (Count(0), Count(None), Load(None), Share(0, 0), Span(None, 0))
            assert not figure.attention


def begin(conn: Connection, sid: str, at: datetime, number: str = "+79160000102") -> None:
    assert insert_call(conn, sid, state={}, driver="stream", from_number=number, to_number="+7800", at=at)


def test_a_withheld_number_is_no_caller(database: Database, ground: ReportGround) -> None:
    with database.transaction() as conn:
        for number in range(2):
            begin(conn, f"CA{number}", NOW - timedelta(hours=40 - number), "anonymous")
            set_status(conn, f"CA{number}", "completed", 1, NOW - timedelta(hours=39 - number))
    (group,) = Reports(database, SetClock(NOW), ground).groups("calls", last_days(NOW, MOSCOW))
    values = {figure.metric: figure.value for figure in group.figures}
    assert values["contained_raw"] == Share(2, 2)
    assert values["contained_kept"] == Share(0, 0)


def test_a_call_of_which_no_end_was_told_is_over_after_four_hours(database: Database, ground: ReportGround) -> None:
    with database.transaction() as conn:
        begin(conn, "CA1", NOW - timedelta(hours=5))
        begin(conn, "CA2", NOW - timedelta(hours=3))
    (group,) = Reports(database, SetClock(NOW), ground).groups("calls", last_days(NOW, MOSCOW))
    assert group.figures[0].value == Count(1)


def test_ten_minutes_are_those_of_the_clock_in_utc(database: Database) -> None:
    moments = [datetime(2026, 11, 23, 20, 59, 59, 999_999, tzinfo=UTC), datetime(2026, 11, 23, 21, 0, tzinfo=UTC)]
    with database.transaction() as conn:
        for number, at in enumerate(moments):
            begin(conn, f"CA{number}", at)
    with database.reading() as conn:
        found = calls_by_bin(conn, moments[0], moments[1] + MINUTE)
    assert found == {datetime(2026, 11, 23, 20, 50, tzinfo=UTC): 1, datetime(2026, 11, 23, 21, 0, tzinfo=UTC): 1}


def test_the_day_that_is_on_is_not_averaged(database: Database, ground: ReportGround) -> None:
    with database.transaction() as conn:
        begin(conn, "CA1", NOW - MINUTE)
        begin(conn, "CA2", NOW - timedelta(days=7))
        begin(conn, "CA3", NOW - timedelta(days=7))
    table = Reports(database, SetClock(NOW), ground).table("hours", last_days(NOW, MOSCOW, 14))
    assert [row for row in table.rows if row[2]] == [("вторник", 15, 2.0, 1)]
    assert {row[0] for row in table.rows} == {"вторник"}


def test_it_counts_answers_and_forgets_them(database: Database) -> None:
    with database.transaction() as conn:
        for result in ("understood", "understood", "silence"):
            note_answer(conn, "CA1", "card_number", result, NOW)
        note_answer(conn, "CA1", "birth_date", "keys", NOW - timedelta(days=101))
    with database.transaction() as conn:
        assert count_answers(conn, NOW, NOW + MINUTE) == {"card_number": {"understood": 2, "silence": 1}}
        assert purge_answers(conn, NOW - timedelta(days=100)) == 1
        assert count_answers(conn, NOW - timedelta(days=200), NOW) == {}


def test_appeals_are_judged_by_their_deadline(database: Database, ground: ReportGround) -> None:
    with database.transaction() as conn:
        for hours in (-30, -2, 5, 60):
            due = NOW + timedelta(hours=hours)
            register_appeal(
                conn, call_sid="CA1", phone="+79160000102", card_number=None, category="site_down", text="",
                created_at=due - timedelta(days=3), due_at=due,
            )  # fmt: skip
        insert_incident(
            conn, category="all", title="", say="", opened_at=NOW - MINUTE, expires_at=NOW + timedelta(hours=1)
        )
    reports = Reports(database, SetClock(NOW), ground)
    now_open, by_due = reports.groups("appeals", last_days(NOW, MOSCOW))
    assert [figure.value for figure in now_open.figures] == [Count(4), Count(1), Count(2)]
    assert [figure.attention for figure in now_open.figures] == [False, False, True]
    assert by_due.figures[0].value == Share(0, 2)
    assert [row for row in reports.table("appeals", last_days(NOW, MOSCOW)).rows if row[1]] == [
        (0, 1, 0, 0),
        (2, 1, 1, 0),
        (3, 1, 0, 1),
        (4, 1, 0, 1),
    ]
    assert reports.wallboard().figure("machine", "incidents_open").value == Count(1)


def test_topics_of_a_call_about_two_things_count_in_both(database: Database, ground: ReportGround) -> None:
    with database.transaction() as conn:
        note_topic(conn, "CA1", "activate", NOW)
        note_topic(conn, "CA1", "site_down", NOW)
    rows = Reports(database, SetClock(NOW), ground).table("topics", last_days(NOW, MOSCOW)).rows
    assert rows == (("Активация карты", 15, 1), ("site_down", 15, 1))


def statements_of(reports: Reports, period: Period) -> list[tuple[str, object]]:
    """What every report asks the database."""
    asked: list[tuple[str, object]] = []

    def note(_conn: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    engine = reports._db._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        reports.wallboard()
        for name in PAGES:
            reports.groups(name, period)
        for name in TABLES:
            reports.table(name, period)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [(text, parameters) for text, parameters in asked if text.startswith("SELECT")]


SMALL = ("operators", "incidents")
"""Tables of tens of rows, which are read whole."""


@pytest.mark.parametrize("full_reports", ["sqlite"], indirect=True)
def test_no_report_reads_a_large_table_whole(full_reports: Reports) -> None:
    asked = statements_of(full_reports, last_days(NOW, MOSCOW, 2))
    assert len(asked) > 20
    plans = []
    with opened(full_reports) as conn:
        for text, parameters in asked:
            rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", parameters).all()  # type: ignore[arg-type]
            plans += [str(row[3]) for row in rows]
    scans = {plan for plan in plans if plan.startswith("SCAN") and plan.split()[1] not in SMALL}
    assert scans == set()


def test_charts_are_pictures_and_drawn_once(full_reports: Reports, fortnight: Period) -> None:
    for name in CHARTS:
        png = full_reports.chart(name, fortnight)
        assert png.startswith(b"\x89PNG\r\n")
        assert full_reports.chart(name, fortnight) is png


def test_a_chart_is_drawn_anew_after_a_minute(database: Database, ground: ReportGround, fortnight: Period) -> None:
    clock = SetClock(NOW)
    reports = Reports(database, clock, ground)
    empty = reports.chart("topics", fortnight)
    with database.transaction() as conn:
        note_topic(conn, "CA1", "activate", NOW)
    clock.move(timedelta(seconds=59))
    assert reports.chart("topics", fortnight) is empty
    clock.move(timedelta(seconds=2))
    assert reports.chart("topics", fortnight) != empty
