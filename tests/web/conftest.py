"""A whole hotline on loopback, and a client that is none of ours: it signs and posts as Twilio documents it."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from ivr.clock import SetClock
from ivr.serving import ExchangeSetup, Serving, serving_here
from ivr.settings import Settings, load_settings
from ivr.store.cards import sample_cards
from tests.web.twilio_client import ACCOUNT, PUBLIC_URL, TOKEN, TwilioClient

NOON = "2026-05-12T12:00:00+03:00"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A hotline with an account, behind a public address: what an independent client meets."""
    return load_settings(
        _env_file=None,
        host="127.0.0.1",
        port=0,
        public_base_url=PUBLIC_URL,
        database_url=f"sqlite:///{tmp_path}/calls.db",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_api_base_url="http://127.0.0.1:9",
        secret_key="k" * 32,
        max_streams=4,
    )


@pytest.fixture
def keypad_settings(settings: Settings) -> Settings:
    """No stream is free: every question is asked by <Gather>."""
    return settings.model_copy(update={"max_streams": 0})


@pytest.fixture
def clock() -> SetClock:
    from datetime import datetime

    return SetClock(datetime.fromisoformat(NOON))


@pytest.fixture
async def hotline(settings: Settings, clock: SetClock) -> AsyncIterator[Serving]:
    async with running(settings, clock) as serving:
        yield serving


@pytest.fixture
async def keypad_hotline(keypad_settings: Settings, clock: SetClock) -> AsyncIterator[Serving]:
    async with running(keypad_settings, clock) as serving:
        yield serving


@pytest.fixture
async def twilio(hotline: Serving) -> AsyncIterator[TwilioClient]:
    async with httpx.AsyncClient(base_url=hotline.url) as http:
        yield TwilioClient(http)


@pytest.fixture
async def keypad_twilio(keypad_hotline: Serving) -> AsyncIterator[TwilioClient]:
    async with httpx.AsyncClient(base_url=keypad_hotline.url) as http:
        yield TwilioClient(http)


def running(settings: Settings, clock: SetClock) -> "_Running":
    return _Running(settings, clock)


class _Running:
    """``serving_here`` with sample cards and quiet logs."""

    def __init__(self, settings: Settings, clock: SetClock) -> None:
        self._context = serving_here(settings, clock, ExchangeSetup())

    async def __aenter__(self) -> Serving:
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        serving = await self._context.__aenter__()
        with serving.application.db.transaction() as conn:
            sample_cards(conn)
        return serving

    async def __aexit__(self, *error: object) -> None:
        await self._context.__aexit__(*error)  # type: ignore[arg-type]
