"""Plays one call: from its first document to its end."""

import math
from collections.abc import Mapping

from ivr.exchange.dial import dial
from ivr.exchange.documents import COMMON, Documents, PlayVerb
from ivr.exchange.enqueue import enqueue
from ivr.exchange.line import CallOverError
from ivr.exchange.stream import connect_stream
from ivr.exchange.switch import Goto, RedirectedError, Switch
from ivr.exchange.twiml import Document, Verb
from ivr.exchange.webhooks import DocumentError

APPLICATION_ERROR = "We are sorry, an application error has occurred. Goodbye."
_REJECTED = {"busy": "busy", "rejected": "no-answer"}
_UNANSWERED = ("Reject", "Pause", "Redirect")
"""What does not answer a call."""


async def _reject(switch: Switch, verb: Verb) -> Goto | None:
    switch.line.record.status = _REJECTED.get(verb.get("reason", "rejected"), "no-answer")
    raise CallOverError("rejected")


async def _connect(switch: Switch, verb: Verb) -> Goto | None:
    """The next verb is played when the stream is over."""
    for stream in verb.children[:1]:
        await connect_stream(switch, stream)
    return switch.goto(verb, verb.get("action")) if verb.get("action") else None


def _answering(name: str, play: PlayVerb) -> PlayVerb:
    async def answer(switch: Switch, verb: Verb) -> Goto | None:
        switch.line.answer()
        return await play(switch, verb)

    return play if name in _UNANSWERED else answer


_VERBS = {**COMMON, "Reject": _reject, "Dial": dial, "Enqueue": enqueue, "Connect": _connect}
VERBS: Mapping[str, PlayVerb] = {name: _answering(name, play) for name, play in _VERBS.items()}


class Player:
    """Plays one call from the first webhook to its end. ``fallback`` None: there is none."""

    def __init__(self, switch: Switch, first: Goto, fallback: Goto | None) -> None:
        self._switch = switch
        self._line = switch.line
        self._first = first
        self._fallback = fallback
        self._documents = Documents(switch, VERBS)

    async def play(self) -> str:
        """Play the call; returns who ended it."""
        goto: Goto | None = self._first
        try:
            while goto:
                goto = await self._follow(goto)
        except CallOverError as over:
            return over.ended_by
        self._line.answer()
        self._line.note("hang_up")
        return "hotline"

    async def report(self, status_url: str) -> None:
        """The status callback at the end of a call to the hotline."""
        answered = self._line.record.answered_at
        seconds = 0 if answered is None else math.ceil(self._line.time.seconds - answered)
        duration = {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60)), "SequenceNumber": "0"}
        await self._switch.tell(status_url, duration)

    async def _follow(self, goto: Goto) -> Goto | None:
        """Play until the documents end, or until somebody sends the call elsewhere."""
        try:
            await self._documents.follow(goto, self._fetch)
        except RedirectedError as redirected:
            self._line.note("redirected")
            return redirected.goto
        return None

    async def _fetch(self, goto: Goto) -> Document:
        """The document at ``goto``, or else the fallback's, or else an apology and the end."""
        try:
            return await self._documents.fetch(goto)
        except DocumentError as error:
            self._line.error(error.code, error.detail)
            code = {"ErrorCode": str(error.code), "ErrorUrl": goto.url}
        if self._fallback:
            try:
                return await self._documents.fetch(Goto(self._fallback.method, self._fallback.url, code))
            except DocumentError as error:
                self._line.error(error.code, error.detail)
        self._line.answer()
        await self._switch.prompt(Verb("Say", text=APPLICATION_ERROR))
        raise CallOverError("error")
