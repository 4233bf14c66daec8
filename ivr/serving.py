"""Serves the hotline on one port; without a Twilio account, together with the local exchange."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

from ivr.application import Application
from ivr.clock import Clock
from ivr.codes import draw_code
from ivr.content import Content
from ivr.errors import PortInUseError, SettingsError
from ivr.exchange.app import exchange_app
from ivr.exchange.exchange import LocalExchange
from ivr.exchange.faults import Faults
from ivr.exchange.pace import Pace
from ivr.exchange.people import Operator, anybody
from ivr.exchange.record import CallRecord
from ivr.exchange.switch import Gate
from ivr.feed import Feed
from ivr.local_phone import follow, hearing
from ivr.media.wire import REAL_TIME, Pacing
from ivr.settings import Settings
from ivr.speech.synthesizer import shared_synthesizer
from ivr.takes import Recorder

SOCKET_BACKLOG = 512
FRAME_BYTES = 64 * 1024
"""The largest message a media socket may send."""
DRAIN_SECONDS = 5
"""How long open requests and streams get when the hotline stops; the rest resume elsewhere by their redirect."""


@dataclass(frozen=True, slots=True)
class ExchangeSetup:
    """How the local exchange behaves."""

    pace: Pace = field(default_factory=Pace)
    operators: Callable[[str], Operator] = anybody
    """What becomes of a called person, by number or ``client:NAME``."""
    on_leg: Callable[[CallRecord], None] = lambda record: None
    """Told of every call that the hotline made, when it is over."""
    faults: Faults = field(default_factory=Faults)
    gate: Gate | None = None
    """Holds streams back until the hotline has digested what it was sent."""
    settled: Callable[[Application], Awaitable[None]] | None = None
    """Holds those who wait in a queue back until the hotline has done what it has begun."""
    pacing: Pacing = REAL_TIME
    """The hotline's side of the same."""
    draw: Callable[[], str] = draw_code
    """Makes the codes that are texted; a replay draws the same ones each time."""
    content: Content | None = None
    """Dialogues that were read and checked before; None: they are read and checked."""
    recorder: Callable[[Application], Recorder] | None = None
    """What keeps recordings of the recorder's page; None: there is no such page."""


DEFAULT_EXCHANGE = ExchangeSetup()


@dataclass(frozen=True, slots=True)
class Serving:
    """A hotline that is ready to serve."""

    application: Application
    url: str
    """Where it listens on this machine, http://127.0.0.1:8000."""
    server: uvicorn.Server
    listener: socket.socket
    exchange: LocalExchange | None
    """None where a Twilio account is set."""


def open_serving(settings: Settings, clock: Clock | None = None, setup: ExchangeSetup = DEFAULT_EXCHANGE) -> Serving:
    """Bind the port, migrate the database and build everything.

    Raises ``PortInUseError``, ``SettingsError``, ``ModelError``, ``BookError`` or ``StoreUnavailable``.
    """
    _refuse_public_without_account(settings)
    listener = _bind(settings)
    try:
        host, port = listener.getsockname()[:2]
        url = f"http://{host}:{port}"
        completed = _with_addresses(settings, url)
        application = Application(completed, clock=clock, pacing=setup.pacing, draw=setup.draw, content=setup.content)
        application.prepare()
        exchange = None if settings.has_account else _exchange(application, url, setup)
        beside = _exchange_app(exchange, application.feed) if exchange else None
        recorder = setup.recorder(application) if exchange and setup.recorder else None
        server = uvicorn.Server(server_config(application.asgi(beside, recorder)))
    except BaseException:
        listener.close()
        raise
    return Serving(application, url, server, listener, exchange)


def serve(serving: Serving) -> None:
    """Serve until the process is told to stop."""
    serving.server.run(sockets=[serving.listener])
    serving.listener.close()


@asynccontextmanager
async def serving_here(
    settings: Settings, clock: Clock | None = None, setup: ExchangeSetup = DEFAULT_EXCHANGE
) -> AsyncIterator[Serving]:
    """Serve in the running event loop, beside the caller's own work: for scripted calls and tests."""
    serving = open_serving(settings, clock, setup)
    task = asyncio.create_task(serving.server.serve(sockets=[serving.listener]))
    try:
        await _until_started(serving, task)
        yield serving
    finally:
        if serving.exchange:
            await serving.exchange.aclose()
        serving.server.should_exit = True
        await task
        serving.listener.close()


async def _until_started(serving: Serving, task: asyncio.Task[None]) -> None:
    while not serving.server.started:
        if task.done():
            raise RuntimeError("the hotline did not start; its log says why")
        await asyncio.sleep(0.01)


def _refuse_public_without_account(settings: Settings) -> None:
    """Without an account anybody could be the exchange, so only this machine is served."""
    try:
        loopback = ip_address(settings.host).is_loopback
    except ValueError:
        loopback = settings.host == "localhost"
    if not settings.has_account and not loopback:
        raise SettingsError("Setting HOST: without TWILIO_AUTH_TOKEN only 127.0.0.1 is served; set the token first.")


def _bind(settings: Settings) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(SOCKET_BACKLOG)
    except OSError as error:
        listener.close()
        raise PortInUseError(
            f"Cannot listen on {settings.host}:{settings.port} ({error.strerror}). "
            "Stop the program that uses the port, or set PORT to another one."
        ) from error
    return listener


def _with_addresses(settings: Settings, url: str) -> Settings:
    """Fill in the addresses that are known only now."""
    updates = {} if settings.public_base_url else {"public_base_url": url}
    if not settings.has_account:
        updates["twilio_api_base_url"] = f"{url}/exchange"
    return settings.model_copy(update=updates)


def _exchange(application: Application, url: str, setup: ExchangeSetup) -> LocalExchange:
    settings, settled = application.settings, setup.settled
    return LocalExchange(
        url,
        settings.public_base_url,
        settings.twilio_account_sid,
        settings.signing_token,
        pace=setup.pace,
        speak=lambda text: shared_synthesizer().speak(text).tobytes(),
        hear=hearing(application.ear),
        faults=setup.faults,
        operators=setup.operators,
        on_leg=setup.on_leg,
        gate=setup.gate,
        settled=partial(settled, application) if settled else None,
    )


def _exchange_app(exchange: LocalExchange, feed: Feed) -> ASGIApp:
    return exchange_app(exchange, dialogue=lambda call_sid: follow(feed, call_sid))


def server_config(app: ASGIApp) -> uvicorn.Config:
    """How every server of ours is run."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_max_size=FRAME_BYTES,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        server_header=False,
    )
