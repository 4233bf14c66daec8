"""What reports stand on, out of the hotline's content: for the server and for the command."""

import re
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from ivr.codes.brake import pause_reason
from ivr.codes.texts import rubles_per_code
from ivr.dialog.forms import DialogBook
from ivr.hotline import Hotline
from ivr.line.schedule import schedule_of
from ivr.reports.figures import Share
from ivr.reports.ledger import ReportGround, Titles
from ivr.reports.words import ReportWords

CATEGORY = "category"
VALUE = re.compile(r"\{\w+\}")
"""What a wording names in braces is another one in every call."""


def report_ground(
    hotline: Hotline,
    zone: ZoneInfo,
    words: ReportWords,
    book: DialogBook,
    slots: Callable[[], tuple[int, int]],
    *,
    host: str,
) -> ReportGround:
    """``slots``: places of recognition of this process that are taken, and all of them. ``host``: where codes for the
    web are entered, which their price depends on."""
    titles, rubles = Titles(_categories(book), _wordings(book)), rubles_per_code(hotline, host)
    return ReportGround(
        schedule_of(hotline, zone),
        words,
        titles,
        lambda: Share(*slots()),
        lambda conn, now: pause_reason(conn, hotline.codes, now, rubles) is not None,
    )


def _categories(book: DialogBook) -> Mapping[str, str]:
    """Titles by the fact that a category's form sets."""
    named = ((form.sets.get(CATEGORY), form.title) for form in book.forms.values())
    return {category: title for category, title in named if category}


def _wordings(book: DialogBook) -> Mapping[str, str]:
    """A step of a ladder is told by what it says to do: the question behind it is the same for all steps."""
    return {name: VALUE.sub("…", (field.lead or field.ask).text) for name, field in book.fields.items()}
