"""Shares, times and days: what is not known stays unknown."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import PeriodError
from ivr.reports.figures import Count, Load, Share, Span, Value, longest_span, mean_span, quantile_span
from ivr.reports.period import Period, last_days, read_period, today
from ivr.reports.shown import shown_cell, shown_figure, shown_value
from ivr.reports.wallboard import Figure
from ivr.reports.words import ReportWords
from tests.reports.conftest import MOSCOW, NOW

SECOND = timedelta(seconds=1)


def test_a_share_of_nothing_is_none() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 4).value == 0
    assert Share(3, 4).value == 0.75


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(8, 10, 0.4902, 0.9433), (0, 20, 0.0, 0.1611), (20, 20, 0.8389, 1.0)]
)
def test_it_knows_wilsons_intervals(part: int, whole: int, low: float, high: float) -> None:
    assert Share(part, whole).interval() == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_an_interval_holds_its_share(counted: tuple[int, int]) -> None:
    share = Share(*counted)
    low, high = share.interval()
    assert 0 <= low <= (share.value or 0) <= high <= 1


def test_times_of_nothing_are_none() -> None:
    assert mean_span([]) == quantile_span([], 0.9) == longest_span([]) == Span(None, 0)


def test_it_measures_times() -> None:
    times = [number * SECOND for number in (4, 1, 3, 2)]
    assert mean_span(times) == Span(2.5, 4)
    assert longest_span(times) == Span(4, 4)
    assert quantile_span(times, 0.5) == Span(2, 4)
    assert quantile_span(times, 0.9) == Span(4, 4)
    assert quantile_span([SECOND], 0.01) == Span(1, 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Count(None), "нет данных"),
        (Share(0, 0), "нет данных"),
        (Span(None, 0), "нет данных"),
        (Load(None), "нет данных"),
        (Count(0), "0"),
        (Count(12345), "12 345"),
        (Load(1.25), "1,2"),
        (Share(0, 7), "0,0 % (0 из 7)"),
        (Share(7, 8), "87,5 % (7 из 8)"),
        (Share(9999, 10000), "99,9 % (9 999 из 10 000)"),
        (Share(1, 10000), "0,1 % (1 из 10 000)"),
        (Share(4, 4), "100,0 % (4 из 4)"),
        (Span(2.44, 5), "2,4 с (n = 5)"),
        (Span(42, 57), "0:42 (n = 57)"),
        (Span(3723, 1), "1:02:03 (n = 1)"),
    ],
)
def test_it_shows_a_value_with_what_it_was_counted_of(value: Value, text: str, words: ReportWords) -> None:
    assert shown_value(value, words).replace("\u00a0", " ") == text


def test_it_says_that_nobody_waits(words: ReportWords) -> None:
    assert shown_figure(Figure("longest_wait", Span(None, 0)), words) == "никто не ждёт"
    assert shown_figure(Figure("mean_wait", Span(None, 0)), words) == "нет данных"


def test_it_shows_cells(words: ReportWords) -> None:
    assert shown_cell("mean_wait", None, words) == "нет данных"
    assert shown_cell("loss", 0.25, words) == "25,0\u00a0%"
    assert shown_cell("mean_calls", 0.25, words) == "0,2"
    assert shown_cell("day", date(2026, 11, 24), words) == "вт 24.11.2026"
    assert shown_cell("starts", datetime(2026, 11, 24, 15, 30, tzinfo=MOSCOW), words) == "вт 24.11 15:30"
    assert shown_cell("question", "card_number", words) == "card_number"


def test_a_day_begins_at_midnight_of_the_zone() -> None:
    day = today(datetime(2026, 11, 24, 21, 30, tzinfo=UTC), MOSCOW)
    assert day == Period(date(2026, 11, 25), date(2026, 11, 25), MOSCOW)
    assert day.since == datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
    assert day.until - day.since == timedelta(days=1)


def test_a_day_may_have_an_hour_more_or_less() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    longer, shorter = (Period(day, day, berlin) for day in (date(2026, 10, 25), date(2026, 3, 29)))
    assert longer.until - longer.since == timedelta(hours=25)
    assert shorter.until - shorter.since == timedelta(hours=23)


def test_days_are_the_last_week_where_none_are_named() -> None:
    period = read_period("", "", now=NOW, zone=MOSCOW, most_days=92)
    assert period == last_days(NOW, MOSCOW) == Period(date(2026, 11, 18), date(2026, 11, 24), MOSCOW)
    assert len(list(period.days())) == 7


def test_one_named_day_is_enough() -> None:
    period = read_period("", "2026-11-10", now=NOW, zone=MOSCOW, most_days=92)
    assert period.first == date(2026, 11, 4)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11-25", "2026-11-24"),
        ("2026-08-24", "2026-11-24"),
        ("yesterday", ""),
        ("", "24.11.2026"),
        ("2026-02-30", "2026-03-01"),
        ("0001-01-01", "0001-01-01"),
        ("9999-12-31", "9999-12-31"),
        ("'; --", ""),
    ],
)
def test_days_that_cannot_be_are_refused(first: str, last: str) -> None:
    with pytest.raises(PeriodError):
        read_period(first, last, now=NOW, zone=MOSCOW, most_days=92)


def test_the_longest_report_is_taken() -> None:
    assert len(list(read_period("2026-08-25", "2026-11-24", now=NOW, zone=MOSCOW, most_days=92).days())) == 92
