"""Words of a caller inside a ``<Gather>``: where a voice begins and ends, told from levels."""

import asyncio
from collections import deque
from collections.abc import Callable

import numpy as np

from ivr.exchange.pace import FRAME_SECONDS

LOUD = 700
"""Root mean square of a frame with a voice in it, of 32768: quiet speech has twice as much, a quiet room a tenth."""
_BEGINS_AFTER = 5
"""Loud frames, of the last eight, that make a voice: a click is shorter."""
_LOOKED_AT = 8
_KEPT_FRAMES = 20
"""Frames before the voice was noticed that belong to it."""
_LONGEST_SECONDS = 60.0


class SpokenAnswer:
    """Collects a caller's frames from where a voice begins to where it has paused for ``pause_seconds``."""

    def __init__(
        self, hear: Callable[[bytes, tuple[str, ...]], str], hints: tuple[str, ...], pause_seconds: float
    ) -> None:
        self._hear = hear
        self._hints = hints
        self._pause_frames = round(pause_seconds / FRAME_SECONDS)
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._sound: list[bytes] = []
        self._before: deque[bytes] = deque(maxlen=_KEPT_FRAMES)
        self._loud: deque[bool] = deque(maxlen=_LOOKED_AT)
        self._quiet = 0

    @property
    def begun(self) -> bool:
        """Somebody speaks."""
        return bool(self._sound)

    @property
    def ended(self) -> bool:
        """Somebody has spoken."""
        too_long = len(self._sound) * FRAME_SECONDS >= _LONGEST_SECONDS
        return self.begun and (self._quiet >= self._pause_frames or too_long)

    def listen(self, pcm: bytes) -> None:
        """Take in 20 ms."""
        loud = _is_loud(pcm)
        if self.begun:
            self._sound.append(pcm)
            self._quiet = 0 if loud else self._quiet + 1
            return
        self._before.append(pcm)
        self._loud.append(loud)
        if sum(self._loud) >= _BEGINS_AFTER:
            self._sound = list(self._before)

    async def words(self) -> str:
        """What was said; empty: nothing that could be heard."""
        return await asyncio.to_thread(self._hear, b"".join(self._sound), self._hints)


def _is_loud(pcm: bytes) -> bool:
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    return len(samples) > 0 and float(np.sqrt(np.mean(samples**2))) >= LOUD
