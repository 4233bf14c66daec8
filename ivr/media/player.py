"""Plays prompts into a stream. Time is the caller's audio, not a clock, so that a faster exchange hears the same call.

Twilio buffers what it is sent and reports no level, so the player stays a short lead ahead: a ``clear`` then throws
away little, and an interrupted prompt stops at once.
"""

from collections.abc import Awaitable, Callable

from ivr.media.codec import BYTES_PER_SECOND
from ivr.telephony.media_stream import clear_message, mark_message, media_message

LEAD_SECONDS = 1.0
CHUNK_BYTES = 1600
"""0.2 s a message."""
LATE_MARK_SECONDS = 2.0
"""A mark that is this late will not come: the prompt counts as heard."""
Send = Callable[[str], Awaitable[None]]


class Player:
    """One stream's loudspeaker. ``now`` is always the caller's audio received so far, in seconds."""

    def __init__(self, send: Send, stream_sid: str) -> None:
        self._send = send
        self._stream_sid = stream_sid
        self._waiting = b""
        self._sent_until = 0.0
        self._serial = 0
        self._mark: str | None = None
        self._mark_sent = False

    @property
    def playing(self) -> bool:
        return self._mark is not None

    async def play(self, mulaw: bytes, now: float) -> None:
        """Begin a prompt. The one before it has ended or is cut."""
        if self.playing:
            await self.cut()
        self._serial += 1
        self._mark = f"prompt-{self._serial}"
        self._waiting, self._sent_until, self._mark_sent = mulaw, now, False
        await self.advance(now)

    async def advance(self, now: float) -> None:
        """Send what is due, and the mark after the last of it."""
        if self._mark is None:
            return
        while self._waiting and self._sent_until < now + LEAD_SECONDS:
            chunk, self._waiting = self._waiting[:CHUNK_BYTES], self._waiting[CHUNK_BYTES:]
            await self._send(media_message(self._stream_sid, chunk))
            self._sent_until += len(chunk) / BYTES_PER_SECOND
        if not self._waiting and not self._mark_sent:
            self._mark_sent = True
            await self._send(mark_message(self._stream_sid, self._mark))
        elif self._mark_sent and now > self._sent_until + LATE_MARK_SECONDS:
            self._mark = None

    def mark_came(self, name: str) -> bool:
        """True when the prompt that is playing was heard to its end; marks of cut prompts come back too."""
        if name != self._mark:
            return False
        self._mark = None
        return True

    async def cut(self) -> None:
        """Stop the prompt: the caller answers."""
        if not self.playing:
            return
        self._mark, self._waiting = None, b""
        await self._send(clear_message(self._stream_sid))
