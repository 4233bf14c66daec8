"""People at the desk: accounts, signing in over HTTP and in a browser, and callers at the phone page."""

import re
from datetime import UTC, datetime
from functools import cache

import httpx
from playwright.async_api import Page, expect
from sqlalchemy import Connection

from ivr.appeals import AppealDesk, Wish
from ivr.dialog.events import Heard, keyed
from ivr.passwords import hash_password
from ivr.serving import Serving
from ivr.store.appeals import Appeal
from ivr.store.desk_reads import ringing_offer
from ivr.store.line import Offer, Place, find_place
from ivr.store.operators import Device, Operator, Role, add_operator, find_operator

PASSWORD = "correct horse battery"
CALLER = "+79160000108"
TOBACCO = ("2", "1", "4276051200070086", "12121955", "0#")
"""Points that are not taken, card, date of birth, and a person instead of the code."""
SECONDS = 1000
"""Playwright counts milliseconds."""
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
]
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@cache
def password_hash() -> str:
    return hash_password(PASSWORD)


def add_account(
    conn: Connection,
    name: str,
    shown: str,
    *,
    role: Role = "operator",
    device: Device = "browser",
    phone: str | None = None,
    password: str | None = PASSWORD,
) -> None:
    stored = password_hash() if password else None
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert add_operator(conn, Operator(name, shown, role, stored, None, phone, device, "off", at, None))


def token_in(page: str) -> str:
    found = _TOKEN.search(page)
    assert found is not None, page
    return found[1]


async def sign_in(http: httpx.AsyncClient, name: str, password: str = PASSWORD, **form: str) -> httpx.Response:
    """Fill in the form as a browser would; the answer is not followed."""
    page = await http.get("/desk/sign-in")
    fields = {"name": name, "password": password, "csrf_token": token_in(page.text)} | form
    return await http.post("/desk/sign-in", data=fields)


async def post(http: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    """A POST of a person who is signed in, with the token of the desk's page."""
    home = await http.get("/desk/appeals")
    return await http.post(path, data={"csrf_token": token_in(home.text)} | form)


def in_line(serving: Serving, sid: str = "CA1", number: str = CALLER, keys: tuple[str, ...] = TOBACCO) -> Place:
    """A caller who has keyed this, wants a person, and listens to the music."""
    application = serving.application
    answer = application.calls.begin(sid, number, "+78002009002")
    for key in keys:
        answer = application.calls.step(sid, answer.reply.step, Heard(keyed(key)))
    waiting = application.line.on_hold(sid)
    assert waiting is not None
    return waiting.place


def rung(serving: Serving, name: str) -> Offer:
    """The operator is ready, and is being rung."""
    serving.application.line.set_status(account(serving, name), "ready")
    with serving.application.db.reading() as conn:
        offer = ringing_offer(conn, name)
    assert offer is not None
    return offer


def talking(serving: Serving, name: str) -> Place:
    """The operator has taken the call, and talks."""
    line, offer = serving.application.line, rung(serving, name)
    assert line.accept(offer.id)
    assert line.talking(offer.place)
    return place_of(serving, offer.place)


def account(serving: Serving, name: str) -> Operator:
    with serving.application.db.reading() as conn:
        operator = find_operator(conn, name)
    assert operator is not None
    return operator


def place_of(serving: Serving, number: int = 1) -> Place:
    with serving.application.db.reading() as conn:
        place = find_place(conn, number)
    assert place is not None
    return place


async def open_desk(page: Page, name: str, *, live: bool = True) -> None:
    """Sign in by keyboard alone."""
    await page.goto("/desk")
    await page.wait_for_selector("#name:focus")
    await page.keyboard.type(name)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#content[data-stream=open]" if live else "#bar")


async def phase(desk: Page, name: str) -> None:
    """Wait until the operator's call is so far."""
    await expect(desk.locator("#bar")).to_have_attribute("data-phase", name, timeout=15 * SECONDS)


def register(serving: Serving, text: str = "Списать баллы", phone: str = CALLER, sid: str = "CA0") -> Appeal:
    """An appeal, made in a call."""
    desk = AppealDesk(serving.application.content.hotline, serving.application.settings.zone, serving.application.clock)
    with serving.application.db.transaction() as conn:
        return desk.register(conn, Wish(sid, phone, "site", text=text))[0]
