"""The line as the rest of the hotline knows it."""

from zoneinfo import ZoneInfo

from ivr.appeals import AppealDesk
from ivr.clock import Clock
from ivr.hotline import Hotline
from ivr.line.calling import Back, Mode, Waiting, Why
from ivr.line.ground import Declined
from ivr.line.offering import Accepted
from ivr.line.schedule import Schedule, schedule_of
from ivr.line.sweeping import LineDesk, Swept
from ivr.line.waits import Quieter, Range

__all__ = [
    "Accepted",
    "Back",
    "Declined",
    "LineDesk",
    "Mode",
    "Quieter",
    "Range",
    "Schedule",
    "Swept",
    "Waiting",
    "Why",
    "line_desk",
]


def line_desk(hotline: Hotline, zone: ZoneInfo, clock: Clock) -> LineDesk:
    """The line with this retailer's rules."""
    return LineDesk(hotline.line, schedule_of(hotline, zone), clock, AppealDesk(hotline, zone, clock))
