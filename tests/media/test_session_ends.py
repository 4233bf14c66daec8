"""A media session from its handshake to its end: whom it lets in, and how it leaves the call."""

import asyncio
from typing import Any

import pytest

import ivr.media.session as session_module
from ivr.dialog.commands import Ending, HangUp, Transfer
from ivr.dialog.events import Heard, keyed
from tests.media.conversation import (
    CARD,
    GOODBYE,
    HALF,
    FakeCalls,
    FakeSocket,
    Serve,
    play,
    reply,
    running,
    until,
)


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
