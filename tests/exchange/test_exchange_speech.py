import asyncio

import numpy as np
import pytest

from ivr.exchange import CallRecord, ScriptedHandset
from ivr.exchange.voice import SpokenAnswer
from tests.exchange.throwaway import Bench, bench

VOICE = np.round(6000 * np.sin(np.arange(4800) * 2 * np.pi * 300 / 8000)).astype(np.int16)
CLICK = VOICE[:320]
ASK = (
    '<Gather input="dtmf speech" action="/said" numDigits="1" timeout="3" speechTimeout="auto"'
    ' hints="перезвоните, меню"><Say>Скажите «перезвоните» или нажмите один, мы подождём вашего ответа</Say></Gather>'
    "<Say>Вы молчите</Say>"
)


class Ear:
    """Hears what it was told to hear."""

    def __init__(self, *words: str) -> None:
        self.words = list(words)
        self.heard: list[tuple[float, tuple[str, ...]]] = []

    def __call__(self, pcm: bytes, hints: tuple[str, ...]) -> str:
        self.heard.append((len(pcm) / 16000, hints))
        return self.words.pop(0)


async def asked(line: Bench, handset: ScriptedHandset) -> "asyncio.Task[CallRecord]":
    line.hotline.on("/voice/incoming", ASK)
    line.hotline.on("/said", "<Say>Хорошо</Say>")
    call = asyncio.create_task(line.exchange.dial(handset))
    await handset.until_sound()
    return call


async def test_it_hears_words_that_stop_the_prompt() -> None:
    ear = Ear("перезвоните")
    async with bench(hear=ear) as line:
        handset = ScriptedHandset()
        call = await asked(line, handset)
        await handset.silence(1)
        await handset.say(VOICE)
        record = await call
        form = line.hotline.asked_at("/said")[0].form
        assert (form["SpeechResult"], form["Confidence"], form.get("Digits")) == ("перезвоните", "0.90", None)
        assert record.seconds == pytest.approx(1 + 0.6 + 0.8 + 6 / 14, abs=0.15)
        ((seconds, hints),) = ear.heard
        assert hints == ("перезвоните", "меню")
        assert seconds == pytest.approx(0.4 - 0.1 + 0.6 + 0.8, abs=0.1)


async def test_it_takes_a_key_instead_of_words() -> None:
    ear = Ear()
    async with bench(hear=ear) as line:
        handset = ScriptedHandset()
        call = await asked(line, handset)
        await handset.say(VOICE)
        await handset.press("1")
        await call
        assert line.hotline.asked_at("/said")[0].form["Digits"] == "1"
        assert ear.heard == []


async def test_it_goes_on_listening_to_what_it_does_not_understand() -> None:
    ear = Ear("", "меню")
    async with bench(hear=ear) as line:
        handset = ScriptedHandset()
        call = await asked(line, handset)
        await handset.say(VOICE)
        await handset.silence(2)
        await handset.say(VOICE)
        await call
        assert line.hotline.asked_at("/said")[0].form["SpeechResult"] == "меню"


async def test_it_takes_silence_and_a_click_for_no_answer() -> None:
    async with bench(hear=Ear()) as line:
        handset = ScriptedHandset()
        call = await asked(line, handset)
        await handset.say(CLICK)
        record = await call
        assert record.said[-1] == "Вы молчите"


async def test_it_says_that_it_hears_keys_only(line: Bench) -> None:
    line.hotline.on("/voice/incoming", ASK)
    record = await line.exchange.dial(ScriptedHandset(0))
    assert [error.code for error in record.errors] == [12200]
    assert record.said[-1] == "Вы молчите"


async def test_it_ignores_keys_where_words_are_wanted() -> None:
    async with bench(hear=Ear("меню")) as line:
        line.hotline.on("/voice/incoming", '<Gather input="speech" action="/said" timeout="2" speechTimeout="1"/>')
        line.hotline.on("/said", "<Hangup/>")
        handset = ScriptedHandset()
        call = asyncio.create_task(line.exchange.dial(handset))
        await handset.press("5")
        await handset.say(VOICE)
        await call
        assert line.hotline.asked_at("/said")[0].form["SpeechResult"] == "меню"


def test_it_cuts_what_is_said_for_a_minute() -> None:
    answer = SpokenAnswer(lambda pcm, hints: "", (), 0.8)
    for _ in range(4000):
        answer.listen(VOICE[:160].tobytes())
    assert answer.ended
