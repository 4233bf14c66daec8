"""All calls of the exchange: those in progress, to be ended or sent elsewhere, and what is left of the others."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.clock import Clock
from ivr.exchange.line import Line
from ivr.exchange.record import CallRecord

PAST_KEPT = 1000
"""Calls that are over and can still be asked for."""


@dataclass(frozen=True)
class CallFacts:
    """One call and when it was made and ended. Of a call that is over there is no sound."""

    record: CallRecord
    created: datetime
    ended: datetime | None = None
    ending: bool = False
    """REST has ended it; it is over after its next frame."""


class CallRegister:
    """Calls by their sid."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lines: dict[str, tuple[Line, datetime]] = {}
        self._past: OrderedDict[str, CallFacts] = OrderedDict()

    @contextmanager
    def registered(self, line: Line) -> Iterator[None]:
        """Let the call be found while the block lasts, and what is left of it afterwards."""
        sid = line.record.call_sid
        created = self._clock.now()
        self._lines[sid] = (line, created)
        try:
            yield
        finally:
            del self._lines[sid]
            bare = replace(line.record, entries=[], errors=[], requests=[], heard=[])
            self._past[sid] = CallFacts(bare, created, self._clock.now())
            while len(self._past) > PAST_KEPT:
                self._past.popitem(last=False)

    def find(self, sid: str) -> CallFacts | None:
        """A call in progress or over; None: there never was one, or it was long ago."""
        if sid in self._lines:
            line, created = self._lines[sid]
            return CallFacts(line.record, created, ending=bool(line.ended_by))
        return self._past.get(sid)

    def line(self, sid: str) -> Line | None:
        """The line of a call in progress."""
        return self._lines[sid][0] if sid in self._lines else None
