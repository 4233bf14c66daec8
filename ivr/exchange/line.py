"""One call's line: every 20 ms it takes the caller's sound and keys, plays sound back and moves call time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ivr.exchange.handset import Connected, Handset
from ivr.exchange.mulaw import PCM_FRAME_BYTES, PCM_SILENCE
from ivr.exchange.pace import FRAME_SECONDS, CallTime
from ivr.exchange.record import CallRecord


class CallOverError(Exception):
    """The call has been ended; ``ended_by`` goes into the record."""

    def __init__(self, ended_by: str) -> None:
        super().__init__(ended_by)
        self.ended_by = ended_by


class DivertedError(Exception):
    """What was being played is left: the call goes on elsewhere. Its kinds say where."""


@dataclass(frozen=True)
class CallerFrame:
    """20 ms of the caller: PCM16 and the keys pressed."""

    pcm: bytes
    keys: str


Stop = Callable[[CallerFrame], bool]
"""Looks at what the caller does while something is played; True: it is played no further."""


class Line:
    """Joins a handset, call time and the record of one call."""

    def __init__(self, handset: Handset, time: CallTime, record: CallRecord, *, type_ahead: bool) -> None:
        self.handset = handset
        self.time = time
        self.record = record
        self._type_ahead = type_ahead
        self._typed = ""
        self._ended_by = ""
        self._diversion: DivertedError | None = None

    @property
    def ended_by(self) -> str:
        """Who has ended the call from outside."""
        return self._ended_by

    def end(self, ended_by: str) -> None:
        """End the call from outside; takes effect at the next frame."""
        self._ended_by = self._ended_by or ended_by

    def divert(self, diversion: DivertedError) -> None:
        """Leave what is being played at the next frame."""
        self._diversion = diversion

    def forget(self, kind: type[DivertedError]) -> None:
        """Go on with what is being played after all."""
        if isinstance(self._diversion, kind):
            self._diversion = None

    def answer(self) -> None:
        """The hotline picks up; billing and CallDuration begin."""
        if self.record.answered_at is None:
            self.record.answered_at = self.time.seconds
            self.record.status = "in-progress"
            self.note("answer")
            self.handset.notice(Connected())

    def check(self) -> None:
        """Raises ``CallOverError`` when somebody has ended the call, ``DivertedError`` when it is to go elsewhere."""
        if self._ended_by:
            raise CallOverError(self._ended_by)
        if self.handset.hung_up:
            raise CallOverError("caller")
        if self._diversion:
            diversion, self._diversion = self._diversion, None
            raise diversion

    async def frame(self, played: bytes = b"") -> CallerFrame:
        """Let 20 ms pass, playing ``played`` (PCM16; empty: nothing).

        Raises ``CallOverError`` and ``DivertedError``.
        """
        self.check()
        pcm = await self.handset.next_frame()
        self.check()
        keys = self.handset.take_keys()
        for key in keys:
            self.note("key", key)
        self.record.hear(self.time.seconds, played)
        self.handset.heard(played)
        await self.time.tick()
        return CallerFrame(pcm, keys)

    async def play(self, pcm: bytes, stop: Stop | None = None) -> CallerFrame | None:
        """Play ``pcm`` to its end, or until ``stop`` says so of what the caller does: that frame is returned.

        Keys pressed while nobody gathers them are lost, or kept for the next ``<Gather>`` with type-ahead.
        """
        for frame in _frames(pcm):
            caller = await self.frame(frame)
            if stop and stop(caller):
                self.handset.flushed()
                return caller
            self._typed += caller.keys if self._type_ahead else ""
        return None

    async def pause(self, seconds: float, stop: Stop | None = None) -> CallerFrame | None:
        """Silence that belongs to what the hotline plays."""
        return await self.play(PCM_SILENCE * round(seconds / FRAME_SECONDS), stop)

    def take_typed(self) -> str:
        """What was typed ahead."""
        typed, self._typed = self._typed, ""
        return typed

    def note(self, what: str, text: str = "") -> None:
        self.record.note(self.time.seconds, what, text)

    def error(self, code: int, detail: str) -> None:
        self.record.add_error(self.time.seconds, code, detail)


def _frames(pcm: bytes) -> Iterator[bytes]:
    for at in range(0, len(pcm), PCM_FRAME_BYTES):
        yield pcm[at : at + PCM_FRAME_BYTES].ljust(PCM_FRAME_BYTES, b"\0")
