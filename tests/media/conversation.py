"""A media session's other sides: a scripted socket, a scripted dialogue, and an ear that hears what the audio says."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from ivr.dialog.commands import Ending, HangUp, Listen, Reply, Say, Segment
from ivr.dialog.events import CallEvent, Hypothesis, Utterance
from ivr.media.codec import SILENCE, decode
from ivr.media.session import MediaSession
from ivr.speech.recognizer import Hearing, Recognizer

FRAME_SECONDS = 0.02
HALF = "сорок два семьдесят шесть ноль пять двенадцать"
FULL = f"{HALF} ноль ноль ноль два ноль ноль двадцать четыре"
WORDS = ("", FULL, "да", "оператор", HALF, "[unk]", "четыре")
"""What the scripted ear hears: a frame filled with byte N carries text N."""
PROMPT_SECONDS = 1.0


class FakeSocket:
    """The exchange's end of a stream: the test sends frames and sees what comes back."""

    def __init__(self, *, echoes_marks: bool = True) -> None:
        self._frames: asyncio.Queue[str | bytes | Exception | None] = asyncio.Queue()
        self.sent: list[dict[str, Any]] = []
        self.closed: list[int] = []
        self.echoes_marks = echoes_marks

    async def receive(self) -> str | bytes | None:
        frame = await self._frames.get()
        if isinstance(frame, Exception):
            raise frame
        return frame

    async def send(self, text: str) -> None:
        message = json.loads(text)
        self.sent.append(message)
        if message["event"] == "mark" and self.echoes_marks:
            self.give({"event": "mark", "mark": message["mark"]})

    async def close(self, code: int) -> None:
        self.closed.append(code)

    def give(self, frame: dict[str, Any] | str | bytes | Exception | None) -> None:
        self._frames.put_nowait(json.dumps(frame) if isinstance(frame, dict) else frame)

    def connect(self) -> None:
        self.give({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, token: str = "good") -> None:
        start = {
            "accountSid": "AC1",
            "streamSid": "MZ1",
            "callSid": "CA1",
            "customParameters": {"token": token},
        }
        self.give({"event": "start", "start": start, "streamSid": "MZ1"})

    def speak(self, text: str, seconds: float) -> None:
        payload = base64.b64encode(bytes([WORDS.index(text)]) * round(8000 * FRAME_SECONDS)).decode()
        for _ in range(round(seconds / FRAME_SECONDS)):
            self.give({"event": "media", "media": {"track": "inbound", "payload": payload}})

    def silent(self, seconds: float) -> None:
        self.speak("", seconds)

    def press(self, keys: str) -> None:
        for key in keys:
            self.give({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": key}})

    @property
    def events(self) -> list[str]:
        return [message["event"] for message in self.sent]


@dataclass
class FakeCalls:
    """A dialogue that is only a list of replies."""

    replies: list[Reply]
    steps: list[tuple[int, CallEvent]] = field(default_factory=list)
    clips: list[bytes] = field(default_factory=list)
    played: list[int] = field(default_factory=list)
    earlier: Utterance = field(default_factory=Utterance)
    breaks: bool = False

    def open_stream(self, sid: str, account_sid: str, token: str) -> Reply | None:
        good = (sid, account_sid, token) == ("CA1", "AC1", "good")
        return self.replies.pop(0) if good else None

    def step(self, sid: str, step: int, event: CallEvent, token: str | None = None, clip: bytes = b"") -> "Answered":
        assert (sid, token) == ("CA1", None)
        self.clips.append(clip)
        self.steps.append((step, event))
        if self.breaks:
            raise OSError("the database is gone")
        return Answered(self.replies.pop(0))

    def heard_so_far(self, sid: str) -> Utterance:
        return self.earlier

    def said(self, sid: str, step: int) -> None:
        self.played.append(step)

    @property
    def heard(self) -> list[CallEvent]:
        return [event for _, event in self.steps]


@dataclass
class Answered:
    reply: Reply


class TextRecognizer:
    """Hears the text that the audio is filled with; a change of text finishes the stretch before it."""

    def __init__(self, codes: dict[bytes, str]) -> None:
        self._codes, self._text = codes, ""

    def accept(self, pcm: bytes) -> Hearing:
        text = self._codes[pcm[-2:]]
        before, self._text = self._text, text
        if before and not text:
            return Hearing(finished=(Hypothesis(before),))
        return Hearing(partial=text)

    def finish(self) -> tuple[Hypothesis, ...]:
        text, self._text = self._text, ""
        return (Hypothesis(text),) if text else ()


class TextEar:
    """Makes such recognizers and counts them."""

    def __init__(self) -> None:
        self._codes = {decode(bytes([code])): text for code, text in enumerate(WORDS)}
        self._codes[decode(SILENCE)] = ""
        self.lists: list[tuple[str, ...]] = []

    def recognizer(self, phrases: tuple[str, ...]) -> Recognizer:
        self.lists.append(phrases)
        return TextRecognizer(self._codes)

    def missing_words(self, words: Iterable[str]) -> list[str]:
        return []


def reply(step: int, then: Ending, *, silent: bool = False) -> Reply:
    prompt = Say(f"prompt{step}", (Segment(f"Вопрос {step}."),))
    return Reply(step, () if silent else (prompt,), then, "stream")


Serve = Callable[..., MediaSession]
KeepSound = Callable[[str, int, bytes], None]
CARD = Listen("card_number")
GOODBYE = HangUp("solved")


async def play(session: MediaSession) -> None:
    await asyncio.wait_for(session.run(), 10)


@asynccontextmanager
async def running(session: MediaSession) -> AsyncIterator[None]:
    """The session in the background; its end is awaited."""
    task = asyncio.create_task(session.run())
    yield
    await asyncio.wait_for(task, 10)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it never came true")
