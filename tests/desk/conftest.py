"""A whole hotline on this machine, operators' accounts, and browsers to open the desk in."""

import logging
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, async_playwright

from ivr.clock import ShiftedClock
from ivr.exchange.people import Operator
from ivr.serving import ExchangeSetup, Serving, serving_here
from ivr.settings import load_settings
from ivr.store.cards import sample_cards
from tests.desk.desk_world import BROWSER_ARGUMENTS, add_account

CHROMIUM = shutil.which("chromium")
PEAK = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
"""A Tuesday, 10:30 in Moscow: callers who want a person get into the line at once."""


@pytest.fixture
async def serving(tmp_path: Path) -> AsyncIterator[Serving]:
    """Without an account: the local exchange plays Twilio; by keypad only, so that nothing has to be heard."""
    settings = load_settings(
        _env_file=None, host="127.0.0.1", port=0, max_streams=0, database_url=f"sqlite:///{tmp_path}/calls.db"
    )
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    nobody = ExchangeSetup(operators=lambda _: Operator("no-answer"))
    async with serving_here(settings, ShiftedClock(PEAK), nobody) as running:
        with running.application.db.transaction() as conn:
            sample_cards(conn)
            add_account(conn, "olga", "Ольга Иванова")
            add_account(conn, "boris", "Борис Петров")
            add_account(conn, "pavel", "Павел Сидоров", device="phone", phone="+74950000001")
            add_account(conn, "vera", "Вера Старшая", role="supervisor")
        yield running


@pytest.fixture
async def http(serving: Serving) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=serving.url) as client:
        yield client


@pytest.fixture
async def other_http(serving: Serving) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=serving.url) as client:
        yield client


@pytest.fixture
async def window(serving: Serving) -> AsyncIterator[BrowserContext]:
    """A browser with a microphone; a script that fails in it, or breaks the pages' policy, fails the test."""
    if CHROMIUM is None:
        pytest.skip("NOT TESTED: the desk in a browser, chromium is not installed")
    problems: list[str] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda told: problems.append(told.text) if "Content Security" in told.text else None)

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=BROWSER_ARGUMENTS)
        context = await browser.new_context(base_url=serving.url, viewport={"width": 1366, "height": 768})
        context.on("page", watch)
        yield context
        await browser.close()
    assert problems == []
