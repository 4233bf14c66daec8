"""The stream bench: callers who speak at once, how long they wait for an answer, and what each costs."""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from ivr.bench.at_leisure import Leisure
from ivr.bench.figures import Spread, Target, rounded, spread
from ivr.bench.gauge import Cost, Gauge
from ivr.bench.served import Served, database_file, hotline_served, new_account
from ivr.bench.stream_load import Answered, Load, LoadResult, run_callers, sounds
from ivr.content import current_content
from ivr.dialog.events import utterance_from_json
from ivr.dialog.forms import Complete, DialogBook
from ivr.speech.listener import Timing
from ivr.speech.recognizer import BUNDLED_MODEL, VoskEar
from ivr.store.calls import CallRow, load_call
from ivr.store.db import Database

WARM_UP_SECONDS = 20.0
"""One caller alone: warms the server up, and shows what an answer takes without load."""
SETTLE_SECONDS = 1.0
SPARE_STREAMS = 4
"""A stream that is being closed may still be counted when its caller dials again."""
LOOK_SECONDS = 0.25
MOST_LAG_MILLISECONDS = 300
MOST_FIRST_PROMPT_MILLISECONDS = 300
MOST_MEGABYTES = 5
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StreamReport:
    """The whole run. Times in seconds, memory in bytes."""

    callers: int
    seconds: float
    voice: str
    lag: Spread
    """From the end of the caller's speech to the first sound of the answer; understood numbers only."""
    net_lag: Spread
    """The same less the pause that the hotline waits for on purpose, which depends on what was heard."""
    late: Spread
    """From the end of the audio that decides, as heard again at leisure, to the first sound of the answer."""
    alone: Spread
    """``late`` with one caller and nobody else."""
    first_prompt: Spread
    answered: int
    understood: int
    faults: Mapping[str, int]
    idle_bytes: int
    loaded_bytes: int
    """The most that was seen while all were calling."""
    cores: float
    """Processor cores that the hotline used."""
    load_cores: float
    """And the callers' process."""
    other_cores: float
    """And other programs; near 0 on a quiet machine."""

    @property
    def bytes_per_call(self) -> float:
        return (self.loaded_bytes - self.idle_bytes) / self.callers

    @property
    def targets(self) -> tuple[Target, ...]:
        return (
            Target("lag p95, net of the pause", self.net_lag.p95 * 1000, "ms", at_most=MOST_LAG_MILLISECONDS),
            Target("lag p95, after the deciding audio", self.late.p95 * 1000, "ms", at_most=MOST_LAG_MILLISECONDS),
            Target("first prompt p95", self.first_prompt.p95 * 1000, "ms", at_most=MOST_FIRST_PROMPT_MILLISECONDS),
            Target("memory per call", self.bytes_per_call / MEGABYTE, "MB", at_most=MOST_MEGABYTES),
            Target("failed calls", sum(self.faults.values()), "", at_most=0),
        )

    def as_json(self) -> dict[str, object]:
        return {
            "bench": "streams",
            "callers": self.callers,
            "seconds": self.seconds,
            "voice": self.voice,
            "lag": self.lag.in_milliseconds(),
            "net_lag": self.net_lag.in_milliseconds(),
            "late": self.late.in_milliseconds(),
            "late_alone": self.alone.in_milliseconds(),
            "first_prompt": self.first_prompt.in_milliseconds(),
            "answered": self.answered,
            "understood": self.understood,
            "faults": dict(self.faults),
            "idle_mb": rounded(self.idle_bytes / MEGABYTE),
            "loaded_mb": rounded(self.loaded_bytes / MEGABYTE),
            "cores": rounded(self.cores),
            "load_cores": rounded(self.load_cores),
            "other_cores": rounded(self.other_cores),
            "targets": [target.as_json() for target in self.targets],
        }


def _until_done(served: Served, loaded: "Future[LoadResult]", done: Callable[[float], None]) -> tuple[LoadResult, Cost]:
    gauge = Gauge(served)
    while not loaded.done():
        time.sleep(LOOK_SECONDS)
        gauge.look()
        done(LOOK_SECONDS)
    return loaded.result(), gauge.cost()


def bench_streams(callers: int, seconds: float, done: Callable[[float], None]) -> StreamReport:
    """Serve ``callers`` at once for ``seconds``. ``done``: told of seconds that have passed.

    Raises ``HotlineError`` where the hotline does not start.
    """
    account, again = new_account(), _Again(current_content().book)
    with (
        tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder,
        hotline_served(Path(folder), account, callers + SPARE_STREAMS) as served,
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as generator,
    ):
        load = Load(served.url, account, 1, WARM_UP_SECONDS, again.digit_words)
        alone, _ = _until_done(served, generator.submit(run_callers, load), done)
        time.sleep(SETTLE_SECONDS)
        idle_bytes = served.memory_bytes()
        full = replace(load, callers=callers, seconds=seconds)
        result, cost = _until_done(served, generator.submit(run_callers, full), done)
        understood = again.understood(Path(folder), result.answers)
        return StreamReport(
            callers=callers,
            seconds=seconds,
            voice=result.voice,
            lag=spread([one.lag for one in understood]),
            net_lag=spread([one.net_lag for one in understood]),
            late=spread([one.late for one in understood]),
            alone=spread([one.late for one in again.understood(Path(folder), alone.answers)]),
            first_prompt=spread(result.first_prompts),
            answered=len(result.answers),
            understood=len(understood),
            faults=dict(result.faults),
            idle_bytes=idle_bytes,
            loaded_bytes=cost.most_bytes,
            cores=cost.cores,
            load_cores=result.cpu_seconds / seconds,
            other_cores=cost.machine_cores - cost.cores - result.cpu_seconds / seconds,
        )


@dataclass(frozen=True, slots=True)
class _Understood:
    """An answer in which the hotline read the right number back. Seconds."""

    lag: float
    pause: float
    """How long the hotline wanted this answer to stand still: its decision, not its delay."""
    at_leisure: float
    """The lag when nothing takes time."""

    @property
    def net_lag(self) -> float:
        return self.lag - self.pause

    @property
    def late(self) -> float:
        return self.lag - self.at_leisure


class _Again:
    """Looks at the answers once more when the run is over."""

    def __init__(self, book: DialogBook) -> None:
        self._slot = book.fields["card_number"].slot
        self.digit_words = tuple(self._slot.spoken(str(digit))[0] for digit in range(10))
        self._frames = sounds(self.digit_words).frames
        self._leisure = Leisure(book, VoskEar(BUNDLED_MODEL))

    def understood(self, folder: Path, answers: Sequence[Answered]) -> list[_Understood]:
        """What was understood, as the hotline's own database tells."""
        db = Database(f"sqlite:///{database_file(folder)}")
        with db.reading() as conn:
            rows = [(answer, load_call(conn, answer.call_sid, lock=False)) for answer in answers]
        db.close()
        return [
            _Understood(answer.lag_seconds, self._pause(row), self._leisure.seconds(self._frames[answer.number]))
            for answer, row in rows
            if row is not None and _offered(row) == answer.number
        ]

    def _pause(self, row: CallRow) -> float:
        """After an answer that more speech could lengthen the line has to be quiet for longer."""
        reading, timing = self._slot.read(utterance_from_json(row.state["heard"])), Timing()
        return timing.pause_after(reading) if isinstance(reading, Complete) else timing.open_seconds


def _offered(row: CallRow) -> str | None:
    """The number that is being read back."""
    return row.state["candidates"][0] if row.state["confirming"] else None
