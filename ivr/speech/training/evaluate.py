"""How well a network hears phones, without any word list: a first look at a checkpoint, in seconds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein

from ivr.speech.sound import RATE
from ivr.speech.training.corpus import Floats, load, read_corpus
from ivr.speech.training.features import mfcc
from ivr.speech.training.learn import BLANK
from ivr.speech.training.network import Network

LOUDEST = 0.6
MARGIN = RATE // 5


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over a corpus."""

    utterances: int
    right: int
    """Utterances whose every phone is right."""
    phones: int
    wrong: int
    """Phones put in, left out or taken for others."""


def score(network: Network, folder: Path, phones_of: Mapping[str, tuple[int, ...]]) -> Score:
    """The phones of a corpus that holds only words with known phones, best path, one utterance at a time."""
    errors = list(_errors(network, folder, phones_of))
    return Score(
        len(errors),
        sum(wrong == 0 for wrong, _ in errors),
        sum(count for _, count in errors),
        sum(wrong for wrong, _ in errors),
    )


def _errors(network: Network, folder: Path, phones_of: Mapping[str, tuple[int, ...]]) -> Iterator[tuple[int, int]]:
    for recording in read_corpus(folder):
        if all(word in phones_of for word in recording.words):
            said = [phone for word in recording.words for phone in phones_of[word]]
            yield Levenshtein.distance(best_path(network, load(recording.file, RATE)), said), len(said)


def best_path(network: Network, samples: Floats) -> list[int]:
    """Phones of the most probable outputs: ``samples`` at 8000 hertz, brought to one level."""
    level = samples / max(1e-4, float(np.abs(samples).max(initial=0))) * LOUDEST * 32767
    frames = mfcc(
        np.pad(level, MARGIN).astype(np.float32)
        + np.random.default_rng(0).normal(0, 1, len(level) + 2 * MARGIN).astype(np.float32)
    )
    with torch.no_grad():
        outputs = network(torch.from_numpy(frames)[None]).argmax(-1)[0].tolist()
    return [phone for phone, before in zip(outputs, [BLANK, *outputs], strict=False) if phone not in (BLANK, before)]
