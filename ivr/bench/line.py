"""A caller's media stream as Twilio sends it: 20 ms frames in real time, prompts played out, marks given back."""

import asyncio
import base64
import json
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

FRAME_BYTES = 160
FRAME_SECONDS = 0.02
SILENCE = base64.b64encode(b"\xff" * FRAME_BYTES).decode()


class LineFaultError(Exception):
    """The stream did not go on as it should have; the text says how, in words that can be counted."""


def frames_of(mulaw: bytes) -> tuple[str, ...]:
    """Sound cut into frames, each in base64 as it travels."""
    cut = (mulaw[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\xff") for at in range(0, len(mulaw), FRAME_BYTES))
    return tuple(base64.b64encode(frame).decode() for frame in cut)


@dataclass(slots=True)
class Loudspeaker:
    """What the hotline has sent and is not played yet, in its order: lengths of sound and names of marks."""

    waiting: deque[int | str] = field(default_factory=deque)

    @property
    def playing(self) -> bool:
        return bool(self.waiting)

    def play_frame(self) -> list[str]:
        """Let 20 ms pass; the marks whose sound has ended."""
        left, ended = FRAME_BYTES, []
        while self.waiting and (left or isinstance(self.waiting[0], str)):
            first = self.waiting.popleft()
            if isinstance(first, str):
                ended.append(first)
            elif first > left:
                self.waiting.appendleft(first - left)
                left = 0
            else:
                left -= first
        return ended

    def clear(self) -> list[str]:
        marks = [item for item in self.waiting if isinstance(item, str)]
        self.waiting.clear()
        return marks


class Line:
    """One stream. ``run`` keeps it going; the other methods are what the caller does meanwhile."""

    def __init__(self, socket: ClientConnection, account_sid: str, call_sid: str, token: str) -> None:
        self._socket = socket
        self._stream_sid = f"MZ{uuid4().hex}"
        self._start = {
            "accountSid": account_sid,
            "callSid": call_sid,
            "streamSid": self._stream_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"token": token},
        }
        self._speech: deque[str] = deque()
        self._speaker = Loudspeaker()
        self._frames = 0
        self._heard_out = asyncio.Event()
        self._answered = asyncio.Event()
        self._spoken = asyncio.Event()
        self._spoken_at = 0.0
        self._answered_at = 0.0

    async def run(self) -> None:
        """Send and receive until the socket closes. Raises ``LineFaultError``."""
        await self._send("connected", {"protocol": "Call", "version": "1.0.0"})
        await self._send("start", self._start)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._receive())
                tasks.create_task(self._talk())
        except* ConnectionClosed as closed:
            raise LineFaultError("the hotline closed the stream") from closed

    async def until_sound(self, seconds: float) -> float:
        """The moment at which the next sound came. Raises ``LineFaultError``."""
        await self._within(self._answered, seconds, "no prompt came")
        return self._answered_at

    async def hear_out(self, seconds: float) -> None:
        """Until the prompt has been played to its end. Raises ``LineFaultError``."""
        await self._within(self._heard_out, seconds, "a prompt had no end")

    async def say(self, frames: Sequence[str], patience_seconds: float) -> float:
        """Speak; the seconds from the last frame's sending to the first sound of what the hotline then says.

        Raises ``LineFaultError``, also where the hotline still spoke when the caller had ended: then nothing can be
        told apart.
        """
        self._spoken.clear()
        self._speech.extend(frames)
        await self._spoken.wait()
        if self._speaker.playing:
            raise LineFaultError("the prompt was not interrupted")
        self._answered.clear()
        self._heard_out.clear()
        await self._within(self._answered, patience_seconds, "no answer to what was said")
        return self._answered_at - self._spoken_at

    async def _within(self, event: asyncio.Event, seconds: float, what: str) -> None:
        try:
            await asyncio.wait_for(event.wait(), seconds)
        except TimeoutError:
            raise LineFaultError(what) from None

    async def _talk(self) -> None:
        """A frame every 20 ms. After a stall the line catches up, as a network does."""
        due = time.perf_counter()
        while True:
            await self._frame()
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - time.perf_counter()))

    async def _frame(self) -> None:
        speaking = bool(self._speech)
        payload = self._speech.popleft() if speaking else SILENCE
        self._frames += 1
        # Written by hand: a thousand of these a second must not cost more than what they are to measure.
        await self._socket.send(
            f'{{"event":"media","sequenceNumber":"{self._frames}","streamSid":"{self._stream_sid}","media":'
            f'{{"track":"inbound","chunk":"{self._frames}","timestamp":"{self._frames * 20}","payload":"{payload}"}}}}'
        )
        if speaking and not self._speech:
            self._spoken_at = time.perf_counter()
            self._spoken.set()
        await self._give_back(self._speaker.play_frame())

    async def _receive(self) -> None:
        while True:
            message = json.loads(await self._socket.recv())
            match message["event"]:
                case "media":
                    self._speaker.waiting.append(len(base64.b64decode(message["media"]["payload"])))
                    self._note_answer()
                case "mark":
                    self._speaker.waiting.append(str(message["mark"]["name"]))
                case "clear":
                    await self._give_back(self._speaker.clear())

    def _note_answer(self) -> None:
        if not self._answered.is_set():
            self._answered_at = time.perf_counter()
            self._answered.set()

    async def _give_back(self, marks: Sequence[str]) -> None:
        for name in marks:
            await self._send("mark", {"name": name})
            self._heard_out.set()

    async def _send(self, event: str, body: Mapping[str, object]) -> None:
        with suppress(ConnectionClosed):  # the receiving side tells
            await self._socket.send(json.dumps({"event": event, "streamSid": self._stream_sid, event: body}))
