import asyncio

import pytest

from ivr.exchange import CallRecord, Fault, FaultKind, Faults, ScriptedHandset
from ivr.exchange.signature import sign
from tests.exchange.throwaway import ACCOUNT, TOKEN, Bench, Hotline

VOICE = "/voice/incoming"


async def dial(line: Bench, *faults: Fault) -> CallRecord:
    for fault in faults:
        line.faults.add(fault)
    line.hotline.on(VOICE, "<Say>Первый</Say>", "<Say>Второй</Say>")
    line.hotline.on("/voice/fallback", "<Say>Запасной</Say>")
    return await line.exchange.dial(ScriptedHandset(0))


def signed(hotline: Hotline, path: str) -> list[bool]:
    url = f"https://voice.example.ru{path}"
    asked = hotline.asked_at(path)
    return [request.headers.get("x-twilio-signature") == sign(url, request.form.items(), TOKEN) for request in asked]


async def test_it_loses_the_first_answer_and_obeys_the_second(line: Bench) -> None:
    record = await dial(line, Fault(FaultKind.DUPLICATE, VOICE))
    tokens = [asked.headers["i-twilio-idempotency-token"] for asked in line.hotline.asked_at(VOICE)]
    assert len(tokens) == 2
    assert len(set(tokens)) == 1
    assert record.said == ["Второй"]


async def test_it_sends_twins_at_the_same_moment(line: Bench) -> None:
    record = await dial(line, Fault(FaultKind.TWIN, VOICE))
    first, second = line.hotline.asked_at(VOICE)
    assert first.form == second.form
    assert first.headers["i-twilio-idempotency-token"] == second.headers["i-twilio-idempotency-token"]
    assert len(record.said) == 1


async def test_it_replays_a_request_later(line: Bench) -> None:
    record = await dial(line, Fault(FaultKind.REPLAY, VOICE, seconds=0.05))
    assert record.said == ["Первый"]
    await asyncio.sleep(0.15)
    first, again = line.hotline.asked_at(VOICE)
    assert first.headers["x-twilio-signature"] == again.headers["x-twilio-signature"]
    assert first.form == again.form


async def test_it_asks_late(line: Bench) -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    record = await dial(line, Fault(FaultKind.LATE, VOICE, seconds=0.2))
    assert loop.time() - before >= 0.2
    assert record.said == ["Первый"]


@pytest.mark.parametrize("kind", [FaultKind.LOST, FaultKind.REFUSED])
async def test_it_falls_back_when_a_webhook_does_not_arrive(line: Bench, kind: FaultKind) -> None:
    record = await dial(line, Fault(kind, VOICE))
    assert line.hotline.asked_at(VOICE) == []
    assert line.hotline.asked_at("/voice/fallback")[0].form["ErrorCode"] == "11205"
    assert record.said == ["Запасной"]


async def test_it_loses_the_status_callback(line: Bench) -> None:
    await dial(line, Fault(FaultKind.LOST, "/voice/status"))
    assert line.hotline.asked_at("/voice/status") == []


async def test_it_signs_badly(line: Bench) -> None:
    await dial(line, Fault(FaultKind.BAD_SIGNATURE, VOICE))
    assert signed(line.hotline, VOICE) == [False]
    assert "x-twilio-signature" in line.hotline.asked_at(VOICE)[0].headers
    assert signed(line.hotline, "/voice/status") == [True]


async def test_it_forgets_to_sign(line: Bench) -> None:
    await dial(line, Fault(FaultKind.NO_SIGNATURE, VOICE))
    assert "x-twilio-signature" not in line.hotline.asked_at(VOICE)[0].headers


async def test_it_comes_from_another_account(line: Bench) -> None:
    await dial(line, Fault(FaultKind.WRONG_ACCOUNT, VOICE))
    assert line.hotline.asked_at(VOICE)[0].form["AccountSid"] != ACCOUNT
    assert signed(line.hotline, VOICE) == [True]


def test_it_counts_the_requests_that_match() -> None:
    fault = Fault(FaultKind.LOST, "/voice/*", nth=2, times=2)
    faults = Faults(fault)
    paths = ["/voice/a", "/sms/a", "/voice/b", "/voice/c", "/voice/d"]
    assert [bool(faults.take(path, FaultKind.LOST)) for path in paths] == [False, False, True, True, False]
    assert faults.take("/voice/e", FaultKind.REFUSED) == {}


def test_it_can_last_for_ever() -> None:
    faults = Faults(Fault(FaultKind.LOST, times=0))
    assert all(faults.take("/any", FaultKind.LOST) for _ in range(20))
