import asyncio
import io
import wave
from contextlib import suppress

import numpy as np
import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ivr.exchange import CallRecord, LineEnded, Operator, Said, ScriptedHandset, Timeouts
from ivr.exchange.signature import sign
from tests.exchange.throwaway import TOKEN, Bench, bench, twiml

MENU = '<Gather action="/menu" numDigits="1"><Say>Нажмите один</Say></Gather><Say>Вы молчите</Say>'


def wav(seconds: float, rate: int = 8000, level: int = 1000) -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.full(round(seconds * rate), level, dtype="<i2").tobytes())
    return data.getvalue()


async def call(line: Bench, handset: ScriptedHandset) -> "asyncio.Task[CallRecord]":
    return asyncio.create_task(line.exchange.dial(handset))


async def test_it_signs_every_request_for_the_public_address(line: Bench) -> None:
    line.hotline.on("/voice/incoming", "<Redirect>/next?step=2</Redirect>")
    line.hotline.on("/next", "<Say>Алло</Say>")
    await line.exchange.dial(ScriptedHandset(0))
    assert [asked.path for asked in line.hotline.asked] == ["/voice/incoming", "/next", "/voice/status"]
    for asked in line.hotline.asked:
        url = f"https://voice.example.ru{asked.path}" + (f"?{asked.query}" if asked.query else "")
        assert asked.headers["x-twilio-signature"] == sign(url, asked.form.items(), TOKEN)
        assert asked.headers["host"] == "voice.example.ru"
        assert asked.headers["user-agent"] == "TwilioProxy/1.1"
    assert len({asked.headers["i-twilio-idempotency-token"] for asked in line.hotline.asked}) == 3


async def test_it_tells_the_status_of_the_call_as_it_changes(line: Bench) -> None:
    line.hotline.on("/voice/incoming", "<Say>Здравствуйте, это горячая линия</Say><Redirect>/next</Redirect>")
    line.hotline.on("/next", "<Pause length='3'/>")
    record = await line.exchange.dial(ScriptedHandset(0))
    statuses = [asked.form["CallStatus"] for asked in line.hotline.asked]
    assert statuses == ["ringing", "in-progress", "completed"]
    first, last = line.hotline.asked[0].form, line.hotline.asked[-1].form
    assert set(first) >= {"CallSid", "AccountSid", "From", "To", "ApiVersion", "Direction", "Caller", "Called"}
    assert any(name.startswith("X") for name in first)
    assert (last["CallDuration"], last["SequenceNumber"], last["CallSid"]) == ("6", "0", record.call_sid)
    assert record.ended_by == "hotline"
    assert record.seconds == pytest.approx(31 / 14 + 3, abs=0.05)
    assert record.errors == []


async def test_it_sends_the_digits_of_a_gather(line: Bench) -> None:
    line.hotline.on("/voice/incoming", MENU)
    line.hotline.on("/menu", "<Say>Спасибо</Say>")
    handset = ScriptedHandset()
    task = await call(line, handset)
    await handset.until_quiet()
    await handset.press("7")
    assert await handset.until_ended() == "hotline"
    record = await task
    assert line.hotline.asked_at("/menu")[0].form["Digits"] == "7"
    assert record.said == ["Нажмите один", "Спасибо"]


async def test_it_stops_the_prompt_at_the_first_key(line: Bench) -> None:
    long = "очень длинное приветствие " * 20
    line.hotline.on("/voice/incoming", f'<Gather action="/menu" finishOnKey="#"><Say>{long}</Say></Gather>')
    line.hotline.on("/menu", "<Hangup/>")
    handset = ScriptedHandset()
    task = await call(line, handset)
    await handset.until_sound()
    await handset.press("12#")
    record = await task
    assert line.hotline.asked_at("/menu")[0].form == line.hotline.asked_at("/menu")[0].form | {
        "Digits": "12",
        "FinishedOnKey": "#",
    }
    assert record.seconds < 1


async def test_it_goes_on_after_a_gather_without_keys_when_time_is_up(line: Bench) -> None:
    line.hotline.on("/voice/incoming", MENU)
    record = await line.exchange.dial(ScriptedHandset(0))
    assert record.said == ["Нажмите один", "Вы молчите"]
    silence = [entry.at for entry in record.entries if entry.what == "noinput"]
    assert silence == [pytest.approx(0.86 + 5, abs=0.05)]
    assert line.hotline.asked_at("/menu") == []


