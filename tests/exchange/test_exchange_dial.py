import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from ivr.exchange import CallRecord, Operator, ScriptedHandset
from tests.exchange.rest_office import Office, opened

PEOPLE = {
    "+79160000001": Operator("answered", 2, talk_seconds=5, keys="1"),
    "+79160000002": Operator("answered", 4, talk_seconds=5, keys="1"),
    "+79160000003": Operator("busy", 1),
    "+79160000004": Operator("answered", 1, keys="2"),
    "client:anna": Operator("answered", 1, talk_seconds=5, keys="1"),
}
WHISPER = '<Gather action="/pressed" numDigits="1" timeout="3"><Say>Нажмите один</Say></Gather><Hangup/>'
EVENTS = 'statusCallback="/leg/status" statusCallbackEvent="initiated ringing answered completed"'


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with opened(operators=lambda address: PEOPLE.get(address, Operator("no-answer"))) as made:
        made.line.hotline.on("/whisper", WHISPER)
        made.line.hotline.on("/pressed", "<Say>Соединяю</Say>")
        made.line.hotline.on("/after", "<Say>Потом</Say>")
        yield made


async def dialled(office: Office, inside: str, attributes: str = "") -> CallRecord:
    office.line.hotline.on("/voice/incoming", f'<Dial action="/after" {attributes}>{inside}</Dial>')
    return await office.line.exchange.dial(ScriptedHandset(0))


def after(office: Office) -> tuple[str, str]:
    form = office.line.hotline.asked_at("/after")[-1].form
    return form["DialCallStatus"], form["DialBridged"]


async def test_it_lets_the_called_person_hear_a_document_first(office: Office) -> None:
    record = await dialled(office, f'<Number url="/whisper" {EVENTS}>+79160000001</Number>')
    (leg,) = office.legs
    assert leg.said == ["Нажмите один", "Соединяю"]
    assert record.said == ["Потом"]
    asked = office.line.hotline.asked_at("/whisper")[0].form
    assert (asked["CallSid"], asked["ParentCallSid"]) == (leg.call_sid, record.call_sid)
    assert (asked["Direction"], asked["To"], asked["CallStatus"]) == ("outbound-dial", "+79160000001", "in-progress")
    assert after(office) == ("completed", "true")
    statuses = [asked.form["CallStatus"] for asked in office.line.hotline.asked_at("/leg/status")]
    assert statuses == ["initiated", "ringing", "in-progress", "completed"]
    assert record.errors + leg.errors == []


async def test_it_joins_nobody_who_was_hung_up_on(office: Office) -> None:
    office.line.hotline.on("/pressed", "<Hangup/>")
    record = await dialled(office, '<Number url="/whisper">+79160000004</Number>')
    assert after(office) == ("completed", "false")
    assert record.said == ["Потом"]
    assert all(entry.what != "bridged" for entry in record.entries)


@pytest.mark.parametrize(("body", "code"), [("<Dial>+79160000001</Dial>", 13201), ("<Leave/>", 13201)])
async def test_it_reports_verbs_that_have_no_place_in_a_whisper(office: Office, body: str, code: int) -> None:
    office.line.hotline.on("/whisper", body)
    await dialled(office, '<Number url="/whisper">+79160000001</Number>')
    assert [error.code for error in office.legs[0].errors] == [code]


async def test_it_hangs_up_on_a_whisper_that_fails(office: Office) -> None:
    await dialled(office, '<Number url="/none">+79160000001</Number>')
    assert [error.code for error in office.legs[0].errors] == [11200]
    assert after(office) == ("completed", "false")


async def test_it_rings_browsers_with_their_parameters(office: Office) -> None:
    handset = ScriptedHandset()
    client = '<Client url="/whisper"><Identity>dasha</Identity><Parameter name="place" value="7"/></Client>'
    with office.line.exchange.plugged("client:dasha", lambda: handset):
        call = asyncio.create_task(dialled(office, client))
        incoming = await handset.until_ringing()
        handset.answer()
        await handset.until_sound()
        await handset.press("1")
        await handset.silence(3)
        handset.hang_up()
        record = await call
    assert (incoming.to, incoming.parameters) == ("client:dasha", {"place": "7"})
    assert (office.legs[0].to_number, office.legs[0].ended_by) == ("client:dasha", "caller")
    assert after(office) == ("completed", "true")
    assert record.errors == []


