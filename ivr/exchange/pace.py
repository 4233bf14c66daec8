"""How fast call time passes. A call is counted in frames of 20 ms; the pace says how long a frame lasts outside."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

FRAME_SECONDS = 0.02
_LAG_ALLOWED = 10
"""Frames. A longer stall is not caught up in a burst: the call simply takes longer."""


@dataclass(frozen=True)
class Pace:
    """``Pace()`` is real time, ``Pace(speed=6)`` six times faster, ``Pace(instant=True)`` never sleeps.

    A hotline that hears audio needs time to think, so an open stream is held to ``stream_speed`` even when instant.
    """

    speed: float = 1.0
    instant: bool = False
    stream_speed: float = 20.0

    def wall_seconds(self, call_seconds: float) -> float:
        """How long ``call_seconds`` last outside the call."""
        return 0.0 if self.instant else call_seconds / self.speed


class CallTime:
    """The clock of one call. ``seconds`` is call time since dialling; only ``tick`` moves it."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
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
