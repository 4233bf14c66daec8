"""The music on hold: what a telephone can play, small, soft, without a seam, and made by the script beside it."""

import runpy

import numpy as np
import soundfile

from ivr.application import MUSIC
from ivr.media.prompts import RATE, read_wav

LARGEST_BYTES = 200_000


def test_it_is_telephone_sound_and_small() -> None:
    samples = read_wav(MUSIC)
    assert 10 <= len(samples) / RATE <= 20
    assert MUSIC.stat().st_size <= LARGEST_BYTES
    assert (MUSIC.parent / "README.md").is_file()


def test_it_is_softer_than_speech_and_joins_without_a_click() -> None:
    sound, _ = soundfile.read(MUSIC)
    assert 0.02 < np.sqrt(np.mean(sound**2)) < 0.06
    assert abs(sound[0] - sound[-1]) < np.abs(np.diff(sound)).max()


def test_it_is_what_its_script_composes() -> None:
    composed = runpy.run_path(str(MUSIC.parent / "compose.py"))
    ring = composed["loop"]()
    sound, _ = soundfile.read(MUSIC)
    assert len(ring) == len(sound)
    assert np.corrcoef(ring, sound)[0, 1] > 0.999
