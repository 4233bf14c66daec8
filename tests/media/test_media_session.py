"""A media session with a scripted socket, a scripted dialogue and an ear that hears what the audio says."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ivr.media.session as session_module
import ivr.media.wire as wire_module
from ivr.content import GRAMMARS, load_content
from ivr.dialog.commands import Ending, HangUp, Listen, Reply, Say, Segment, Transfer
from ivr.dialog.events import CallEvent, Heard, Hypothesis, NoInput, Utterance, keyed, said
from ivr.dialog.forms import DialogBook
from ivr.feed import Feed, Line
from ivr.media.codec import SILENCE, decode
from ivr.media.prompts import PromptLibrary
from ivr.media.session import MediaServices, MediaSession
from ivr.media.wire import REAL_TIME, Pacing
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


@pytest.fixture(scope="module")
def book() -> DialogBook:
    return load_content(GRAMMARS, 2026).book


@pytest.fixture
def socket() -> FakeSocket:
    return FakeSocket()


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def ear() -> TextEar:
    return TextEar()


@pytest.fixture
def serve(socket: FakeSocket, book: DialogBook, ear: TextEar, feed: Feed, tmp_path: Path) -> Iterator[Serve]:
    library = PromptLibrary(tmp_path, lambda _: np.full(round(8000 * PROMPT_SECONDS), 1000, np.int16))
    with ThreadPoolExecutor(2) as threads:

        def serve(calls: FakeCalls, pacing: Pacing = REAL_TIME, keep: KeepSound | None = None) -> MediaSession:
            parts = MediaServices(calls, book, ear, library, feed, threads, threads, pacing, keep)
            return MediaSession(socket, parts)

        yield serve


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


# -- handshake ----------------------------------------------------------------------------------------------------


async def test_a_call_goes_through_question_and_goodbye(serve: Serve, socket: FakeSocket) -> None:
    calls = FakeCalls([reply(1, CARD), reply(2, GOODBYE)])
    socket.connect()
    socket.start()
    socket.silent(2)
    socket.speak(FULL, 1)
    socket.silent(3)
    await play(serve(calls))
    assert calls.steps == [(1, Heard(said(FULL)))]
    assert calls.played == [2]
    assert socket.closed == [1000]


@pytest.mark.parametrize(
    "frame",
    [
        {"event": "media", "media": {"payload": ""}},
        {"event": "stop"},
        {"event": "dtmf", "dtmf": {"digit": "1"}},
        "junk",
        b"binary",
    ],
)
async def test_nothing_is_accepted_before_the_start(
    serve: Serve, socket: FakeSocket, frame: dict[str, Any] | str | bytes
) -> None:
    calls = FakeCalls([reply(1, CARD)])
    socket.connect()
    socket.give(frame)
    socket.start()
    await play(serve(calls))
    assert socket.closed == [1008]
    assert socket.sent == []
    assert len(calls.replies) == 1


async def test_a_bad_token_is_refused(serve: Serve, socket: FakeSocket) -> None:
    socket.start(token="stolen")
    await play(serve(FakeCalls([reply(1, CARD)])))
    assert socket.closed == [1008]
    assert socket.sent == []


async def test_a_socket_that_never_says_which_call_it_is_is_closed(
    serve: Serve, socket: FakeSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_module, "START_SECONDS", 0.05)
    socket.connect()
    await play(serve(FakeCalls([])))
    assert socket.closed == [1008]


async def test_a_socket_that_leaves_before_the_start_is_closed(serve: Serve, socket: FakeSocket) -> None:
    socket.give(None)
    await play(serve(FakeCalls([])))
    assert socket.closed == [1008]


# -- in the call --------------------------------------------------------------------------------------------------


async def test_speech_interrupts_the_prompt(serve: Serve, socket: FakeSocket) -> None:
    socket.echoes_marks = False
    calls = FakeCalls([reply(1, CARD), reply(2, GOODBYE)])
    socket.start()
    socket.speak(FULL, 1.0)
    socket.give(None)
    await play(serve(calls))
    assert socket.events.index("clear") > socket.events.index("media")
    assert calls.heard == [Heard(said(FULL))]


async def test_noise_does_not_interrupt_the_prompt(serve: Serve, socket: FakeSocket) -> None:
    socket.echoes_marks = False
    socket.start()
    socket.speak("[unk]", 1.0)
    socket.give(None)
    await play(serve(FakeCalls([reply(1, CARD)])))
    assert "clear" not in socket.events


async def test_the_sound_of_an_answer_goes_with_it(serve: Serve, socket: FakeSocket) -> None:
    """The caller's audio from a little before the first word: a frame filled with byte N carries text N."""
    calls = FakeCalls([reply(1, CARD), reply(2, GOODBYE)])
    socket.start()
    socket.silent(2)
    socket.speak(FULL, 1)
    socket.silent(3)
    await play(serve(calls))
    silence, voice = bytes([WORDS.index("")]), bytes([WORDS.index(FULL)])
    clip = calls.clips[0]
    assert clip == silence * clip.count(silence) + voice * clip.count(voice)
    assert clip.count(voice) >= 0.24 * 8000
    assert len(clip) >= 1.9 * 8000


