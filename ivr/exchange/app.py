"""The exchange as an application for loopback: Twilio's REST interface, and the line of the phone page.

The page and its line speak JSON text for control and binary PCM16 at 8 kHz for sound.
From the page: ``{"number": "+79…"}``, ``{"dial": true, "from": "+79…"}``, ``{"key": "5"}``, ``{"hang_up": true}``,
sound.
To the page: ``ringing``, ``connected``, ``said``, ``dialogue``, ``sms``, ``clear``, ``ended``, ``error``, sound.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import ExitStack
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from ivr.exchange.browser import BrowserHandset
from ivr.exchange.exchange import CALLER_NUMBER, LocalExchange
from ivr.exchange.handset import Sms
from ivr.exchange.sms import E164

Dialogue = Callable[[str], AsyncIterator[dict[str, object]]]
"""From a CallSid to the lines of its dialogue as they come: ``{"who", "text", "final"}``."""
KEYS = "0123456789*#"
_FEED_SECONDS = 2.0
"""How long the feed may go on after the call."""
_MAX_TEXT = 1024
_MAX_SOUND = 16 * 1024
_MAX_WAITING = 1000
"""Messages to a page that does not read them; 20 s of sound. Then its call ends."""
log = structlog.get_logger(__name__)


def exchange_app(exchange: LocalExchange, dialogue: Dialogue | None = None) -> Starlette:
    """``/2010-04-01/…`` and the WebSocket ``/line``, for loopback only; to be mounted, at ``/exchange`` say."""

    async def line(socket: WebSocket) -> None:
        await PhoneLine(exchange, socket, dialogue).serve()

    routes = [*exchange.rest().routes(), WebSocketRoute("/line", line)]
    return Starlette(routes=routes, middleware=[Middleware(LoopbackOnly)])


class LoopbackOnly:
    """Answers nobody but this machine; a page of another site cannot open the line either."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (_is_loopback(scope) and _is_same_origin(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("The local exchange serves this machine only.", 403)(scope, receive, send)


def _is_loopback(scope: Scope) -> bool:
    try:
        return ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False


def _is_same_origin(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    return not origin or urlsplit(origin).netloc == headers.get(b"host", b"").decode("latin-1")


class PhoneLine:
    """One open phone page: at most one call at a time, and the messages of its number."""

    def __init__(self, exchange: LocalExchange, socket: WebSocket, dialogue: Dialogue | None) -> None:
        self._exchange = exchange
        self._socket = socket
        self._dialogue = dialogue
        self._outgoing: asyncio.Queue[dict[str, object] | bytes] = asyncio.Queue()
        self._subscription = ExitStack()
        self._number = ""
        self._handset: BrowserHandset | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._feeds: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Serve the page until it goes away; its call ends with it."""
        await self._socket.accept()
        sending = asyncio.create_task(self._send_all())
        try:
            while True:
                self._obey(await self._socket.receive())
        except WebSocketDisconnect:
            pass
        finally:
            self._subscription.close()
            await self._leave(sending)

    async def _leave(self, sending: "asyncio.Task[None]") -> None:
        if self._handset:
            self._handset.hang_up()
        for task in (sending, *self._feeds):
            task.cancel()
        await asyncio.gather(sending, *self._feeds, *self._tasks, return_exceptions=True)

    async def _send_all(self) -> None:
        while True:
            message = await self._outgoing.get()
            if isinstance(message, bytes):
                await self._socket.send_bytes(message)
            else:
                await self._socket.send_text(json.dumps(message, ensure_ascii=False))

    def _send(self, message: dict[str, object] | bytes) -> None:
        self._outgoing.put_nowait(message)
        if self._outgoing.qsize() > _MAX_WAITING and self._handset:
            self._handset.hang_up()
        if isinstance(message, dict) and "ringing" in message and self._dialogue:
            lines = self._dialogue(str(message["call_sid"]))
            _start(self._forward(lines, self._handset), self._feeds)
        if isinstance(message, dict) and "ended" in message:
            self._handset = None

    def _obey(self, message: Message) -> None:
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        sound, text = message.get("bytes"), message.get("text")
        if isinstance(sound, bytes) and self._handset and len(sound) <= _MAX_SOUND:
            self._handset.take_sound(sound)
        if isinstance(text, str) and len(text) <= _MAX_TEXT:
            self._control(_read_control(text))

    def _control(self, message: dict[str, object]) -> None:
        number = str(message.get("number") or message.get("from") or "")
        if number and not self._take_number(number):
            self._send({"error": "number"})
        elif message.get("dial") is True and not self._handset:
            self._handset = BrowserHandset(self._send, feed=self._dialogue is not None)
            _start(self._call(self._handset), self._tasks)
        elif self._handset and message.get("hang_up") is True:
            self._handset.hang_up()
        elif self._handset and isinstance(key := message.get("key"), str) and len(key) == 1 and key in KEYS:
            self._handset.press(key)

    def _take_number(self, number: str) -> bool:
        """Listen for the messages of ``number``, beginning with those that have come already."""
        if not E164.fullmatch(number):
            return False
        if number != self._number:
            self._subscription.close()
            self._number = number
            self._subscription.enter_context(self._exchange.listening(number, self._show))
            for sms in self._exchange.inbox(number):
                self._show(sms)
        return True

    def _show(self, sms: Sms) -> None:
        text = {"id": sms.sid, "from": sms.from_number, "body": sms.body, "at": sms.at.isoformat()}
        self._send({"sms": text})

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


def _start(work: Coroutine[Any, Any, None], running: set[asyncio.Task[None]]) -> None:
    task = asyncio.create_task(work)
    running.add(task)
    task.add_done_callback(running.discard)


def _read_control(text: str) -> dict[str, object]:
    try:
        message = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
