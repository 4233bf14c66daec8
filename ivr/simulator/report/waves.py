"""The two sides of a call as a drawing: what the hotline plays above the line, what the caller says below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ivr.simulator.result import Reply
from ivr.simulator.summary import STEP_SECONDS, Played, Waveform

HEIGHT = 48
"""Of one side; the width is a unit for each step of the waveform."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A label of the time axis."""

    left: float
    """Percent of the width."""
    seconds: int


@dataclass(frozen=True, slots=True)
class Wait:
    """From the caller's end to the answer's beginning, as a rectangle."""

    x: float
    width: float
    turn: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """One call's drawing, in the units of its ``viewBox``."""

    width: int
    hotline: str
    """A path."""
    caller: str
    waits: tuple[Wait, ...]
    ticks: tuple[Tick, ...]


def drawings(played: Played) -> list[Drawing]:
    """One for each call of the scenario."""
    return [_drawing(number, waveform, played) for number, waveform in enumerate(played.waveforms)]


def _drawing(number: int, waveform: Waveform, played: Played) -> Drawing:
    width = max(1, len(waveform.hotline))
    scale = max((1, *waveform.caller, *waveform.hotline))
    waits = (_wait(one) for one in played.replies if one.call == number)
    return Drawing(
        width,
        _path(waveform.hotline, scale, -1),
        _path(waveform.caller, scale, 1),
        tuple(waits),
        tuple(_ticks(width)),
    )


def _wait(reply: Reply) -> Wait:
    width = reply.milliseconds / 1000 / STEP_SECONDS
    return Wait(round(reply.at / STEP_SECONDS - width, 2), round(width, 2), reply.turn, reply.milliseconds)


def _path(levels: Sequence[int], scale: int, direction: int) -> str:
    """A filled outline from the middle line; silence is left out."""
    return "".join(
        f"M{at} {HEIGHT}v{direction * max(1, round(level / scale * HEIGHT))}h1V{HEIGHT}z"
        for at, level in enumerate(levels)
        if level
    )


def _ticks(width: int) -> Iterator[Tick]:
    whole = width * STEP_SECONDS
    every = next(step for step in (5, 10, 30, 60, 300, 3600) if whole / step <= 14 or step == 3600)
    for second in range(every, int(whole), every):
        yield Tick(round(100 * second / whole, 2), second)