async def test_it_rings_all_at_once_and_joins_the_first(office: Office) -> None:
    numbers = "".join(f"<Number {EVENTS}>+7916000000{last}</Number>" for last in "321")
    record = await dialled(office, numbers)
    ends = {leg.to_number[-1]: leg.ended_by for leg in office.legs}
    assert ends == {"1": "caller", "2": "canceled", "3": "busy"}
    assert office.line.hotline.asked_at("/after")[0].form["DialCallSid"] == next(
        leg.call_sid for leg in office.legs if leg.to_number[-1] == "1"
    )
    assert record.seconds == pytest.approx(2 + 5 + 5 / 14, abs=0.1)


async def test_it_rings_one_after_the_other(office: Office) -> None:
    numbers = "<Number>+79160000003</Number><Number>+79160000002</Number>"
    await dialled(office, numbers, 'sequential="true"')
    bridged = [entry.at for entry in office.legs[1].entries if entry.what == "bridged"]
    assert [leg.to_number[-1] for leg in office.legs] == ["3", "2"]
    assert bridged == [pytest.approx(4, abs=0.05)]
    assert after(office) == ("completed", "true")


async def test_it_parts_them_by_star_and_by_the_time_limit(office: Office) -> None:
    office.line.hotline.on("/voice/incoming", '<Dial action="/after" hangupOnStar="true">+79160000001</Dial>')
    handset = ScriptedHandset()
    call = asyncio.create_task(office.line.exchange.dial(handset))
    await handset.silence(3)
    await handset.press("*")
    record = await call
    assert record.seconds == pytest.approx(3 + 5 / 14, abs=0.1)
    assert office.legs[0].ended_by == "parent"
    record = await dialled(office, "<Number>+79160000001</Number>", 'timeLimit="3"')
    assert record.seconds == pytest.approx(2 + 3 + 5 / 14, abs=0.1)


async def test_it_stops_ringing_when_the_caller_hangs_up(office: Office) -> None:
    office.line.hotline.on(
        "/voice/incoming", f'<Dial action="/after" timeout="60"><Number {EVENTS}>+79160000009</Number></Dial>'
    )
    handset = ScriptedHandset()
    call = asyncio.create_task(office.line.exchange.dial(handset))
    await handset.silence(5)
    handset.hang_up()
    record = await call
    assert after(office) == ("canceled", "false")
    assert office.legs[0].status == "canceled"
    assert office.legs[0].seconds == pytest.approx(5, abs=0.1)
    assert office.line.hotline.asked_at("/leg/status")[-1].form["CallStatus"] == "canceled"
    assert "Потом" not in record.said


async def test_it_carries_the_voice_of_a_called_person(office: Office) -> None:
    handset = ScriptedHandset()
    with office.line.exchange.plugged("+79161112233", lambda: handset):
        call = asyncio.create_task(dialled(office, "<Number>+79161112233</Number>"))
        await handset.until_ringing()
        handset.answer()
        await handset.silence(1)
        await handset.say(np.full(8000, 5000, dtype=np.int16))
        handset.hang_up()
        record = await call
    assert np.abs(record.heard_audio()).max() == 5000


async def test_it_ends_a_called_leg_by_rest_but_sends_it_nowhere(office: Office) -> None:
    handset = ScriptedHandset()
    with office.line.exchange.plugged("+79161112233", lambda: handset):
        call = asyncio.create_task(dialled(office, "<Number>+79161112233</Number>"))
        sid = (await handset.until_ringing()).call_sid
        handset.answer()
        await handset.silence(1)
        sent = await office.update(sid, Url="https://voice.example.ru/after")
        assert (sent.status_code, sent.json()["code"]) == (400, 21220)
        assert (await office.fetch(sid)).json()["direction"] == "outbound-dial"
        await office.update(sid, Status="completed")
        assert await handset.until_ended() == "rest"
        await call
    assert after(office) == ("completed", "true")
