"""What stands on each page: figures, charts and tables, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from ivr.reports import pictures, tables
from ivr.reports.containment import total
from ivr.reports.figures import Count, Load
from ivr.reports.hearing import all_questions
from ivr.reports.ledger import Ledger
from ivr.reports.tables import Table
from ivr.reports.wallboard import Figure, Group, appeal_figures, service_figures
from ivr.reports.week import draw_staffing


@dataclass(frozen=True, slots=True)
class Page:
    """One page of reports."""

    groups: Callable[[Ledger], tuple[Group, ...]]
    charts: tuple[str, ...]
    tables: tuple[str, ...]
    metrics: tuple[str, ...]
    """Metrics of charts and tables, whose definitions are printed below them."""


def _calls(ledger: Ledger) -> tuple[Group, ...]:
    whole = total(ledger.containment())
    figures = (
        Figure("calls_all", Count(whole.raw.whole)),
        Figure("contained_raw", whole.raw),
        Figure("contained_goal", whole.goal),
        Figure("contained_kept", whole.kept),
        Figure("operator_kept", whole.operator_kept),
    )
    return (Group("containment", figures),)


def _hearing(ledger: Ledger) -> tuple[Group, ...]:
    every = all_questions(ledger.questions())
    figures = (
        Figure("heard", every.heard),
        Figure("keyed", every.keyed),
        Figure("silent", every.silent),
        Figure("confirmed", every.agreed),
    )
    return (Group("hearing", figures),)


def _staffing(ledger: Ledger) -> tuple[Group, ...]:
    week, hearing = ledger.staffing(), ledger.places_of_hearing()
    too_few = hearing.needed is not None and 0 < hearing.there < hearing.needed
    basis = (
        Figure("handling", week.handling),
        Figure("patience", week.patience),
        Figure("lacking", Count(week.lacking), bool(week.lacking)),
    )
    places = (
        Figure("peak_load", Load(hearing.peak_load)),
        Figure("places_needed", Count(hearing.needed)),
        Figure("places_there", Count(hearing.there), too_few),
    )
    return (
        Group("staffing", basis),
        Group("places", places),
        Group("service_days", service_figures(ledger.line(), ledger.ground.rules)),
    )


def _appeals(ledger: Ledger) -> tuple[Group, ...]:
    in_time = (Figure("appeals_in_time", ledger.appeals_in_time()),)
    return Group("appeals", appeal_figures(ledger.appeal_counts())), Group("appeals_days", in_time)


PAGES: Mapping[str, Page] = {
    "calls": Page(_calls, ("topics", "hours", "containment"), ("containment", "topics", "hours"), ("topics", "hours")),
    "hearing": Page(_hearing, ("hearing",), ("hearing",), ()),
    "staffing": Page(
        _staffing,
        ("staffing", "line"),
        ("staffing", "line"),
        ("foreseen", "on_line", "on_shift", "scheduled", "short_by", "service_level", "loss"),
    ),
    "appeals": Page(_appeals, ("appeals",), ("appeals",), ("appeal_age",)),
}
CHARTS: Mapping[str, Callable[[Ledger], Callable[[], bytes]]] = {
    "topics": lambda all_: partial(
        pictures.draw_topics, all_.topics(), all_.ground.titles.categories, all_.ground.words
    ),
    "hours": lambda all_: partial(pictures.draw_hours, all_.hours(), all_.ground.words),
    "containment": lambda all_: partial(pictures.draw_containment, all_.containment(), all_.ground.words),
    "hearing": lambda all_: partial(
        pictures.draw_hearing, all_.questions(), all_.ground.titles.questions, all_.ground.words
    ),
    "staffing": lambda all_: partial(draw_staffing, all_.staffing().half_hours, all_.ground.words),
    "line": lambda all_: partial(pictures.draw_line, all_.line_by_day(), all_.ground.words),
    "appeals": lambda all_: partial(pictures.draw_appeals, all_.ages(), all_.ground.words),
}
"""Each reads what it shows, and is drawn when the database is free again."""
TABLES: Mapping[str, Callable[[Ledger], Table]] = {
    "topics": lambda all_: tables.topics_table(all_.topics(), all_.ground.titles.categories),
    "hours": lambda all_: tables.hours_table(all_.hours(), all_.ground.words.weekdays),
    "containment": lambda all_: tables.containment_table(all_.containment()),
    "hearing": lambda all_: tables.hearing_table(all_.questions(), all_.ground.titles.questions),
    "staffing": lambda all_: tables.staffing_table(all_.staffing().half_hours),
    "line": lambda all_: tables.line_table(all_.line_by_day()),
    "appeals": lambda all_: tables.appeals_table(all_.ages()),
}
