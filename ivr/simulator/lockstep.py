"""Keeps a replayed call in step: no 20 ms pass before the hotline has digested the 20 ms before.

A slow machine then plays the same call more slowly, and a fast one faster; what is heard and said stays the same.
"""

import asyncio
from collections.abc import Callable

from ivr.exchange.switch import StreamProgress

CLOSE_SECONDS = 0.02
"""How long a close of the socket may go unnoticed."""
PATIENCE_SECONDS = 30.0
"""Wall-clock time without any progress after which the hotline is taken for stuck."""


class Lockstep:
    """Joins the two sides' counts of messages. Both run in one event loop."""

    def __init__(self) -> None:
        self._hotline: dict[str, tuple[int, int]] = {}
        self._sleepers: list[asyncio.Future[None]] = []

    def digested(self, call_sid: str, taken: int, sent: int) -> None:
        """The hotline's side: see ``ivr.media.wire.Pacing``."""
        self._hotline[call_sid] = (taken, sent)
        for sleeper in self._sleepers:
            _wake(sleeper)
        self._sleepers.clear()

    async def gate(self, progress: StreamProgress, closed: Callable[[], bool]) -> None:
        """The exchange's side: returns when nothing is under way, or when the stream has been closed."""
        if progress.sent <= 1:  # the start message: an earlier stream of the call has left its counts
            self._hotline.pop(progress.call_sid, None)
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not closed():
            taken, sent = self._hotline.get(progress.call_sid, (0, 0))
            if (taken, sent) == (progress.sent, progress.received):
                return
            if asyncio.get_running_loop().time() > deadline:
                raise TimeoutError("the hotline does not take in the stream's audio")
            await (asyncio.sleep(0) if taken == progress.sent else self._next_news())

    async def _next_news(self) -> None:
        """Sleep until the hotline digests something: to spin would take the time that recognition needs.

        A bare future: ``wait_for`` would make a task for each 20 ms of each call.
        """
        loop = asyncio.get_running_loop()
        sleeper: asyncio.Future[None] = loop.create_future()
        self._sleepers.append(sleeper)
        timer = loop.call_later(CLOSE_SECONDS, _wake, sleeper)
        await sleeper
        timer.cancel()


def _wake(sleeper: "asyncio.Future[None]") -> None:
    if not sleeper.done():
        sleeper.set_result(None)
