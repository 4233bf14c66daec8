"""Plays many scenarios, several at once and several times over, each in a process that plays one after another."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from difflib import unified_diff
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

from ivr.errors import HotlineError
from ivr.logs import configure_logs
from ivr.simulator.runner import play
from ivr.simulator.scenario import Mode, Scenario, load_scenario
from ivr.simulator.summary import Played, summary
from ivr.simulator.voices import ASTERISK_FOLDER, CallerVoices

State = Literal["failed", "flaky", "skipped", "passed"]
MOST_DIFFERENCES = 40
"""Lines of a comparison that are shown."""


@dataclass(frozen=True, slots=True)
class Task:
    """One scenario, in one way of calling, in one round."""

    path: Path
    mode: Mode
    round: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """All rounds of one scenario in one way of calling."""

    rounds: tuple[Played, ...]

    @property
    def first(self) -> Played:
        return self.rounds[0]

    @property
    def worst(self) -> Played:
        """A round that failed, else the first one: what a report shows."""
        return next((one for one in self.rounds if one.failures), self.rounds[0])

    @property
    def flaky(self) -> bool:
        """Two rounds went otherwise, passed or not."""
        return len({one.fingerprint for one in self.rounds}) > 1

    @property
    def state(self) -> State:
        """A round that failed counts before rounds that went otherwise."""
        if self.worst.failures:
            return "failed"
        if self.flaky:
            return "flaky"
        return "skipped" if self.worst.skipped else "passed"

    @property
    def is_wrong(self) -> bool:
        return self.state in ("failed", "flaky")

    @property
    def differences(self) -> tuple[str, ...]:
        """Where a round left the way of the first: lines of that one begin with ``-``, of the other with ``+``."""
        other = next((one for one in self.rounds if one.fingerprint != self.first.fingerprint), None)
        if other is None:
            return ()
        names = (f"round {self.first.round}", f"round {other.round}")
        before, after = ((*one.trace, *one.failures) for one in (self.first, other))
        return tuple(unified_diff(before, after, *names, lineterm="", n=1))[:MOST_DIFFERENCES]


def tasks_of(scenarios: Iterable[tuple[Path, Scenario]], repeat: int) -> list[Task]:
    """Round after round."""
    ways = [(path, mode) for path, scenario in scenarios for mode in scenario.by]
    return [Task(path, mode, number) for number in range(1, repeat + 1) for path, mode in ways]


def replayed(tasks: Sequence[Task], jobs: int, voices: Callable[[], CallerVoices]) -> Iterator[Played]:
    """Play them all; yields each when it is over. ``voices`` is a module's function, called in each process."""
    if jobs == 1:
        yield from (_play(task, voices) for task in tasks)
        return
    # Processes begin afresh: threads of a recognizer do not survive a fork.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin) as pool:
        running: set[Future[Played]] = {pool.submit(_play, task, voices) for task in tasks}
        try:
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            pool.shutdown(cancel_futures=True)


def grouped(played: Sequence[Played]) -> list[Replayed]:
    """The rounds of each scenario together, in the order of files and ways."""
    ways: dict[tuple[str, str], list[Played]] = {}
    for one in sorted(played, key=lambda one: (one.file, one.mode == "keys", one.round)):
        ways.setdefault((one.file, one.mode), []).append(one)
    return [Replayed(tuple(rounds)) for rounds in ways.values()]


def _begin() -> None:
    configure_logs("console", logging.ERROR)


def _play(task: Task, voices: Callable[[], CallerVoices]) -> Played:
    scenario, started = load_scenario(task.path), time.perf_counter()
    lacking = _lacking(scenario, task.mode, voices())
    if lacking:
        return _unplayed(scenario, task, skipped=lacking)
    try:
        result = asyncio.run(play(scenario, task.mode, voices()))
    except HotlineError as error:
        return _unplayed(scenario, task, failures=(str(error),))
    except Exception as error:  # one call that breaks the player must not end the others
        return _unplayed(scenario, task, failures=(f"{type(error).__name__}: {error}",))
    return summary(result, str(task.path), task.round, round(time.perf_counter() - started, 2))


def _lacking(scenario: Scenario, mode: Mode, voices: CallerVoices) -> str:
    """Which recordings this machine lacks for it."""
    heard = {turn.voice for _, turn in scenario.turns_by(mode) if mode == "voice"}
    missing = sorted(voice for voice in heard if not voices.has_voice(voice))
    return f"the recordings of {', '.join(missing)} are not in {ASTERISK_FOLDER}" if missing else ""


def _unplayed(scenario: Scenario, task: Task, failures: tuple[str, ...] = (), skipped: str = "") -> Played:
    return Played(scenario.call, scenario.title, str(task.path), task.mode, task.round, failures, skipped)
