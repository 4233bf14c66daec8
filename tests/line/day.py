"""A day of the line on a fake clock: callers, operators, and everything that goes wrong between them.

``python -m tests.line.day --callers 200 --operators 10 --seed 1`` plays one and prints what became of it. Reality is
kept here, apart from the line: who is really on hold and who really talks. Every webhook may come late or twice, some
never come. What must never happen raises ``AssertionError`` at the moment it does, or in ``Day.check``.
"""

import argparse
import heapq
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Literal

from ivr.clock import SetClock
from ivr.hotline import load_hotline
from ivr.line.desk import Accepted
from ivr.settings import ROOT
from ivr.store.appeals import list_appeals
from ivr.store.db import Database
from ivr.store.line import Place, all_places, claim_leg, due_places, find_offer
from ivr.store.operators import list_operators
from tests.line.line_world import LineWorld

MORNING = datetime.fromisoformat("2026-11-24T07:00:00+03:00")
BURSTS = ((3.0, 3.75), (10.5, 11.25))
"""Hours after the opening at which most people call."""
SWEEP_SECONDS = 10
UNSETTLED = ("offered", "talking", "missed")
Fate = Literal["dialogue", "hold", "talk", "gone", "expects_call"]


@dataclass
class Caller:
    """What really becomes of one."""

    sid: str
    phone: str
    number: int = 0
    fate: Fate = "dialogue"
    with_operator: str | None = None
    talked: bool = False
    hung_up: bool = False


@dataclass
class Agent:
    """What an operator really does."""

    name: str
    with_caller: str | None = None


@dataclass
class Faults:
    """How often what goes wrong."""

    twice: float = 0.15
    lost: float = 0.03
    declined: float = 0.07
    unanswered: float = 0.08
    failed: float = 0.03
    broken: float = 0.04
    impatient: float = 0.12
    call_back: float = 0.12
    unreachable: float = 0.3


