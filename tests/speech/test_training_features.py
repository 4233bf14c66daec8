"""The features of the training are those of libvosk: it does not show its own, but a network can pass them on."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.speech.libvosk_probe import blank_likelihood, outputs

pytest.importorskip("kaldi_native_fbank", reason="the training extra is not installed: make training-extra")
pytest.importorskip("torch", reason="the training extra is not installed: make training-extra")

from ivr.speech.training import export
from ivr.speech.training.features import DIMENSIONS, mfcc

SAMPLES = 4000
SCALE = 0.02
FLOOR = -1000.0


def _speech_like(seed: int) -> NDArray[np.int16]:
    chance = np.random.default_rng(seed)
    time = np.arange(SAMPLES) / 8000
    tone = np.sin(2 * np.pi * 150 * time) * np.abs(np.sin(2 * np.pi * 3 * time))
    sound: NDArray[np.int16] = (tone * 8000 + chance.normal(0, 500, SAMPLES)).astype(np.int16)
    return sound


def _passing_on(weights: NDArray[np.float64]) -> bytes:
    """A model that gives the blank the weighted sum of a frame's features, and everything else next to nothing."""
    matrix = np.zeros((outputs(), DIMENSIONS))
    matrix[0] = weights
    bias = np.array([0.0] + [FLOOR] * (outputs() - 1))
    lines = [
        f"input-node name=input dim={DIMENSIONS}",
        "component-node name=pass component=pass input=input",
        "output-node name=output input=pass objective=linear",
    ]
    return export.model_file(lines, [("pass", export.affine(matrix, bias))], (0, 0), np.ones(outputs()))


@pytest.mark.parametrize("seed", [1, 2])
def test_it_computes_each_feature_as_libvosk_does(tmp_path: Path, seed: int) -> None:
    samples = _speech_like(seed)
    ours = mfcc(samples.astype(np.float32))[::3].sum(0)
    silent = blank_likelihood(tmp_path / "model", _passing_on(np.zeros(DIMENSIONS)), samples)
    theirs = [
        (blank_likelihood(tmp_path / "model", _passing_on(row), samples) - silent) / SCALE
        for row in np.eye(DIMENSIONS) * SCALE
    ]
    assert theirs == pytest.approx(ours.tolist(), abs=0.01)


def test_it_would_notice_other_features(tmp_path: Path) -> None:
    samples = _speech_like(1)
    row = np.eye(DIMENSIONS)[1] * SCALE
    silent = blank_likelihood(tmp_path / "model", _passing_on(np.zeros(DIMENSIONS)), samples)
    theirs = (blank_likelihood(tmp_path / "model", _passing_on(row), samples) - silent) / SCALE
    shifted = mfcc(samples.astype(np.float32) * 1.1)[::3].sum(0)
    assert theirs != pytest.approx(float(shifted[0]), rel=1e-4)