async def test_it_restarts_the_timer_at_every_key(line: Bench) -> None:
    line.hotline.on("/voice/incoming", '<Gather action="/menu" timeout="2"/><Hangup/>')
    line.hotline.on("/menu", "<Hangup/>")
    handset = ScriptedHandset()
    task = await call(line, handset)
    await handset.silence(1.5)
    await handset.press("1", gap_seconds=1.5)
    await handset.press("2", gap_seconds=1.5)
    await task
    assert line.hotline.asked_at("/menu")[0].form["Digits"] == "12"


async def test_it_takes_a_lone_finish_key_for_no_answer(line: Bench) -> None:
    line.hotline.on("/voice/incoming", '<Gather action="/menu" timeout="9"/><Say>Пусто</Say>')
    handset = ScriptedHandset()
    task = await call(line, handset)
    await handset.press("#")
    record = await task
    assert record.said == ["Пусто"]
    assert record.seconds < 2


async def test_it_sends_an_empty_answer_where_the_hotline_wants_it(line: Bench) -> None:
    line.hotline.on("/voice/incoming", '<Gather action="/menu" timeout="1" actionOnEmptyResult="true"/>')
    line.hotline.on("/menu", "<Hangup/>")
    await line.exchange.dial(ScriptedHandset(0))
    assert line.hotline.asked_at("/menu")[0].form["Digits"] == ""


@pytest.mark.parametrize(("type_ahead", "digits"), [(False, "2"), (True, "1")])
async def test_it_loses_or_keeps_what_is_typed_before_a_gather(type_ahead: bool, digits: str) -> None:
    async with bench(type_ahead=type_ahead) as line:
        line.hotline.on("/voice/incoming", f"<Say>Здравствуйте, подождите немного</Say>{MENU}")
        line.hotline.on("/menu", "<Hangup/>")
        handset = ScriptedHandset()
        task = await call(line, handset)
        await handset.until_sound()
        await handset.press("1")
        with suppress(LineEnded):
            await handset.until_quiet()
            await handset.press("2")
        await task
        assert line.hotline.asked_at("/menu")[0].form["Digits"] == digits


async def test_it_asks_the_current_document_again_without_an_action(line: Bench) -> None:
    line.hotline.on("/voice/incoming", "<Redirect>menus/first?lang=ru</Redirect>")
    line.hotline.on("/voice/menus/first", '<Gather numDigits="1"/>', "<Hangup/>")
    handset = ScriptedHandset()
    task = await call(line, handset)
    await handset.press("5")
    await task
    asked = line.hotline.asked_at("/voice/menus/first")
    assert [(request.form.get("Digits"), request.query) for request in asked] == [(None, "lang=ru"), ("5", "lang=ru")]


async def test_it_plays_recordings_from_the_hotline(line: Bench) -> None:
    line.hotline.on("/voice/incoming", "<Play loop='2'>/audio/hello.wav</Play>")
    line.hotline.on("/audio/hello.wav", Response(wav(0.5), media_type="audio/wav"))
    record = await line.exchange.dial(ScriptedHandset(0))
    (sound,) = record.heard
    assert (sound.start, sound.end) == (0.0, 1.0)
    assert np.abs(record.heard_audio()[:8000]).min() == 1000
    asked = line.hotline.asked_at("/audio/hello.wav")[0]
    assert (asked.method, asked.form, asked.query) == ("GET", {}, "")


async def test_it_records_a_recording_that_is_missing_and_goes_on(line: Bench) -> None:
    line.hotline.on("/voice/incoming", "<Play>/audio/none.wav</Play><Say>Дальше</Say>")
    record = await line.exchange.dial(ScriptedHandset(0))
    assert [error.code for error in record.errors] == [11200]
    assert record.said == ["Дальше"]


async def test_it_speaks_with_the_synthesizer_given() -> None:
    async with bench(speak=lambda text: bytes(np.full(len(text) * 160, 500, dtype="<i2"))) as line:
        line.hotline.on("/voice/incoming", "<Say>Алло</Say>")
        handset = ScriptedHandset(0)
        record = await line.exchange.dial(handset)
        assert record.heard[0].end == pytest.approx(0.08)
        assert Said("Алло") in handset.notices


async def test_it_takes_the_fallback_when_the_hotline_fails(line: Bench) -> None:
    line.hotline.on("/voice/incoming", Response(status_code=500))
    line.hotline.on("/voice/fallback", "<Say>Соединяю с оператором</Say>")
    record = await line.exchange.dial(ScriptedHandset(0))
    asked = line.hotline.asked_at("/voice/fallback")[0].form
    assert (asked["ErrorCode"], asked["ErrorUrl"]) == ("11200", "https://voice.example.ru/voice/incoming")
    assert record.said == ["Соединяю с оператором"]
    assert [error.code for error in record.errors] == [11200]


