"""Counts what callers tell while the run goes on, so that it can be broken off at any moment."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from ivr.bench.calls.callers import Dialled, Ended, News, Warm, script_for
from ivr.bench.calls.ear import Turned
from ivr.bench.calls.people import person
from ivr.bench.calls.report import TurnFigures
from ivr.bench.calls.script import Script
from ivr.bench.figures import spread
from ivr.store.calls import load_call
from ivr.store.cards import find_card
from ivr.store.db import Database

DIALLED = "dialled"
TOGETHER = "all together"


class Tally:
    """News of one run."""

    def __init__(self) -> None:
        self.warm = False
        self.dialled = 0
        self.ended: list[Ended] = []
        self._times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)

    def take(self, news: News) -> None:
        match news:
            case Warm():
                self.warm = True
            case Dialled():
                self.dialled += 1
            case Ended():
                self.ended.append(news)
            case Turned(asked, how, seconds):
                self._times[how, asked].append(seconds)

    def turns(self) -> list[TurnFigures]:
        """A row for each question and way of answering, in the order in which they first came, and one for each way."""
        rows = [TurnFigures(asked, how, spread(times)) for (how, asked), times in self._times.items()]
        ways = dict.fromkeys(how for how, _ in self._times if how != DIALLED)
        return [*rows, *(TurnFigures(TOGETHER, way, spread(self._all(way))) for way in ways)]

    def _all(self, way: str) -> list[float]:
        return [time for (how, _), times in self._times.items() if how == way for time in times]


def lost_calls(ended: Iterable[Ended], scripts: tuple[Script, ...], seed: int, db: Database) -> Counter[str]:
    """What went wrong, and how often: whatever broke, and ends in the database that no script wants."""
    with db.reading() as conn:
        faults: Counter[str] = Counter()
        for call in ended:
            script = script_for(scripts, call.index)
            row = load_call(conn, call.call_sid, lock=False)
            number = person(seed, call.index).card(script.sample) if script.sample and script.status else None
            card = find_card(conn, number) if number else None
            fault = call.fault or _unwanted("the call ended", row.disposition if row else None, script.disposition)
            fault = fault or _unwanted("the card is", card.status if card else None, script.status)
            if fault:
                faults[f"{script.name}: {fault}"] += 1
    return faults


def _unwanted(what: str, found: str | None, wanted: str | None) -> str:
    return "" if found == wanted else f"{what} {found}, not {wanted}"
