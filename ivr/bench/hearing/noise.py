"""Sounds that are no speech, as lines carry them."""

from collections.abc import Callable, Mapping

import numpy as np

from ivr.bench.hearing.sound import LOUDNESS
from ivr.speech.sound import RATE, Floats

SECONDS = 6.0
COUNT = round(SECONDS * RATE)
NOISE_LOUDNESS = LOUDNESS / 3
"""Root mean square of noise: 10 dB below speech."""
ROW_HERTZ, COLUMN_HERTZ = (697, 770, 852, 941), (1209, 1336, 1477)
"""The two tones of a telephone key."""

Rng = np.random.Generator


def _tone(hertz: float) -> Floats:
    wave: Floats = np.sin(2 * np.pi * hertz * np.arange(COUNT) / RATE).astype(np.float32)
    return wave


def _at(level: float, samples: Floats) -> Floats:
    scaled: Floats = (samples / max(1e-6, float(np.sqrt(np.mean(samples**2)))) * level).astype(np.float32)
    return scaled


def _pulsed(samples: Floats, on: float, off: float, rng: Rng) -> Floats:
    """Sound of ``on`` seconds with ``off`` seconds of silence between."""
    phase = (np.arange(COUNT) / RATE + rng.uniform(0, on + off)) % (on + off)
    pulsed: Floats = (samples * (phase < on)).astype(np.float32)
    return pulsed


def _beeps(rng: Rng) -> Floats:
    return _at(LOUDNESS, _pulsed(_tone(1000), rng.uniform(0.1, 0.5), rng.uniform(0.3, 1.0), rng))


def _keys(rng: Rng) -> Floats:
    tones = _tone(rng.choice(ROW_HERTZ)) + _tone(rng.choice(COLUMN_HERTZ))
    return _at(LOUDNESS, _pulsed(tones, 0.1, rng.uniform(0.1, 0.6), rng))


def _white(rng: Rng) -> Floats:
    return _at(NOISE_LOUDNESS, rng.normal(size=COUNT).astype(np.float32))


def _pink(rng: Rng) -> Floats:
    """Noise whose power falls by 3 dB an octave."""
    spectrum = np.fft.rfft(rng.normal(size=COUNT))
    shaped = np.fft.irfft(spectrum / np.sqrt(np.maximum(1.0, np.arange(len(spectrum)))), COUNT)
    return _at(NOISE_LOUDNESS, shaped.astype(np.float32))


def _silence(_rng: Rng) -> Floats:
    return np.zeros(COUNT, np.float32)


def _hum(rng: Rng) -> Floats:
    return _at(NOISE_LOUDNESS, sum((rng.uniform(0.2, 1) * _tone(50 * n) for n in (1, 2, 3, 5)), _silence(rng)))


def _bursts(rng: Rng) -> Floats:
    """Coughs and bangs, roughly: short noise that dies away."""
    decay = np.exp(-((np.arange(COUNT) / RATE + rng.uniform(0, 1.5)) % 1.5) / 0.08)
    return _at(NOISE_LOUDNESS, (rng.normal(size=COUNT) * decay).astype(np.float32))


NOISES: Mapping[str, Callable[[Rng], Floats]] = {
    "beeps of 1 kHz": _beeps,
    "key tones": _keys,
    "white noise": _white,
    "pink noise": _pink,
    "silence": _silence,
    "hum of 50 Hz": _hum,
    "bursts": _bursts,
}
