"""A corpus: a folder of recordings with ``index.tsv``, one line each: file, tab, the words said, in lower case."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from ivr.errors import AudioError

INDEX = "index.tsv"
RATE = 16000
"""Hertz of recordings while voices are changed; the telephone comes last, at 8000."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recording:
    """One utterance on disk."""

    file: Path
    words: tuple[str, ...]


def read_corpus(folder: Path) -> list[Recording]:
    """All recordings of a folder, in the order of its index. Raises ``AudioError`` where there is no index."""
    index = folder / INDEX
    if not index.is_file():
        raise AudioError(f"{folder} holds no {INDEX}: run the step that makes it, or name another folder.")
    return list(_rows(folder, index.read_text("utf-8")))


def _rows(folder: Path, text: str) -> Iterator[Recording]:
    for line in text.splitlines():
        file, words = line.split("\t")[:2]
        yield Recording(folder / file, tuple(words.split()))


def load(file: Path, rate: int = RATE) -> Floats:
    """Mono samples from -1 to 1 at ``rate`` hertz. Raises ``AudioError`` for what is no recording."""
    try:
        sound, own_rate = soundfile.read(file, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError) as error:
        raise AudioError(f"{file}: not a readable recording.") from error
    mono: Floats = sound.mean(axis=1)
    return mono if own_rate == rate else soxr.resample(mono, own_rate, rate)


class CorpusWriter:
    """Writes a corpus; the index is complete only after ``close`` (leaving the ``with`` block without an error)."""

    def __init__(self, folder: Path, rate: int = RATE) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._rate = folder, rate
        self._rows: list[str] = []

    def __enter__(self) -> "CorpusWriter":
        return self

    def __exit__(self, failed: type[BaseException] | None, *_rest: object) -> None:
        if failed is None:
            (self._folder / INDEX).write_text("".join(self._rows), "utf-8")

    def add(self, name: str, samples: Floats, words: tuple[str, ...]) -> None:
        """Write one utterance as ``name``.wav. ``samples``: from -1 to 1 at the writer's rate."""
        soundfile.write(self._folder / f"{name}.wav", np.clip(samples, -1, 1), self._rate, subtype="PCM_16")
        self._rows.append(f"{name}.wav\t{' '.join(words)}\n")
