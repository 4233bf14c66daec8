"""A stream's messages, both ways, in order; with silence where the network leaves a gap."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from ivr.media.codec import BYTES_PER_SECOND, SILENCE
from ivr.telephony.media_stream import Media, Message, Stop, parse_message

log = structlog.get_logger(__name__)

STALL_SECONDS = 0.5
"""A stream without messages for this long is fed silence: a caller's network may drop out, questions still end."""
FRAMES_WAITING = 1500
"""Frames a slow process may fall behind, 30 s of audio; then the socket is read no further and Twilio drops audio."""


class Socket(Protocol):
    """The stream's connection."""

    async def receive(self) -> str | bytes | None:
        """The next frame; None when the other side is gone."""
        ...

    async def send(self, text: str) -> None: ...

    async def close(self, code: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Pacing:
    """How a session keeps step with the other side."""

    stall_seconds: float = STALL_SECONDS
    """Wall-clock time without messages after which silence is heard."""
    digested: Callable[[str, int, int], None] | None = None
    """Told, whenever a session turns to its next message, which call it is, how many messages it has digested so far
    and how many it has sent. A replay waits for it, so that the same audio meets the same prompts on any machine."""


REAL_TIME = Pacing()


class Wire:
    """One stream's messages after its start."""

    def __init__(self, socket: Socket, call_sid: str, pacing: Pacing) -> None:
        self._socket = socket
        self._call_sid = call_sid
        self._pacing = pacing
        self._taken = 1  # the start message
        self._sent = 0
        self._frames: asyncio.Queue[str | bytes | None] = asyncio.Queue(FRAMES_WAITING)
        self._reader = asyncio.create_task(self._read())

    @property
    def waiting(self) -> int:
        """Messages that wait to be taken: 20 ms of audio each."""
        return self._frames.qsize()

    async def send(self, text: str) -> None:
        self._sent += 1
        await self._socket.send(text)

    async def next(self) -> Message | None:
        """The next message; None when the stream has ended. Raises ``MalformedMessageError``."""
        if self._pacing.digested:
            self._pacing.digested(self._call_sid, self._taken, self._sent)
        while True:
            try:
                async with asyncio.timeout(self._pacing.stall_seconds):  # wait_for would make a task a message
                    frame = await self._frames.get()
            except TimeoutError:
                return Media(SILENCE * round(self._pacing.stall_seconds * BYTES_PER_SECOND))
            if frame is None:
                return None
            self._taken += 1
            message = parse_message(frame)
            if isinstance(message, Stop):
                return None
            if message is not None:
                return message

    def close(self) -> None:
        self._reader.cancel()

    async def _read(self) -> None:
        try:
            while (frame := await self._socket.receive()) is not None:
                await self._frames.put(frame)
        except Exception:
            log.exception("stream_broken")  # without the end behind it, silence would be heard for ever
        await self._frames.put(None)