async def test_it_takes_the_fallback_when_the_hotline_is_slow() -> None:
    async def slow(request: Request) -> Response:
        await asyncio.sleep(0.5)
        return twiml("<Hangup/>")

    async with bench(timeouts=Timeouts(0.1, 0.2)) as line:
        line.hotline.on("/voice/incoming", slow)
        line.hotline.on("/voice/fallback", "<Hangup/>")
        await line.exchange.dial(ScriptedHandset(0))
        assert line.hotline.asked_at("/voice/fallback")[0].form["ErrorCode"] == "11205"


async def test_it_apologizes_and_hangs_up_when_nothing_answers(line: Bench) -> None:
    record = await line.exchange.dial(ScriptedHandset(0))
    assert record.ended_by == "error"
    assert "application error" in record.said[0]
    assert line.hotline.asked_at("/voice/status")[0].form["CallStatus"] == "completed"


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Response("<Response><Say>", media_type="text/xml"), 12100),
        (Response("<Reply/>", media_type="text/xml"), 12100),
        (Response(b'<!DOCTYPE x [<!ENTITY a "b">]><Response>&a;</Response>', media_type="text/xml"), 12100),
        (Response("{}", media_type="application/json"), 12300),
        (Response("<Response/>" + " " * 65536, media_type="text/xml"), 11750),
        (RedirectResponse("/voice/incoming", 307), 11215),
        (RedirectResponse("https://elsewhere.example.com/", 302), 11200),
    ],
)
async def test_it_refuses_what_is_not_a_document(line: Bench, reply: Response, code: int) -> None:
    line.hotline.on("/voice/incoming", reply)
    line.hotline.on("/voice/fallback", "<Hangup/>")
    record = await line.exchange.dial(ScriptedHandset(0))
    assert [error.code for error in record.errors] == [code]
    assert line.hotline.asked_at("/voice/fallback")[0].form["ErrorCode"] == str(code)


async def test_it_follows_redirects_and_keeps_cookies(line: Bench) -> None:
    there = RedirectResponse("/there", 302)
    there.set_cookie("call", "one", secure=True)
    line.hotline.on("/voice/incoming", there)
    line.hotline.on("/there", "<Redirect>/again</Redirect>")
    line.hotline.on("/again", "<Hangup/>")
    record = await line.exchange.dial(ScriptedHandset(0))
    assert [(asked.method, asked.path) for asked in line.hotline.asked[:3]] == [
        ("POST", "/voice/incoming"),
        ("GET", "/there"),
        ("POST", "/again"),
    ]
    assert line.hotline.asked_at("/again")[0].headers["cookie"] == "call=one"
    assert record.errors == []


async def test_it_retries_what_the_address_says_with_one_token(line: Bench) -> None:
    line.hotline.on("/voice/incoming", "<Redirect>/shaky#rc=2&amp;rp=5xx</Redirect>")
    line.hotline.on("/shaky", Response(status_code=503), Response(status_code=503), twiml("<Say>Вот</Say>"))
    record = await line.exchange.dial(ScriptedHandset(0))
    assert len({asked.headers["i-twilio-idempotency-token"] for asked in line.hotline.asked_at("/shaky")}) == 1
    assert len(line.hotline.asked_at("/shaky")) == 3
    assert record.said == ["Вот"]


async def test_it_reads_plain_text_aloud(line: Bench) -> None:
    line.hotline.on("/voice/incoming", Response("Просто текст", media_type="text/plain"))
    assert (await line.exchange.dial(ScriptedHandset(0))).said == ["Просто текст"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("<Record/>", "<Record> in <Response>"),
        ("<say>Алло</say>", "<say> in <Response>"),
        ('<Gather validDigits="1"/>', "attribute validDigits of <Gather>"),
        ("<Gather><Dial>+7</Dial></Gather>", "<Dial> in <Gather>"),
        ('<Play digits="1"/>', "attribute digits of <Play>"),
    ],
)
async def test_it_reports_twiml_that_twilio_does_not_know(line: Bench, body: str, detail: str) -> None:
    line.hotline.on("/voice/incoming", body)
    record = await line.exchange.dial(ScriptedHandset(0))
    assert (12200, detail) in [(error.code, error.detail) for error in record.errors]


async def test_it_reports_a_say_that_is_too_long(line: Bench) -> None:
    line.hotline.on("/voice/incoming", f"<Say>{'ы' * 751}</Say>")
    assert [error.code for error in (await line.exchange.dial(ScriptedHandset(0))).errors] == [13521]


