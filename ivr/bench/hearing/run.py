"""The hearing bench: how well the hotline understands, beside the plain way to use the recognizer."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from ivr.bench.figures import ratio
from ivr.bench.hearing.outside import Intrusion, OutsideTrial
from ivr.bench.hearing.pace import PACE_SECONDS, QUICK_PACE_SECONDS, Pace, measure_pace
from ivr.bench.hearing.plan import Plan, plan_hearing
from ivr.bench.hearing.questions import Questions
from ivr.bench.hearing.report import HearingReport
from ivr.bench.hearing.trials import CLEAN, Kind, Trial
from ivr.bench.hearing.worker import Outcome, Setup, Worker
from ivr.errors import AudioError
from ivr.speech.recognizer import VoskEar

SETS_VARIABLE = "SPEECH_DIR"
"""Names the folder that holds ``dev/`` with the tuning sets."""
CHUNK = 4
"""Trials handed to a process at once."""
PACED_SOUNDS = 8

Done = Callable[[float], None]
One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class HearingRun:
    """What is measured, and how."""

    model: Path
    sets: Path | None
    """The folder that holds ``dev/``; None: without the tuning sets."""
    quick: bool = False
    jobs: int = 2
    """Processes at once."""
    only: str = ""
    """Only lines of the tables whose set and name hold this; no streams then."""


def sets_folder(given: Path | None) -> Path | None:
    """The folder of the sets: the one given, or the environment's. Raises ``AudioError`` where it does not exist."""
    folder = given or (Path(os.environ[SETS_VARIABLE]) if os.environ.get(SETS_VARIABLE) else None)
    if folder is not None and not (folder / "dev").is_dir():
        raise AudioError(f"{folder} holds no dev/ folder: give the folder above it, by --sets or {SETS_VARIABLE}.")
    return folder


def plan_run(run: HearingRun) -> Plan:
    """What would be played. Raises ``ModelError`` and ``AudioError``."""
    plan = plan_hearing(run.sets, Questions(VoskEar(run.model)), quick=run.quick)
    trials = [one for one in plan.trials if run.only in f"{one.voice}, {one.row}"]
    outside = [one for one in plan.outside if run.only in one.source]
    if not trials and not outside:
        raise AudioError(f"No set is called {run.only!r}; leave --only out to see the names.")
    return replace(plan, trials=trials, outside=outside)


def bench_hearing(run: HearingRun, plan: Plan, done: Done) -> HearingReport:
    """Play everything. ``done``: told of utterances that have been played; the streams count for one.

    Raises ``ModelError`` and ``AudioError``.
    """
    setup = Setup(run.model, plan.card_words)
    with ProcessPoolExecutor(run.jobs, get_context("spawn"), _begin, (setup,)) as pool:
        outcomes = _counted(pool.map(_hear, plan.trials, chunksize=CHUNK), done)
        intrusions = _counted(pool.map(_intrude, plan.outside, chunksize=CHUNK), done)
    pace = _pace(run, plan, outcomes)
    done(1)
    size = sum(file.stat().st_size for file in run.model.rglob("*") if file.is_file() and file.suffix != ".md")
    return HearingReport(str(run.model), size, outcomes, intrusions, pace, plan.left_out)


def _pace(run: HearingRun, plan: Plan, outcomes: Sequence[Outcome]) -> Pace | None:
    """Streams of card numbers, laid out for the work that they took one by one."""
    cards = [one for one in outcomes if one.trial.kind is Kind.CARD and one.trial.condition == CLEAN]
    if not cards or run.only:
        return None
    work = ratio(sum(one.work for one in cards), sum(one.audio for one in cards))
    sounds = [one.trial.sound for one in cards[:PACED_SOUNDS]]
    return measure_pace(run.model, sounds, work, QUICK_PACE_SECONDS if run.quick else PACE_SECONDS)


def _counted(found: Iterator[One], done: Done) -> list[One]:
    taken = []
    for one in found:
        taken.append(one)
        done(1)
    return taken


# -- in the processes -------------------------------------------------------------------------------------------------

_workers: list[Worker] = []


def _begin(setup: Setup) -> None:
    _workers.append(Worker(setup))


def _hear(trial: Trial) -> Outcome:
    return _workers[0].run(trial)


def _intrude(trial: OutsideTrial) -> Intrusion:
    return _workers[0].intrude(trial)
