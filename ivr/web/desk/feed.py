"""What the desks are told as it happens.

One poller for the whole process looks for new rows four times a second, and only while a page is open. An event says
what to show (the line, a sentence of one's own call) or only that something of one's own has changed, which the page
then fetches. Nothing of it lives in this process alone, so any process may serve any page.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import structlog
from flask import Flask, render_template
from sqlalchemy import Connection

from ivr.store.db import StoreError
from ivr.store.desk_reads import NewTurn, calls_of_operators, events_after, newest, turns_after
from ivr.store.line import LineEvent
from ivr.web.context import DeskParts
from ivr.web.desk.shown import read_board

log = structlog.get_logger(__name__)

POLL_SECONDS = 0.25
LOOK_BACK = 64
"""Rows so far behind the last one are read again: in PostgreSQL a smaller number may be committed later."""
MOST_WAITING = 200
"""Events that a page may be behind; a slower one has to connect anew."""
Owners = dict[str, tuple[str, int]]


class Numbered(Protocol):
    """A row with a number that grows."""

    @property
    def id(self) -> int: ...


Row = TypeVar("Row", bound=Numbered)


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """Something for the pages of one operator, or of all."""

    name: str
    """``queue``, ``me`` or ``turn``."""
    html: str
    operator: str | None = None
    turn: int = 0
    """The newest line of any dialogue by now: what a page that connects again tells."""


@dataclass(eq=False, slots=True)
class OpenPage:
    """A page that is told."""

    operator: str
    waiting: asyncio.Queue[DeskEvent | None] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING + 1))
    """None ends the stream."""

    def put(self, event: DeskEvent) -> None:
        """Hand over what concerns this page; end a page that does not take its events."""
        if event.operator in (None, self.operator) and self.waiting.qsize() <= MOST_WAITING:
            self.waiting.put_nowait(event if self.waiting.qsize() < MOST_WAITING else None)


class Tail:
    """The end of a table: tells each new row once, also one that is committed behind rows with higher numbers."""

    def __init__(self, last: int) -> None:
        self.last = last
        self._told: set[int] = set()

    @property
    def after(self) -> int:
        """Read from behind this number."""
        return self.last - LOOK_BACK

    def new(self, rows: Sequence[Row]) -> list[Row]:
        """Those that were not told yet."""
        fresh = [row for row in rows if row.id not in self._told]
        self.last = max((self.last, *(row.id for row in rows)))
        self._told = {number for number in (*self._told, *(row.id for row in rows)) if number > self.after}
        return fresh


class News:
    """Reads what is new and says it in HTML. Its methods block on the database and raise ``StoreError``."""

    def __init__(self, web: Flask, parts: DeskParts) -> None:
        self._web = web
        self._parts = parts
        self._events, self._turns = Tail(0), Tail(0)
        self._begun = False

    def look(self) -> list[DeskEvent]:
        """What has happened since the last look; the first one only looks where the tables end."""
        with self._parts.db.reading() as conn:
            owners = calls_of_operators(conn)
            if not self._begun:
                return self._begin(conn, owners)
            events = self._events.new(events_after(conn, self._events.after))
            turns = self._turns.new(turns_after(conn, self._turns.after, list(owners)))
        told = [*self._of_dialogues(turns, owners), *self._of_operators(events, owners)]
        return [*told, self.line()] if events else told

    def _begin(self, conn: Connection, owners: Owners) -> list[DeskEvent]:
        event, turn = newest(conn)
        self._events, self._turns, self._begun = Tail(event), Tail(turn), True
        self._events.new(events_after(conn, self._events.after))
        self._turns.new(turns_after(conn, self._turns.after, list(owners)))
        return []

    def line(self) -> DeskEvent:
        """Who is in the line now."""
        return DeskEvent("queue", self._page("desk/queue.html", board=read_board(self._parts)), None, self._turns.last)

    def missed(self, operator: str, after: int | None) -> list[DeskEvent]:
        """Lines of the operator's call behind the last one that the page knows of, or the last few."""
        with self._parts.db.reading() as conn:
            owners = calls_of_operators(conn)
            own = [sid for sid, (name, _) in owners.items() if name == operator]
            turns = turns_after(conn, self._turns.after if after is None else after, own)
        return self._of_dialogues(turns, owners)

    def _of_operators(self, events: Iterable[LineEvent], owners: Owners) -> list[DeskEvent]:
        """Those whose call, or status, is another one now."""
        has = {number: operator for operator, number in owners.values()}
        concerned = {name for one in events for name in (one.operator, has.get(one.place or 0)) if name}
        return [DeskEvent("me", "", name, self._turns.last) for name in sorted(concerned)]

    def _of_dialogues(self, turns: Iterable[NewTurn], owners: Owners) -> list[DeskEvent]:
        told = ((one, self._page("desk/lines.html", lines=(one,))) for one in turns)
        return [DeskEvent("turn", html, owners[one.call_sid][0], one.id) for one, html in told]

    def _page(self, template: str, **values: object) -> str:
        with self._web.app_context():
            return render_template(template, **values)


class DeskFeed:
    """Tells all open pages of this process. Lives in the event loop."""

    def __init__(self, news: News) -> None:
        self._news = news
        self._pages: set[OpenPage] = set()
        self._poller: asyncio.Task[None] | None = None

    async def open(self, operator: str, after: int | None) -> OpenPage:
        """A page of this operator: first the state as it is and what was missed, then what happens."""
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll())
        page = OpenPage(operator)
        self._pages.add(page)
        missed = await asyncio.to_thread(self._news.missed, operator, after)
        for event in (await asyncio.to_thread(self._news.line), DeskEvent("me", ""), *missed):
            page.put(event)
        return page

    def close(self, page: OpenPage) -> None:
        """The page is gone; with the last one the poller stops."""
        self._pages.discard(page)
        if not self._pages and self._poller is not None:
            self._poller.cancel()
            self._poller = None

    async def _poll(self) -> None:
        while True:
            try:
                events = await asyncio.to_thread(self._news.look)
            except StoreError:
                log.warning("desk_feed_waits")
                events = []
            for event in events:
                for page in tuple(self._pages):
                    page.put(event)
            await asyncio.sleep(POLL_SECONDS)
