"""One ASGI application on one port: the media socket and the desks' events by asyncio, the rest by Flask in threads."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import structlog
from a2wsgi import WSGIMiddleware
from flask import Flask
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketState

from ivr.media.session import MediaServices, MediaSession
from ivr.media.slots import StreamSlots
from ivr.metrics import REFUSED
from ivr.telephony.signature import SignatureCheck
from ivr.web.context import WebContext
from ivr.web.desk.stream import events_route
from ivr.web.forms import LONGEST_FORM, FormAtHand, FormsFirst
from ivr.web.recorder import LONGEST_TAKE

log = structlog.get_logger(__name__)

WEB_THREADS = {"sqlite": 1, "postgresql": 16}
"""Webhooks served at once, by kind of database. SQLite lets one write at a time, so more threads would only take the
interpreter from each other: 4 of them serve no more webhooks than 1, and the slowest wait three times as long.
PostgreSQL answers over a network.
"""
SLOW_THREADS = 2
"""A chart takes a second to draw: a webhook never waits for it, and neither does the wallboard."""
SLOW_FOLDERS = ("/reports/", "/phone/recorder/")
SLOW_END = "/save/"
"""Of addresses that save a call as a scenario."""
SWITCH_SECONDS = 0.0002
POLICY_VIOLATION = 1008
TRY_AGAIN_LATER = 1013
Lifespan = Callable[[], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Sockets:
    """What media sockets need."""

    services: MediaServices
    signature: SignatureCheck
    slots: StreamSlots


def join(web: Flask, threads: int, sockets: Sockets, lifespan: Lifespan, exchange: ASGIApp | None) -> Starlette:
    """The whole hotline. ``exchange``: the local exchange's application, where there is no Twilio account."""
    routes: list[BaseRoute] = [WebSocketRoute("/media", _media(sockets))]
    if exchange is not None:
        routes.append(Mount("/exchange", exchange))
    context: WebContext = web.extensions["ivr"]
    routes.append(events_route(web, context.desk))
    routes.append(mounted(web, threads))

    @asynccontextmanager
    async def live(_: Starlette) -> AsyncIterator[None]:
        async with lifespan():
            yield

    return Starlette(routes=routes, lifespan=live)


def mounted(web: Flask, threads: int) -> Mount:
    """Flask behind asyncio: each request in a thread, its form at hand. What takes seconds has threads of its own."""
    calls, slow = _in_threads(web, threads), _in_threads(web, SLOW_THREADS, LONGEST_TAKE)

    async def by_path(scope: Scope, receive: Receive, send: Send) -> None:
        path = f"{scope['path']}/"
        is_slow = path.startswith(SLOW_FOLDERS) or path.endswith(SLOW_END)
        await (slow if is_slow else calls)(scope, receive, send)

    return Mount("/", by_path)


def _in_threads(web: Flask, threads: int, longest: int = LONGEST_FORM) -> ASGIApp:
    return FormsFirst(WSGIMiddleware(FormAtHand(web), workers=threads), longest)  # type: ignore[arg-type]


def share_the_interpreter() -> None:
    """Let the event loop have the interpreter soon after it asks for it: by default a busy thread keeps it for 5 ms."""
    sys.setswitchinterval(SWITCH_SECONDS)


def _media(sockets: Sockets) -> Callable[[WebSocket], Awaitable[None]]:
    async def media(websocket: WebSocket) -> None:
        """A media stream: signed by the account, and within what this machine can hear at once."""
        if not sockets.signature.socket(websocket.scope["path"], websocket.headers.get("x-twilio-signature")):
            REFUSED.labels("socket").inc()
            log.warning("socket_refused")
            await websocket.close(POLICY_VIOLATION)
            return
        if not sockets.slots.take():
            await websocket.close(TRY_AGAIN_LATER)
            return
        try:
            await websocket.accept()
            await MediaSession(StarletteSocket(websocket), sockets.services).run()
        finally:
            sockets.slots.give_back()

    return media


class StarletteSocket:
    """A stream's connection as the media session wants it."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket

    async def receive(self) -> str | bytes | None:
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        text: str | None = message.get("text")
        return text if text is not None else bytes(message.get("bytes") or b"")

    async def send(self, text: str) -> None:
        if self._websocket.client_state is WebSocketState.CONNECTED:
            await self._websocket.send_text(text)

    async def close(self, code: int) -> None:
        states = (self._websocket.client_state, self._websocket.application_state)
        if states == (WebSocketState.CONNECTED, WebSocketState.CONNECTED):
            await self._websocket.close(code)
