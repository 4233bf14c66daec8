import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from starlette.websockets import WebSocket, WebSocketDisconnect

from ivr.exchange import CallRecord, Fault, FaultKind, Pace, ScriptedHandset, mulaw
from ivr.exchange.playback import Playback
from ivr.exchange.signature import sign
from tests.exchange.throwaway import ACCOUNT, TOKEN, Bench, bench

CONNECT = (
    '<Connect><Stream url="wss://voice.example.ru/media"><Parameter name="token" value="t"/></Stream></Connect>'
    "<Say>Дальше</Say>"
)
TONE = np.round(8000 * np.sin(np.arange(4000) * 2 * np.pi * 440 / 8000)).astype(np.int16)


class Socket:
    """The hotline's end of a stream, with what came in."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self.messages: list[dict[str, Any]] = []
        self.sid = ""

    async def next(self, event: str) -> dict[str, Any]:
        """Read on to the next message of this kind."""
        while True:
            message: dict[str, Any] = json.loads(await self._socket.receive_text())
            self.messages.append(message)
            self.sid = message.get("streamSid", self.sid)
            if message["event"] == event:
                return message

    async def send(self, event: str, **body: object) -> None:
        await self._socket.send_text(json.dumps({"event": event, "streamSid": self.sid} | body))

    async def play(self, seconds: float, mark: str) -> None:
        payload = base64.b64encode(b"\x80" * round(seconds * 8000)).decode()
        await self.send("media", media={"payload": payload})
        await self.send("mark", mark={"name": mark})

    async def close(self) -> None:
        await self._socket.close()

    def of(self, event: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["event"] == event]


def streamed(line: Bench, talk: Callable[[Socket], Awaitable[None]]) -> list[Socket]:
    """Let the hotline answer with a stream and ``talk`` in it; gives the sockets it saw."""
    sockets: list[Socket] = []

    async def media(socket: WebSocket) -> None:
        await socket.accept()
        sockets.append(Socket(socket))
        try:
            await talk(sockets[-1])
        except WebSocketDisconnect:
            return

    line.hotline.on("/voice/incoming", CONNECT)
    line.hotline.media = media
    return sockets


async def dial(line: Bench, handset: ScriptedHandset | None = None) -> CallRecord:
    return await asyncio.wait_for(line.exchange.dial(handset or ScriptedHandset(0)), 10)


async def test_it_opens_a_stream_as_twilio_does(line: Bench) -> None:
    async def talk(socket: Socket) -> None:
        await socket.next("media")
        await socket.close()

    (sockets, record) = (streamed(line, talk), await dial(line))
    connected, start, media = sockets[0].messages
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert start["sequenceNumber"] == "1"
    assert start["start"] == {
        "accountSid": ACCOUNT,
        "streamSid": sockets[0].sid,
        "callSid": record.call_sid,
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": "t"},
    }
    assert media["sequenceNumber"] == "2"
    assert media["media"] == media["media"] | {"track": "inbound", "chunk": "1", "timestamp": "20"}
    upgrade = line.hotline.upgrades[0]
    assert upgrade["x-twilio-signature"] == sign("wss://voice.example.ru/media", (), TOKEN)
    assert upgrade["host"] == "voice.example.ru"


async def test_it_plays_the_next_verb_when_the_hotline_closes(line: Bench) -> None:
    async def talk(socket: Socket) -> None:
        await socket.next("media")
        await socket.close()

    streamed(line, talk)
    record = await dial(line)
    assert record.said == ["Дальше"]
    assert record.errors == []


async def test_it_sends_speech_and_then_silence_without_a_gap(line: Bench) -> None:
    async def talk(socket: Socket) -> None:
        for _ in range(50):
            await socket.next("media")
        await socket.close()

    sockets = streamed(line, talk)
    handset = ScriptedHandset()
    task = asyncio.create_task(dial(line, handset))
    await handset.say(TONE)
    await task
    frames = [base64.b64decode(message["media"]["payload"]) for message in sockets[0].of("media")]
    assert {len(frame) for frame in frames} == {160}
    heard = np.frombuffer(mulaw.decode(b"".join(frames[:25])), dtype="<i2")
    assert np.abs(heard - TONE).max() < 300
    assert set(b"".join(frames[25:])) == {0xFF}
    assert [message["media"]["chunk"] for message in sockets[0].of("media")] == [str(n) for n in range(1, 51)]
    assert sockets[0].of("media")[-1]["media"]["timestamp"] == "1000"


async def test_it_sends_keys_in_the_stream(line: Bench) -> None:
    async def talk(socket: Socket) -> None:
        for _ in range(3):
            await socket.next("dtmf")
        await socket.close()

    sockets = streamed(line, talk)
    handset = ScriptedHandset()
    task = asyncio.create_task(dial(line, handset))
    await handset.press("1*#")
    await task
    assert [message["dtmf"] for message in sockets[0].of("dtmf")] == [
        {"track": "inbound_track", "digit": digit} for digit in "1*#"
    ]
    numbers = [int(message["sequenceNumber"]) for message in sockets[0].messages[1:]]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_it_returns_a_mark_when_its_sound_was_heard(line: Bench) -> None:
    async def talk(socket: Socket) -> None:
        await socket.next("media")
        await socket.play(0.5, "first")
        await socket.play(0.3, "second")
        await socket.next("mark")
        await socket.next("mark")
        await socket.close()

    streamed(line, talk)
    record = await dial(line)
    marks = {entry.text: entry.at for entry in record.entries if entry.what == "mark"}
    sound = record.heard[0]
    assert marks["first"] - sound.start == pytest.approx(0.5, abs=0.021)
    assert marks["second"] - sound.start == pytest.approx(0.8, abs=0.021)
    assert sound.end - sound.start == pytest.approx(0.8, abs=0.021)


async def test_it_returns_all_marks_at_once_after_a_clear(line: Bench) -> None:
    async def talk(socket: Socket) -> None:
        await socket.next("media")
        await socket.play(10, "long")
        await socket.play(10, "longer")
        for _ in range(10):
            await socket.next("media")
        await socket.send("clear")
        await socket.next("mark")
        await socket.next("mark")
        await socket.close()

    streamed(line, talk)
    record = await dial(line)
    marks = {entry.text: entry.at for entry in record.entries if entry.what == "mark"}
    cleared = next(entry.at for entry in record.entries if entry.what == "clear")
    assert marks == {"long": cleared, "longer": cleared}
    assert record.heard[0].end - record.heard[0].start < 2


async def test_it_returns_a_mark_without_sound_soon(line: Bench) -> None:
    async def talk(socket: Socket) -> None:
        await socket.next("media")
        await socket.send("mark", mark={"name": "now"})
        await socket.next("mark")
        await socket.close()

    sockets = streamed(line, talk)
    await dial(line)
    assert sockets[0].of("mark")[0]["mark"] == {"name": "now"}


async def test_it_sends_stop_when_the_caller_hangs_up(line: Bench) -> None:
    async def talk(socket: Socket) -> None:
        await socket.next("stop")

    sockets = streamed(line, talk)
    handset = ScriptedHandset()
    task = asyncio.create_task(dial(line, handset))
    await handset.silence(0.5)
    handset.hang_up()
    record = await task
    assert sockets[0].messages[-1]["stop"] == {"accountSid": ACCOUNT, "callSid": record.call_sid}
    assert (record.ended_by, record.said) == ("caller", [])


async def test_it_lets_the_script_wait_for_the_end_of_a_prompt() -> None:
    async def talk(socket: Socket) -> None:
        await socket.next("media")
        await socket.play(1.0, "prompt")
        await socket.next("dtmf")
        await socket.close()

    async with bench(Pace(speed=20)) as line:
        streamed(line, talk)
        handset = ScriptedHandset()
        task = asyncio.create_task(dial(line, handset))
        await handset.until_quiet(0.4)
        await handset.press("1")
        record = await task
        key = next(entry.at for entry in record.entries if entry.what == "key")
        assert key - record.heard[0].end == pytest.approx(0.4, abs=0.03)


async def test_it_goes_on_when_the_network_drops_the_socket(line: Bench) -> None:
    async def talk(socket: Socket) -> None:
        await socket.next("stop")

    line.faults.add(Fault(FaultKind.STREAM_DROP, seconds=0.5))
    streamed(line, talk)
    record = await dial(line)
    assert record.said == ["Дальше"]
    assert [error.code for error in record.errors] == [31921]
    assert record.errors[0].at == pytest.approx(0.5, abs=0.05)


async def test_it_goes_on_when_the_hotline_refuses_the_socket(line: Bench) -> None:
    async def media(socket: WebSocket) -> None:
        await socket.close()

    streamed(line, lambda socket: socket.close())
    line.hotline.media = media
    record = await dial(line)
    assert record.said == ["Дальше"]
    assert [error.code for error in record.errors] == [31920]


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", 31951),
        ("[]", 31951),
        ('{"event": "media", "streamSid": "SID", "media": {}}', 31951),
        ('{"event": "media", "streamSid": "SID", "media": {"payload": "?"}}', 31951),
        ('{"event": "hangup", "streamSid": "SID"}', 31951),
        ('{"event": "clear", "streamSid": "MZ0"}', 31951),
        (b"\xff", 31950),
    ],
)
async def test_it_reports_malformed_messages_and_goes_on(line: Bench, message: str | bytes, code: int) -> None:
    async def media(socket: WebSocket) -> None:
        await socket.accept()
        end = Socket(socket)
        await end.next("media")
        if isinstance(message, bytes):
            await socket.send_bytes(message)
        else:
            await socket.send_text(message.replace("SID", end.sid))
        await end.play(0.1, "after")
        await end.next("mark")
        await socket.close()

    line.hotline.on("/voice/incoming", CONNECT)
    line.hotline.media = media
    record = await dial(line)
    assert [error.code for error in record.errors] == [code]
    assert record.said == ["Дальше"]


@pytest.mark.parametrize("url", ["https://voice.example.ru/media", "wss://voice.example.ru/media?call=1"])
async def test_it_reports_an_address_that_twilio_cannot_stream_to(line: Bench, url: str) -> None:
    async def talk(socket: Socket) -> None:
        await socket.next("media")
        await socket.close()

    streamed(line, talk)
    line.hotline.on("/voice/incoming", f'<Connect><Stream url="{url}"/></Connect>')
    assert [error.code for error in (await dial(line)).errors] == [31923]


async def test_it_tells_the_status_of_a_stream(line: Bench) -> None:
    async def talk(socket: Socket) -> None:
        await socket.next("media")
        await socket.close()

    streamed(line, talk)
    attributes = 'url="/media" name="main" statusCallback="/stream/status"'
    line.hotline.on("/voice/incoming", f"<Connect><Stream {attributes}/></Connect>")
    await dial(line)
    asked = [request.form for request in line.hotline.asked_at("/stream/status")]
    assert [form["StreamEvent"] for form in asked] == ["stream-started", "stream-stopped"]
    assert asked[0]["StreamName"] == "main"


def test_it_cuts_and_pads_what_it_plays() -> None:
    playback = Playback()
    playback.add(b"\x01" * 100)
    playback.mark("inside")
    playback.add(b"\x02" * 100)
    playback.mark("end")
    assert playback.seconds == pytest.approx(0.025)
    assert playback.take() == (b"\x01" * 100 + b"\x02" * 60, ["inside"])
    assert playback.take() == (b"\x02" * 40 + b"\xff" * 120, ["end"])
    assert playback.take() == (b"", [])


def test_it_keeps_every_mulaw_byte() -> None:
    every = bytes(range(256))
    assert mulaw.encode(mulaw.decode(every)) == every.replace(b"\x7f", b"\xff")


def test_it_encodes_the_whole_range_within_its_step() -> None:
    samples = np.arange(-32768, 32768, dtype="<i2")
    back = np.frombuffer(mulaw.decode(mulaw.encode(samples.tobytes())), dtype="<i2").astype(np.int32)
    error = np.abs(back - samples.astype(np.int32))
    assert (error <= np.maximum(8, np.abs(samples.astype(np.int32)) // 16 + 8)).all()
