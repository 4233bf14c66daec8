"""Corpora as features over telephone lines, computed once: a shard is one corpus, each utterance over so many lines."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from ivr.speech.sound import RATE
from ivr.speech.training.corpus import Floats, Recording, load, read_corpus
from ivr.speech.training.features import DIMENSIONS, mfcc
from ivr.speech.training.lines import among_people, empty_line, over_the_line, people_alone

PACES = (1.0, 1.0, 0.92, 1.08, 0.86, 1.15)
"""Speeds at which a recording is played: pitch, formants and pace move together."""
BABBLE_VOICES = 40
LONGEST_SECONDS = 14.0
AT_ONCE = 32
INDEX = "index.json"
"""Written last: a shard that has one is complete."""

Half = NDArray[np.float16]
Task = tuple[int, Sequence[Recording]]
Send = Callable[[Floats, Sequence[Floats], np.random.Generator], Floats]


@dataclass(frozen=True, slots=True)
class Example:
    """What the network learns from: (frames, 40) features and the words in them."""

    frames: Half
    words: tuple[str, ...]


Portion = Callable[[Task], list[Example]]


def make_shard(corpus: Path, out: Path, copies: int, seed: int, processes: int) -> Iterator[int]:
    """Write a corpus as features, each recording ``copies`` times over other lines. Yields how many are done."""
    yield from _make(read_corpus(corpus), out, partial(_portion, seed), copies=copies, processes=processes)


def make_people_shard(
    corpus: Path, out: Path, *, every: int, people: Sequence[Recording], seed: int, processes: int
) -> Iterator[int]:
    """Write each ``every``-th recording once more, spoken among ``people``. Yields how many are done."""
    portion = partial(_people_portion, seed)
    yield from _make(read_corpus(corpus)[::every], out, portion, copies=1, processes=processes, people=people)


def _make(
    recordings: Sequence[Recording],
    out: Path,
    portion: Portion,
    *,
    copies: int,
    processes: int,
    people: Sequence[Recording] = (),
) -> Iterator[int]:
    around = people or random.Random(len(recordings)).sample(recordings, min(BABBLE_VOICES, len(recordings)))
    tasks = [
        (copy, recordings[at : at + AT_ONCE]) for copy in range(copies) for at in range(0, len(recordings), AT_ONCE)
    ]
    with ProcessPoolExecutor(processes, initializer=_remember, initargs=(around,)) as pool:
        yield from _write(out, pool.map(portion, tasks))


def make_silence(out: Path, count: int, people: Sequence[Recording], seed: int) -> Iterator[int]:
    """Write ``count`` lines on which nobody speaks to us, every second with ``people`` who talk: both are nothing."""
    chance = np.random.default_rng(seed)
    talk = [load(one.file, RATE) for one in people]
    lines = (_nobody(talk if number % 2 else [], chance) for number in range(count))
    yield from _write(out, ([Example(_features(line), ())] for line in lines))


def _nobody(talk: Sequence[Floats], chance: np.random.Generator) -> Floats:
    seconds = chance.uniform(0.5, 5)
    return people_alone(seconds, talk, chance) if talk else empty_line(seconds, (), chance)


def read_shard(folder: Path) -> list[Example]:
    """The examples of a shard; their frames are parts of one array in memory."""
    frames: Half = np.load(folder / "frames.npy")
    index = json.loads((folder / INDEX).read_text("utf-8"))
    ends = np.cumsum([length for length, _ in index])
    return [
        Example(frames[end - length : end], tuple(words.split()))
        for end, (length, words) in zip(ends, index, strict=True)
    ]


_babble: list[Floats] = []


def _remember(recordings: Sequence[Recording]) -> None:
    """In each process once: who talks in the background."""
    _babble.extend(load(recording.file, RATE) for recording in recordings)


def _portion(seed: int, task: Task) -> list[Example]:
    copy, recordings = task
    made = (_example(recording, copy, seed, over_the_line) for recording in recordings)
    return [example for example in made if example is not None]


def _people_portion(seed: int, task: Task) -> list[Example]:
    made = (_example(recording, -1, seed, among_people) for recording in task[1])
    return [example for example in made if example is not None]


def _example(recording: Recording, copy: int, seed: int, send: Send) -> Example | None:
    name = f"{copy}/{recording.file.parent.name}/{recording.file.stem}"
    chance = np.random.default_rng([seed, *name.encode()])
    voice = load(recording.file, RATE)
    pace = PACES[int(chance.integers(len(PACES)))]
    if not len(voice) or len(voice) / RATE > LONGEST_SECONDS:
        return None
    played = soxr.resample(voice, RATE * pace, RATE) if pace != 1.0 else voice
    return Example(_features(send(played, _babble, chance)), recording.words)


def _features(line: Floats) -> Half:
    return mfcc((line * 32767).astype(np.float32)).astype(np.float16)


def _write(out: Path, portions: Iterator[list[Example]]) -> Iterator[int]:
    out.mkdir(parents=True, exist_ok=True)
    kept: list[Half] = []
    index: list[tuple[int, str]] = []
    for portion in portions:
        kept.extend(example.frames for example in portion)
        index.extend((len(example.frames), " ".join(example.words)) for example in portion)
        yield len(index)
    np.save(out / "frames.npy", np.concatenate(kept) if kept else np.zeros((0, DIMENSIONS), np.float16))
    (out / INDEX).write_text(json.dumps(index, ensure_ascii=False), "utf-8")
