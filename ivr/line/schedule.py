"""When operators work, when calls come thick, and how many are planned. Pure: moments come in."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from ivr.hotline import Hotline, Shift
from ivr.working_time import Hours, WorkingTime


@dataclass(frozen=True, slots=True)
class Schedule:
    """One place's working days, on the clock of its zone. Moments are aware."""

    working: WorkingTime
    peak: tuple[Hours, ...]
    shifts: tuple[Shift, ...]
    grace: timedelta
    """Who was in the line at the closing is served for so long."""

    def is_open(self, moment: datetime) -> bool:
        """True from the second of the opening to the last one before the closing."""
        return self.working.is_open(moment)

    def is_peak(self, moment: datetime) -> bool:
        """True within working hours in which a caller who wants a person is put into the line at once."""
        return self.is_open(moment) and any(hours.holds(self._local(moment)) for hours in self.peak)

    def serves(self, joined_at: datetime, moment: datetime) -> bool:
        """True where who joined then is served at ``moment``: while work goes on, and for a while after the closing."""
        if self.is_open(moment):
            return True
        closed_at = self.working.last_closing(moment)
        return closed_at is not None and joined_at < closed_at and moment < closed_at + self.grace

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself where it is worked in, else the next opening."""
        return self.working.next_opening(moment)

    def planned(self, moment: datetime) -> int:
        """How many operators should be at work."""
        if not self.is_open(moment):
            return 0
        return sum(shift.operators for shift in self.shifts if shift.hours.holds(self._local(moment)))

    def local(self, moment: datetime) -> datetime:
        """On the clock of the zone."""
        return moment.astimezone(self.working.zone)

    def _local(self, moment: datetime) -> time:
        return self.local(moment).time()


def schedule_of(hotline: Hotline, zone: ZoneInfo) -> Schedule:
    """What ``hotline.yaml`` says of it."""
    grace = timedelta(minutes=hotline.line.closing_grace_minutes)
    return Schedule(hotline.working_time(zone), hotline.schedule.peak, hotline.schedule.shifts, grace)
