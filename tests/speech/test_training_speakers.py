"""Pseudo-speakers: somebody else says the same."""

import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pyworld", reason="the training extra is not installed: make training-extra")
pytest.importorskip("scipy", reason="the training extra is not installed: make training-extra")

from ivr.speech.training.corpus import RATE, CorpusWriter, Floats, Recording, read_corpus
from ivr.speech.training.crowd import TELEPHONE_RATE, speak_by_many
from ivr.speech.training.speakers import Speaker, Voice, invent, speak_as, take_apart

PITCH = 120.0
FORMANT = 700.0


def _vowel(seconds: float = 0.8) -> Floats:
    """Pulses at a man's pitch through one formant."""
    pulses = np.zeros(int(RATE * seconds))
    pulses[:: int(RATE / PITCH)] = 1
    time = np.arange(800) / RATE
    ringing = np.exp(-90 * time) * np.sin(2 * np.pi * FORMANT * time)
    return (np.convolve(pulses, ringing)[: len(pulses)] * 0.3).astype(np.float32)


def _voice() -> Voice:
    voice = take_apart(_vowel())
    assert voice is not None
    return voice


def _speaker(pitch: float = PITCH, formants: float = 1.0, pace: float = 1.0) -> Speaker:
    return Speaker(pitch, 1.0, formants, 1.0, 0.0, (0.0,) * 9, 0.0, pace)


def _strongest(samples: Floats) -> float:
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    smooth = np.convolve(spectrum, np.ones(int(300 * len(samples) / RATE)), "same")
    return float(np.argmax(smooth) * RATE / len(samples))


def test_it_takes_a_voice_apart() -> None:
    assert _voice().mean_pitch == pytest.approx(PITCH, rel=0.03)
    assert take_apart(np.random.default_rng(1).normal(0, 1e-4, RATE).astype(np.float32)) is None


@pytest.mark.parametrize("pitch", [90.0, 200.0, 330.0])
def test_it_speaks_at_another_pitch(pitch: float) -> None:
    again = take_apart(speak_as(_voice(), _speaker(pitch=pitch), random.Random(1)))
    assert again is not None
    assert again.mean_pitch == pytest.approx(pitch, rel=0.05)


@pytest.mark.parametrize("formants", [0.85, 1.25])
def test_it_moves_the_formants(formants: float) -> None:
    spoken = speak_as(_voice(), _speaker(formants=formants), random.Random(1))
    assert _strongest(spoken) == pytest.approx(FORMANT * formants, rel=0.12)


def test_it_speaks_faster_and_slower() -> None:
    lengths = [len(speak_as(_voice(), _speaker(pace=pace), random.Random(1))) for pace in (0.7, 1.0, 1.4)]
    assert lengths[0] > 1.2 * lengths[1] > 1.2 * 1.2 * lengths[2]


def test_it_invents_men_women_and_children() -> None:
    pitches = [invent(PITCH, random.Random(seed)).pitch for seed in range(300)]
    assert sum(pitch < 150 for pitch in pitches) > 90
    assert sum(160 < pitch < 270 for pitch in pitches) > 70
    assert sum(pitch > 290 for pitch in pitches) > 10
    child = max((invent(PITCH, random.Random(seed)) for seed in range(100)), key=lambda speaker: speaker.pitch)
    assert child.formants > 1.1


def test_it_writes_each_recording_by_several_voices_the_same_every_time(tmp_path: Path) -> None:
    with CorpusWriter(tmp_path / "own") as writer:
        writer.add("one", _vowel(), ("да",))
        writer.add("noise", np.zeros(RATE, np.float32), ("нет",))
    source = read_corpus(tmp_path / "own")
    for name in ("first", "second"):
        assert list(speak_by_many(source, tmp_path / name, 2, seed=1, processes=1)) == [1, 2]
    first, second = read_corpus(tmp_path / "first"), read_corpus(tmp_path / "second")
    assert [recording.words for recording in first] == [("да",), ("да",)]
    assert [r.file.read_bytes() for r in first] == [r.file.read_bytes() for r in second]
    assert first[0].file.read_bytes() != first[1].file.read_bytes()
    assert TELEPHONE_RATE == 8000
    assert isinstance(first[0], Recording)