async def test_whole_turns_are_kept_before_their_step_where_that_is_switched_on(
    serve: Serve, socket: FakeSocket
) -> None:
    calls, kept = FakeCalls([reply(1, CARD), reply(2, CARD), reply(3, GOODBYE)]), list[tuple[int, int, int]]()
    socket.start()
    socket.silent(2)
    socket.speak(FULL, 1)
    socket.silent(3)
    socket.press("4276051200020024")
    socket.give(None)
    await play(serve(calls, keep=lambda _, step, mulaw: kept.append((step, len(mulaw), len(calls.steps)))))
    assert [(step, taken) for step, _, taken in kept] == [(1, 0), (2, 1)]
    assert kept[0][1] >= 2.5 * 8000


async def test_keys_have_no_sound(serve: Serve, socket: FakeSocket) -> None:
    calls = FakeCalls([reply(1, CARD), reply(2, GOODBYE)])
    socket.start()
    socket.press("4276051200020024")
    socket.give(None)
    await play(serve(calls))
    assert calls.clips == [b""]


async def test_a_key_interrupts_the_prompt(serve: Serve, socket: FakeSocket) -> None:
    socket.echoes_marks = False
    calls = FakeCalls([reply(1, CARD), reply(2, GOODBYE)])
    socket.start()
    socket.press("4276051200020024")
    socket.give(None)
    await play(serve(calls))
    assert socket.events.count("clear") == 1
    assert calls.steps == [(1, Heard(keyed("4276051200020024")))]


async def test_a_key_in_the_middle_of_speech_repeats_no_word(serve: Serve, socket: FakeSocket) -> None:
    calls = FakeCalls([reply(1, CARD), reply(2, GOODBYE)])
    socket.start()
    socket.silent(1.5)
    socket.speak(HALF, 0.5)
    socket.press("00020024")
    socket.silent(3)
    await play(serve(calls))
    assert calls.steps == [(1, Heard(said(HALF) + keyed("00020024")))]


async def test_silence_steps_once_per_question(serve: Serve, socket: FakeSocket) -> None:
    calls = FakeCalls([reply(1, CARD), reply(2, CARD, silent=True), reply(3, GOODBYE)])
    socket.start()
    async with running(serve(calls)):
        socket.silent(10.5)
        await until(lambda: len(calls.steps) == 1)
        socket.silent(9.5)
        await until(lambda: len(calls.steps) == 2)
        socket.silent(3)
    assert calls.steps == [(1, NoInput()), (2, NoInput())]
    assert calls.played == [3]


async def test_a_stream_that_stalls_is_fed_silence(
    serve: Serve, socket: FakeSocket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire_module, "BYTES_PER_SECOND", 8000 * 50)  # each stall counts as a second
    calls = FakeCalls([reply(1, CARD), reply(2, GOODBYE)])
    socket.start()
    await play(serve(calls, Pacing(stall_seconds=0.02)))
    assert calls.steps == [(1, NoInput())]
    assert socket.closed == [1000]


async def test_a_session_tells_how_far_it_is(serve: Serve, socket: FakeSocket) -> None:
    told: list[tuple[str, int, int]] = []
    calls = FakeCalls([reply(1, CARD), reply(2, GOODBYE)])
    socket.start()
    socket.press("4276051200020024")
    socket.silent(3)
    await play(serve(calls, Pacing(digested=lambda *progress: told.append(progress))))
    assert {call for call, _, _ in told} == {"CA1"}
    assert [taken for _, taken, _ in told] == sorted(taken for _, taken, _ in told)
    assert told[0][1] == 1
    assert told[-1][2] == len(socket.sent)


async def test_keys_alone_are_awaited_where_the_dialogue_says_so(
    serve: Serve, socket: FakeSocket, ear: TextEar
) -> None:
    calls = FakeCalls([reply(1, Listen("card_number", keypad=True)), reply(2, GOODBYE)])
    socket.start()
    socket.silent(1.5)
    socket.speak(FULL, 2.0)
    socket.press("4276051200020024")
    socket.silent(3)
    await play(serve(calls))
    assert calls.heard == [Heard(keyed("4276051200020024"))]
    assert ear.lists == []