@pytest.mark.parametrize(("reason", "status"), [("busy", "busy"), ("rejected", "no-answer")])
async def test_it_does_not_answer_a_rejected_call(line: Bench, reason: str, status: str) -> None:
    line.hotline.on("/voice/incoming", f'<Reject reason="{reason}"/>')
    record = await line.exchange.dial(ScriptedHandset(0))
    assert (record.status, record.answered_at, record.ended_by) == (status, None, "rejected")
    assert line.hotline.asked_at("/voice/status")[0].form["CallStatus"] == status


async def test_it_ends_when_the_caller_hangs_up(line: Bench) -> None:
    line.hotline.on("/voice/incoming", f"{MENU}<Redirect>/next</Redirect>")
    handset = ScriptedHandset()
    task = await call(line, handset)
    await handset.until_quiet()
    handset.hang_up()
    record = await task
    assert (record.ended_by, record.status) == ("caller", "completed")
    assert [asked.path for asked in line.hotline.asked] == ["/voice/incoming", "/voice/status"]
    with pytest.raises(LineEnded):
        await handset.silence(1)


async def test_it_does_not_wait_for_a_document_after_the_caller_hung_up(line: Bench) -> None:
    released = asyncio.Event()

    async def stuck(request: Request) -> Response:
        await released.wait()
        return twiml("<Say>Поздно</Say>")

    line.hotline.on("/voice/incoming", stuck)
    handset = ScriptedHandset()
    task = await call(line, handset)
    while not line.hotline.asked:
        await asyncio.sleep(0.01)
    handset.hang_up()
    record = await asyncio.wait_for(task, 2)
    released.set()
    assert (record.said, record.ended_by, record.status) == ([], "caller", "no-answer")


async def test_it_raises_when_the_caller_waits_in_vain(line: Bench) -> None:
    line.hotline.on("/voice/incoming", "<Gather timeout='20'/>")
    handset = ScriptedHandset()
    task = await call(line, handset)
    with pytest.raises(TimeoutError):
        await handset.until_quiet(timeout=5)
    handset.hang_up()
    assert (await task).seconds == pytest.approx(5, abs=0.1)


@pytest.mark.parametrize(
    ("operator", "status", "seconds"),
    [
        (Operator("answered", 2, 30), "completed", 32),
        (Operator("busy", 1), "busy", 1),
        (Operator("no-answer"), "no-answer", 10),
        (Operator("answered", 60), "no-answer", 10),
    ],
)
async def test_it_dials_an_operator(operator: Operator, status: str, seconds: float) -> None:
    async with bench(operators=lambda number: operator) as line:
        line.hotline.on("/voice/incoming", '<Dial action="/after" timeout="10"><Number>+74950000000</Number></Dial>')
        line.hotline.on("/after", "<Hangup/>")
        record = await line.exchange.dial(ScriptedHandset(0))
        form = line.hotline.asked_at("/after")[0].form
        assert form["DialCallStatus"] == status
        assert form["DialCallSid"].startswith("CA")
        assert form.get("DialCallDuration") == ("30" if status == "completed" else None)
        assert record.seconds == pytest.approx(seconds, abs=0.1)
        assert record.errors == []


async def test_it_reports_the_leg_of_an_operator(line: Bench) -> None:
    number = (
        '<Number statusCallback="/leg/status" statusCallbackEvent="initiated ringing answered completed">+749</Number>'
    )
    line.hotline.on("/voice/incoming", f"<Dial>{number}</Dial><Say>Потом</Say>")
    record = await line.exchange.dial(ScriptedHandset(0))
    asked = [request.form for request in line.hotline.asked_at("/leg/status")]
    assert [form["CallStatus"] for form in asked] == ["initiated", "ringing", "in-progress", "completed"]
    assert {form["ParentCallSid"] for form in asked} == {record.call_sid}
    assert {form["CallSid"] for form in asked}.isdisjoint({record.call_sid})
    assert record.said == ["Потом"]


async def test_it_owes_the_action_of_a_dial_to_a_caller_who_hung_up(line: Bench) -> None:
    line.hotline.on("/voice/incoming", '<Dial action="/after">+74950000000</Dial>')
    line.hotline.on("/after", "<Say>Никто не слышит</Say>")
    handset = ScriptedHandset()
    task = await call(line, handset)
    await handset.silence(6)
    handset.hang_up()
    record = await task
    assert record.said == []
    assert [asked.path for asked in line.hotline.asked] == ["/voice/incoming", "/after", "/voice/status"]


async def test_it_writes_the_call_down_line_by_line(line: Bench) -> None:
    line.hotline.on("/voice/incoming", MENU)
    record = await line.exchange.dial(ScriptedHandset(0))
    lines = record.to_jsonl().splitlines()
    assert len(lines) == len(record.entries) + len(record.requests)
    assert '"what": "say", "text": "Нажмите один"' in record.to_jsonl()
