"""Simulated people: how a called number behaves where no page and no script holds it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from ivr.exchange.handset import Bridged, Connected, Incoming, Notice, Parted
from ivr.exchange.mulaw import PCM_SILENCE
from ivr.exchange.pace import FRAME_SECONDS

CLIENT = "client:"
"""What the address of a browser begins with."""


@dataclass(frozen=True)
class Operator:
    """How a called number behaves."""

    outcome: str = "answered"
    """answered, busy, no-answer or failed."""
    after_seconds: float = 3.0
    """Ringing before the outcome; no-answer rings until the caller's side gives up."""
    talk_seconds: float = 20.0
    """From the bridge until the operator hangs up."""
    keys: str = ""
    """Pressed one by one into what the hotline says after the answer: ``1`` accepts a call."""
    keys_after_seconds: float = 1.0
    """From the answer to the first key; the others follow in steps of 0.2 s."""
    farewell: Callable[[], Awaitable[None]] | None = None
    """Awaited before the operator hangs up; call time stands still meanwhile."""


def anybody(address: str) -> Operator:
    """Who is called where nothing else is said: a person at every number, nobody at a browser that is not open."""
    return Operator("failed", 0) if address.startswith(CLIENT) else Operator()


class OperatorHandset:
    """The handset of a simulated person. Its time is counted in the frames that the exchange asks of it."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._frames = 0
        self._keys = operator.keys
        self._hangs_up_at: float | None = None
        self._gone = asyncio.Event()

    def ring(self, incoming: Incoming) -> None:
        pass

    def verdict(self, seconds: float) -> str:
        if self._operator.outcome == "no-answer" or seconds < self._operator.after_seconds - 1e-6:
            return ""
        return self._operator.outcome

    @property
    def _seconds(self) -> float:
        return round(self._frames * FRAME_SECONDS, 3)

    async def next_frame(self) -> bytes:
        self._frames += 1
        if self._hangs_up_at is not None and self._seconds >= self._hangs_up_at - 1e-6:
            if self._operator.farewell:
                await self._operator.farewell()
            self._gone.set()
        return PCM_SILENCE

    def take_keys(self) -> str:
        pressed = len(self._operator.keys) - len(self._keys)
        if not self._keys or self._seconds < self._operator.keys_after_seconds + pressed * 0.2:
            return ""
        key, self._keys = self._keys[0], self._keys[1:]
        return key

    @property
    def hung_up(self) -> bool:
        return self._gone.is_set()

    async def until_hung_up(self) -> None:
        await self._gone.wait()

    def heard(self, pcm: bytes) -> None:
        pass

    def flushed(self) -> None:
        pass

    def notice(self, notice: Notice) -> None:
        match notice:
            case Connected():
                self._frames = 0
            case Bridged():
                self._hangs_up_at = self._seconds + self._operator.talk_seconds
            case Parted():
                self._hangs_up_at = None
            case _:
                pass
