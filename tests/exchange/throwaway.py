"""A hotline of a few lines, to be called by the exchange and thrown away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from ivr.exchange import Faults, LocalExchange, Pace

ACCOUNT = "AC" + "1" * 32
TOKEN = "12345"
Reply = str | Response | Callable[[Request], Awaitable[Response]]


def twiml(body: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?><Response>{body}</Response>', media_type="text/xml")


@dataclass(frozen=True)
class Asked:
    """One request as the hotline saw it."""

    method: str
    path: str
    query: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class Hotline:
    """Answers by path; a list of replies is used up one by one, its last one stays."""

    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    media: Callable[[WebSocket], Awaitable[None]] | None = None
    upgrades: list[dict[str, str]] = field(default_factory=list)

    def on(self, path: str, *replies: Reply) -> None:
        self.replies[path] = list(replies)

    def asked_at(self, path: str) -> list[Asked]:
        return [request for request in self.asked if request.path == path]

    def app(self) -> Starlette:
        methods = ["GET", "POST"]
        routes = [WebSocketRoute("/media", self._socket), Route("/{rest:path}", self._answer, methods=methods)]
        return Starlette(routes=routes)

    async def _answer(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        path = request.url.path
        self.asked.append(Asked(request.method, path, request.url.query, form, dict(request.headers)))
        replies = self.replies.get(path)
        if not replies:
            return Response(status_code=204) if "status" in path else Response(status_code=404)
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if isinstance(reply, Response):
            return reply
        return twiml(reply) if isinstance(reply, str) else await reply(request)

    async def _socket(self, socket: WebSocket) -> None:
        self.upgrades.append(dict(socket.headers))
        assert self.media is not None
        await self.media(socket)


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """Serve ``app`` on a free loopback port; gives its address."""
    config = uvicorn.Config(
        app, port=0, log_level="error", ws="websockets-sansio", lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@dataclass
class Bench:
    """A throw-away hotline and an exchange that calls it."""

    hotline: Hotline
    exchange: LocalExchange
    url: str
    faults: Faults


@asynccontextmanager
async def bench(
    pace: Pace | None = None, public: str = "https://voice.example.ru", **more: object
) -> AsyncIterator[Bench]:
    hotline, faults = Hotline(), Faults()
    async with served(hotline.app()) as url:
        exchange = LocalExchange(
            url,
            "https://voice.example.ru",
            ACCOUNT,
            TOKEN,
            pace=pace or Pace(instant=True),
            faults=faults,
            sms_step_seconds=0.01,
            **more,  # type: ignore[arg-type]
        )
        try:
            yield Bench(hotline, exchange, url, faults)
        finally:
            await exchange.aclose()
