"""The load of the stream bench; runs in a process of its own: callers who read a card number aloud, in real time.

A caller dials, hears the greeting and the question (every second caller does not wait and interrupts), reads sixteen
digits, waits until the hotline begins to read them back, hangs up and dials again.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import uvloop
from defusedxml import ElementTree
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from ivr.bench.http_connection import BrokenAnswerError, Connection
from ivr.bench.line import Line, LineFaultError, frames_of
from ivr.bench.served import own_cpu_seconds
from ivr.bench.twilio_form import Account, new_call_sid, signed
from ivr.exchange.mulaw import encode
from ivr.exchange.signature import SIGNATURE_HEADER, sign
from ivr.simulator.voices import ASTERISK, caller_voices

RAMP_SECONDS = 4.0
"""Callers dial one after another within this time."""
FIRST_PROMPT_SECONDS = 5.0
PROMPTS_SECONDS = 40.0
ANSWER_SECONDS = 12.0
INTERRUPT_AFTER_SECONDS = 2.5
THINKING_SECONDS = 0.5
READ_BACK_SECONDS = 1.0
"""How much of the read-back a caller hears before hanging up."""
DIGITS, BLOCK = 16, 4
NUMBERS = 100
"""Different numbers that are read, chosen by a fixed seed."""
OTHER_VOICE = "man"


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
    before = own_cpu_seconds()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(callers.run())
    callers.result.cpu_seconds = own_cpu_seconds() - before
    return callers.result


class _Callers:
    def __init__(self, load: Load) -> None:
        self._load = load
        self._sounds = sounds(load.digit_words)
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
        """One call. Raises ``LineFaultError``, ``BrokenAnswerError``, ``WebSocketException`` or ``OSError``."""
        call_sid, dialled = new_call_sid(), time.perf_counter()
        stream_url, token = await self._dial(call_sid)
        async with self._connect(stream_url) as socket:
            line = Line(socket, self._load.account.sid, call_sid, token)
            running = asyncio.create_task(line.run())
            talking = asyncio.create_task(self._talk(line, call_sid, dialled, number, impatient=impatient))
            try:
                await asyncio.wait((running, talking), return_when=asyncio.FIRST_COMPLETED)
                await (talking if talking.done() else running)
            finally:
                running.cancel()
                talking.cancel()
                await asyncio.gather(running, talking, return_exceptions=True)

    async def _dial(self, call_sid: str) -> tuple[str, str]:
        """The address and the token of the stream that the hotline wants."""
        connection = await Connection.open(self._load.url)
        try:
            body, headers = signed(self._load.account, "/voice/incoming", call_sid)
            answer = await connection.post("/voice/incoming", body, headers)
        finally:
            connection.close()
        stream = ElementTree.fromstring(answer.body).find("Connect/Stream") if answer.status == 200 else None
        token = stream.find("Parameter") if stream is not None else None
        if stream is None or token is None:
            raise LineFaultError(f"no stream was offered, status {answer.status}")
        return stream.attrib["url"], token.attrib["value"]

    def _connect(self, stream_url: str) -> connect:
        """Signed for the public address, connected to where the hotline listens."""
        listening = urlsplit(self._load.url)
        return connect(
            urlsplit(stream_url)._replace(scheme="ws").geturl(),
            host=listening.hostname,
            port=listening.port,
            additional_headers={SIGNATURE_HEADER: sign(stream_url, (), self._load.account.token)},
            compression=None,
            proxy=None,
            ping_interval=None,
        )

    async def _talk(self, line: Line, call_sid: str, dialled: float, number: str, *, impatient: bool) -> None:
        self.result.first_prompts.append(await line.until_sound(FIRST_PROMPT_SECONDS) - dialled)
        if impatient:
            await asyncio.sleep(INTERRUPT_AFTER_SECONDS)
        else:
            await line.hear_out(PROMPTS_SECONDS)
            await asyncio.sleep(THINKING_SECONDS)
        lag = await line.say(self._sounds.frames[number], ANSWER_SECONDS)
        self.result.answers.append(Answered(call_sid, number, lag))
        await asyncio.sleep(READ_BACK_SECONDS)


@dataclass(frozen=True, slots=True)
class Sounds:
    """Numbers as they travel in a stream."""

    voice: str
    frames: Mapping[str, tuple[str, ...]]


def sounds(digit_words: tuple[str, ...]) -> Sounds:
    """A real woman's recordings where Debian's package is installed, another voice where it is not."""
    voices = caller_voices()
    voice = ASTERISK if voices.has_voice(ASTERISK) else OTHER_VOICE
    order = random.Random(1)
    numbers = ["".join(order.choice("0123456789") for _ in range(DIGITS)) for _ in range(NUMBERS)]
    pcm = {number: voices.say(_read_aloud(number, digit_words), voice).tobytes() for number in numbers}
    return Sounds(voice, {number: frames_of(encode(samples)) for number, samples in pcm.items()})


def _read_aloud(number: str, digit_words: tuple[str, ...]) -> str:
    """Digit by digit, with a pause after each block, as it is printed on the card."""
    blocks = [number[at : at + BLOCK] for at in range(0, DIGITS, BLOCK)]
    return "… ".join(" ".join(digit_words[int(digit)] for digit in block) for block in blocks)
