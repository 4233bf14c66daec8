"""The stream of events: what each desk is told, how soon, and after a break."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest
from sqlalchemy import insert

from ivr.serving import Serving
from ivr.store.operators import remove_operator
from ivr.store.tables import turns
from ivr.web.desk import stream
from ivr.web.desk.feed import LOOK_BACK, MOST_WAITING, DeskEvent, OpenPage, Tail
from ivr.web.desk.stream import as_text
from tests.desk.desk_world import account, in_line, rung, sign_in, talking

SOON = 3.0
"""Seconds. A busy machine is no defect: how soon it is in fact is measured by the bench."""


@dataclass
class Told:
    """Events as they come over the wire."""

    lines: AsyncIterator[str]
    ids: list[str] = field(default_factory=list)

    async def event(self) -> tuple[str, str]:
        """The next event's name and data."""
        name, data = "", []
        async for line in self.lines:
            if line.startswith("id: "):
                self.ids.append(line[4:])
            elif line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                data.append(line[6:])
            elif not line and name:
                return name, "\n".join(data)
        return "end", ""

    async def until(self, name: str, text: str = "", seconds: float = SOON) -> str:
        """The data of the first event of this name that holds the text."""
        async with asyncio.timeout(seconds):
            while True:
                told, data = await self.event()
                assert told != "end", f"the stream ended before {name}"
                if told == name and text in data:
                    return data


@asynccontextmanager
async def listening(http: httpx.AsyncClient, last: str = "") -> AsyncIterator[Told]:
    headers = {"Last-Event-ID": last} if last else {}
    async with http.stream("GET", "/desk/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        yield Told(answer.aiter_lines())


def add_turn(serving: Serving, sid: str, text: str) -> None:
    """Something is said in the call."""
    with serving.application.db.transaction() as conn:
        at = serving.application.clock.now()
        conn.execute(insert(turns).values(call_sid=sid, step=99, who="caller", text=text, at=at))


async def test_it_tells_nothing_to_strangers(http: httpx.AsyncClient) -> None:
    assert (await http.get("/desk/events")).status_code == 401


async def test_a_page_gets_the_state_first_and_then_what_happens(http: httpx.AsyncClient, serving: Serving) -> None:
    await sign_in(http, "pavel")
    async with listening(http) as told:
        await told.until("queue", "Никто не ждёт")
        await told.until("me")
        in_line(serving)
        await told.until("queue", "Не списываются баллы")
        rung(serving, "pavel")
        await told.until("me")


async def test_only_the_calls_own_operator_is_told_its_words(
    http: httpx.AsyncClient, other_http: httpx.AsyncClient, serving: Serving
) -> None:
    await sign_in(http, "pavel")
    await sign_in(other_http, "boris")
    in_line(serving)
    async with listening(http) as own, listening(other_http) as other:
        await other.until("queue", "Не списываются баллы")
        talking(serving, "pavel")
        add_turn(serving, "CA1", "тайна")
        await own.until("turn", "тайна")
        in_line(serving, "CA2", "+79160000102", ("0#",))
        async with asyncio.timeout(SOON):
            while True:
                name, data = await other.event()
                assert name != "turn"
                assert "тайна" not in data
                if name == "queue" and "Причина не названа" in data:
                    break


async def test_after_a_break_it_gets_what_it_has_missed_and_not_what_it_has(
    http: httpx.AsyncClient, serving: Serving
) -> None:
    await sign_in(http, "pavel")
    place = in_line(serving)
    rung(serving, "pavel")
    async with listening(http) as told:
        await told.until("turn", "Зовём оператора")
        last = told.ids[-1]
    add_turn(serving, place.call_sid, "сказано без страницы")
    async with listening(http, last) as told:
        first = await told.until("turn")
    assert "сказано без страницы" in first


async def test_a_page_that_does_not_take_its_events_is_let_go() -> None:
    page = OpenPage("olga")
    for _ in range(MOST_WAITING + 50):
        page.put(DeskEvent("queue", "<p></p>"))
    taken = [page.waiting.get_nowait() for _ in range(page.waiting.qsize())]
    assert taken[-1] is None
    assert len(taken) == MOST_WAITING + 1


async def test_a_stream_ends_by_and_by_so_that_its_session_is_checked(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LIFE_SECONDS", 0.5)
    monkeypatch.setattr(stream, "PING_SECONDS", 0.1)
    await sign_in(http, "olga")
    began = time.monotonic()
    async with listening(http) as told:
        async with asyncio.timeout(SOON):
            while (await told.event())[0] != "end":
                pass
    assert time.monotonic() - began < SOON


async def test_a_removed_account_is_told_nothing_more(
    http: httpx.AsyncClient, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "PING_SECONDS", 0.1)
    await sign_in(http, "olga")
    async with listening(http) as told:
        await told.until("me")
        with serving.application.db.transaction() as conn:
            remove_operator(conn, "olga")
        async with asyncio.timeout(SOON):
            while (await told.event())[0] != "end":
                pass
    assert (await http.get("/desk/events")).status_code == 401


async def test_an_open_stream_shows_that_the_desk_is_there(
    http: httpx.AsyncClient, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Browsers slow the timers of hidden pages down to one a minute, so heartbeats alone would come too late."""
    monkeypatch.setattr(stream, "PING_SECONDS", 0.1)
    await sign_in(http, "olga")
    before = account(serving, "olga").seen_at
    async with listening(http) as told:
        await told.until("me")
        async with asyncio.timeout(SOON):
            while account(serving, "olga").seen_at == before:
                await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Row:
    id: int


def test_each_row_is_told_once_also_when_a_smaller_number_comes_later() -> None:
    tail = Tail(10)
    assert tail.new([Row(11), Row(13)]) == [Row(11), Row(13)]
    assert tail.new([Row(11), Row(12), Row(13)]) == [Row(12)]
    assert tail.new([Row(11), Row(12), Row(13)]) == []
    assert tail.after == 13 - LOOK_BACK


def test_the_tail_does_not_grow() -> None:
    tail = Tail(0)
    for number in range(1, 5000):
        tail.new([Row(number)])
    assert len(tail._told) <= LOOK_BACK


def test_html_of_several_lines_is_one_event() -> None:
    assert as_text(DeskEvent("turn", "<li>\na</li>", "olga", 7)) == "id: 7\nevent: turn\ndata: <li>\ndata: a</li>\n\n"
    assert as_text(DeskEvent("me", "")) == "event: me\ndata: \n\n"
