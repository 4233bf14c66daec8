"""How a caller of the bench hears: when the hotline is done, and how long its answer took."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ivr.exchange.handset import LineEnded
from ivr.exchange.scripted import ScriptedHandset
from ivr.simulator.telephone import QUIET_SECONDS

PATIENCE_SECONDS = 60.0
"""For the end of a prompt, in seconds of the call."""
ANSWER_SECONDS = 15.0
"""For the first sound of an answer."""
GREETING = "first prompt"


@dataclass(frozen=True, slots=True)
class Turned:
    """The hotline has begun to answer."""

    asked: str
    """What the hotline had said, in the scenario's words."""
    how: str
    """``spoken``, ``keyed``, or ``dialled`` for the first prompt."""
    seconds: float
    """From the end of the last frame of speech, or from the last key, to the first frame of the answer."""


class CallerEar:
    """Listens on a handset and tells of every answer. A frame is the grain: 20 ms."""

    def __init__(self, handset: ScriptedHandset, tell: Callable[[Turned], None]) -> None:
        self._handset = handset
        self._tell = tell
        self._asked = GREETING
        self._pending: tuple[str, float] | None = ("dialled", time.perf_counter())

    @property
    def where(self) -> str:
        """For a fault: how far the call had come."""
        return f"after «{self._asked}»"

    def acted(self, how: str) -> None:
        """The caller has ended a turn now. Who is cut short has an answer already, and nothing to measure."""
        self._pending = None if self._answered() else (how, time.perf_counter())

    async def answered(self) -> None:
        """Wait for the first sound of the answer. Raises ``LineEnded`` and ``TimeoutError``."""
        await self._handset.until_sound(ANSWER_SECONDS)
        if self._pending:
            how, since = self._pending
            self._tell(Turned(self._asked, how, time.perf_counter() - since))
            self._pending = None

    async def hear(self, words: str) -> None:
        """Hear the hotline out. The last words of a call may end with it. Raises ``TimeoutError``."""
        try:
            await self.answered()
            await self._handset.until_quiet(QUIET_SECONDS, PATIENCE_SECONDS)
        except LineEnded:
            return
        self._asked = words

    async def ready(self, *, early: bool) -> None:
        """Until it is the caller's turn; ``early``: as soon as the hotline speaks. Raises ``LineEnded``."""
        await self.answered()
        if not early:
            await self._handset.until_quiet(QUIET_SECONDS, PATIENCE_SECONDS)

    async def until_ended(self, seconds: float) -> None:
        """Let the call end. Raises ``TimeoutError``."""
        await self._handset.until_ended(seconds)

    def _answered(self) -> bool:
        return self._handset.is_quiet(0)
