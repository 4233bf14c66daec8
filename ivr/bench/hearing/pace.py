"""How many callers one core hears at once: recognizers fed at the pace of speech, pinned to one core."""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path

from ivr.application import SPEECH_THREADS
from ivr.bench.figures import Spread, rounded, spread
from ivr.bench.hearing.questions import CARD
from ivr.bench.hearing.sound import Sound, play
from ivr.bench.served import machine_busy_seconds
from ivr.content import current_content
from ivr.dialog.commands import Listen
from ivr.dialog.events import Utterance
from ivr.dialog.forms import DialogBook
from ivr.media.question import CHUNK_BYTES, Question
from ivr.speech.recognizer import SAMPLE_RATE, VoskEar

CHUNK_SECONDS = CHUNK_BYTES / SAMPLE_RATE
PACE_SECONDS = 8.0
QUICK_PACE_SECONDS = 4.0
WARM_UP_CHUNKS = 3
"""Of every stream, before the clock starts: a recognizer is made with its first chunk."""
FULL = 0.8
"""The share of a core that the first try is laid out for."""
LESS = 0.7
"""The next try has so many of the streams of the one before."""
TRIES = 4
MOST_STREAMS = 120
LATE_SECONDS = 0.1
"""The most that 95 in 100 chunks may be late."""
TAIL_SECONDS = 1.5
"""Silence between a number and the next."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Streams on one core. Times in seconds."""

    streams: int
    late: Spread
    """From the moment at which a chunk is complete to the moment at which it is digested."""
    work: float
    """Processor time per second of one stream's audio, the hotline's own code included."""
    other_cores: float
    """Cores that other programs used meanwhile."""

    @property
    def kept_up(self) -> bool:
        return self.late.p95 <= LATE_SECONDS

    def as_json(self) -> dict[str, object]:
        late = self.late.in_milliseconds()
        other = rounded(self.other_cores)
        return {"streams": self.streams, "late": late, "work": rounded(self.work), "other_cores": other}


def measure_pace(model: Path, sounds: Sequence[Sound], work: float, seconds: float) -> Pace:
    """The most streams, of a few tries, that one core keeps up with; the last try where it keeps up with none.

    ``work``: processor seconds per second of audio as measured before, which the first try is laid out for.
    """
    streams = max(1, min(MOST_STREAMS, int(FULL / work)))
    for _ in range(TRIES):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            pace = pool.submit(_run, model, sounds, streams, seconds).result()
        if pace.kept_up or streams == 1:
            break
        streams = max(1, int(streams * LESS))
    return pace


def _run(model: Path, sounds: Sequence[Sound], streams: int, seconds: float) -> Pace:
    """One try, in a process of its own."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    crowd = _Crowd(current_content().book, VoskEar(model), [play(sound, TAIL_SECONDS).mulaw for sound in sounds])
    return asyncio.run(crowd.run(streams, seconds))


class _Crowd:
    """Callers who read numbers over and over."""

    def __init__(self, book: DialogBook, ear: VoskEar, numbers: Sequence[bytes]) -> None:
        self._book, self._ear, self._numbers = book, ear, numbers
        self._executor = ThreadPoolExecutor(SPEECH_THREADS)
        self._late: list[float] = []

    async def run(self, streams: int, seconds: float) -> Pace:
        callers = [self._chunks(number) for number in range(streams)]
        asked = [self._question() for _ in callers]
        for question, chunks in zip(asked, callers, strict=True):
            for _ in range(WARM_UP_CHUNKS):
                await question.audio(next(chunks))
        work, busy, began = time.process_time(), machine_busy_seconds(), time.monotonic()
        starts = [began + CHUNK_SECONDS * (1 + number / streams) for number in range(streams)]
        each, count = zip(asked, callers, starts, strict=True), round(seconds / CHUNK_SECONDS)
        await asyncio.gather(*(self._caller(*caller, count) for caller in each))
        work, passed = time.process_time() - work, time.monotonic() - began
        other = (machine_busy_seconds() - busy - work) / passed
        return Pace(streams, spread(self._late), work / (streams * seconds), other)

    async def _caller(self, question: Question, chunks: Iterator[bytes], due: float, count: int) -> None:
        for _ in range(count):
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            turn = await question.audio(next(chunks))
            self._late.append(time.monotonic() - due)
            due += CHUNK_SECONDS
            if turn.event is not None:
                question = self._question()

    def _question(self) -> Question:
        question = Question(self._book, Listen(CARD), Utterance(), self._ear, self._executor)
        question.prompt_ended()
        return question

    def _chunks(self, number: int) -> Iterator[bytes]:
        """A number said over and over, each caller from another place on."""
        said = self._numbers[number % len(self._numbers)]
        start = number * 7 * CHUNK_BYTES % len(said)
        turned = said[start:] + said[:start]
        return cycle(turned[at : at + CHUNK_BYTES] for at in range(0, len(turned) - CHUNK_BYTES + 1, CHUNK_BYTES))
