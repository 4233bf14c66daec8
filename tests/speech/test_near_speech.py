"""Who sounds near, told from levels: made-up lines of noise and tones."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ivr.speech.near_speech import NearSpeech

RATE, CHUNK = 8000, 480
SECONDS = CHUNK / RATE
Floats = NDArray[np.float64]
CHANCE = np.random.default_rng(1)


def noise(seconds: float, decibels: float) -> Floats:
    made: Floats = CHANCE.normal(0, 10 ** (decibels / 20), round(seconds * RATE))
    return made


def voice(seconds: float, decibels: float) -> Floats:
    made: Floats = np.sin(np.arange(round(seconds * RATE)) * 0.3) * 2**0.5 * 10 ** (decibels / 20)
    return made


def near(*line: Floats) -> list[bool]:
    """For each stretch of a line, chunk by chunk, whether somebody near sounds; each takes whole chunks."""
    ear, whole = NearSpeech(), (np.concatenate(line) * 32768).astype("<i2")
    return [ear.hear(whole[at : at + CHUNK].tobytes(), SECONDS) for at in range(0, len(whole) - CHUNK + 1, CHUNK)]


@pytest.mark.parametrize("loudness", [-6, -20, -40])
@pytest.mark.parametrize("line", [-90, -60])
def test_it_hears_a_voice_begin_and_end(loudness: float, line: float) -> None:
    heard = near(noise(1.2, line), voice(1.2, loudness), noise(1.2, line))
    assert heard == [False] * 20 + [True] * 20 + [False] * 20


def test_it_takes_steady_noise_for_silence_after_a_while() -> None:
    heard = near(noise(6, -30))
    assert not any(heard[-17:])
    assert all(near(noise(6, -30), voice(0.6, -12))[-10:])


def test_it_does_not_hear_people_behind_a_loud_caller() -> None:
    heard = near(noise(1.2, -70), voice(1.2, -10), noise(1.2, -40))
    assert heard[20:40] == [True] * 20
    assert not any(heard[40:])


def test_it_bears_digital_silence_and_no_audio() -> None:
    assert near(np.zeros(CHUNK * 3)) == [False] * 3
    assert not NearSpeech().hear(b"", 0.0)
