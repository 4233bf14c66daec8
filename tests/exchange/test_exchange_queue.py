import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
from starlette.requests import Request
from starlette.responses import Response

from ivr.exchange import (
    Bridged,
    CallRecord,
    Ended,
    Fault,
    FaultKind,
    Operator,
    Parted,
    ScriptedHandset,
)
from ivr.exchange.mulaw import PCM_FRAME_BYTES
from tests.exchange.rest_office import STATUS, Office, opened
from tests.exchange.throwaway import twiml

ENQUEUE = '<Enqueue action="/left" waitUrl="/wait">line-7</Enqueue><Say>Дальше</Say>'
MUSIC = "<Say>Вы в очереди, ждите оператора, пожалуйста</Say>"
DIAL = '<Dial action="/done"><Queue>line-7</Queue></Dial>'
TONE = np.full(4000, 9000, dtype=np.int16)
ACCEPTS = Operator("answered", 2, talk_seconds=10, keys="1")


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """A hotline whose callers wait in line-7 and whose operator takes from it with key 1."""
    async with opened(operators=lambda address: ACCEPTS) as made:
        hotline = made.line.hotline
        hotline.on("/voice/incoming", ENQUEUE)
        hotline.on("/wait", MUSIC)
        hotline.on("/left", "<Say>Вернулись</Say>")
        hotline.on("/operator", '<Gather action="/take" numDigits="1"><Say>Звонок из очереди</Say></Gather>')
        hotline.on("/take", DIAL)
        hotline.on("/done", "<Say>Спасибо</Say>")
        yield made


def calling(office: Office, handset: ScriptedHandset | None = None) -> "asyncio.Task[CallRecord]":
    return asyncio.create_task(office.line.exchange.dial(handset or ScriptedHandset(0)))


def result(office: Office, nth: int = -1) -> str:
    return office.line.hotline.asked_at("/left")[nth].form["QueueResult"]


async def test_it_asks_for_the_music_again_and_again_with_numbers(office: Office) -> None:
    handset = ScriptedHandset()
    call = calling(office, handset)
    await handset.silence(10)
    handset.hang_up()
    record = await call
    forms = [asked.form for asked in office.line.hotline.asked_at("/wait")]
    assert len(forms) == 4
    assert [form["QueueTime"] for form in forms] == ["0", "3", "6", "9"]
    assert {form["QueuePosition"] for form in forms} == {"1"}
    assert forms[-1]["QueueSid"].startswith("QU")
    assert (forms[-1]["CurrentQueueSize"], forms[-1]["MaxQueueSize"], forms[-1]["AvgQueueTime"]) == ("1", "1000", "9")
    assert record.errors == []


async def test_it_tells_the_action_when_the_caller_hangs_up(office: Office) -> None:
    handset = ScriptedHandset()
    call = calling(office, handset)
    await handset.silence(5)
    handset.hang_up()
    record = await call
    form = office.line.hotline.asked_at("/left")[0].form
    assert (form["QueueResult"], form["QueueTime"], form["CallStatus"]) == ("hangup", "5", "completed")
    assert [asked.path for asked in office.line.hotline.asked][-2:] == ["/left", "/voice/status"]
    assert "Вернулись" not in record.said


async def test_it_leaves_the_queue_by_a_key_at_once(office: Office) -> None:
    office.line.hotline.on("/wait", f'<Gather action="/key" numDigits="1">{MUSIC * 3}</Gather>')
    office.line.hotline.on("/key", "<Leave/>")
    handset = ScriptedHandset()
    call = calling(office, handset)
    await handset.until_sound()
    assert handset.waiting
    await handset.press("2")
    record = await call
    assert (result(office), handset.waiting) == ("leave", False)
    assert record.said[-1] == "Вернулись"
    assert record.seconds < 2


async def test_it_goes_on_after_leaving_where_there_is_no_action(office: Office) -> None:
    office.line.hotline.on("/voice/incoming", '<Enqueue waitUrl="/wait">line-7</Enqueue><Say>Дальше</Say>')
    office.line.hotline.on("/wait", "<Leave/>")
    record = await calling(office)
    assert record.said == ["Дальше"]


async def test_it_joins_a_caller_and_an_operator_who_presses_one(office: Office) -> None:
    call = calling(office)
    await office.until_asked("/wait")
    await office.place("client:anna", StatusCallback=STATUS)
    record = await call
    await office.until_asked("/operator/status")
    (leg,) = office.legs
    left = office.line.hotline.asked_at("/left")[0].form
    done = office.line.hotline.asked_at("/done")[0].form
    assert (left["QueueResult"], left["CallSid"], left["CallStatus"]) == ("bridged", record.call_sid, "in-progress")
    assert (done["DialCallStatus"], done["DialBridged"]) == ("completed", "true")
    assert (done["DialCallSid"], done["QueueSid"]) == (record.call_sid, left["QueueSid"])
    assert int(done["DialCallDuration"]) == 10
    assert record.said[-1] == "Вернулись"
    assert leg.ended_by == "caller"
    assert record.errors + leg.errors == []


