"""What is said and keyed in a media session, and what comes of it."""

import pytest

import ivr.media.wire as wire_module
from ivr.dialog.commands import Listen
from ivr.dialog.events import Heard, NoInput, keyed, said
from ivr.feed import Feed, Line
from ivr.media.wire import Pacing
from tests.media.conversation import (
    CARD,
    FULL,
    GOODBYE,
    HALF,
    WORDS,
    FakeCalls,
    FakeSocket,
    Serve,
    TextEar,
    play,
    reply,
    running,
    until,
)


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
