"""The load of the stream bench; runs in a process of its own: callers who read a card number aloud, in real time.

A caller dials, hears the greeting and the question (every second caller does not wait and interrupts), reads sixteen
digits, waits until the hotline begins to read them back, hangs up and dials again.
"""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import uvloop
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from ivr.bench.http_connection import BrokenAnswerError
from ivr.bench.line import Line, LineFaultError
from ivr.bench.twilio_form import Account, new_call_sid
from ivr.exchange.signature import SIGNATURE_HEADER, sign
from ivr.settings import ROOT

RAMP_SECONDS = 4.0
"""Callers dial one after another within this time."""
FIRST_PROMPT_SECONDS = 5.0
PROMPTS_SECONDS = 40.0
ANSWER_SECONDS = 12.0
INTERRUPT_AFTER_SECONDS = 2.5
THINKING_SECONDS = 0.5
READ_BACK_SECONDS = 1.0
"""How much of the read-back a caller hears before hanging up."""
DIGIT_WORDS = ROOT / "grammars" / "lexicon" / "numbers.yaml"
DIGITS = 16
NUMBERS = 12
"""Different numbers that are read, chosen by a fixed seed."""


@dataclass(frozen=True, slots=True)
class Load:
    """Who calls, and for how long."""

    url: str
    account: Account
    callers: int
    seconds: float
    digit_words: tuple[str, ...]
    """How the ten digits are said."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One number that was read and answered."""

    call_sid: str
    number: str
    lag_seconds: float
    """From the last frame of speech to the first sound of the answer."""


@dataclass(slots=True)
class LoadResult:
    """What the callers saw."""

    first_prompts: list[float] = field(default_factory=list)
    """Seconds from the webhook's sending to the first sound."""
    answers: list[Answered] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    voice: str = ""
    cpu_seconds: float = 0.0
    """Processor time of the callers' own process."""


def run_callers(load: Load) -> LoadResult:
    """Call for ``load.seconds``; calls that are under way at the end do not count."""
    callers = _Callers(load)
    before = _cpu_seconds()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(callers.run())
    callers.result.cpu_seconds = _cpu_seconds() - before
    return callers.result


class _Callers:
    def __init__(self, load: Load) -> None:
        self._load = load
        self._sounds = _sounds(load.digit_words)
        self.result = LoadResult(voice=self._sounds.voice)

    async def run(self) -> None:
        try:
            async with asyncio.timeout(self._load.seconds):
                await asyncio.gather(*(self._caller(number) for number in range(self._load.callers)))
        except TimeoutError:
            return

    async def _caller(self, which: int) -> None:
        await asyncio.sleep(which * RAMP_SECONDS / self._load.callers)
        order = random.Random(which)
        while True:
            number = order.choice(list(self._sounds.frames))
            try:
                await self._call(number, impatient=which % 2 == 0)
            except (LineFaultError, BrokenAnswerError, WebSocketException, OSError) as error:
                self.result.faults[f"{type(error).__name__}: {error}"] += 1
                await asyncio.sleep(THINKING_SECONDS)

    async def _call(self, number: str, *, impatient: bool) -> None:
        load, call_sid = self._load, new_call_sid()
        dialled = time.perf_counter()
        stream_url, token = await self._dial(call_sid)
        listening = urlsplit(load.url)
        async with connect(
            urlsplit(stream_url)._replace(scheme="ws").geturl(),
            host=listening.hostname,
            port=listening.port or 80,
            additional_headers={SIGNATURE_HEADER: sign(stream_url, (), load.account.token)},
            compression=None,
            proxy=None,
            ping_interval=None,
        ) as socket:
            line = Line(socket, load.account.sid, call_sid, token)
            running = asyncio.create_task(line.run())
            try:
                await self._speak(line, running, dialled, call_sid, number, impatient=impatient)
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
