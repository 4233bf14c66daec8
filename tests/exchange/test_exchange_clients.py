import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ivr.exchange import Pace
from ivr.exchange.app import exchange_app
from tests.exchange.rest_office import HOTLINE, STATUS, Office, opened
from tests.exchange.test_exchange_line import Page
from tests.exchange.throwaway import served

NUMBER = "+79161112233"
TONE = np.full(1600, 8000, dtype="<i2").tobytes()


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """Twenty times faster than life: pages are real sockets."""
    async with opened(pace=Pace(speed=20), speak=lambda text: b"\x01\x02" * 1600) as made:
        hotline = made.line.hotline
        hotline.on("/voice/incoming", '<Enqueue action="/left" waitUrl="/wait">line-1</Enqueue>')
        hotline.on("/wait", "<Pause length='20'/>")
        hotline.on("/left", "<Hangup/>")
        hotline.on("/operator", '<Gather action="/take" numDigits="1" timeout="600"><Say>Звонок</Say></Gather>')
        hotline.on("/take", "<Dial><Queue>line-1</Queue></Dial>")
        yield made


@asynccontextmanager
async def exchange_at(office: Office) -> AsyncIterator[str]:
    app = Starlette(routes=[Mount("/exchange", exchange_app(office.line.exchange))])
    async with served(app) as url:
        yield url.replace("http", "ws") + "/exchange"


@asynccontextmanager
async def browser(address: str) -> AsyncIterator[Page]:
    async with connect(address, proxy=None) as socket:
        yield Page(socket)


async def test_it_rings_an_operators_browser_and_joins_it_with_a_phone_page(office: Office) -> None:
    async with (
        exchange_at(office) as url,
        browser(f"{url}/client?identity=anna") as desk,
        browser(f"{url}/line") as phone,
    ):
        await phone.send(dial=True, **{"from": NUMBER})
        await phone.until("connected")
        await office.until_asked("/wait")
        sid = (await office.place("client:anna?offer=12", StatusCallback=STATUS)).json()["sid"]
        incoming = await desk.until("incoming")
        assert incoming == {"call_sid": sid, "from": HOTLINE, "parameters": {"offer": "12"}}
        await desk.send(answer=True)
        assert await desk.until("said") == "Звонок"
        await desk.send(key="1")
        await desk.until("bridged")
        await phone.until("bridged")
        await phone.speak(TONE)
        await desk.speak(TONE)
        await asyncio.sleep(0.2)
        await desk.send(hang_up=True)
        assert await desk.until("ended") == "caller"
        assert await phone.until("ended") == "hotline"
    assert b"\x40\x1f" * 160 in desk.sound
    assert b"\x40\x1f" * 160 in phone.sound
    assert office.line.hotline.asked_at("/left")[0].form["QueueResult"] == "bridged"


async def test_it_tells_that_a_browser_declines(office: Office) -> None:
    async with exchange_at(office) as url, browser(f"{url}/client?identity=anna") as desk:
        await office.place("client:anna", StatusCallback=STATUS)
        await desk.until("incoming")
        await desk.send(hang_up=True)
        assert await desk.until("ended") == "busy"
        assert (await office.until_asked("/operator/status"))["CallStatus"] == "busy"
        await office.place("client:anna", StatusCallback=STATUS)
        assert await desk.until("incoming")


async def test_it_finds_a_browser_in_a_call_busy(office: Office) -> None:
    async with exchange_at(office) as url, browser(f"{url}/client?identity=anna") as desk:
        await office.place("client:anna")
        await desk.until("incoming")
        await desk.send(answer=True)
        await desk.until("connected")
        await office.place("client:anna", StatusCallback=STATUS)
        assert (await office.until_asked("/operator/status"))["CallStatus"] == "busy"


async def test_it_ends_the_call_of_a_browser_that_is_closed(office: Office) -> None:
    async with exchange_at(office) as url:
        async with browser(f"{url}/client?identity=anna") as desk:
            await office.place("client:anna", StatusCallback=STATUS)
            await desk.until("incoming")
            await desk.send(answer=True)
            await desk.until("connected")
        assert (await office.until_asked("/operator/status"))["CallStatus"] == "completed"
        await office.place("client:anna", StatusCallback=STATUS)
        assert (await office.until_asked("/operator/status", 2))["CallStatus"] == "failed"


async def test_it_wants_to_know_who_the_operator_is(office: Office) -> None:
    async with exchange_at(office) as url:
        for query in ("", "?identity=", "?identity=a%20b"):
            with pytest.raises((InvalidStatus, ConnectionClosed)):
                async with connect(f"{url}/client{query}", proxy=None) as socket:
                    await socket.recv()


async def test_it_rings_the_phone_page_when_its_number_is_called(office: Office) -> None:
    office.line.hotline.on("/operator", "<Say>Вы просили перезвонить</Say><Hangup/>")
    async with exchange_at(office) as url, browser(f"{url}/line") as phone:
        await phone.send(number=NUMBER)
        await office.until(lambda: office.line.exchange.is_held(NUMBER))
        await office.place(NUMBER, StatusCallback=STATUS)
        assert (await phone.until("incoming"))["from"] == HOTLINE
        await phone.send(answer=True)
        assert await phone.until("said") == "Вы просили перезвонить"
        assert await phone.until("ended") == "hotline"
        await office.place(NUMBER)
        await phone.until("incoming")
