import asyncio
import struct

import numpy as np
import pytest

from ivr.exchange import Pace, ScriptedHandset, mulaw
from ivr.exchange.pace import CallTime
from ivr.exchange.twiml import parse_twiml
from ivr.exchange.wav import UnplayableError, read_wav
from tests.exchange.throwaway import bench


def riff(kind: int, channels: int, rate: int, bits: int, data: bytes) -> bytes:
    head = struct.pack("<HHIIHH", kind, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)
    body = b"WAVE" + b"LIST" + struct.pack("<I", 3) + b"odd\0" + b"fmt " + struct.pack("<I", 16) + head
    body += b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("wav", "level"),
    [
        (riff(1, 1, 8000, 16, np.full(800, 1000, "<i2").tobytes()), 1000),
        (riff(1, 2, 8000, 16, np.tile(np.array([1000, 3000], "<i2"), 800).tobytes()), 2000),
        (riff(1, 1, 16000, 16, np.full(1600, 1000, "<i2").tobytes()), 1000),
        (riff(1, 1, 8000, 8, bytes([132]) * 800), 1024),
        (riff(7, 1, 8000, 8, mulaw.encode(np.full(800, 1000, "<i2").tobytes())), 988),
    ],
)
def test_it_plays_wav_files_at_the_rate_of_the_line(wav: bytes, level: int) -> None:
    samples = np.frombuffer(read_wav(wav), dtype="<i2")
    assert len(samples) == 800
    assert set(samples.tolist()) == {level}


@pytest.mark.parametrize("wav", [b"", b"ID3 music", riff(1, 1, 8000, 24, b"\0" * 30), riff(1, 0, 8000, 16, b"")])
def test_it_refuses_what_it_cannot_play(wav: bytes) -> None:
    with pytest.raises(UnplayableError):
        read_wav(wav)


def test_it_counts_the_breaks_of_a_say() -> None:
    say = parse_twiml("", b'<Response><Say>1<break time="300ms"/> <s>2</s><break time="1s"/></Say></Response>').verbs[0]
    assert say.text == "1 2"
    assert say.pause_seconds == pytest.approx(1.3)


@pytest.mark.parametrize(("pace", "least", "most"), [(Pace(speed=10), 0.095, 0.4), (Pace(instant=True), 0.0, 0.09)])
async def test_it_lets_call_time_pass_at_its_pace(pace: Pace, least: float, most: float) -> None:
    loop, time = asyncio.get_running_loop(), CallTime(pace)
    before = loop.time()
    for _ in range(50):
        await time.tick()
    assert time.seconds == 1.0
    assert least <= loop.time() - before <= most


async def test_it_does_not_hurry_after_a_stall() -> None:
    loop, time = asyncio.get_running_loop(), CallTime(Pace(speed=10))
    await time.tick()
    await asyncio.sleep(0.1)
    before = loop.time()
    for _ in range(25):
        await time.tick()
    assert loop.time() - before >= 0.045


async def test_it_stands_still_while_the_script_looks_at_its_messages() -> None:
    async with bench() as line:
        line.hotline.on("/voice/incoming", "<Gather timeout='3'/>")
        handset = ScriptedHandset(patience_seconds=0.01)
        task = asyncio.create_task(line.exchange.dial(handset))
        await handset.silence(1)
        with pytest.raises(TimeoutError):
            await handset.until_sms(wall_seconds=0.1)
        handset.hang_up()
        assert (await task).seconds == pytest.approx(1.0, abs=0.05)
