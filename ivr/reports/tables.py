"""Reports as tables: one shape for the page and for the file."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ivr.reports.ageing import Age
from ivr.reports.calls import HOURS, TopicHours, WeekdayHours
from ivr.reports.containment import Containment
from ivr.reports.figures import Span
from ivr.reports.hearing import Question
from ivr.reports.line import LineFigures
from ivr.reports.staffing import HalfHour
from ivr.reports.words import ReportWords

Cell = str | int | float | date | datetime | None
DECIMALS = 4
CARELESS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a text that begins so for a formula."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns, whose words are in ``grammars/reports.yaml``."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def topics_table(topics: Sequence[TopicHours], titles: Mapping[str, str]) -> Table:
    rows = [
        (titles.get(topic.category, topic.category), hour, topic.by_hour[hour]) for topic in topics for hour in HOURS
    ]
    return Table("topics", ("topic", "hour", "calls"), tuple(row for row in rows if row[2]))


def hours_table(weekdays: Sequence[WeekdayHours], names: Sequence[str]) -> Table:
    rows = [(names[day.weekday], hour, day.mean(hour), day.days) for day in weekdays for hour in HOURS]
    return Table("hours", ("weekday", "hour", "mean_calls", "days"), tuple(row for row in rows if row[3]))


def containment_table(days: Mapping[date, Containment]) -> Table:
    columns = ("day", "ended", "contained_raw", "contained_goal", "contained_kept", "kept_of")
    rows = [
        (day, one.raw.whole, one.raw.part, one.goal.part, one.kept.part, one.kept.whole) for day, one in days.items()
    ]
    return Table("containment", columns, tuple(rows))


def hearing_table(questions: Sequence[Question], wordings: Mapping[str, str]) -> Table:
    counts = ("understood", "not_understood", "keys", "wrong_keys", "silence", "confirmed", "denied", "unconfirmed")
    rows = [
        (one.name, wordings.get(one.name), *(getattr(one, name) for name in counts), one.heard.value)
        for one in questions
    ]
    return Table("hearing", ("question", "wording", *counts, "heard_share"), tuple(rows))


def line_table(days: Mapping[date, LineFigures]) -> Table:
    counts = ("queued", "answered", "in_time", "abandoned", "short", "left", "call_backs", "unserved")
    rows = [
        (day, *(getattr(one, name) for name in counts), _seconds(one.mean_wait), _seconds(one.handling))
        for day, one in days.items()
    ]
    return Table("line", ("day", *counts, "mean_wait", "handling"), tuple(rows))


def staffing_table(half_hours: Sequence[HalfHour]) -> Table:
    counts = ("on_line", "on_shift", "scheduled", "short_by", "service_level", "loss", "weeks")
    rows = [(one.starts, one.foreseen, *(getattr(one, name) for name in counts)) for one in half_hours]
    return Table("staffing", ("starts", "foreseen", *counts), tuple(rows))


def appeals_table(ages: Sequence[Age]) -> Table:
    rows = [(age.days, age.open, age.near, age.overdue) for age in ages]
    return Table("appeals", ("age_days", "open", "near", "overdue"), tuple(rows))


def write_csv(table: Table, words: ReportWords) -> bytes:
    """As spreadsheets of a Russian system read it: UTF-8 with a mark, semicolons, decimal commas."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow([words.columns[column] for column in table.columns])
    writer.writerows([_written(cell) for cell in row] for row in table.rows)
    return file.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case float():
            return f"{cell:.{DECIMALS}f}".rstrip("0").rstrip(".").replace(".", ",")
        case datetime():
            return cell.strftime("%Y-%m-%d %H:%M")
        case str():
            return f"'{cell}" if cell.startswith(CARELESS) else cell
    return str(cell)


def _seconds(span: Span) -> float | None:
    return None if span.seconds is None else round(span.seconds, 1)
