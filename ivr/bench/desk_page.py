"""An operator's page without a browser: it signs in, listens to the events, and fetches what they ask for."""

import asyncio
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import httpx

from ivr.bench.served import database_file
from ivr.clock import SystemClock
from ivr.errors import HotlineError
from ivr.passwords import hash_password
from ivr.store.db import Database
from ivr.store.operators import Operator, add_operator

PASSWORD = "a password of the bench"  # noqa: S105  of accounts that live for one run
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_COOKIE = re.compile(r"desk=[^;]+")


def add_operators(folder: Path, count: int) -> tuple[str, ...]:
    """Accounts in the run's own database."""
    names = tuple(f"desk_{number}" for number in range(1, count + 1))
    stored, now, db = hash_password(PASSWORD), SystemClock().now(), Database(f"sqlite:///{database_file(folder)}")
    with db.transaction() as conn:
        for name in names:
            add_operator(conn, Operator(name, name, "operator", stored, None, None, "phone", "off", now, None))
    db.close()
    return names


class DeskPage:
    """One open page. The cookie is sent by hand: it is for https, and the bench speaks to the server itself."""

    def __init__(self, http: httpx.AsyncClient, token: str) -> None:
        self._http = http
        self._token = token
        self._line = asyncio.Event()
        self._own = asyncio.Event()
        self._ready = False
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, url: str, name: str) -> Self:
        """Sign in and listen. Raises ``HotlineError`` where the desk does not let the account in."""
        http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=httpx.Timeout(15))
        first = await http.get("/desk/sign-in")
        http.headers["Cookie"] = _cookie(first)
        form = {"name": name, "password": PASSWORD, "csrf_token": _token(first)}
        second = await http.post("/desk/sign-in", data=form)
        http.headers["Cookie"] = _cookie(second)
        third = await http.get("/desk/appeals")
        http.headers["Cookie"] = _cookie(third)
        page = cls(http, _token(third))
        await page.line_shown(time.monotonic(), 15)
        return page

    def listen_anew(self) -> None:
        """What was told until now does not count."""
        self._line.clear()
        self._own.clear()

    async def press(self) -> None:
        """Ready, or a pause: whichever is the other one."""
        self._ready = not self._ready
        form = {"status": "ready" if self._ready else "pause", "csrf_token": self._token}
        answer = await self._http.post("/desk/status", data=form)
        answer.raise_for_status()

    async def line_shown(self, began: float, patience: float) -> float | None:
        """Seconds until the line was told; None where it was not in time."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._line.wait(), patience)
            return time.monotonic() - began
        return None

    async def own_shown(self, began: float, patience: float) -> float | None:
        """Seconds until the page's own part was there, fetched because of an event."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._own.wait(), patience)
            answer = await self._http.get("/desk/now")
            answer.raise_for_status()
            return time.monotonic() - began
        return None

    async def close(self) -> None:
        self._listening.cancel()
        with suppress(asyncio.CancelledError):
            await self._listening
        await self._http.aclose()

    async def _listen(self) -> None:
        heard = {"event: queue": self._line, "event: me": self._own}
        async with self._http.stream("GET", "/desk/events", timeout=None) as answer:
            async for line in answer.aiter_lines():
                if line in heard:
                    heard[line].set()


def _token(page: httpx.Response) -> str:
    found = _TOKEN.search(page.text)
    if found is None:
        raise HotlineError("The desk did not let the bench in: its page holds no form.")
    return found[1]


def _cookie(answer: httpx.Response) -> str:
    """The session's cookie: the new one, or the one that was sent."""
    given = _COOKIE.search(answer.headers.get("Set-Cookie", ""))
    return given[0] if given else str(answer.request.headers.get("Cookie", ""))
