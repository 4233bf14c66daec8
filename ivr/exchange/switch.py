"""What every verb needs of the exchange, and what a verb says is next."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from email.utils import format_datetime

from ivr.clock import Clock
from ivr.exchange.faults import Faults
from ivr.exchange.handset import CalledHandset, Played, Said
from ivr.exchange.line import CallerFrame, CallOverError, DivertedError, Line, Stop
from ivr.exchange.mulaw import PCM_FRAME_BYTES
from ivr.exchange.pace import FRAME_SECONDS
from ivr.exchange.phones import Phones
from ivr.exchange.queues import Queues
from ivr.exchange.record import CallRecord
from ivr.exchange.twiml import LETTERS_A_SECOND, Verb
from ivr.exchange.wav import UnplayableError, read_wav
from ivr.exchange.webhooks import Answer, DocumentError, Webhooks, WebhookSession

_MAX_LOOPS = 1000


@dataclass(frozen=True)
class Goto:
    """Ask the hotline for the next document."""

    method: str
    url: str
    params: dict[str, str] = field(default_factory=dict)


class RedirectedError(DivertedError):
    """The call goes on at ``goto``: ``POST Calls/{sid}`` with a Url."""

    def __init__(self, goto: Goto) -> None:
        super().__init__(goto.url)
        self.goto = goto


@dataclass
class StreamProgress:
    """How far a stream has come."""

    call_sid: str
    sent: int = 0
    """Numbered messages to the hotline."""
    received: int = 0
    """Messages of the hotline that were obeyed."""


Gate = Callable[[StreamProgress, Callable[[], bool]], Awaitable[None]]
"""Awaited before each 20 ms of a stream; the second argument tells whether the hotline has closed it."""


Hear = Callable[[bytes, tuple[str, ...]], str]
"""From PCM16 at 8 kHz and the hints of a ``<Gather>`` to the words; empty: none of them. Called in a thread."""


def new_sid(prefix: str) -> str:
    """Two letters and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


@dataclass
class Switch:
    """One call's view of the exchange."""

    account_sid: str
    line: Line
    webhooks: Webhooks
    session: WebhookSession
    clock: Clock
    faults: Faults
    speak: Callable[[str], bytes] | None
    queues: Queues
    phones: Phones
    called: Callable[[CallRecord, CalledHandset], AbstractContextManager["Switch"]]
    """Opens another line, to a handset that is called; the line ends with the block."""
    unknown_param: tuple[str, str]
    """Twilio adds parameters without notice; every call brings one."""
    hear: Hear | None = None
    """What hears the words of a ``<Gather input="speech">``; None: keys only."""
    gate: Gate | None = None
    """Holds a stream back until the hotline has digested what it was sent; None: time waits for nobody."""
    document_url: str = ""
    """Relative addresses are resolved against it."""

    def params(self) -> dict[str, str]:
        """The standard parameters of a voice webhook."""
        record = self.line.record
        name, value = self.unknown_param
        return {
            "CallSid": record.call_sid,
            "AccountSid": self.account_sid,
            "From": record.from_number,
            "To": record.to_number,
            "Caller": record.from_number,
            "Called": record.to_number,
            "CallStatus": record.status,
            "ApiVersion": "2010-04-01",
            "Direction": record.direction,
            "FromCity": "",
            "FromState": "",
            "FromZip": "",
            "FromCountry": "RU",
            "ToCity": "",
            "ToState": "",
            "ToZip": "",
            "ToCountry": "RU",
            name: value,
        } | ({"ParentCallSid": record.parent_sid} if record.parent_sid else {})

    def goto(self, verb: Verb, url: str, params: dict[str, str] | None = None) -> Goto:
        """What ``verb`` asks of ``url``, which may be relative."""
        return Goto(verb.get("method", "POST").upper(), self.resolve(url), params or {})

    def resolve(self, url: str) -> str:
        return self.webhooks.absolute(url, self.document_url)

    async def ask(self, goto: Goto) -> Answer:
        """Ask for a document; a caller who hangs up meanwhile does not wait for it. Raises ``DocumentError``."""
        request = self.webhooks.document(self.session, goto.method, goto.url, self.params() | goto.params)
        asking = self.webhooks.spawn(request)
        gone = asyncio.create_task(self.line.handset.until_hung_up())
        try:
            await asyncio.wait((asking, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
        if not asking.done():
            asking.add_done_callback(_retrieve)
            raise CallOverError("caller")
        return asking.result()

    async def tell(self, url: str, params: dict[str, str], method: str = "POST") -> None:
        """A status callback; it is sent whatever becomes of the call."""
        timestamp = {"Timestamp": format_datetime(self.clock.now()), "CallbackSource": "call-progress-events"}
        await self.webhooks.callback(self.session, method, url, self.params() | timestamp | params)

    async def prompt(self, verb: Verb, stop: Stop | None = None) -> CallerFrame | None:
        """Play a ``<Say>``, ``<Play>`` or ``<Pause>``; returns what stopped it."""
        if verb.name == "Pause":
            self.line.note("pause", verb.get("length", "1"))
            return await self.line.pause(verb.number("length", 1), stop)
        sound = await (self._spoken(verb) if verb.name == "Say" else self._recorded(verb))
        for _ in range(int(verb.number("loop", 1)) or _MAX_LOOPS):
            self._announce(verb)
            stopped = await self.line.play(sound, stop)
            if stopped or not sound:
                return stopped
        return None

    def _announce(self, verb: Verb) -> None:
        self.line.note(verb.name.lower(), verb.text)
        self.line.handset.notice(Said(verb.text) if verb.name == "Say" else Played(verb.text))

    async def _spoken(self, verb: Verb) -> bytes:
        breaks = bytes(round(verb.pause_seconds / FRAME_SECONDS) * PCM_FRAME_BYTES)
        if self.speak:
            return await asyncio.to_thread(self.speak, verb.text) + breaks
        return bytes(round(len(verb.text) / LETTERS_A_SECOND / FRAME_SECONDS) * PCM_FRAME_BYTES) + breaks

    async def _recorded(self, verb: Verb) -> bytes:
        """The sound of a ``<Play>``; what cannot be had is recorded as an error and skipped."""
        url = self.resolve(verb.text)
        try:
            answer = await self.webhooks.media(self.session, url)
            return await asyncio.to_thread(read_wav, answer.body)
        except DocumentError as error:
            self.line.error(error.code, f"<Play> {error.detail}")
        except UnplayableError as error:
            self.line.error(12300, f"<Play> {error}")
        return b""


def _retrieve(task: "asyncio.Task[Answer]") -> None:
    """Read the outcome of an abandoned request, so that nobody reports it as forgotten."""
    if not task.cancelled():
        task.exception()
