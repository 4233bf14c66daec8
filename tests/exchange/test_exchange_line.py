import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from ivr.exchange import Pace
from ivr.exchange.app import exchange_app
from ivr.exchange.browser import BrowserHandset
from tests.exchange.throwaway import ACCOUNT, TOKEN, Bench, bench, served

NUMBER = "+79161112233"


class Page:
    """The phone page without a browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.sound = b""
        self.shown: list[dict[str, Any]] = []

    async def send(self, **message: object) -> None:
        await self._socket.send(json.dumps(message))

    async def speak(self, pcm: bytes) -> None:
        await self._socket.send(pcm)

    async def until(self, name: str) -> Any:
        """Read on to the next message of this name."""
        async with asyncio.timeout(5):
            while True:
                message = await self._socket.recv()
                if isinstance(message, bytes):
                    self.sound += message
                    continue
                self.shown.append(json.loads(message))
                if name in self.shown[-1]:
                    return self.shown[-1][name]


async def dialogue(call_sid: str) -> AsyncIterator[dict[str, object]]:
    """Endless, as the hotline's own is."""
    yield {"who": "note", "text": call_sid, "final": True}
    await asyncio.Event().wait()


@asynccontextmanager
async def opened(line: Bench, *, feed: bool = False) -> AsyncIterator[Page]:
    app = Starlette(routes=[Mount("/exchange", exchange_app(line.exchange, dialogue if feed else None))])
    async with served(app) as url, connect(url.replace("http", "ws") + "/exchange/line", proxy=None) as socket:
        yield Page(socket)


@pytest.fixture
async def fast() -> AsyncIterator[Bench]:
    async with bench(Pace(speed=20), speak=lambda text: b"\x01\x02" * 1600) as line:
        yield line


async def test_it_makes_a_call_from_the_page(fast: Bench) -> None:
    fast.hotline.on("/voice/incoming", '<Gather action="/menu" numDigits="1"><Say>Нажмите один</Say></Gather>')
    fast.hotline.on("/menu", "<Hangup/>")
    async with opened(fast) as page:
        await page.send(dial=True, **{"from": NUMBER})
        assert await page.until("ringing") is True
        assert page.shown[-1]["feed"] is False
        await page.until("connected")
        assert await page.until("said") == "Нажмите один"
        await page.send(key="1")
        assert await page.until("ended") == "hotline"
    asked = fast.hotline.asked_at("/menu")[0].form
    assert (asked["Digits"], asked["From"]) == ("1", NUMBER)
    assert {"clear": True} in page.shown
    assert page.sound.startswith(b"\x01\x02" * 160)


async def test_it_ignores_what_the_page_may_not_send(fast: Bench) -> None:
    fast.hotline.on("/voice/incoming", '<Gather action="/menu" numDigits="1" timeout="60"/>')
    fast.hotline.on("/menu", "<Hangup/>")
    async with opened(fast) as page:
        await page.send(key="5")
        await page.speak(b"\0" * 320)
        await page.send(dial=True, **{"from": "внутренний"})
        assert await page.until("error") == "number"
        await page.send(dial=True)
        await page.until("connected")
        for key in ("55", "A", "", 5, None):
            await page.send(key=key)
        await page.send(dial=True)
        await page.send(key="7")
        await page.until("ended")
    assert fast.hotline.asked_at("/menu")[0].form["Digits"] == "7"
    assert len(fast.hotline.asked_at("/voice/incoming")) == 1


async def test_it_hangs_up_for_the_page_and_calls_again(fast: Bench) -> None:
    fast.hotline.on("/voice/incoming", '<Gather timeout="60"/>')
    async with opened(fast) as page:
        for _ in range(2):
            await page.send(dial=True)
            await page.until("connected")
            await page.send(hang_up=True)
            assert await page.until("ended") == "caller"
            await asyncio.sleep(0.05)
    assert len(fast.hotline.asked_at("/voice/status")) == 2


