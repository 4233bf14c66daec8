"""The REST interface of an exchange, and a client of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from ivr.exchange import CallRecord
from tests.exchange.throwaway import ACCOUNT, TOKEN, Bench, bench

ROOT = f"/2010-04-01/Accounts/{ACCOUNT}"
HOTLINE = "+78002009002"
URL = "https://voice.example.ru/operator"
STATUS = "https://voice.example.ru/operator/status"


@dataclass
class Office:
    """What the hotline can ask of Twilio, and what became of the calls that it made."""

    line: Bench
    client: httpx.AsyncClient
    legs: list[CallRecord]

    async def place(self, to: str, **more: object) -> httpx.Response:
        form: dict[str, Any] = {"To": to, "From": HOTLINE, "Url": URL, "Timeout": "15"} | more
        return await self.client.post(f"{ROOT}/Calls.json", data=form)

    async def update(self, sid: str, **form: str) -> httpx.Response:
        return await self.client.post(f"{ROOT}/Calls/{sid}.json", data=form)

    async def fetch(self, sid: str) -> httpx.Response:
        return await self.client.get(f"{ROOT}/Calls/{sid}.json")

    async def until(self, met: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not met():
                await asyncio.sleep(0.002)

    async def until_asked(self, path: str, times: int = 1) -> dict[str, str]:
        """The form of the last of so many requests to ``path``."""
        await self.until(lambda: len(self.line.hotline.asked_at(path)) >= times)
        return self.line.hotline.asked_at(path)[-1].form

    def statuses(self, path: str = "/operator/status") -> list[str]:
        return [asked.form["CallStatus"] for asked in self.line.hotline.asked_at(path)]


@asynccontextmanager
async def opened(**more: Any) -> AsyncIterator[Office]:
    legs: list[CallRecord] = []
    async with bench(on_leg=legs.append, **more) as line:
        transport = httpx.ASGITransport(line.exchange.rest_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://api", auth=(ACCOUNT, TOKEN)) as client:
            yield Office(line, client, legs)
