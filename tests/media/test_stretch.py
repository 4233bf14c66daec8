"""Slower speech at its own pitch."""

from pathlib import Path

import numpy as np
import pytest

from ivr.media.prompts import RATE, read_wav
from ivr.media.stretch import FRAME, SLOWNESS, stretched

RECORDING = Path(__file__).resolve().parents[2] / "audio/prompts/appeal.say.registered.2.wav"


def strongest(samples: np.ndarray) -> float:
    """The strongest frequency, in hertz."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(spectrum.argmax() * RATE / len(samples))


@pytest.mark.parametrize("hertz", [120, 440, 1500])
def test_a_tone_keeps_its_pitch_and_level_and_gets_longer(hertz: int) -> None:
    tone = (10000 * np.sin(np.arange(RATE) * 2 * np.pi * hertz / RATE)).astype(np.int16)
    slow = stretched(tone)
    assert len(slow) == pytest.approx(SLOWNESS * len(tone), rel=0.02)
    assert strongest(slow) == pytest.approx(hertz, abs=4)
    middle = slow[2000:8000].astype(float)
    assert np.sqrt((middle**2).mean()) == pytest.approx(10000 / np.sqrt(2), rel=0.1)


def test_a_recording_sounds_the_same_only_longer() -> None:
    usual = read_wav(RECORDING)
    slow = stretched(usual)
    assert len(slow) == pytest.approx(SLOWNESS * len(usual), rel=0.03)
    bands = [np.abs(np.fft.rfft(one.astype(float), 2 * RATE * 20)) ** 2 for one in (usual, slow)]
    shares = [[band[at : at + 8000].sum() / band.sum() for at in range(0, 160000, 8000)] for band in bands]
    assert np.corrcoef(shares)[0, 1] > 0.98


def test_what_is_too_short_stays_as_it_is() -> None:
    click = np.full(FRAME, 1000, np.int16)
    assert stretched(click) is click