async def test_it_ends_the_call_when_the_page_goes_away(fast: Bench) -> None:
    fast.hotline.on("/voice/incoming", '<Gather timeout="600"/>')
    async with opened(fast) as page:
        await page.send(dial=True)
        await page.until("connected")
    assert fast.hotline.asked_at("/voice/status")[0].form["CallStatus"] == "completed"


async def test_it_shows_messages_old_and_new(fast: Bench) -> None:
    message = {"To": NUMBER, "From": "+78002009002", "Body": "Код 1"}
    transport = httpx.ASGITransport(fast.exchange.rest_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://api", auth=(ACCOUNT, TOKEN)) as client:
        url = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        await client.post(url, data=message)
        while not fast.exchange.inbox(NUMBER):
            await asyncio.sleep(0.01)
        async with opened(fast) as page:
            await page.send(number=NUMBER)
            assert (await page.until("sms"))["body"] == "Код 1"
            await client.post(url, data=message | {"Body": "Код 2"})
            sms = await page.until("sms")
            assert (sms["body"], sms["from"]) == ("Код 2", "+78002009002")


async def test_it_forwards_the_dialogue(fast: Bench) -> None:
    fast.hotline.on("/voice/incoming", "<Pause length='3'/><Say>Да</Say>")
    async with opened(fast, feed=True) as page:
        await page.send(dial=True)
        line = await page.until("dialogue")
        ringing = next(message for message in page.shown if "ringing" in message)
        assert ringing["feed"] is True
        assert line == {"who": "note", "text": ringing["call_sid"], "final": True}
        await page.until("ended")


async def test_it_carries_the_voice_of_the_page_into_the_stream(fast: Bench) -> None:
    heard: list[dict[str, Any]] = []

    async def media(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                heard.append(json.loads(await socket.receive_text()))
        except WebSocketDisconnect:
            return

    fast.hotline.on("/voice/incoming", '<Connect><Stream url="/media"/></Connect>')
    fast.hotline.media = media
    async with opened(fast) as page:
        await page.send(dial=True)
        await page.until("connected")
        while not any(message["event"] == "media" for message in heard):
            await asyncio.sleep(0.01)
        await page.speak(np.full(480, 8000, dtype="<i2").tobytes())
        await asyncio.sleep(0.1)
        await page.send(hang_up=True)
        await page.until("ended")
    payloads = [message["media"]["payload"] for message in heard if message["event"] == "media"]
    assert sum(not payload.startswith("////") for payload in payloads) == 3


async def test_it_serves_pages_of_its_own_origin_only(fast: Bench) -> None:
    app = exchange_app(fast.exchange)
    async with served(app) as url:
        address = url.replace("http", "ws") + "/line"
        with pytest.raises(InvalidStatus):
            await connect(address, origin=Origin("https://evil.example.com"), proxy=None)
        async with connect(address, origin=Origin(url), proxy=None):
            pass


@pytest.mark.parametrize(("url", "refused"), [("http://evil.example.com", True), ("http://127.0.0.1:8000", False)])
async def test_a_foreign_name_that_is_pointed_here_is_no_own_origin(fast: Bench, url: str, refused: bool) -> None:
    transport = httpx.ASGITransport(exchange_app(fast.exchange), client=("127.0.0.1", 5000))
    async with httpx.AsyncClient(transport=transport, base_url=url, headers={"Origin": url}) as client:
        assert ((await client.get("/nothing")).status_code == 403) is refused


async def test_it_serves_loopback_only(fast: Bench) -> None:
    transport = httpx.ASGITransport(exchange_app(fast.exchange), client=("192.0.2.7", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://api", auth=(ACCOUNT, TOKEN)) as client:
        answer = await client.get(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json")
    assert answer.status_code == 403


async def test_it_bounds_the_delay_of_a_fast_microphone() -> None:
    handset = BrowserHandset(lambda message: None, feed=False)
    for number in range(100):
        handset.take_sound(bytes([number]) * 300)
    frames = [await handset.next_frame() for _ in range(11)]
    assert frames[9][-1] >= 98
    assert frames[10] == bytes(320)
