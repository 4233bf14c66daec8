"""How fast call time passes. A call is counted in frames of 20 ms; the pace says how long a frame lasts outside."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

FRAME_SECONDS = 0.02
_LAG_ALLOWED = 10
"""Frames. A longer stall is not caught up in a burst: the call simply takes longer."""


@dataclass(frozen=True)
class Pace:
    """``Pace()`` is real time, ``Pace(speed=6)`` six times faster, ``Pace(instant=True)`` never sleeps.

    A hotline that hears audio needs time to think, so an open stream is held to ``stream_speed`` even when instant;
    None where a gate holds it instead: a sleep of a fraction of a millisecond lasts a whole one.
    """

    speed: float = 1.0
    instant: bool = False
    stream_speed: float | None = 20.0

    def wall_seconds(self, call_seconds: float) -> float:
        """How long ``call_seconds`` last outside the call."""
        return 0.0 if self.instant else call_seconds / self.speed


class Step:
    """Lines that keep step where time never sleeps: 20 ms pass for all of them, or for none.

    Who waits in a queue and who is being rung meanwhile live in one time; without it the caller's time would race on
    while the other line's webhook is answered. ``settled`` is awaited before every frame.
    """

    def __init__(self, settled: Callable[[], Awaitable[None]] | None = None) -> None:
        self._settled = settled
        self._members: set[CallTime] = set()
        self._here: set[CallTime] = set()
        self._passed = 0
        self._news = asyncio.Event()

    def add(self, member: "CallTime") -> None:
        """From now on no frame passes without ``member``."""
        self._members.add(member)

    def remove(self, member: "CallTime") -> None:
        """Go on without ``member``; those who wait for it look again."""
        self._members.discard(member)
        self._here.discard(member)
        self._news.set()

    async def frame(self, member: "CallTime") -> None:
        """Wait until every member has come to the end of its 20 ms."""
        frame = self._passed
        self._here.add(member)
        try:
            while frame == self._passed:
                await self._look(frame)
        finally:
            self._here.discard(member)

    async def _look(self, frame: int) -> None:
        if not self._here >= self._members:
            self._news.clear()
            await self._news.wait()
            return
        if self._settled:
            await self._settled()
        if self._here >= self._members and frame == self._passed:
            self._passed += 1
            self._here.clear()
            self._news.set()


class CallTime:
    """The clock of one call. ``seconds`` is call time since dialling; only ``tick`` moves it."""

    def __init__(self, pace: Pace, step: Step | None = None) -> None:
        self._pace = pace
        self._step = step if pace.instant else None
        self._in_step = False
        self._speed = None if pace.instant else pace.speed
        self._frames = 0
        self._due = 0.0

    @property
    def seconds(self) -> float:
        return round(self._frames * FRAME_SECONDS, 3)

    async def tick(self) -> None:
        """Let 20 ms of call time pass."""
        self._frames += 1
        await asyncio.sleep(self._wait() if self._speed else 0)
        if self._step and self._in_step:
            await self._step.frame(self)

    @contextmanager
    def in_step(self, inside: bool = True) -> Iterator[None]:
        """Keep step with the other lines that do, or with ``inside`` False be carried by another line meanwhile."""
        before = self._in_step
        self._keep_step(inside)
        try:
            yield
        finally:
            self._keep_step(before)

    def _keep_step(self, inside: bool) -> None:
        if self._step and inside != self._in_step:
            (self._step.add if inside else self._step.remove)(self)
        self._in_step = inside

    @contextmanager
    def streaming(self) -> Iterator[None]:
        """Hold the pace to what a listening hotline can follow."""
        before = self._speed
        self._speed = self._speed or self._pace.stream_speed
        try:
            yield
        finally:
            self._speed = before

    def _wait(self) -> float:
        assert self._speed is not None
        frame = FRAME_SECONDS / self._speed
        now = asyncio.get_running_loop().time()
        if now - self._due > _LAG_ALLOWED * frame:
            self._due = now
        self._due += frame
        return max(0.0, self._due - now)
