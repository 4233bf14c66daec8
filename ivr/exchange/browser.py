"""A caller at the phone page: sound and keys come over a WebSocket, what is played goes back."""

import asyncio
from collections import deque
from collections.abc import Callable

from ivr.exchange.handset import (
    Bridged,
    Connected,
    Ended,
    Incoming,
    Notice,
    Parted,
    Played,
    Ringing,
    Said,
    Sms,
    Waiting,
)
from ivr.exchange.mulaw import PCM_FRAME_BYTES, PCM_SILENCE

_FRAMES_KEPT = 10
"""200 ms. The browser's clock and ours drift apart; older sound is dropped, so that the delay stays bounded."""


class BrowserHandset:
    """A handset whose ends are ``send`` (JSON objects and PCM16 sound to the page) and the methods named below.

    The exchange pulls 20 ms at its own pace; where the microphone has given less, the line is silent.
    """

    def __init__(self, send: Callable[[dict[str, object] | bytes], None], *, feed: bool) -> None:
        self._send = send
        self._feed = feed
        self._frames: deque[bytes] = deque(maxlen=_FRAMES_KEPT)
        self._rest = b""
        self._keys = ""
        self._answered = False
        self._gone = asyncio.Event()

    # What the page does

    def take_sound(self, pcm: bytes) -> None:
        """Sound of the microphone, PCM16 at 8 kHz, in pieces of any size."""
        data = self._rest + pcm
        whole = len(data) // PCM_FRAME_BYTES * PCM_FRAME_BYTES
        self._frames.extend(data[at : at + PCM_FRAME_BYTES] for at in range(0, whole, PCM_FRAME_BYTES))
        self._rest = data[whole:]

    def press(self, key: str) -> None:
        self._keys += key

    def answer(self) -> None:
        """Pick up a call that rings."""
        self._answered = True

    def hang_up(self) -> None:
        """End the call, or decline one that rings."""
        self._gone.set()

    # What the exchange asks and tells

    def ring(self, incoming: Incoming) -> None:
        call = {"call_sid": incoming.call_sid, "from": incoming.from_number, "parameters": incoming.parameters}
        self._send({"incoming": call})

    def verdict(self, seconds: float) -> str:
        return "busy" if self.hung_up else "answered" if self._answered else ""

    async def next_frame(self) -> bytes:
        return self._frames.popleft() if self._frames else PCM_SILENCE

    def take_keys(self) -> str:
        keys, self._keys = self._keys, ""
        return keys

    @property
    def hung_up(self) -> bool:
        return self._gone.is_set()

    async def until_hung_up(self) -> None:
        await self._gone.wait()

    def heard(self, pcm: bytes) -> None:
        if pcm:
            self._send(pcm)

    def flushed(self) -> None:
        self._send({"clear": True})

    def notice(self, notice: Notice) -> None:
        match notice:
            case Ringing(call_sid):
                self._send({"ringing": True, "call_sid": call_sid, "feed": self._feed})
            case Connected():
                self._send({"connected": True})
            case Said(text):
                self._send({"said": text})
            case Ended(reason):
                self._send({"ended": reason})
            case Bridged():
                self._send({"bridged": True})
            case Parted():
                self._send({"parted": True})
            case Sms() | Played() | Waiting():
                # Messages reach the page through its line, in a call and outside of one.
                pass
