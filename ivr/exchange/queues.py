"""Queues of callers who wait: first in, first out, one queue a name."""

import asyncio
from dataclasses import dataclass, field

from ivr.exchange.bridge import Parting
from ivr.exchange.line import DivertedError, Line

MAX_SIZE = 1000
"""Callers in one queue, where nothing else is set."""


class TakenError(DivertedError):
    """Somebody takes the caller out of the queue."""


@dataclass(eq=False)
class Member:
    """One waiting caller."""

    line: Line
    since: float
    """Call seconds of this caller."""
    taker: "Taker | None" = None
    waited: float = 0.0
    """Seconds in the queue, fixed when the caller leaves it."""

    @property
    def seconds(self) -> float:
        return round(self.line.time.seconds - self.since)


@dataclass(eq=False)
class Taker:
    """A ``<Dial><Queue>`` that takes a caller, and how far the two have come."""

    call_sid: str
    url: str
    """Played to the caller before the bridge; empty: nothing."""
    method: str
    ready: "asyncio.Future[bool]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """True: the caller can be bridged; False: the caller is gone."""
    over: "asyncio.Future[Parting | None]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """How the bridge ended; None: it was never made."""


@dataclass(eq=False)
class Queue:
    """The callers under one name, who comes first at the front."""

    name: str
    sid: str
    max_size: int = MAX_SIZE
    members: list[Member] = field(default_factory=list)

    @property
    def average_seconds(self) -> int:
        """How long those who wait now have waited."""
        return round(sum(member.seconds for member in self.members) / len(self.members)) if self.members else 0

    def join(self, line: Line) -> Member | None:
        """None: the queue is full."""
        if len(self.members) >= self.max_size:
            return None
        self.members.append(member := Member(line, line.time.seconds))
        return member

    def leave(self, member: Member) -> None:
        """Take a caller out, whoever wants it; those behind move up. Nothing happens to who has left already."""
        if member in self.members:
            member.waited = member.seconds
            self.members.remove(member)

    def take(self, taker: Taker) -> Member | None:
        """Give the caller at the front to ``taker``, and to no other; None: nobody waits."""
        if not self.members:
            return None
        member = self.members[0]
        self.leave(member)
        member.taker = taker
        member.line.divert(TakenError(taker.call_sid))
        return member


class Queues:
    """All queues. One comes into being with its first caller and stays."""

    def __init__(self, max_size: int = MAX_SIZE) -> None:
        self._max_size = max_size
        self._queues: dict[str, Queue] = {}

    def named(self, name: str, sid: str) -> Queue:
        """The queue of this name; ``sid`` becomes its own where it is new."""
        return self._queues.setdefault(name, Queue(name, sid, self._max_size))

    def find(self, name: str) -> Queue | None:
        return self._queues.get(name)
