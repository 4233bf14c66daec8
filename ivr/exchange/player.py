"""The TwiML player: fetches a document, plays its verbs from top to bottom, goes where they say."""

import math
from collections.abc import Awaitable, Callable

from ivr.exchange.dial import dial
from ivr.exchange.gather import gather
from ivr.exchange.line import CallOverError
from ivr.exchange.stream import connect_stream
from ivr.exchange.switch import Goto, Switch
from ivr.exchange.twiml import Document, Verb, read_document
from ivr.exchange.webhooks import DocumentError

APPLICATION_ERROR = "We are sorry, an application error has occurred. Goodbye."
MAX_DOCUMENTS = 1000
"""A call that asks for more runs in circles."""
_REJECTED = {"busy": "busy", "rejected": "no-answer"}


class Player:
    """Plays one call from the first webhook to its end."""

    def __init__(self, switch: Switch, first: Goto, fallback: Goto, status_url: str) -> None:
        self._switch = switch
        self._status_url = status_url
        self._line = switch.line
        self._first = first
        self._fallback = fallback
        self._verbs: dict[str, Callable[[Verb], Awaitable[Goto | None]]] = {
            "Gather": self._gather,
            "Redirect": self._redirect,
            "Hangup": self._hangup,
            "Reject": self._reject,
            "Dial": self._dial,
            "Connect": self._connect,
        }

    async def play(self) -> str:
        """Play the call; returns who ended it."""
        try:
            await self._documents()
        except CallOverError as over:
            return over.ended_by
        return "hotline"

    async def report(self) -> None:
        """The status callback at the end of the call."""
        answered = self._line.record.answered_at
        seconds = 0 if answered is None else math.ceil(self._line.time.seconds - answered)
        duration = {"CallDuration": str(seconds), "Duration": str(-(-seconds // 60)), "SequenceNumber": "0"}
        await self._switch.tell(self._status_url, duration)

    async def _documents(self) -> None:
        goto = self._first
        for _ in range(MAX_DOCUMENTS):
            following = await self._document(await self._fetch(goto))
            if following is None:
                self._line.answer()
                self._line.note("hang_up")
                return
            goto = following
        self._line.error(11200, f"more than {MAX_DOCUMENTS} documents in one call")
        raise CallOverError("error")

    async def _fetch(self, goto: Goto) -> Document:
        """The document at ``goto``, or else the fallback's, or else an apology and the end."""
        try:
            return await self._read(goto)
        except DocumentError as error:
            self._line.error(error.code, error.detail)
            code = {"ErrorCode": str(error.code), "ErrorUrl": goto.url}
        try:
            return await self._read(Goto(self._fallback.method, self._fallback.url, code))
        except DocumentError as error:
            self._line.error(error.code, error.detail)
        self._line.answer()
        await self._switch.prompt(Verb("Say", text=APPLICATION_ERROR))
        raise CallOverError("error")

    async def _read(self, goto: Goto) -> Document:
        document = read_document(await self._switch.ask(goto))
        self._line.check()
        return document

    async def _document(self, document: Document) -> Goto | None:
        self._switch.document_url = document.url
        for warning in document.warnings:
            code, _, detail = warning.partition(" ")
            self._line.error(int(code), detail)
        for verb in document.verbs:
            goto = await self._verb(verb)
            if goto:
                return goto
        return None

    async def _verb(self, verb: Verb) -> Goto | None:
        if verb.name not in ("Reject", "Pause", "Redirect"):
            self._line.answer()
        play = self._verbs.get(verb.name)
        if play:
            return await play(verb)
        await self._switch.prompt(verb)
        return None

    async def _gather(self, verb: Verb) -> Goto | None:
        return await gather(self._switch, verb)

    async def _dial(self, verb: Verb) -> Goto | None:
        return await dial(self._switch, verb)

    async def _redirect(self, verb: Verb) -> Goto | None:
        return self._switch.goto(verb, verb.text)

    async def _hangup(self, verb: Verb) -> Goto | None:
        self._line.note("hang_up")
        raise CallOverError("hotline")

    async def _reject(self, verb: Verb) -> Goto | None:
        self._line.record.status = _REJECTED.get(verb.get("reason", "rejected"), "no-answer")
        raise CallOverError("rejected")

    async def _connect(self, verb: Verb) -> Goto | None:
        """The next verb is played when the stream is over."""
        for stream in verb.children[:1]:
            await connect_stream(self._switch, stream)
        return self._switch.goto(verb, verb.get("action")) if verb.get("action") else None
