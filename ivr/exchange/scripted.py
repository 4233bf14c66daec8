"""A caller who follows a script: an ordinary coroutine that speaks, presses keys, listens and waits.

The call and the script take turns. Call time passes only while the script waits for something in the call, so a
script gives the same call at every pace. A script that does nothing for ``patience_seconds`` lets the call run on.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.exchange.handset import (
    Bridged,
    Connected,
    Ended,
    Incoming,
    LineEnded,
    Notice,
    Parted,
    Played,
    Ringing,
    Said,
    Sms,
    Waiting,
)
from ivr.exchange.mulaw import PCM_FRAME_BYTES, PCM_SILENCE
from ivr.exchange.pace import FRAME_SECONDS


@dataclass
class _Wish:
    """What the script waits for."""

    met: Callable[[], bool]
    deadline: float
    """Call seconds."""
    waiter: asyncio.Future[None]


class ScriptedHandset:
    """A handset for tests and replayed calls. It makes one call or takes one; who calls again takes another.

    The waiting methods raise ``LineEnded`` when the call is over and ``TimeoutError`` after ``timeout`` call seconds.
    """

    def __init__(self, patience_seconds: float = 0.2, told: Callable[[Notice], None] = lambda notice: None) -> None:
        self._patience_seconds = patience_seconds
        self._told = told
        self._audio: deque[bytes] = deque()
        self._keys = ""
        self._now = 0.0
        self._quiet = 0.0
        self._answered = False
        self._answered_at: float | None = None
        self._acted_until: float | None = None
        self._playing = False
        self._wish: _Wish | None = None
        self._stir = asyncio.Event()
        self._gone = asyncio.Event()
        self._looking_away = False
        self._running_on = False
        self._ended: str | None = None
        self._incoming: asyncio.Queue[Incoming] = asyncio.Queue()
        self._picked_up = False
        self.waiting = False
        """The call waits in a queue: there is music, so no silence ends what the hotline says."""
        self.bridged = False
        """A person is at the other end."""
        self._messages: asyncio.Queue[Sms] = asyncio.Queue()
        self.notices: list[Notice] = []
        """All that this handset was told, in order; ``told`` hears of each at once."""
        self._sent = b""
        self.tape: list[tuple[bytes, bytes]] = []
        """Both sides of the call, 20 ms each: what was said into the handset and what was heard; empty for nothing."""

    @property
    def now(self) -> float:
        """Seconds of the call so far."""
        return self._now

    @property
    def reply(self) -> tuple[float, float] | None:
        """When the hotline answered what the script did last, and how many seconds after its end; None before that.

        A silence counts from its beginning; 0 seconds where the hotline did not wait for the end.
        """
        if self._answered_at is None or self._acted_until is None:
            return None
        return round(self._answered_at, 2), max(0.0, round(self._answered_at - self._acted_until, 3))

    def last_heard(self) -> bytes:
        """The newest sound that was heard without a gap."""
        frames = [heard for _, heard in reversed(self.tape)]
        first = next((at for at, frame in enumerate(frames) if frame), len(frames))
        last = next((at for at, frame in enumerate(frames) if at > first and not frame), len(frames))
        return b"".join(reversed(frames[first:last]))

    # What the script does

    async def say(self, pcm: NDArray[np.int16]) -> None:
        """Speak ``pcm`` (8 kHz) into the handset; returns at its end."""
        self._turn()
        data = np.asarray(pcm, dtype="<i2").tobytes()
        frames = [data[at : at + PCM_FRAME_BYTES] for at in range(0, len(data), PCM_FRAME_BYTES)]
        self._audio.extend(frame.ljust(PCM_FRAME_BYTES, b"\0") for frame in frames)
        await self._until(lambda: not self._audio, len(frames) * FRAME_SECONDS + 1)
        self._acted_until = self._now

    async def press(self, keys: str, gap_seconds: float = 0.2) -> None:
        """Press ``keys`` one by one; returns after the last gap, or when the last key has ended the call."""
        self._turn()
        pressed = 0
        try:
            for key in keys:
                self._keys += key
                self._acted_until = self._now
                pressed += 1
                await self._pass(max(gap_seconds, FRAME_SECONDS))
        except LineEnded:
            if self._keys or pressed < len(keys):
                raise

    async def silence(self, seconds: float) -> None:
        """Say nothing for ``seconds`` of the call."""
        self._turn()
        self._acted_until = self._now
        await self._pass(seconds)

    async def until_quiet(self, seconds: float = 0.4, timeout: float = 60.0) -> None:
        """Listen until the hotline has spoken since the last turn and has then been quiet for ``seconds``."""
        await self._until(lambda: self.is_quiet(seconds), timeout)

    async def until_sound(self, timeout: float = 60.0) -> None:
        """Wait until the hotline plays something new since the last turn."""
        await self._until(lambda: self._answered, timeout)

    def is_quiet(self, seconds: float = 0.4) -> bool:
        """The hotline has spoken since the last turn and has then been quiet for ``seconds``."""
        return self._answered and self._quiet >= seconds - 1e-6

    async def until(self, met: Callable[[], bool], timeout: float = 60.0) -> None:
        """Wait until ``met``, which is asked every 20 ms of the call."""
        await self._until(met, timeout)

    async def until_ended(self, timeout: float = 600.0) -> str:
        """Let the call run to its end; returns who ended it."""
        try:
            await self._until(lambda: False, timeout)
        except LineEnded:
            assert self._ended is not None
        return self._ended or ""

    async def until_sms(self, wall_seconds: float = 10.0) -> Sms:
        """Look at the messages until one comes; the call stands still meanwhile. Raises ``TimeoutError``."""
        self._looking_away = True
        try:
            return await asyncio.wait_for(self._messages.get(), wall_seconds)
        finally:
            self._looking_away = False

    async def until_ringing(self, wall_seconds: float = 10.0) -> Incoming:
        """Wait for a call to this handset. Raises ``TimeoutError``."""
        return await asyncio.wait_for(self._incoming.get(), wall_seconds)

    def answer(self) -> None:
        """Pick up the call that rings."""
        self._picked_up = True

    def hang_up(self) -> None:
        """End the call, or decline one that rings."""
        self._gone.set()
        self._stir.set()

    # What the exchange asks and tells

    def ring(self, incoming: Incoming) -> None:
        self._incoming.put_nowait(incoming)

    def verdict(self, seconds: float) -> str:
        return "busy" if self.hung_up else "answered" if self._picked_up else ""

    async def next_frame(self) -> bytes:
        while not self._may_go_on():
            self._stir.clear()
            try:
                await asyncio.wait_for(self._stir.wait(), self._patience_seconds)
            except TimeoutError:
                # A busy machine may run out of patience in the very moment in which the script has begun to wait.
                self._running_on = not self._looking_away and not self._may_go_on()
        self._sent = self._audio.popleft() if self._audio else b""
        return self._sent or PCM_SILENCE

    def take_keys(self) -> str:
        keys, self._keys = self._keys, ""
        return keys

    @property
    def hung_up(self) -> bool:
        return self._gone.is_set()

    async def until_hung_up(self) -> None:
        await self._gone.wait()

    def heard(self, pcm: bytes) -> None:
        self._now += FRAME_SECONDS
        self.tape.append((self._sent, pcm))
        self._sent = b""
        if pcm and not self._playing and not self._answered:
            self._answered, self._answered_at = True, self._now
        self._playing = bool(pcm)
        self._quiet = 0.0 if pcm else self._quiet + FRAME_SECONDS
        self._grant()

    def flushed(self) -> None:
        self._playing = False

    def notice(self, notice: Notice) -> None:
        self.notices.append(notice)
        self._told(notice)
        match notice:
            case Ringing() | Connected():
                self._turn()
            case Said() | Played():
                self._playing = False
            case Sms():
                self._messages.put_nowait(notice)
            case Waiting(on):
                self.waiting = on
            case Bridged() | Parted():
                self.bridged = isinstance(notice, Bridged)
                self._turn()
            case Ended(reason):
                self._end(reason)
            case _:
                pass

    # Turns

    def _turn(self) -> None:
        """The caller acts: only what begins from now on is an answer."""
        self._answered = False
        self._answered_at = self._acted_until = None

    async def _pass(self, seconds: float) -> None:
        end = self._now + seconds - 1e-6
        await self._until(lambda: self._now >= end, seconds + 1)

    async def _until(self, met: Callable[[], bool], timeout: float) -> None:
        if self._ended is not None:
            raise LineEnded(self._ended)
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._wish = _Wish(met, self._now + timeout, waiter)
        self._running_on = False
        self._stir.set()
        await waiter

    def _grant(self) -> None:
        wish = self._wish
        if wish is None:
            return
        if wish.met():
            self._wish = None
            _settle(wish.waiter, None)
        elif self._now > wish.deadline:
            self._wish = None
            _settle(wish.waiter, TimeoutError(f"waited in vain until call second {self._now:.1f}"))

    def _may_go_on(self) -> bool:
        return self.hung_up or self._wish is not None or self._running_on

    def _end(self, reason: str) -> None:
        self._ended = reason
        if self._wish:
            wish, self._wish = self._wish, None
            _settle(wish.waiter, LineEnded(reason))


def _settle(waiter: asyncio.Future[None], error: Exception | None) -> None:
    if waiter.done():
        return
    if error:
        waiter.set_exception(error)
    else:
        waiter.set_result(None)
