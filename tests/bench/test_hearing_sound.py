"""What the hearing bench plays: levels, joins, babble, noise."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from ivr.bench.hearing.noise import NOISES
from ivr.bench.hearing.sound import LEAD_SECONDS, LOUDNESS, Babble, Piece, Sound, babble, frames_of, joined, play
from ivr.media.codec import decode
from ivr.speech.sound import RATE


def tone(file: Path, level: float, seconds: float = 0.5, hertz: float = 400) -> Path:
    """A recording with silence at both ends."""
    wave = level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    soundfile.write(file, np.concatenate([np.zeros(4000), wave, np.zeros(4000)]), RATE)
    return file


def loudness(samples: NDArray[np.floating]) -> float:
    return float(np.sqrt(np.mean(samples.astype(np.float64) ** 2)))


@pytest.mark.parametrize("level", [0.9, 0.01])
def test_it_brings_recordings_to_one_level(tmp_path: Path, level: float) -> None:
    sound = joined([Piece(tone(tmp_path / "a.wav", level), tight=True)])
    assert loudness(sound) == pytest.approx(LOUDNESS, rel=0.01)
    assert len(sound) / RATE == pytest.approx(0.56, abs=0.01)


def test_it_puts_pauses_between_joined_words(tmp_path: Path) -> None:
    word = tone(tmp_path / "a.wav", 0.5)
    alone = joined([Piece(word, tight=True)])
    both = joined([Piece(word, tight=True), Piece(word, 0.25, tight=True)])
    assert len(both) - 2 * len(alone) == 0.25 * RATE
    assert not both[len(alone) : len(alone) + 2000].any()


def test_it_knows_where_speech_ends(tmp_path: Path) -> None:
    played = play(Sound((Piece(tone(tmp_path / "a.wav", 0.3)),)), tail=2.0)
    assert played.speech_ends == pytest.approx(LEAD_SECONDS + 0.025 + 0.5, abs=0.01)
    assert len(played.mulaw) / RATE > played.speech_ends + 2.0


def test_it_plays_the_same_sound_alike(tmp_path: Path) -> None:
    files = tuple(tone(tmp_path / f"{hertz}.wav", 0.2, hertz=hertz) for hertz in (300, 500, 900))
    sound = Sound((Piece(files[0]),), Babble(files, 10, seed=4))
    assert play(sound) == play(sound)
    assert play(sound) != play(Sound(sound.pieces, Babble(files, 10, seed=5)))


@pytest.mark.parametrize("decibels", [0.0, 10.0])
def test_it_mixes_babble_so_far_below_speech(tmp_path: Path, decibels: float) -> None:
    files = tuple(tone(tmp_path / f"{hertz}.wav", 0.2, hertz=hertz) for hertz in (300, 500, 900))
    below = 20 * np.log10(LOUDNESS / loudness(babble(Babble(files, decibels, 1), RATE)))
    assert below == pytest.approx(decibels, abs=0.1)


def test_it_hears_babble_without_speech(tmp_path: Path) -> None:
    files = (tone(tmp_path / "a.wav", 0.2),)
    played = play(Sound((), Babble(files, 10, 0)), tail=1.0)
    assert played.speech_ends == 0
    assert loudness(np.frombuffer(decode(played.mulaw), "<i2").astype(np.float32) / 32768) == pytest.approx(
        LOUDNESS / 10**0.5, rel=0.1
    )


def test_it_cuts_whole_frames() -> None:
    assert [len(frame) for frame in frames_of(bytes(500))] == [160, 160, 160]


@pytest.mark.parametrize("name", NOISES)
def test_it_makes_the_same_noise_from_a_seed(name: str) -> None:
    one, two = (NOISES[name](np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one, two)
    assert one.dtype == np.float32
    assert (loudness(one) > 0.02) is (name != "silence")
