"""Is the caller making a sound right now? Told from levels alone, so that a pause counts from where the voice ends.

The recognizer knows a word 0.2 to 0.3 s after its end, and a drawn-out one only a second after its beginning. Levels
are known at once: a pause in what was said counts while the line is quiet, not while a word is only unheard so far.
"""

import numpy as np

FULL_SCALE = 32768.0
QUIETEST = -75.0
"""Decibels of full scale: the telephone's own noise, below which no line is measured."""
FIRST_FLOOR = -55.0
"""What a line's noise is taken for until it is known."""
FLOOR_RISES = 6.0
"""Decibels a second: after a jump, noise of a shop is known as such within seconds, and no word lasts that long."""
ABOVE_FLOOR = 10.0
"""Decibels by which a voice stands out of the noise."""
BELOW_LOUDEST = 24.0
"""Decibels below the loudest sound of the turn at which a caller's own voice ends; people behind are quieter."""
LOUDEST_FALLS = 3.0
"""Decibels a second: a bang must not make a whole turn seem quiet."""


class NearSpeech:
    """Follows the levels of one question's audio."""

    def __init__(self) -> None:
        self._floor = FIRST_FLOOR
        self._loudest = QUIETEST

    def hear(self, pcm: bytes, seconds: float) -> bool:
        """True while somebody near sounds. ``pcm``: int16 little-endian, some hundredths of a second of it."""
        level = _level(pcm)
        self._floor = min(level, self._floor + FLOOR_RISES * seconds)
        self._loudest = max(level, self._loudest - LOUDEST_FALLS * seconds)
        return level > max(self._floor + ABOVE_FLOOR, self._loudest - BELOW_LOUDEST)


def _level(pcm: bytes) -> float:
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / FULL_SCALE
    power = float(np.mean(samples**2)) if len(samples) else 0.0
    return max(QUIETEST, 10 * float(np.log10(max(power, 1e-12))))
