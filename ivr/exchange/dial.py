"""``<Dial>``: rings numbers and browsers, lets them hear their own document first, joins the lines."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import parse_qsl

from ivr.exchange.bridge import Parting, bridge
from ivr.exchange.dial_queue import QueueDial, bridged, unbridged
from ivr.exchange.documents import COMMON, Documents
from ivr.exchange.legs import Leg, Reports
from ivr.exchange.line import CallOverError
from ivr.exchange.people import CLIENT
from ivr.exchange.record import CallRecord
from ivr.exchange.switch import Goto, Switch, new_sid
from ivr.exchange.twiml import Verb
from ivr.exchange.webhooks import DocumentError

_DIAL_IN_WHISPER = 13201


async def dial(switch: Switch, verb: Verb) -> Goto | None:
    """Returns where the result goes; None without ``action``. The action is owed even when the caller hangs up."""
    action = switch.goto(verb, verb.get("action")) if verb.get("action") else None
    queue = next((child for child in verb.children if child.name == "Queue"), None)
    dialled = QueueDial(switch, verb, queue) if queue else _Dial(switch, verb)
    with switch.line.time.in_step():
        try:
            parting = await dialled.connect()
            if parting:
                parting.raise_for(switch.line)
        except CallOverError:
            if action:
                await switch.tell(action.url, {"CallStatus": "completed"} | dialled.params, action.method)
            raise
    switch.line.note("dialled", dialled.params["DialCallStatus"])
    return Goto(action.method, action.url, dialled.params) if action else None


@dataclass(eq=False)
class _Called:
    """One dialled address and how far it has come."""

    verb: Verb
    address: str
    parameters: dict[str, str]
    sid: str
    leg: Leg | None = None
    outcome: str = ""
    """answered, busy, no-answer, failed or canceled."""
    ready: bool = False
    """The person has answered and heard the whisper out: the lines can be joined."""


class _Dial:
    """One ``<Dial>`` of numbers and browsers. Each has a line of its own; the caller's line goes on meanwhile."""

    def __init__(self, switch: Switch, verb: Verb) -> None:
        self._switch = switch
        self._line = switch.line
        self._verb = verb
        self._called = [_read(child) for child in verb.children if child.name != "Queue"]
        self._called = [called for called in self._called if called.address]
        if verb.text:
            self._called = [_Called(verb, verb.text, {}, new_sid("CA"))]
        self._base = switch.document_url
        self.params = unbridged("canceled", self._called[0].sid if self._called else "")
        """For the action. While it rings: what the caller's hanging up makes of it."""

    async def connect(self) -> Parting | None:
        """Ring, join, talk. None: nobody was joined with the caller."""
        if not self._called:
            self._line.error(13224, "<Dial> without a number")
            self.params = unbridged("failed")
            return None
        for group in [[one] for one in self._called] if self._verb.flag("sequential") else [self._called]:
            parting = await self._group(group)
            if parting:
                winner = next(called for called in group if called.ready)
                self.params = bridged(winner.sid, parting)
                return parting
            self.params = unbridged(_status(group[-1]), group[-1].sid)
        return None

    async def _group(self, group: list[_Called]) -> Parting | None:
        """Ring all of them at once; the first to answer wins."""
        self._line.note("dial", ", ".join(called.address for called in group))
        talked = asyncio.get_running_loop().create_future()
        reaching = [self._switch.webhooks.spawn(self._reach(called, group, talked)) for called in group]
        try:
            return await self._until_joined(group, reaching)
        finally:
            for called in group:
                if called.leg and not called.leg.line.ended_by:
                    called.leg.line.end("parent")
            talked.set_result(None)
            with self._line.time.in_step(False):
                await asyncio.gather(*reaching, return_exceptions=True)

    async def _until_joined(self, group: list[_Called], reaching: "list[asyncio.Task[None]]") -> Parting | None:
        while True:
            winner = next((called for called in group if called.ready), None)
            if winner and winner.leg:
                limit = self._verb.number("timeLimit", 14400)
                key = "*" if self._verb.flag("hangupOnStar") else ""
                return await bridge(self._line, winner.leg.line, limit, key)
            if all(task.done() for task in reaching):
                return None
            await self._line.frame()

    async def _reach(self, called: _Called, group: list[_Called], talked: "asyncio.Future[None]") -> None:
        """One called line from its making to its end."""
        handset = self._switch.phones.handset(called.address)
        with ExitStack() as life:
            child = life.enter_context(self._switch.called(self._record(called), handset))
            child.document_url = self._base
            called.leg = Leg(child, handset, self._reports(called))
            called.outcome = await called.leg.ring(self._verb.number("timeout", 30), called.parameters)
            if called.outcome == "answered":
                self._cancel_others(called, group)
                child.line.record.ended_by = await self._whisper(called, child)
            if called.ready:
                with child.line.time.in_step(False):
                    await talked
        await called.leg.tell_end()

    async def _whisper(self, called: _Called, child: Switch) -> str:
        """What the called person hears alone. Returns who ended the line; empty: it goes on."""
        if called.verb.get("url"):
            url = Goto(called.verb.get("method", "POST").upper(), child.resolve(called.verb.get("url")))
            try:
                await Documents(child, COMMON, _DIAL_IN_WHISPER).follow(url)
            except CallOverError as over:
                return over.ended_by
            except DocumentError as error:
                child.line.error(error.code, error.detail)
                return "error"
        called.ready = not child.line.ended_by
        return ""

    def _cancel_others(self, winner: _Called, group: list[_Called]) -> None:
        for other in group:
            if other is not winner and other.leg and not other.outcome:
                other.leg.line.end("canceled")

    def _record(self, called: _Called) -> CallRecord:
        own = self._line.record
        number = self._verb.get("callerId") or own.from_number
        return CallRecord(called.sid, number, called.address, "outbound-dial", own.call_sid, "queued")

    def _reports(self, called: _Called) -> Reports | None:
        verb = called.verb
        if not verb.get("statusCallback") or verb.name == "Dial":
            return None
        events = frozenset(verb.get("statusCallbackEvent", "completed").split())
        url = self._switch.webhooks.absolute(verb.get("statusCallback"), self._base)
        return Reports(url, events, verb.get("statusCallbackMethod", "POST").upper())


def _read(verb: Verb) -> _Called:
    """``<Number>+7…</Number>``, or ``<Client>`` with a name and parameters inside or after a question mark."""
    sid = new_sid("CA")
    if verb.name != "Client":
        return _Called(verb, verb.text, {}, sid)
    inside = {child.name: child for child in verb.children}
    name, _, query = (inside["Identity"].text if "Identity" in inside else verb.text).partition("?")
    parameters = dict(parse_qsl(query))
    parameters |= {child.get("name"): child.get("value") for child in verb.children if child.name == "Parameter"}
    return _Called(verb, f"{CLIENT}{name}" if name else "", parameters, sid)


def _status(called: _Called) -> str:
    """A person who answered and was not joined has completed the call all the same: ``DialBridged`` tells it."""
    return "completed" if called.outcome == "answered" else called.outcome
