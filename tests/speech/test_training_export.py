"""What libvosk computes from a written network is what PyTorch computes from the network."""

from pathlib import Path

import numpy as np
import pytest

from tests.speech.libvosk_probe import blank_likelihood, outputs

torch = pytest.importorskip("torch", reason="the training extra is not installed: make training-extra")
pytest.importorskip("kaldi_native_fbank", reason="the training extra is not installed: make training-extra")

from ivr.speech.phones import phone_inventory  # noqa: E402
from ivr.speech.training.export import acoustic_model  # noqa: E402
from ivr.speech.training.features import DIMENSIONS, mfcc  # noqa: E402
from ivr.speech.training.network import Network, Shape, steps_of  # noqa: E402

FRAMES = 359
LISTED = ("d", "a1")
"""Phones of the word that the probe lists: they must not be heard, or it would find more than blanks."""


def _network(seed: int, sure_of_blank: bool = False) -> Network:
    """Small, with norms that have seen something."""
    torch.manual_seed(seed)
    network = Network(Shape(outputs(), width=24, middle=8, left=(1, 2, 3), right=(1, 0, 0)))
    network.mean.copy_(torch.randn(DIMENSIONS) * 5)
    network.deviation.copy_(torch.rand(DIMENSIONS) * 10 + 5)
    network.train()
    for _ in range(3):
        network(torch.randn(4, 200, DIMENSIONS) * 20)
    unheard = [phone_inventory().index(phone) for phone in LISTED]
    with torch.no_grad():
        network.last.bias[0] += 1000.0 if sure_of_blank else 0.0
        network.last.bias[unheard] -= 1000.0
    return network.eval()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_writes_the_network_that_was_trained(tmp_path: Path, seed: int) -> None:
    network = _network(seed)
    samples = np.random.default_rng(seed).normal(0, 3000, 200 + 80 * (FRAMES - 1)).astype(np.int16)
    frames = torch.from_numpy(mfcc(samples.astype(np.float32)))[None]
    with torch.no_grad():
        ours = network(frames)[0, :, 0].double().sum().item()
    graph = blank_likelihood(tmp_path / "sure", acoustic_model(_network(seed, sure_of_blank=True), 1.0), samples)
    theirs = blank_likelihood(tmp_path / "trained", acoustic_model(network, 1.0), samples) - graph
    assert ours < -100
    assert theirs == pytest.approx(ours, rel=0.002)


def test_the_blank_s_prior_is_taken_from_each_step(tmp_path: Path) -> None:
    network = _network(1)
    samples = np.random.default_rng(1).normal(0, 3000, 200 + 80 * (FRAMES - 1)).astype(np.int16)
    even = blank_likelihood(tmp_path / "even", acoustic_model(network, 1.0), samples)
    odd = blank_likelihood(tmp_path / "odd", acoustic_model(network, 2.0), samples)
    assert even - odd == pytest.approx(steps_of(FRAMES) * np.log(2), rel=1e-3)


def test_it_gives_a_step_for_each_three_frames() -> None:
    network = _network(1)
    for frames in (1, 2, 3, 4, 30, 31):
        assert network(torch.randn(1, frames, DIMENSIONS)).shape == (1, steps_of(frames), outputs())


def test_a_step_sees_no_further_than_its_context() -> None:
    network = _network(1)
    frames = torch.randn(1, 90, DIMENSIONS)
    later = frames.clone()
    step = 10
    later[:, 3 * step + network.shape.right_frames + 1 :] += 1
    later[:, : 3 * step - network.shape.left_frames] -= 1
    before, after = network(frames), network(later)
    assert torch.equal(before[0, step], after[0, step])
    later[:, 3 * step + network.shape.right_frames] += 1
    assert not torch.equal(before[0, step], network(later)[0, step])
