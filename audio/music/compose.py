"""Composes ``hold.wav``, the music that callers hear in line: ``python audio/music/compose.py``.

Sixteen seconds that join without a seam, since the tail of the last notes is laid over the beginning. Everything lies
between 250 and 3400 Hz, where a telephone hears, and is 8 dB softer than speech, so that a caller can talk over it.
Needs nothing but what the hotline needs anyway; the same file comes out each time.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 8000
BEAT_SECONDS = 0.5
BEATS = 32
LOUDNESS = 0.036
"""Root mean square as a part of full scale; prompts are made at 0.09."""
OVERTONES = (1.0, 0.42, 0.18, 0.07)
"""Strengths of the first partials: a soft plucked string."""
A4 = 440.0

# Semitones from A4. Each chord is broken over eight beats, up and down; the melody has a note, or a rest (None), every
# two beats.
CHORDS = ((-7, 0, 5, 8), (-9, -2, 3, 7), (-4, 0, 3, 8), (-5, -2, 3, 10))
PATTERN = (0, 1, 2, 3, 2, 1, 2, 1)
MELODY = (17, 15, 12, None, 15, 12, 10, None, 12, 15, 20, None, 19, 15, 10, None)
MELODY_STRENGTH = 0.8

Samples = NDArray[np.float64]


def notes() -> Iterator[tuple[float, int, float]]:
    """Each note: when it begins in seconds, semitones from A4, strength."""
    for bar, chord in enumerate(CHORDS):
        for beat, voice in enumerate(PATTERN):
            yield (8 * bar + beat) * BEAT_SECONDS, chord[voice], 0.6 if beat else 0.9
    for place, note in enumerate(MELODY):
        if note is not None:
            yield 2 * place * BEAT_SECONDS, note, MELODY_STRENGTH


def plucked(semitones: int, seconds: float = 3.0) -> Samples:
    """One note: its partials die away, the higher the sooner."""
    time = np.arange(round(seconds * RATE)) / RATE
    pitch = A4 * 2 ** (semitones / 12)
    partials = [
        strength * np.sin(2 * np.pi * pitch * order * time) * np.exp(-time * (1.3 + 0.9 * order))
        for order, strength in enumerate(OVERTONES, 1)
        if pitch * order < 0.45 * RATE
    ]
    attack = np.minimum(1.0, time / 0.012)
    return np.asarray(np.sum(partials, axis=0) * attack)


def loop() -> Samples:
    """All notes on a ring of time."""
    ring = np.zeros(round(BEATS * BEAT_SECONDS * RATE))
    for begins, semitones, strength in notes():
        sound = strength * plucked(semitones)
        at = (round(begins * RATE) + np.arange(len(sound))) % len(ring)
        np.add.at(ring, at, sound)
    return ring


def main() -> None:
    ring = loop()
    ring *= LOUDNESS / np.sqrt(np.mean(ring**2))
    soundfile.write(Path(__file__).parent / "hold.wav", ring, RATE, subtype="ULAW")


if __name__ == "__main__":
    main()
