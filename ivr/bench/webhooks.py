"""The webhook bench: this hotline's step beside a bare Flask route, in short rounds that alternate.

Alternation matters: whatever else the machine does meanwhile falls on both.
"""

import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from ivr.bench.figures import Spread, Target, ratio, rounded, spread
from ivr.bench.served import Served, bare_served, hotline_served, machine_busy_seconds, new_account
from ivr.bench.webhook_load import Round, RoundResult, run_round

ROUND_SECONDS = 2.0
WARM_UP_SECONDS = 1.0
KEYPAD_ONLY = 0
LEAST_RATIO = 0.4


@dataclass(frozen=True, slots=True)
class Figures:
    """One of the two servers."""

    per_second: float
    times: Spread
    errors: dict[str, int]
    cpu_milliseconds: float
    """Processor time of the server per good answer."""

    def as_json(self) -> dict[str, object]:
        cpu = rounded(self.cpu_milliseconds)
        return {"per_second": rounded(self.per_second), **self.times.in_milliseconds(), "cpu_ms_per_request": cpu} | {
            "errors": self.errors
        }


@dataclass(frozen=True, slots=True)
class WebhookReport:
    """The whole run."""

    connections: int
    rounds: int
    """Of each kind."""
    bare: Figures
    hotline: Figures
    other_cores: float
    """Processor cores that neither the servers nor the load used: other programs. Near 0 on a quiet machine."""

    @property
    def targets(self) -> tuple[Target, ...]:
        share = ratio(self.hotline.per_second, self.bare.per_second)
        errors = sum(self.bare.errors.values()) + sum(self.hotline.errors.values())
        return (
            Target("hotline's step / bare Flask route", share, "", at_least=LEAST_RATIO),
            Target("errors", errors, "", at_most=0),
        )

    def as_json(self) -> dict[str, object]:
        return {
            "bench": "webhooks",
            "connections": self.connections,
            "rounds": self.rounds,
            "bare": self.bare.as_json(),
            "hotline": self.hotline.as_json(),
            "other_cores": rounded(self.other_cores),
            "targets": [target.as_json() for target in self.targets],
        }


def bench_webhooks(seconds: float, connections: int, done: Callable[[float], None]) -> WebhookReport:
    """Run both servers and load them in turn for ``seconds`` in all. ``done``: told of seconds that have passed.

    Raises ``HotlineError`` where a server does not start.
    """
    account, pairs = new_account(), max(1, round(seconds / 2 / ROUND_SECONDS))
    with (
        tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder,
        bare_served(Path(folder)) as bare,
        hotline_served(Path(folder), account, KEYPAD_ONLY) as hotline,
        ProcessPoolExecutor(1, get_context("spawn"), signal.signal, (signal.SIGINT, signal.SIG_IGN)) as generator,
    ):
        plan = Round(bare.url, account, WARM_UP_SECONDS, connections, begin_calls=False)
        bare_load = _Load(generator, bare, plan)
        hotline_load = _Load(generator, hotline, replace(plan, url=hotline.url, begin_calls=True))
        loads = (bare_load, hotline_load)
        for load in loads:
            load.run(WARM_UP_SECONDS)
            load.forget()
        began, busy_before = time.monotonic(), machine_busy_seconds()
        for _ in range(pairs):
            for load in loads:
                load.run(ROUND_SECONDS)
                done(ROUND_SECONDS)
        others = machine_busy_seconds() - busy_before - sum(load.cpu_seconds for load in loads)
        other_cores = others / (time.monotonic() - began)
        return WebhookReport(connections, pairs, bare_load.figures(), hotline_load.figures(), other_cores)


class _Load:
    """The rounds of one server."""

    def __init__(self, generator: ProcessPoolExecutor, served: Served, plan: Round) -> None:
        self._generator = generator
        self._served = served
        self._plan = plan
        self._rounds: list[RoundResult] = []
        self._cpu_seconds = 0.0

    def run(self, seconds: float) -> None:
        before = self._served.cpu_seconds()
        self._rounds.append(self._generator.submit(run_round, replace(self._plan, seconds=seconds)).result())
        self._cpu_seconds += self._served.cpu_seconds() - before

    def forget(self) -> None:
        """Warmed up: now it counts."""
        self._rounds.clear()
        self._cpu_seconds = 0.0

    @property
    def cpu_seconds(self) -> float:
        """Of the server and of what loads it."""
        return self._cpu_seconds + sum(one.cpu_seconds for one in self._rounds)

    def figures(self) -> Figures:
        times = [time for one in self._rounds for time in one.times]
        return Figures(
            per_second=ratio(len(times), sum(one.seconds for one in self._rounds)),
            times=spread(times),
            errors=dict(sum((Counter(one.errors) for one in self._rounds), Counter[str]())),
            cpu_milliseconds=ratio(self._cpu_seconds * 1000, len(times)),
        )
