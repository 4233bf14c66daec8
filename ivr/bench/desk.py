"""The desk bench: how soon something that happens in the line is on every operator's screen.

Desks are signed in and listen as browsers do. One operator after another changes a status; measured is the time from
the press to the line as every desk is told it, and to the part of the page that the operator's own desk then fetches.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ivr.bench.desk_page import DeskPage, add_operators
from ivr.bench.figures import Spread, Target, rounded, spread
from ivr.bench.served import Served, hotline_served, machine_busy_seconds, new_account, own_cpu_seconds

SLOWEST_SECONDS = 1.0
"""What an operator still takes for at once."""
PATIENCE_SECONDS = 5.0
"""A desk that was not told by then is counted as not told at all."""
PAUSE_SECONDS = (0.05, 0.35)
"""Between two events, so that they come at any moment of the poller's round."""
KEYPAD_ONLY = 0


@dataclass(frozen=True, slots=True)
class DeskReport:
    """The whole run."""

    desks: int
    events: int
    told: Spread
    """From the press to the line on each desk."""
    own: Spread
    """From the press to the operator's own part of the page."""
    untold: int
    """How often a desk was not told."""
    cores: float
    """Processor cores that the hotline used."""
    other_cores: float

    @property
    def targets(self) -> tuple[Target, ...]:
        bound = SLOWEST_SECONDS * 1000
        return (
            Target("event to every desk, p99", self.told.p99 * 1000, "ms", at_most=bound),
            Target("event to the own call's screen, p99", self.own.p99 * 1000, "ms", at_most=bound),
            Target("desks that were not told", self.untold, "", at_most=0),
        )

    def as_json(self) -> dict[str, object]:
        return {
            "bench": "desk",
            "desks": self.desks,
            "events": self.events,
            "told": self.told.in_milliseconds(),
            "own": self.own.in_milliseconds(),
            "untold": self.untold,
            "cores": rounded(self.cores),
            "other_cores": rounded(self.other_cores),
            "targets": [target.as_json() for target in self.targets],
        }


def bench_desk(seconds: float, desks: int, done: Callable[[float], None]) -> DeskReport:
    """Open so many desks for ``seconds``. ``done``: told of seconds that have passed.

    Raises ``HotlineError`` where the server does not start.
    """
    with (
        tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder,
        hotline_served(Path(folder), new_account(), KEYPAD_ONLY) as hotline,
    ):
        names = add_operators(Path(folder), desks)
        return asyncio.run(_Run(hotline, names, seconds, done).measured())


@dataclass(frozen=True, slots=True)
class _Run:
    hotline: Served
    names: tuple[str, ...]
    seconds: float
    done: Callable[[float], None]

    async def measured(self) -> DeskReport:
        pages = [await DeskPage.open(self.hotline.url, name) for name in self.names]
        try:
            return await self._load(pages)
        finally:
            for page in pages:
                await page.close()

    async def _load(self, pages: list[DeskPage]) -> DeskReport:
        told, own, untold, events = list[float](), list[float](), 0, 0
        began, cpu = time.monotonic(), self.hotline.cpu_seconds()
        others = machine_busy_seconds() - own_cpu_seconds() - cpu
        while (passed := time.monotonic() - began) < self.seconds:
            times = await _one_event(pages, pages[events % len(pages)])
            told += [at for at in times[0] if at is not None]
            own += [at for at in times[1] if at is not None]
            untold += sum(at is None for group in times for at in group)
            events += 1
            await asyncio.sleep(random.uniform(*PAUSE_SECONDS))
            self.done(time.monotonic() - began - passed)
        wall, used = time.monotonic() - began, self.hotline.cpu_seconds() - cpu
        busy = machine_busy_seconds() - own_cpu_seconds() - self.hotline.cpu_seconds() - others
        return DeskReport(len(pages), events, spread(told), spread(own), untold, used / wall, busy / wall)


async def _one_event(pages: list[DeskPage], actor: DeskPage) -> tuple[list[float | None], list[float | None]]:
    """One press, and when each desk has shown it: the line everywhere, and the actor's own part."""
    for page in pages:
        page.listen_anew()
    began = time.monotonic()
    everywhere = [asyncio.create_task(page.line_shown(began, PATIENCE_SECONDS)) for page in pages]
    own = asyncio.create_task(actor.own_shown(began, PATIENCE_SECONDS))
    await actor.press()
    return list(await asyncio.gather(*everywhere)), [await own]
