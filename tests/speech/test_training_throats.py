"""Formants moved in the cepstrum."""

import numpy as np
import pytest

pytest.importorskip("kaldi_native_fbank", reason="the training extra is not installed: make training-extra")

from ivr.speech.training.features import mfcc
from ivr.speech.training.throats import ANCHORS, moved_formants, other_throat


def _whistle(hertz: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    noise = np.random.default_rng(1).normal(0, 30, 4000)
    return (3000 * np.sin(2 * np.pi * hertz * np.arange(4000) / 8000) + noise).astype(np.float32)


def test_nothing_moves_by_the_factor_of_one() -> None:
    frames = mfcc(_whistle(900))
    assert frames @ moved_formants(np.ones(len(ANCHORS))) == pytest.approx(frames, abs=0.01)


@pytest.mark.parametrize("factor", [0.88, 1.12])
def test_what_was_at_a_frequency_is_at_another(factor: float) -> None:
    moved = mfcc(_whistle(1200)) @ moved_formants(np.full(len(ANCHORS), factor))
    there, before = mfcc(_whistle(1200 * factor)), mfcc(_whistle(1200))
    low = slice(0, 14)  # the shape of the spectrum; the fine structure is the noise's
    assert np.abs(moved - there)[:, low].mean() < 0.6 * np.abs(before - there)[:, low].mean()


def test_each_throat_is_another_and_none_is_far() -> None:
    throats = [other_throat(np.random.default_rng(seed)) for seed in range(20)]
    frames = mfcc(_whistle(900))
    distances = [float(np.abs(frames @ throat - frames).mean()) for throat in throats]
    assert min(distances) > 0
    assert max(distances) < np.abs(frames - mfcc(_whistle(2500))).mean() * 2
    assert not np.allclose(throats[0], throats[1])
