"""A played call as a report needs it: small, plain, sent from one process to another, and comparable with another play.

``trace`` is what has to be the same each time a scenario is played: what was said when, what was heard with its
alternatives, how soon each turn was answered, how the calls ended. Ids and tokens, which are drawn anew, are not in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from urllib.parse import urlsplit

import numpy as np

from ivr.exchange.pace import FRAME_SECONDS
from ivr.simulator.result import Reply, Result, Tape, Understood
from ivr.simulator.scenario import Mode

FRAMES_A_STEP = 10
"""Frames whose loudest sample is one step of a waveform: 0.2 s."""
STEP_SECONDS = FRAMES_A_STEP * FRAME_SECONDS
FULL_SCALE = 32768


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the dialogue."""

    call: int
    at: float
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Waveform:
    """Loudness of both sides in percent of full scale, a number for each ``STEP_SECONDS``."""

    caller: tuple[int, ...]
    hotline: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Telephoned:
    """One call of the scenario, as the telephone saw it."""

    seconds: float
    ended_by: str
    paths: tuple[str, ...]
    """The addresses asked for, without their queries."""


@dataclass(frozen=True, slots=True)
class Played:
    """How a scenario went in one way of calling, in one round."""

    call: str
    title: str
    file: str
    mode: Mode
    round: int = 1
    failures: tuple[str, ...] = ()
    skipped: str = ""
    """Why it was not played; empty where it was."""
    wall_seconds: float = 0.0
    said: tuple[Said, ...] = ()
    understood: tuple[Understood, ...] = ()
    replies: tuple[Reply, ...] = ()
    calls: tuple[Telephoned, ...] = ()
    waveforms: tuple[Waveform, ...] = ()
    trace: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures and not self.skipped

    @property
    def seconds(self) -> float:
        """Call time of all calls together."""
        return sum(call.seconds for call in self.calls)

    @property
    def fingerprint(self) -> str:
        """The same for two plays that went alike."""
        return sha256("\n".join((*self.trace, *self.failures)).encode()).hexdigest()[:16]


def summary(result: Result, file: str, number: int, wall_seconds: float) -> Played:
    """Of one round; ``wall_seconds``: how long it took this machine."""
    said = tuple(Said(moment.call, moment.at, moment.line.who, moment.line.text) for moment in result.moments)
    calls = tuple(
        Telephoned(record.seconds, record.ended_by, tuple(urlsplit(path).path for path in record.paths))
        for record in result.records
    )
    played = Played(
        result.scenario.call,
        result.scenario.title,
        file,
        result.mode,
        number,
        result.failures,
        "",
        wall_seconds,
        said,
        result.understood,
        result.replies,
        calls,
        tuple(_waveform(tape) for tape in result.tapes),
    )
    return replace(played, trace=tuple(_trace(played)))


def _trace(played: Played) -> Iterator[str]:
    yield from (f"{one.call}:{one.at:.2f} {one.who}: {one.text}" for one in played.said)
    for heard in played.understood:
        others = "".join(f" | {text} {confidence}" for text, confidence in heard.alternatives)
        yield f"{heard.call}:{heard.at:.2f} heard at {heard.question}: {heard.text} = {heard.value}{others}"
    yield from (f"turn {one.turn} answered after {one.milliseconds} ms" for one in played.replies)
    for call in played.calls:
        yield f"{call.seconds:.2f} s, ended by {call.ended_by}, {' '.join(call.paths)}"


def _waveform(tape: Tape) -> Waveform:
    said, heard = ([frame[side] for frame in tape] for side in (0, 1))
    return Waveform(*(tuple(_peaks(frames)) for frames in (said, heard)))


def _peaks(frames: list[bytes]) -> Iterator[int]:
    for at in range(0, len(frames), FRAMES_A_STEP):
        samples = np.frombuffer(b"".join(frames[at : at + FRAMES_A_STEP]), "<i2").astype(np.int32)
        yield round(100 * int(np.abs(samples).max(initial=0)) / FULL_SCALE)
