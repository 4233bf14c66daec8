"""The phone page's line: it dials the hotline, rings when its number is called, shows messages and the dialogue."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack

import structlog
from starlette.websockets import WebSocket

from ivr.exchange.browser import BrowserHandset
from ivr.exchange.exchange import CALLER_NUMBER, LocalExchange
from ivr.exchange.handset import Sms
from ivr.exchange.sms import E164, MAX_BODY
from ivr.exchange.sockets import PageLine, start

Dialogue = Callable[[str], AsyncIterator[dict[str, object]]]
"""From a CallSid to the lines of its dialogue as they come: ``{"who", "text", "final"}``."""
_FEED_SECONDS = 2.0
"""How long the feed may go on after the call."""
log = structlog.get_logger(__name__)


class PhoneLine(PageLine):
    """One open phone page: its number, the calls to and from it, its messages."""

    def __init__(self, exchange: LocalExchange, socket: WebSocket, dialogue: Dialogue | None) -> None:
        super().__init__(socket)
        self._exchange = exchange
        self._dialogue = dialogue
        self._subscription = ExitStack()
        self._number = ""
        self._feeds: set[asyncio.Task[None]] = set()

    async def _leave(self, sending: "asyncio.Task[None]") -> None:
        self._subscription.close()
        for task in self._feeds:
            task.cancel()
        await super()._leave(sending)
        await asyncio.gather(*self._feeds, return_exceptions=True)

    def _send(self, message: dict[str, object] | bytes) -> None:
        if isinstance(message, dict) and "ringing" in message and self._dialogue:
            lines = self._dialogue(str(message["call_sid"]))
            start(self._forward(lines, self._handset), self._feeds)
        super()._send(message)

    def _control(self, message: dict[str, object]) -> None:
        number = str(message.get("number") or message.get("from") or "")
        if number and not self._take_number(number):
            self._send({"error": "number"})
        elif message.get("dial") is True and not self._handset:
            self._handset = BrowserHandset(self._send, feed=self._dialogue is not None)
            start(self._call(self._handset), self._tasks)
        elif isinstance(sms := message.get("send_sms"), dict):
            start(self._text(str(sms.get("to", "")), str(sms.get("body", ""))), self._tasks)
        else:
            super()._control(message)

    def _take_number(self, number: str) -> bool:
        """Ring for ``number`` and listen for its messages, beginning with those that have come already."""
        if not E164.fullmatch(number):
            return False
        if number != self._number:
            self._subscription.close()
            self._number = number
            self._subscription.enter_context(self._exchange.listening(number, self._show))
            self._subscription.enter_context(self._exchange.plugged(number, self.ring))
            for sms in self._exchange.inbox(number):
                self._show(sms)
        return True

    def _show(self, sms: Sms) -> None:
        text = {"id": sms.sid, "from": sms.from_number, "body": sms.body, "at": sms.at.isoformat()}
        self._send({"sms": text})

    async def _text(self, to: str, body: str) -> None:
        """Send a message from the page's number; the page is told whether the hotline took it."""
        sent = bool(to) and await self._exchange.text(self._number or CALLER_NUMBER, to, body[:MAX_BODY])
        self._send({"sms_sent": sent})

    async def _call(self, handset: BrowserHandset) -> None:
        try:
            await self._exchange.dial(handset, self._number or CALLER_NUMBER)
        except Exception:
            log.exception("call of the phone page failed")
        finally:
            if self._handset is handset:
                self._handset = None

    async def _forward(self, lines: AsyncIterator[dict[str, object]], handset: BrowserHandset | None) -> None:
        """Pass the dialogue on while the call lasts and a little longer."""
        reading = asyncio.ensure_future(self._read(lines))
        try:
            while not reading.done() and self._handset is handset:
                await asyncio.wait((reading,), timeout=0.2)
            await asyncio.wait((reading,), timeout=_FEED_SECONDS)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(self, lines: AsyncIterator[dict[str, object]]) -> None:
        async for line in lines:
            self._send({"dialogue": line})
