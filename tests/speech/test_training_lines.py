"""Telephone lines: what is added, and what must survive."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="the training extra is not installed: make training-extra")

from ivr.speech.sound import RATE
from ivr.speech.training.lines import (
    Floats,
    among_people,
    empty_line,
    mu_law,
    over_the_line,
    people_alone,
    surroundings,
)


def _voice(seconds: float = 1.0) -> Floats:
    time = np.arange(int(RATE * seconds)) / RATE
    return (np.sin(2 * np.pi * 220 * time) * np.sin(2 * np.pi * 1.5 * time)).astype(np.float32)


def test_it_gives_one_line_for_one_seed() -> None:
    babble = (_voice(0.7), _voice(0.4))
    lines = [over_the_line(_voice(), babble, np.random.default_rng(seed)) for seed in (5, 5, 6)]
    assert np.array_equal(lines[0], lines[1])
    assert not np.array_equal(lines[0][:4000], lines[2][:4000])


@pytest.mark.parametrize("seed", range(60))
def test_it_keeps_within_full_scale_and_adds_less_than_two_seconds(seed: int) -> None:
    line = over_the_line(_voice(), (_voice(0.5),), np.random.default_rng(seed))
    assert np.isfinite(line).all()
    assert np.abs(line).max() < 1.01
    assert RATE * 1.1 <= len(line) <= RATE * 2.6 + 2


def test_it_gives_loud_and_quiet_lines_and_good_and_bad_ones() -> None:
    lines = [over_the_line(_voice(), (), np.random.default_rng(seed)) for seed in range(80)]
    peaks = 20 * np.log10([np.abs(line).max() for line in lines])
    assert peaks.min() < -24
    assert peaks.max() > -2
    noise = [float(np.sqrt((line[:300] ** 2).mean()) / np.abs(line).max()) for line in lines]
    assert min(noise) < 0.003
    assert max(noise) > 0.03


@pytest.mark.parametrize("seed", range(40))
def test_an_empty_line_is_as_long_as_asked(seed: int) -> None:
    line = empty_line(0.6, (), np.random.default_rng(seed))
    assert len(line) == int(0.6 * RATE)
    assert np.isfinite(line).all()


@pytest.mark.parametrize("seed", range(20))
def test_a_caller_among_people_is_louder_than_they(seed: int) -> None:
    people = [_voice(seconds) for seconds in (0.3, 0.7, 1.1)]
    line = among_people(_voice(2.0), people, np.random.default_rng(seed))
    assert np.isfinite(line).all()
    assert RATE * 2 <= len(line) <= RATE * 3.6 + 2
    alone = people_alone(0.8, people, np.random.default_rng(seed))
    assert len(alone) == int(0.8 * RATE)
    assert np.isfinite(alone).all()


@pytest.mark.parametrize("seed", range(30))
def test_surroundings_have_the_power_of_one(seed: int) -> None:
    noise = surroundings(4000, (_voice(0.3),), np.random.default_rng(seed))
    assert float((noise**2).mean()) == pytest.approx(1.0, rel=0.01)


def test_g711_leaves_what_is_loud_and_what_is_quiet() -> None:
    for level in (1.0, 0.1, 0.01):
        voice = _voice() * np.float32(level)
        error = float(((mu_law(voice) - voice) ** 2).mean() / (voice**2).mean())
        assert 10 * np.log10(error) < -30
    assert len(np.unique(mu_law(np.linspace(-1, 1, 9999).astype(np.float32)))) == 255
