"""``<Dial><Queue>``: takes the caller at the front of a queue and joins the two lines."""

import math

from ivr.exchange.bridge import Parting, bridge
from ivr.exchange.queues import Member, Queue, Taker
from ivr.exchange.switch import Switch
from ivr.exchange.twiml import Verb


def unbridged(status: str, sid: str = "") -> dict[str, str]:
    """For the action of a ``<Dial>`` that joined nobody."""
    return {"DialCallStatus": status, "DialCallSid": sid, "DialBridged": "false"}


def bridged(sid: str, parting: Parting) -> dict[str, str]:
    """For the action of a ``<Dial>`` that joined the line ``sid`` with its own."""
    return {
        "DialCallStatus": "completed",
        "DialCallSid": sid,
        "DialCallDuration": str(math.ceil(parting.seconds)),
        "DialBridged": "true",
    }


class QueueDial:
    """One ``<Dial><Queue>``. An empty queue is waited at for the ``timeout``; one that there never was has failed."""

    def __init__(self, switch: Switch, dial: Verb, verb: Verb) -> None:
        self._switch = switch
        self._line = switch.line
        self._dial = dial
        self._verb = verb
        self._url = switch.resolve(verb.get("url")) if verb.get("url") else ""
        self.params = unbridged("canceled")
        """For the action. Until somebody is joined: what the taker's hanging up makes of it."""

    async def connect(self) -> Parting | None:
        """Take and talk. None: nobody came."""
        self._line.note("dial", f"queue {self._verb.text}")
        queue = self._switch.queues.find(self._verb.text)
        if queue is None:
            self.params = unbridged("failed")
            return None
        self.params |= {"QueueSid": queue.sid}
        member = await self._take(queue)
        if member is None or member.taker is None:
            self.params |= unbridged("no-answer")
            return None
        parting = await self._talk(member, member.taker)
        self.params |= bridged(member.line.record.call_sid, parting) | {"QueueTime": str(round(member.waited))}
        return parting

    async def _take(self, queue: Queue) -> Member | None:
        """The first caller who can be joined; None: none came in time."""
        time = self._line.time
        deadline = time.seconds + self._dial.number("timeout", 30)
        while True:
            taker = Taker(self._line.record.call_sid, self._url, self._verb.get("method", "POST").upper())
            member = queue.take(taker)
            if member and await self._is_ready(taker):
                return member
            if not member:
                if time.seconds >= deadline - 1e-6:
                    return None
                await self._line.frame()

    async def _is_ready(self, taker: Taker) -> bool:
        """Wait until the caller has heard what comes before the bridge; False: the caller has gone."""
        try:
            while not taker.ready.done():
                await self._line.frame()
        except BaseException:
            taker.over.set_result(None)
            raise
        return taker.ready.result()

    async def _talk(self, member: Member, taker: Taker) -> Parting:
        key = "*" if self._dial.flag("hangupOnStar") else ""
        parting = None
        try:
            parting = await bridge(self._line, member.line, self._dial.number("timeLimit", 14400), key)
            return parting
        finally:
            taker.over.set_result(parting)
