"""Values as people read them, in Russian: the decimal comma, and what is not known said in words."""

from datetime import date, datetime

from ivr.reports.figures import Count, Load, Share, Span, Value
from ivr.reports.tables import Cell
from ivr.reports.wallboard import Figure
from ivr.reports.words import ReportWords

MINUTE, HOUR = 60, 3600
BRIEF = 10
"""Seconds below which tenths are shown."""
SPACE = "\u00a0"
"""Does not break."""


def shown_figure(figure: Figure, words: ReportWords) -> str:
    """A figure's value; of a wait that nobody waits, that there is nobody."""
    if figure.metric == "longest_wait" and figure.value == Span(None, 0):
        return words.labels["nobody"]
    return shown_value(figure.value, words)


def shown_value(value: Value, words: ReportWords) -> str:
    """A figure with what it was counted of."""
    match value:
        case Count(None) | Load(None) | Share(whole=0) | Span(seconds=None):
            return words.labels["no_data"]
        case Count(int(count)):
            return shown_count(count)
        case Load(float() | int() as load):
            return shown_number(load)
        case Share(part, whole):
            counted = f"{shown_count(part)}{SPACE}{words.labels['of']}{SPACE}{shown_count(whole)}"
            return f"{shown_percent(part / whole)} ({counted})"
        case Span(float() | int() as seconds, count):
            number = f"{words.labels['number']}{SPACE}={SPACE}{shown_count(count)}"
            return f"{shown_seconds(seconds, words)} ({number})"
    raise AssertionError(value)


def shown_cell(column: str, cell: Cell, words: ReportWords) -> str:
    """A table's cell; ``column`` decides whether a number is a share."""
    match cell:
        case None:
            return words.labels["no_data"]
        case datetime():
            return f"{words.short_weekdays[cell.weekday()]} {cell:%d.%m %H:%M}"
        case date():
            return f"{words.short_weekdays[cell.weekday()]} {cell:%d.%m.%Y}"
        case float():
            return shown_percent(cell) if column in SHARES else shown_number(cell)
        case int():
            return shown_count(cell)
    return cell


SHARES = frozenset({"heard_share", "service_level", "loss"})
"""Columns that hold shares, from 0 to 1."""


def shown_count(count: int) -> str:
    return f"{count:,}".replace(",", SPACE)


def shown_number(number: float) -> str:
    return f"{number:.1f}".replace(".", ",")


def shown_percent(share: float) -> str:
    """Neither all nor nothing is told where only almost all or almost nothing is meant."""
    percent = share * 100
    if 0 < share < 1:
        percent = min(max(percent, 0.1), 99.9)
    return f"{percent:.1f}".replace(".", ",") + f"{SPACE}%"


def shown_seconds(seconds: float, words: ReportWords) -> str:
    if seconds < BRIEF:
        return f"{shown_number(seconds)}{SPACE}{words.labels['seconds']}"
    minutes, rest = divmod(round(seconds), MINUTE)
    hours, minutes = divmod(minutes, MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
