"""A corpus by the recorded few becomes a corpus by many: every utterance said again by several pseudo-speakers."""

import random
import warnings
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import soxr

from ivr.speech.training.corpus import RATE, CorpusWriter, Floats, Recording, load

with warnings.catch_warnings():  # pyworld asks pkg_resources for its version
    warnings.simplefilter("ignore")
    from ivr.speech.training.speakers import invent, speak_as, take_apart

TELEPHONE_RATE = 8000
"""Hertz of what is written: half the disk, and nothing above 4 kHz is heard later anyway."""


@dataclass(frozen=True, slots=True)
class _Task:
    recording: Recording
    voices: int
    seed: str


def speak_by_many(recordings: Sequence[Recording], out: Path, voices: int, seed: int, processes: int) -> Iterator[int]:
    """Write ``voices`` pseudo-speakers' renderings of each recording to the corpus ``out``, at 8000 hertz.

    Yields the number of recordings done so far. Where no voice is found in a recording, nothing is written for it.
    """
    tasks = [_Task(recording, voices, f"{seed}/{recording.file.stem}") for recording in recordings]
    with CorpusWriter(out, TELEPHONE_RATE) as writer, ProcessPoolExecutor(processes) as pool:
        for done, (task, spoken) in enumerate(zip(tasks, _in_turn(pool, tasks), strict=True), 1):
            for number, samples in enumerate(spoken):
                writer.add(f"{task.recording.file.stem}-{number}", samples, task.recording.words)
            yield done


def _in_turn(pool: ProcessPoolExecutor, tasks: Iterable[_Task]) -> Iterator[list[Floats]]:
    return pool.map(_speak, tasks, chunksize=8)


def _speak(task: _Task) -> list[Floats]:
    voice = take_apart(load(task.recording.file))
    if voice is None:
        return []
    rng = random.Random(task.seed)
    made = (speak_as(voice, invent(voice.mean_pitch, rng), rng) for _ in range(task.voices))
    return [soxr.resample(samples, RATE, TELEPHONE_RATE) for samples in made]