@dataclass
class Day:
    """Plays it. ``faults`` None: those of an ordinary bad day."""

    database: Database
    callers: int
    operators: int
    seed: int = 1
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        hotline = load_hotline(ROOT / "grammars" / "hotline.yaml")
        self.world = LineWorld(self.database, hotline, SetClock(MORNING))
        object.__setattr__(self.world.line, "ring", self.ring)
        self.line = self.world.line
        self.people = {f"CA{n:04}": Caller(f"CA{n:04}", f"+7916{n:07}") for n in range(1, self.callers + 1)}
        self.agents = {f"op_{n:02}": Agent(f"op_{n:02}") for n in range(1, self.operators + 1)}
        self._queue: list[tuple[datetime, int, Callable[[], object]]] = []
        self._serial = count()

    # -- time -----------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def after(self, low: float, high: float, what: Callable[[], object]) -> None:
        at = self.now + timedelta(seconds=self.chance.uniform(low, high))
        heapq.heappush(self._queue, (at, next(self._serial), what))

    def tell(self, what: Callable[[], object]) -> None:
        """A status callback: late, sometimes twice, sometimes never."""
        if self.chance.random() < self.faults.lost:
            return
        self.after(0, 4, what)
        if self.chance.random() < self.faults.twice:
            self.after(0, 20, what)

    def ask(self, what: Callable[[], object]) -> None:
        """A webhook that comes again after it was answered."""
        if self.chance.random() < self.faults.twice:
            self.after(0, 4, what)

    def play(self) -> None:
        """From the opening until nothing is left to happen."""
        for name in self.agents:
            self.world.hire(name, ready=False)
            self.after(0, 60, lambda name=name: self.glance(name))  # type: ignore[misc]
        for caller in self.people.values():
            low, high = self.chance.choice((*BURSTS, *BURSTS, (0.1, 15.5)))
            self.after(low * 3600, high * 3600, lambda caller=caller: self.arrive(caller))  # type: ignore[misc]
        self.after(0, 1, self.sweep)
        end = MORNING + timedelta(hours=18)
        while self._queue and self.now < end:
            at, _, what = heapq.heappop(self._queue)
            self.world.clock.move(max(at - self.now, timedelta(0)))
            what()

    def sweep(self) -> None:
        """Every few seconds while there is anything to put right."""
        with self.database.reading() as conn:
            statuses = {operator.status for operator in list_operators(conn)}
        if any(c.fate in ("hold", "talk", "expects_call") for c in self.people.values()) or statuses & set(UNSETTLED):
            self.line.sweep()
        self.after(SWEEP_SECONDS, SWEEP_SECONDS, self.sweep)

    # -- callers --------------------------------------------------------------------------------------------------

    def arrive(self, caller: Caller) -> None:
        with self.world.writing() as conn:
            mode = self.world.desk.mode(conn, caller.sid)
            assert mode in ("peak", "quiet"), mode
            caller.number = self.world.desk.join(conn, caller.sid, caller.phone, "card").number
        self.enqueue(caller)

    def enqueue(self, caller: Caller) -> None:
        caller.fate = "hold"
        self.loop(caller)
        roll = self.chance.random()
        if roll < self.faults.impatient:
            self.after(5, 900, lambda: self.hang_up(caller))
        elif roll < self.faults.impatient + self.faults.call_back:
            self.after(20, 400, lambda: self.press_call_back(caller))

    def loop(self, caller: Caller) -> None:
        """Music, and again."""
        if caller.fate != "hold":
            return
        waiting = self.line.on_hold(caller.sid)
        self.ask(lambda: self.line.on_hold(caller.sid))
        assert waiting is not None, "nobody is sent away while operators work"
        assert waiting.place.number == caller.number, "the number is kept"
        self.after(20, 30, lambda: self.loop(caller))

    def press_call_back(self, caller: Caller) -> None:
        if caller.fate != "hold" or not self.line.step_aside(caller.sid, "call_back"):
            return
        caller.fate = "dialogue"
        assert self.line.came_back(caller.sid) == "call_back"
        self.after(10, 30, lambda: self.confirm_call_back(caller))

    def confirm_call_back(self, caller: Caller) -> None:
        booked = self.world.book(caller.sid, caller.phone)
        assert booked is not None
        assert booked.number == caller.number, "a call back keeps the number"
        caller.fate = "expects_call"
        self.tell(lambda: self.over(caller))

    def over(self, caller: Caller) -> None:
        self.line.left(caller.sid)

    def hang_up(self, caller: Caller) -> None:
        if caller.fate != "hold":
            return
        caller.fate, caller.hung_up = "gone", True
        self.tell(lambda: self.over(caller))

    # -- operators ------------------------------------------------------------------------------------------------

    def glance(self, name: str) -> None:
        """Nobody overlooks for long that nothing rings."""
        self.press_ready(name)
        self.after(120, 300, lambda: self.glance(name))

    def press_ready(self, name: str) -> None:
        operator = self.world.hired(name)
        if operator.status in ("off", "pause", "missed") and self.agents[name].with_caller is None:
            self.line.set_status(operator, "ready")

    def ring(self, offer_id: str) -> None:
        """The line asks for an operator to be rung: nobody before that caller may be waiting unoffered."""
        with self.world.writing() as conn:
            offer = find_offer(conn, offer_id)
            if offer is None or not claim_leg(conn, offer_id):
                return
            skipped = [other for other in due_places(conn, self.now) if other.number < offer.place]
        assert skipped == [], "the order of the line is kept"
        agent = self.agents[offer.operator]
        assert agent.with_caller is None, "an operator who talks is not rung"
        roll, faults = self.chance.random(), self.faults
        if roll < faults.declined:
            self.after(2, 12, lambda: self.line.decline(offer_id, "declined"))
        elif roll < faults.declined + faults.unanswered:
            self.tell(lambda: self.line.leg_over(offer_id))
        elif roll < faults.declined + faults.unanswered + faults.failed:
            self.after(1, 3, lambda: self.line.decline(offer_id, "failed"))
        else:
            self.after(3, 14, lambda: self.pick_up(agent, offer_id))

    def pick_up(self, agent: Agent, offer_id: str) -> None:
        self.line.leg_of(offer_id, f"leg-{offer_id}")
        accepted = self.line.accept(offer_id)
        self.ask(lambda: self.line.accept(offer_id))
        if accepted is None:
            self.tell(lambda: self.line.leg_over(offer_id))
        else:
            self.after(0.2, 2, lambda: self.connect(agent, offer_id, accepted))

    def connect(self, agent: Agent, offer_id: str, accepted: Accepted) -> None:
        caller = next(one for one in self.people.values() if one.number == accepted.place.number)
        reached = caller.fate == "hold"
        if accepted.mode == "dial":
            assert caller.fate == "expects_call", "only who asked for it is called"
            reached = self.chance.random() >= self.faults.unreachable
        if reached:
            self.bridge(agent, caller, offer_id)
        elif accepted.mode == "dial":
            self.after(15, 30, lambda: self.not_reached(offer_id, caller))
        else:  # the caller has left Twilio's queue: the operator hears nobody
            self.tell(lambda: self.line.leg_over(offer_id))

    def not_reached(self, offer_id: str, caller: Caller) -> None:
        self.line.leg_over(offer_id)
        self.tell(lambda: self.line.leg_over(offer_id))

    def bridge(self, agent: Agent, caller: Caller, offer_id: str) -> None:
        assert agent.with_caller is None, "an operator talks with one caller"
        assert caller.with_operator is None, "a caller talks with one operator"
        was = caller.fate
        agent.with_caller, caller.with_operator, caller.fate, caller.talked = caller.sid, agent.name, "talk", True
        if was == "hold":
            self.tell(lambda: self.line.talking(caller.number))
        else:  # the person has pressed 1: without an answer to that there is no bridge
            assert self.line.talking(caller.number)
        self.after(120, 480, lambda: self.part(agent, caller, offer_id, was))

    def part(self, agent: Agent, caller: Caller, offer_id: str, was: Fate) -> None:
        agent.with_caller = caller.with_operator = None
        broken = was == "hold" and self.chance.random() < self.faults.broken
        self.tell(lambda: self.line.leg_over(offer_id))
        if broken:
            assert self.line.came_back(caller.sid, bridged=True) == "broke_off"
            self.enqueue(caller)
        elif was == "hold" and self.chance.random() < 0.5:
            self.line.end_call(self.world.hired(agent.name), caller.number)
            assert self.line.came_back(caller.sid, bridged=True) == "answered"
            caller.fate = "gone"
            self.tell(lambda: self.over(caller))
        else:
            caller.fate = "gone"
            if was == "hold":
                self.tell(lambda: self.over(caller))
        self.after(20, 60, lambda: self.write_up(agent, caller))

    def write_up(self, agent: Agent, caller: Caller) -> None:
        operator = self.world.hired(agent.name)
        if operator.status == "wrap_up":
            self.line.finish(operator, caller.number, "solved")
        elif agent.with_caller is None:  # the end of the conversation has not been told yet
            self.after(10, 30, lambda: self.write_up(agent, caller))

    # -- what must be true afterwards -----------------------------------------------------------------------------

    def check(self) -> None:
        """Raise ``AssertionError`` where the line has broken a promise."""
        with self.database.reading() as conn:
            places = {place.number: place for place in all_places(conn)}
            appeals = {appeal.call_sid for appeal in list_appeals(conn)}
        assert len(places) == self.callers, "one place a caller"
        for caller in self.people.values():
            self._check_fate(caller, places[caller.number], caller.sid in appeals)
        self._check_positions()

    def _check_fate(self, caller: Caller, place: Place, has_appeal: bool) -> None:
        assert place.state == "ended", (caller, place)
        if place.outcome == "answered":
            assert caller.talked
        elif place.outcome == "unreached":
            assert has_appeal
        else:
            assert caller.hung_up, ("dropped", caller, place)
            assert place.outcome in ("abandoned", "lost")

    def _check_positions(self) -> None:
        last: dict[int | None, int] = {}
        for event in self.world.events("announced"):
            assert event.data["position"] <= last.get(event.place, 10_000), "a position never grows"
            last[event.place] = event.data["position"]

    # -- figures --------------------------------------------------------------------------------------------------

    def figures(self) -> dict[str, object]:
        """What the day was like."""
        with self.database.reading() as conn:
            places = all_places(conn)
        waits = sorted((place.answered_at - place.joined_at).total_seconds() for place in places if place.answered_at)
        told, inside = self._ranges()
        return {
            "outcomes": dict(Counter(place.outcome for place in places)),
            "events": dict(Counter(event.kind for event in self.world.events())),
            "longest_wait_seconds": round(waits[-1]),
            "median_wait_seconds": round(waits[len(waits) // 2]),
            "furthest_position": max(event.data["position"] for event in self.world.events("announced")),
            "ranges_told": told,
            "ranges_kept": inside,
        }

    def _ranges(self) -> tuple[int, int]:
        """How many ranges were told to callers who then were answered on hold, and how many held."""
        talks: dict[int | None, list[datetime]] = {}
        for event in self.world.events("talking"):
            talks.setdefault(event.place, []).append(event.at)
        told = inside = 0
        for event in self.world.events("announced"):
            later = [at for at in talks.get(event.place, []) if at >= event.at]
            if event.data["low"] is not None and later:
                minutes = (later[0] - event.at).total_seconds() / 60
                told += 1
                inside += event.data["low"] <= minutes <= event.data["high"]
        return told, inside


def main() -> None:
    """Play a day and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", type=int, default=200)
    parser.add_argument("--operators", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/day.db")
        database.migrate()
        day = Day(database, options.callers, options.operators, options.seed)
        day.play()
        day.check()
        for name, value in day.figures().items():
            sys.stdout.write(f"{name}: {value}\n")
        database.close()


if __name__ == "__main__":
    main()