async def test_the_list_holds_yes_and_no_only_at_a_read_back(serve: Serve, socket: FakeSocket, ear: TextEar) -> None:
    calls = FakeCalls([reply(1, CARD), reply(2, Listen("card_number", confirming=True)), reply(3, GOODBYE)])
    socket.start()
    async with running(serve(calls)):
        socket.silent(1.5)
        socket.speak(FULL, 0.4)
        await until(lambda: len(calls.steps) == 1)
        socket.silent(1.5)
        socket.speak("да", 1.5)
        socket.silent(3)
    assert calls.heard == [Heard(said(FULL)), Heard(said("да"))]
    assert ["да" in phrases for phrases in ear.lists] == [False, True]
    assert all("оператор" in phrases for phrases in ear.lists)


async def test_what_earlier_turns_gave_counts(serve: Serve, socket: FakeSocket) -> None:
    calls = FakeCalls([reply(1, CARD), reply(2, GOODBYE)], earlier=keyed("427605120002002"))
    socket.start()
    socket.silent(1.5)
    socket.speak("четыре", 0.5)
    socket.silent(3)
    await play(serve(calls))
    assert calls.steps == [(1, Heard(said("четыре")))]


# -- the end of a stream ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [HangUp("solved"), Transfer()])
async def test_the_last_prompt_is_played_out_before_the_socket_closes(
    serve: Serve, socket: FakeSocket, ending: Ending
) -> None:
    socket.echoes_marks = False
    calls = FakeCalls([reply(7, ending)])
    socket.start()
    async with running(serve(calls)):
        socket.silent(2)
        await until(lambda: "mark" in socket.events)
        await asyncio.sleep(0.05)
        assert calls.played == []
        assert socket.closed == []
        socket.give({"event": "mark", "mark": socket.sent[-1]["mark"]})
    assert calls.played == [7]
    assert calls.steps == []
    assert socket.closed == [1000]


async def test_a_last_prompt_that_was_not_heard_is_left_to_twiml(serve: Serve, socket: FakeSocket) -> None:
    socket.echoes_marks = False
    calls = FakeCalls([reply(7, Transfer())])
    socket.start()
    socket.give(None)
    await play(serve(calls))
    assert calls.played == []


@pytest.mark.parametrize("end", [None, {"event": "stop", "stop": {}}, RuntimeError("broken")])
async def test_a_dropped_stream_takes_no_step(
    serve: Serve, socket: FakeSocket, end: dict[str, Any] | Exception | None
) -> None:
    calls = FakeCalls([reply(1, CARD)])
    socket.start()
    socket.speak(HALF, 0.4)
    socket.give(end)
    await play(serve(calls))
    assert calls.steps == []
    assert socket.closed == [1000]


@pytest.mark.parametrize(
    "frame", ["junk", "[]", b"\x00\x01", "[" * 50_000, '{"event": "dtmf", "dtmf": {"digit": "A"}}']
)
async def test_a_malformed_frame_closes_the_socket(serve: Serve, socket: FakeSocket, frame: str | bytes) -> None:
    calls = FakeCalls([reply(1, CARD)])
    socket.start()
    socket.give(frame)
    await play(serve(calls))
    assert socket.closed == [1008]
    assert calls.steps == []


async def test_a_step_that_fails_closes_the_socket_so_that_the_redirect_goes_on(
    serve: Serve, socket: FakeSocket
) -> None:
    calls = FakeCalls([reply(1, CARD)], breaks=True)
    socket.start()
    socket.press("4276051200020024")
    await play(serve(calls))
    assert len(calls.steps) == 1
    assert socket.closed == [1000]


async def test_unknown_events_are_passed_over(serve: Serve, socket: FakeSocket) -> None:
    calls = FakeCalls([reply(1, CARD), reply(2, GOODBYE)])
    socket.start()
    socket.give({"event": "weather", "weather": "fine"})
    socket.press("4276051200020024")
    socket.silent(3)
    await play(serve(calls))
    assert calls.heard == [Heard(keyed("4276051200020024"))]


async def test_the_dialogue_is_shown_as_it_happens(serve: Serve, socket: FakeSocket, feed: Feed) -> None:
    lines: list[Line] = []
    feed.watch(lines.append)
    socket.start()
    socket.silent(1.5)
    socket.speak(FULL, 1)
    socket.silent(3)
    await play(serve(FakeCalls([reply(1, CARD), reply(2, GOODBYE)])))
    shown = [(line.who, line.text, line.final) for line in lines]
    assert shown == [
        ("hotline", "Вопрос 1.", True),
        ("caller", FULL, False),
        ("caller", FULL, True),
        ("hotline", "Вопрос 2.", True),
    ]
    assert {line.call_sid for line in lines} == {"CA1"}
