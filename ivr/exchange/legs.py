"""An outgoing call: it rings, is answered or not, and reports its steps."""

import math
from dataclasses import dataclass

from ivr.exchange.handset import CalledHandset, Incoming
from ivr.exchange.switch import Switch

_EVENTS = {"initiated": "initiated", "ringing": "ringing", "in-progress": "answered"}
"""From a status to the event that tells it; all others are told as ``completed``."""


@dataclass(frozen=True)
class Reports:
    """Where the steps of a call are told, and which."""

    url: str
    events: frozenset[str] = frozenset({"completed"})
    """initiated, ringing, answered, completed."""
    method: str = "POST"


class Leg:
    """One outgoing call on a line of its own."""

    def __init__(self, switch: Switch, handset: CalledHandset, reports: Reports | None) -> None:
        self.switch = switch
        self.line = switch.line
        self._handset = handset
        self._reports = reports
        self._steps = 0

    async def ring(self, timeout: float, parameters: dict[str, str]) -> str:
        """Ring the handset for at most ``timeout`` seconds: answered, busy, no-answer, failed or canceled."""
        record = self.line.record
        await self._tell("initiated")
        record.status = "ringing"
        self._handset.ring(Incoming(record.call_sid, record.from_number, record.to_number, parameters))
        await self._tell("ringing")
        verdict = await self._verdict(timeout)
        if verdict != "answered":
            record.status = verdict
            return verdict
        self.line.answer()
        await self._tell("in-progress")
        return verdict

    async def tell_end(self) -> None:
        """The last report, when the line has ended."""
        record = self.line.record
        if record.answered_at is None:
            await self._tell(record.status)
            return
        seconds = math.ceil(round(record.seconds - record.answered_at, 2))
        await self._tell("completed", {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60))})

    async def _verdict(self, timeout: float) -> str:
        time = self.line.time
        start = time.seconds
        while not self.line.ended_by:
            rung = time.seconds - start
            verdict = self._handset.verdict(rung)
            if verdict or rung >= timeout - 1e-6:
                return verdict or "no-answer"
            await time.tick()
        return "canceled"

    async def _tell(self, status: str, more: dict[str, str] | None = None) -> None:
        reports = self._reports
        if not reports or _EVENTS.get(status, "completed") not in reports.events:
            return
        params = {"CallStatus": status, "SequenceNumber": str(self._steps)} | (more or {})
        self._steps += 1
        await self.switch.tell(reports.url, params, reports.method)
