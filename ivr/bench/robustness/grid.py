"""The robustness grid: a sample of a set of fixtures under each condition, counted right, wrong and asked again."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from zlib import crc32

from ivr.bench.hearing.questions import Verdict
from ivr.bench.robustness.conditions import Condition, conditions
from ivr.bench.robustness.confusions import Confusion, confusions, pairs
from ivr.bench.robustness.listening import Listening, Outcome, Trial
from ivr.errors import AudioError
from ivr.fixtures.manifest import REAL, STARTER, Fixture, read_set
from ivr.slots.words import fold
from ivr.speech.recognizer import VoskEar

CHUNK = 4
"""Trials handed to a process at once."""
SAMPLES = 16
"""Fixtures under each condition: a minute's work on two cores."""
IN_TRAINING = (
    "The voices of this set were in the acoustic model's training: "
    "the figures show what noise and bad lines cost, not how strangers are heard."
)


@dataclass(frozen=True, slots=True)
class GridRun:
    """What is measured, and how."""

    model: Path
    fixtures: str = STARTER
    """A set by name, or a folder."""
    samples: int = SAMPLES
    """Fixtures of the set, the same under each condition."""
    seed: int = 1
    jobs: int = 2
    """Processes at once."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One condition at one strength."""

    condition: str
    chain: str
    count: int
    right: int
    wrong: int
    """The hotline would read back, or take, what was not said."""
    again: int
    """It would ask again."""

    @property
    def right_percent(self) -> float:
        return 100 * self.right / self.count

    @property
    def wrong_percent(self) -> float:
        return 100 * self.wrong / self.count


@dataclass(frozen=True, slots=True)
class GridReport:
    """A run's figures."""

    run: GridRun
    outcomes: Sequence[Outcome]

    @property
    def note(self) -> str:
        """What has to be said wherever the figures are quoted; empty for a set of somebody's own."""
        return IN_TRAINING if self.run.fixtures in (STARTER, REAL) else ""

    @property
    def cells(self) -> list[Cell]:
        return [cell for cell in map(self._cell, conditions()) if cell.count]

    @property
    def confusions(self) -> list[Confusion]:
        """Over all conditions together."""
        return confusions(heard for outcome in self.outcomes for heard in outcome.words)

    def _cell(self, condition: Condition) -> Cell:
        verdicts = Counter(one.verdict for one in self.outcomes if one.trial.condition == condition)
        counts = [verdicts[verdict] for verdict in (Verdict.RIGHT, Verdict.WRONG, Verdict.AGAIN)]
        return Cell(condition.name, condition.label, sum(counts), *counts)

    def as_json(self) -> dict[str, object]:
        """Plain figures; ``note`` belongs to them."""
        run = {"set": self.run.fixtures, "samples": self.run.samples, "seed": self.run.seed, "note": self.note}
        return {**run, "cells": list(map(asdict, self.cells)), "confusions": list(map(asdict, self.confusions))}


def plan_grid(run: GridRun) -> list[Trial]:
    """All that is played. Raises ``AudioError`` for a set without answers."""
    answers = [one for one in read_set(run.fixtures) if one.is_answer]
    if not answers:
        raise AudioError(f"The set {run.fixtures} holds no answers: give recordings a grammar in its manifest.")
    chosen = _sample(answers, run.samples, random.Random(run.seed))
    return [Trial(one, where, _seed(run.seed, one, where)) for where in conditions() for one in chosen]


def _seed(seed: int, fixture: Fixture, condition: Condition) -> int:
    return crc32(f"{seed} {fixture.file.name} {condition.label}".encode())


def _sample(fixtures: Sequence[Fixture], count: int, chance: random.Random) -> list[Fixture]:
    """Each question in turn; of its fixtures those with most confusable words that are not there yet, voices alike."""
    left: dict[tuple[str, str], list[Fixture]] = {}
    for one in chance.sample(fixtures, len(fixtures)):
        left.setdefault((one.grammar, one.kind), []).append(one)
    wanted, chosen = {word for pair in pairs() for word in pair}, list[Fixture]()
    while len(chosen) < count and any(left.values()):
        for some in filter(None, left.values()):
            voices = Counter(one.speaker for one in chosen)
            best = max(some, key=lambda one: (len(wanted & _words(one)), -voices[one.speaker]))
            some.remove(best)
            wanted -= _words(best)
            chosen.append(best)
    return chosen[:count]


def _words(fixture: Fixture) -> set[str]:
    return set(fold(fixture.text).split())


def background(run: GridRun) -> dict[str, tuple[Path, ...]]:
    """By speaker: other people's sentences, from the set or, where it has none, from the starter set."""
    fixtures = read_set(run.fixtures)
    talk = [one for one in fixtures if not one.is_answer] or [one for one in read_set(STARTER) if not one.is_answer]
    speakers = {one.speaker for one in fixtures}
    return {speaker: tuple(one.file for one in talk if one.speaker != speaker) for speaker in speakers}


def run_grid(run: GridRun, trials: Sequence[Trial], done: Callable[[], None]) -> GridReport:
    """Play everything; ``done`` is told of each trial. Raises ``ModelError``, ``AudioError`` and ``ChainError``."""
    outcomes = []
    with ProcessPoolExecutor(run.jobs, get_context("spawn"), _begin, (run.model, background(run))) as pool:
        for outcome in pool.map(_hear, trials, chunksize=CHUNK):
            outcomes.append(outcome)
            done()
    return GridReport(run, outcomes)


# -- in the processes -------------------------------------------------------------------------------------------------

_listening: list[Listening] = []


def _begin(model: Path, talk: dict[str, tuple[Path, ...]]) -> None:
    _listening.append(Listening(VoskEar(model), talk))


def _hear(trial: Trial) -> Outcome:
    return _listening[0].run(trial)
