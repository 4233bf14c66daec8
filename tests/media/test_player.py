"""Pacing, marks and cuts of one stream's loudspeaker."""

import base64
import json
from typing import Any

import pytest

from ivr.media.codec import BYTES_PER_SECOND
from ivr.media.player import CHUNK_BYTES, LATE_MARK_SECONDS, LEAD_SECONDS, Player


class Wire:
    """What was sent, in order."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def send(self, text: str) -> None:
        self.sent.append(json.loads(text))

    @property
    def events(self) -> list[str]:
        return [message["event"] for message in self.sent]

    @property
    def audio(self) -> bytes:
        return b"".join(base64.b64decode(m["media"]["payload"]) for m in self.sent if m["event"] == "media")

    @property
    def last_mark(self) -> str:
        return str([m["mark"]["name"] for m in self.sent if m["event"] == "mark"][-1])


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def player(wire: Wire) -> Player:
    return Player(wire.send, "MZ1")


def speech(seconds: float) -> bytes:
    return bytes(range(200)) * round(seconds * BYTES_PER_SECOND / 200)


async def test_a_short_prompt_is_sent_whole_with_its_mark(player: Player, wire: Wire) -> None:
    await player.play(speech(0.5), 0.0)
    assert wire.audio == speech(0.5)
    assert wire.events == ["media", "media", "media", "mark"]
    assert all(message["streamSid"] == "MZ1" for message in wire.sent)
    assert max(len(base64.b64decode(m["media"]["payload"])) for m in wire.sent[:-1]) == CHUNK_BYTES
    assert player.playing


async def test_a_long_prompt_stays_a_short_lead_ahead(player: Player, wire: Wire) -> None:
    await player.play(speech(5), 10.0)
    ahead = []
    for tick in range(60):
        await player.advance(10 + tick * 0.1)
        ahead.append(len(wire.audio) / BYTES_PER_SECOND - tick * 0.1)
    assert wire.audio == speech(5)
    assert max(ahead) < LEAD_SECONDS + 1.1 * CHUNK_BYTES / BYTES_PER_SECOND
    assert min(ahead[:35]) > 0.99 * LEAD_SECONDS
    assert wire.events.count("mark") == 1
    assert wire.events[-1] == "mark"


async def test_the_mark_that_comes_back_ends_the_prompt(player: Player, wire: Wire) -> None:
    await player.play(speech(0.5), 0.0)
    assert not player.mark_came("something-else")
    assert player.playing
    assert player.mark_came(wire.last_mark)
    assert not player.playing
    assert not player.mark_came(wire.last_mark)


async def test_a_cut_clears_once_and_sends_nothing_more(player: Player, wire: Wire) -> None:
    await player.play(speech(5), 0.0)
    sent = len(wire.audio)
    await player.cut()
    await player.cut()
    await player.advance(3.0)
    assert wire.events.count("clear") == 1
    assert wire.events[-1] == "clear"
    assert len(wire.audio) == sent
    assert not player.playing


async def test_the_mark_of_a_cut_prompt_is_ignored(player: Player, wire: Wire) -> None:
    await player.play(speech(0.5), 0.0)
    old = wire.last_mark
    await player.cut()
    await player.play(speech(0.5), 1.0)
    assert wire.last_mark != old
    assert not player.mark_came(old)
    assert player.playing


async def test_a_new_prompt_cuts_the_one_that_plays(player: Player, wire: Wire) -> None:
    await player.play(speech(5), 0.0)
    await player.play(speech(0.2), 1.0)
    assert wire.events.count("clear") == 1
    assert player.mark_came(wire.last_mark)


async def test_a_mark_that_never_comes_ends_the_prompt_late(player: Player) -> None:
    await player.play(speech(0.4), 0.0)
    await player.advance(0.4 + LATE_MARK_SECONDS)
    assert player.playing
    await player.advance(0.5 + LATE_MARK_SECONDS)
    assert not player.playing


async def test_a_prompt_without_sound_ends_with_its_mark(player: Player, wire: Wire) -> None:
    await player.play(b"", 0.0)
    assert wire.events == ["mark"]
    assert player.mark_came(wire.last_mark)


async def test_nothing_is_cut_where_nothing_plays(player: Player, wire: Wire) -> None:
    await player.cut()
    assert wire.sent == []
