"""``<Enqueue>``: the caller waits in a queue and hears what its waitUrl says, until somebody takes the call."""

from ivr.exchange.bridge import Parting
from ivr.exchange.documents import COMMON, PROMPTS, Documents
from ivr.exchange.faults import FaultKind
from ivr.exchange.handset import Waiting
from ivr.exchange.line import CallOverError, DivertedError
from ivr.exchange.queues import Member, Queue, TakenError, Taker
from ivr.exchange.switch import Goto, Switch, new_sid
from ivr.exchange.twiml import Verb
from ivr.exchange.webhooks import DocumentError

_SILENCE_SECONDS = 1.0
"""How long a waiting caller hears nothing where the document plays nothing: it is not asked for again at once."""


class _LeftError(Exception):
    """``<Leave>``: the caller goes back to the call's own documents."""


async def _leave(switch: Switch, verb: Verb) -> Goto | None:
    raise _LeftError


_WAITING = {**COMMON, "Leave": _leave}


async def enqueue(switch: Switch, verb: Verb) -> Goto | None:
    """Returns where the result goes; None without ``action``. The action is told as well when the caller hangs up."""
    return await _Wait(switch, verb).play()


class _Wait:
    """One caller's stay in a queue. Addresses are resolved before other documents are played."""

    def __init__(self, switch: Switch, verb: Verb) -> None:
        self._switch = switch
        self._line = switch.line
        self._queue: Queue = switch.queues.named(verb.text, new_sid("QU"))
        self._action = switch.goto(verb, verb.get("action")) if verb.get("action") else None
        wait = verb.get("waitUrl")
        self._wait = Goto(verb.get("waitUrlMethod", "POST").upper(), switch.resolve(wait)) if wait else None

    async def play(self) -> Goto | None:
        self._line.note("enqueue", self._queue.name)
        full = self._switch.faults.take(self._queue.name, FaultKind.QUEUE_FULL)
        member = None if full else self._queue.join(self._line)
        if member is None:
            return self._result("queue-full", None)
        self._line.handset.notice(Waiting())
        with self._line.time.in_step():
            return self._result(await self._stay(member), member)

    async def _stay(self, member: Member) -> str:
        """The QueueResult. Raises what ends or diverts the call, after the action was told."""
        try:
            return await self._wait_and_talk(member)
        except CallOverError:
            await self._owe("bridged" if _was_bridged(member) else "hangup", member, {"CallStatus": "completed"})
            raise
        except DivertedError:
            await self._owe("redirected-from-bridged" if _was_bridged(member) else "redirected", member, {})
            raise
        finally:
            self._queue.leave(member)
            self._line.forget(TakenError)
            self._line.handset.notice(Waiting(on=False))
            if member.taker and not member.taker.ready.done():
                member.taker.ready.set_result(False)

    async def _wait_and_talk(self, member: Member) -> str:
        try:
            await self._listen(member)
        except _LeftError:
            pass
        except DocumentError as error:
            self._line.error(error.code, error.detail)
            return "error"
        except TakenError:
            if member.taker:
                return await self._talk(member, member.taker)
        return "leave"

    async def _listen(self, member: Member) -> None:
        """Music for ever: a document that has ended is asked for again, with the caller's new position."""
        documents = Documents(self._switch, _WAITING)
        while True:
            began = self._line.time.seconds
            if self._wait:
                await documents.follow(Goto(self._wait.method, self._wait.url, self._numbers(member)))
            if self._line.time.seconds == began:
                await self._line.pause(_SILENCE_SECONDS)

    async def _talk(self, member: Member, taker: Taker) -> str:
        """First what the taker lets the caller hear, then the bridge, which the taker drives."""
        self._line.handset.flushed()
        if taker.url:
            params = self._numbers(member) | {"DequeingCallSid": taker.call_sid}
            url = Goto(taker.method, taker.url, params)
            try:
                await Documents(self._switch, PROMPTS).follow(url)
            except DocumentError as error:
                self._line.error(error.code, error.detail)
        self._line.handset.notice(Waiting(on=False))
        with self._line.time.in_step(False):
            taker.ready.set_result(True)
            parting: Parting | None = await taker.over
        if parting is None:
            return "error"
        parting.raise_for(self._line)
        return "bridged"

    def _numbers(self, member: Member) -> dict[str, str]:
        """Where the caller stands in the queue."""
        waiting = member in self._queue.members
        return {
            "QueuePosition": str(self._queue.members.index(member) + 1 if waiting else 0),
            "QueueSid": self._queue.sid,
            "QueueTime": str(round(member.seconds if waiting else member.waited)),
            "AvgQueueTime": str(self._queue.average_seconds),
            "CurrentQueueSize": str(len(self._queue.members)),
            "MaxQueueSize": str(self._queue.max_size),
        }

    def _params(self, result: str, member: Member | None) -> dict[str, str]:
        if member:
            self._queue.leave(member)
        waited = str(round(member.waited)) if member else "0"
        return {"QueueResult": result, "QueueSid": self._queue.sid, "QueueTime": waited}

    def _result(self, result: str, member: Member | None) -> Goto | None:
        self._line.note("dequeued", result)
        params = self._params(result, member)
        return Goto(self._action.method, self._action.url, params) if self._action else None

    async def _owe(self, result: str, member: Member, more: dict[str, str]) -> None:
        """Tell the action, whose document nobody will hear."""
        self._line.note("dequeued", result)
        if self._action:
            params = self._params(result, member) | more
            await self._switch.tell(self._action.url, params, self._action.method)


def _was_bridged(member: Member) -> bool:
    over = member.taker.over if member.taker else None
    return bool(over and over.done() and over.result())
