"""``GET /desk/events``: a stream of server-sent events for each open page, served by the event loop, not by threads."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import monotonic

import structlog
from flask import Flask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ivr.store.db import StoreError
from ivr.web.context import DeskParts
from ivr.web.desk.auth import COOKIE, holder, read_cookie
from ivr.web.desk.feed import DeskEvent, DeskFeed, News, OpenPage
from ivr.web.desk.headers import HEADERS

log = structlog.get_logger(__name__)

PATH = "/desk/events"
PING_SECONDS = 15.0
"""So often something is sent, so that balancers keep the connection, and it is noted that the page is open."""
LIFE_SECONDS = 300.0
"""Then the page connects again, by which its session is checked."""
RETRY = "retry: 1000\n\n"
PING = ": \n\n"
NO_BUFFER = {"X-Accel-Buffering": "no"}
"""Tells nginx to hand each event over at once."""


def events_route(web: Flask, parts: DeskParts) -> Route:
    """The route to put before Flask's; ``web`` signs the cookies and renders the events."""
    stream = _Stream(web, parts, DeskFeed(News(web, parts)))
    return Route(PATH, stream.answer)


@dataclass(frozen=True, slots=True)
class _Stream:
    web: Flask
    parts: DeskParts
    feed: DeskFeed

    async def answer(self, request: Request) -> Response:
        """401 without a session, which ends the page's tries; 503 while the database is away, which does not."""
        try:
            operator = await asyncio.to_thread(self._operator, request.cookies.get(COOKIE))
            if operator is None:
                return Response("sign in first", 401, HEADERS)
            page = await self.feed.open(operator, _last_seen(request))
        except StoreError:
            return Response("try again later", 503, HEADERS)
        headers = HEADERS | NO_BUFFER
        return StreamingResponse(self._events(page), headers=headers, media_type="text/event-stream")

    async def _events(self, page: OpenPage) -> AsyncIterator[str]:
        now = monotonic()
        ends, looks = now + LIFE_SECONDS, now + PING_SECONDS
        try:
            yield RETRY
            while now < ends:
                told = await _next(page)
                now = monotonic()
                if told is None or (now >= looks and not await asyncio.to_thread(self._there, page.operator)):
                    return
                looks = now + PING_SECONDS if now >= looks else looks
                yield told
        finally:
            self.feed.close(page)

    def _operator(self, cookie: str | None) -> str | None:
        with self.parts.db.reading() as conn:
            operator = holder(conn, read_cookie(self.web, cookie), self.parts.clock.now())
        return operator.name if operator else None

    def _there(self, name: str) -> bool:
        """Note that the page is open: a browser that is covered by other windows lets its scripts sleep."""
        try:
            return self.parts.line.seen(name)
        except StoreError:
            return True


async def _next(page: OpenPage) -> str | None:
    """The next event, or a sign of life; None where the page is to connect anew."""
    try:
        event = await asyncio.wait_for(page.waiting.get(), PING_SECONDS)
    except TimeoutError:
        return PING
    return as_text(event) if event else None


def as_text(event: DeskEvent) -> str:
    """The event on the wire; HTML of several lines takes several lines of data."""
    lines = event.html.splitlines() or [""]
    data = "".join(f"data: {line}\n" for line in lines)
    return f"id: {event.turn}\nevent: {event.name}\n{data}\n" if event.turn else f"event: {event.name}\n{data}\n"


def _last_seen(request: Request) -> int | None:
    told = request.headers.get("last-event-id", "")
    return int(told) if told.isdecimal() and len(told) < 19 else None