async def test_it_carries_sound_both_ways(office: Office) -> None:
    caller, operator = ScriptedHandset(), ScriptedHandset()
    with office.line.exchange.plugged("client:anna", lambda: operator):
        call = calling(office, caller)
        await caller.until_sound()
        await office.place("client:anna")
        await operator.until_ringing()
        operator.answer()
        await asyncio.gather(caller.silence(3), _accept(operator))
        await asyncio.gather(caller.say(TONE), operator.silence(0.5))
        await asyncio.gather(operator.say(TONE // 2), caller.silence(1))
        operator.hang_up()
        await caller.until_ended()
        record = await call
    (leg,) = office.legs
    assert np.abs(leg.heard_audio()).max() == 9000
    assert np.abs(record.heard_audio()).max() == 4500
    assert sum(len(sound.pcm) for sound in leg.heard if max(sound.pcm)) // PCM_FRAME_BYTES >= 25
    assert [type(n) for n in operator.notices if isinstance(n, Bridged | Parted | Ended)] == [Bridged, Parted, Ended]
    assert [n for n in caller.notices if isinstance(n, Bridged | Parted)] == [Bridged(), Parted()]


async def _accept(operator: ScriptedHandset) -> None:
    await operator.until_sound()
    await operator.press("1")


async def test_it_returns_the_operator_when_the_caller_hangs_up(office: Office) -> None:
    caller = ScriptedHandset()
    call = calling(office, caller)
    await caller.until_sound()
    await office.place("client:anna", StatusCallback=STATUS)
    await caller.silence(8)
    caller.hang_up()
    record = await call
    await office.until_asked("/operator/status")
    assert record.ended_by == "caller"
    assert (result(office), office.line.hotline.asked_at("/left")[0].form["CallStatus"]) == ("bridged", "completed")
    assert "Вернулись" not in record.said
    assert office.legs[0].said[-1] == "Спасибо"


@pytest.mark.parametrize("whose", ["operator", "caller"])
async def test_it_parts_two_lines_when_rest_ends_one(office: Office, whose: str) -> None:
    caller = ScriptedHandset()
    call = calling(office, caller)
    await caller.until_sound()
    operator = (await office.place("client:anna", StatusCallback=STATUS)).json()["sid"]
    await caller.silence(8)
    assert Bridged() in caller.notices
    sid = operator if whose == "operator" else office.line.hotline.asked_at("/wait")[0].form["CallSid"]
    await office.update(sid, Status="completed")
    record = await call
    await office.until_asked("/operator/status")
    assert result(office) == "bridged"
    assert ("Вернулись" in record.said) == (whose == "operator")
    assert ("Спасибо" in office.legs[0].said) == (whose == "caller")
    assert (office.legs[0].ended_by, record.ended_by) == (
        ("rest", "hotline") if whose == "operator" else ("hotline", "rest")
    )


async def test_it_tells_of_a_caller_who_is_sent_elsewhere(office: Office) -> None:
    office.line.hotline.on("/elsewhere", "<Say>Здесь</Say>")
    for bridged in (False, True):
        caller = ScriptedHandset()
        call = calling(office, caller)
        await caller.until_sound()
        if bridged:
            await office.place("client:anna")
            await caller.silence(8)
        sid = office.line.hotline.asked_at("/wait")[-1].form["CallSid"]
        await office.update(sid, Url="https://voice.example.ru/elsewhere")
        record = await call
        assert result(office) == ("redirected-from-bridged" if bridged else "redirected")
        assert record.said[-1] == "Здесь"


async def test_it_lets_the_caller_hear_a_document_before_the_bridge(office: Office) -> None:
    office.line.hotline.on("/take", '<Dial action="/done"><Queue url="/joining">line-7</Queue></Dial>')
    office.line.hotline.on("/joining", "<Say>Соединяем</Say>")
    call = calling(office)
    await office.until_asked("/wait")
    await office.place("client:anna")
    record = await call
    form = office.line.hotline.asked_at("/joining")[0].form
    assert (form["CallSid"], form["DequeingCallSid"]) == (record.call_sid, office.legs[0].call_sid)
    assert "QueueTime" in form
    said = [entry.what for entry in record.entries if entry.what == "bridged" or entry.text == "Соединяем"]
    assert said == ["say", "bridged"]


async def test_it_gives_one_caller_to_one_of_two_operators(office: Office) -> None:
    office.line.hotline.on("/take", '<Dial action="/done" timeout="3"><Queue>line-7</Queue></Dial>')
    call = calling(office)
    await office.until_asked("/wait")
    await asyncio.gather(office.place("client:anna"), office.place("client:boris"))
    await call
    await office.until(lambda: len(office.legs) == 2)
    statuses = [asked.form["DialCallStatus"] for asked in office.line.hotline.asked_at("/done")]
    assert sorted(statuses) == ["completed", "no-answer"]


async def test_it_waits_at_an_empty_queue_for_the_next_caller(office: Office) -> None:
    first = ScriptedHandset()
    call = calling(office, first)
    await first.silence(1)
    first.hang_up()
    await call
    await office.place("client:anna")
    await office.until_asked("/take")
    record = await calling(office)
    assert result(office) == "bridged"
    assert record.said[-1] == "Вернулись"


@pytest.mark.parametrize(("known", "status", "seconds"), [(True, "no-answer", 5), (False, "failed", 0)])
async def test_it_gives_up_at_an_empty_queue(office: Office, known: bool, status: str, seconds: float) -> None:
    if known:
        caller = ScriptedHandset()
        call = calling(office, caller)
        await caller.silence(1)
        caller.hang_up()
        await call
    office.line.hotline.on("/take", '<Dial action="/done" timeout="5"><Queue>line-7</Queue></Dial>')
    await office.place("client:anna")
    form = await office.until_asked("/done")
    await office.until(lambda: office.legs)
    assert (form["DialCallStatus"], form["DialBridged"]) == (status, "false")
    dial = [entry.at for entry in office.legs[0].entries if entry.what in ("dial", "dialled")]
    assert dial[1] - dial[0] == pytest.approx(seconds, abs=0.05)


async def test_it_finds_a_queue_full(office: Office) -> None:
    office.line.faults.add(Fault(FaultKind.QUEUE_FULL, "line-*"))
    record = await calling(office)
    assert (result(office), record.said) == ("queue-full", ["Вернулись"])
    assert office.line.hotline.asked_at("/wait") == []


async def test_it_has_room_for_so_many_only() -> None:
    async with opened(queue_size=1) as office:
        office.line.hotline.on("/voice/incoming", ENQUEUE)
        office.line.hotline.on("/wait", MUSIC)
        office.line.hotline.on("/left", "<Hangup/>")
        first = ScriptedHandset()
        call = calling(office, first)
        await first.until_sound()
        await calling(office)
        assert result(office) == "queue-full"
        first.hang_up()
        await call


async def test_it_moves_callers_up(office: Office) -> None:
    first, second = ScriptedHandset(), ScriptedHandset()
    calls = [calling(office, first)]
    await first.silence(1)
    calls.append(calling(office, second))
    await asyncio.gather(first.silence(4), second.silence(4))
    first.hang_up()
    await second.silence(4)
    second.hang_up()
    await asyncio.gather(*calls)
    sid = (await calls[1]).call_sid
    positions = [a.form["QueuePosition"] for a in office.line.hotline.asked_at("/wait") if a.form["CallSid"] == sid]
    assert positions == ["2", "2", "1"]


async def test_it_keeps_the_caller_when_the_music_fails(office: Office) -> None:
    office.line.hotline.on("/wait", Response(status_code=500))
    record = await calling(office)
    assert (result(office), record.said) == ("error", ["Вернулись"])
    assert [error.code for error in record.errors] == [11200]


async def test_it_reports_verbs_that_have_no_place_in_a_queue(office: Office) -> None:
    office.line.hotline.on("/wait", "<Dial>+74950000000</Dial><Leave/>")
    record = await calling(office)
    assert [(error.code, error.detail) for error in record.errors] == [(12200, "<Dial> has no place here")]


async def test_it_plays_silence_where_there_is_no_music(office: Office) -> None:
    office.line.hotline.on("/voice/incoming", '<Enqueue action="/left" waitUrl="">line-7</Enqueue>')
    handset = ScriptedHandset()
    call = calling(office, handset)
    await handset.silence(30)
    handset.hang_up()
    assert (await call).seconds == pytest.approx(30, abs=0.1)
    assert result(office) == "hangup"


async def test_it_repeats_and_reorders_the_result_on_demand(office: Office) -> None:
    office.line.faults.add(Fault(FaultKind.DUPLICATE, "/left", status="hangup"))
    office.line.faults.add(Fault(FaultKind.LATE, "/left", status="hangup", seconds=0.1))
    handset = ScriptedHandset()
    call = calling(office, handset)
    await handset.until_sound()
    handset.hang_up()
    await call
    await office.until_asked("/left", 2)
    assert [asked.path for asked in office.line.hotline.asked][-3:] == ["/voice/status", "/left", "/left"]
    tokens = {asked.headers["i-twilio-idempotency-token"] for asked in office.line.hotline.asked_at("/left")}
    assert len(tokens) == 1


async def test_it_lets_no_time_pass_for_who_waits_while_an_operator_is_asked(office: Office) -> None:
    async def slow(request: Request) -> Response:
        await asyncio.sleep(0.3)
        return twiml(DIAL)

    office.line.hotline.on("/take", slow)
    seconds: list[float] = []
    for _ in range(2):
        call = calling(office)
        await office.until_asked("/wait")
        await office.place("client:anna")
        record = await call
        took = [entry.at for entry in record.entries if entry.what == "bridged"]
        joined = next(entry.at for entry in office.legs[-1].entries if entry.what == "bridged")
        assert joined == pytest.approx(3, abs=0.2)
        seconds += took
    assert len(seconds) == 2
