import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from starlette.responses import Response

from ivr.exchange import Fault, FaultKind, ScriptedHandset, Sms
from ivr.exchange.signature import sign
from ivr.exchange.sms import count_segments
from tests.exchange.throwaway import ACCOUNT, TOKEN, Bench, bench

TO = "+79161234567"
CALLBACK = "https://voice.example.ru/sms/status"
FORM = {"To": TO, "From": "+78002009002", "Body": "Ваш код: 123456", "StatusCallback": CALLBACK}
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


@dataclass
class Office:
    """The REST interface of an exchange, and a client of it."""

    line: Bench
    client: httpx.AsyncClient

    async def send(self, **form: str) -> httpx.Response:
        return await self.client.post(MESSAGES, data=FORM | form)

    async def statuses(self, count: int) -> list[str]:
        """The statuses called back, in the order of their arrival."""
        async with asyncio.timeout(3):
            while len(self.line.hotline.asked_at("/sms/status")) < count:
                await asyncio.sleep(0.005)
        return [asked.form["MessageStatus"] for asked in self.line.hotline.asked_at("/sms/status")]


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with bench() as line:
        transport = httpx.ASGITransport(line.exchange.rest_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://api", auth=(ACCOUNT, TOKEN)) as client:
            yield Office(line, client)


async def test_it_takes_a_message_and_reports_its_way(office: Office) -> None:
    answer = await office.send()
    assert answer.status_code == 201
    body = answer.json()
    assert (body["status"], body["num_segments"], body["to"], body["direction"]) == ("queued", "1", TO, "outbound-api")
    assert await office.statuses(3) == ["queued", "sent", "delivered"]
    for asked in office.line.hotline.asked_at("/sms/status"):
        assert asked.form["MessageSid"] == body["sid"]
        assert asked.headers["x-twilio-signature"] == sign(CALLBACK, asked.form.items(), TOKEN)
    assert [sms.body for sms in office.line.exchange.inbox(TO)] == ["Ваш код: 123456"]
    fetched = await office.client.get(f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{body['sid']}.json")
    assert (fetched.json()["status"], fetched.json()["date_sent"] is None) == ("delivered", False)


async def test_it_lists_the_messages_of_a_number(office: Office) -> None:
    await office.send(Body="Первое")
    await office.send(Body="Второе")
    await office.send(To="+79160000000")
    page = (await office.client.get(MESSAGES, params={"To": TO, "PageSize": "1"})).json()
    assert [message["body"] for message in page["messages"]] == ["Второе"]
    page = (await office.client.get(MESSAGES, params={"To": TO})).json()
    assert [message["body"] for message in page["messages"]] == ["Второе", "Первое"]
    assert page["next_page_uri"] is None


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"Body": ""}, 21602),
        ({"To": "89161234567"}, 21211),
        ({"From": "этот"}, 21212),
        ({"Body": "я" * 1601}, 21617),
        ({"StatusCallback": "/sms/status"}, 21609),
        ({"To": "+15005550001"}, 21211),
        ({"To": "+15005550002"}, 21612),
        ({"To": "+15005550003"}, 21408),
        ({"To": "+15005550004"}, 21610),
        ({"To": "+15005550009"}, 21614),
        ({"From": "+15005550007"}, 21606),
        ({"From": "+15005550008"}, 21611),
    ],
)
async def test_it_refuses_with_the_codes_of_twilio(office: Office, form: dict[str, str], code: int) -> None:
    answer = await office.send(**form)
    assert answer.status_code == 400
    body = answer.json()
    assert (body["code"], body["status"]) == (code, 400)
    assert body["more_info"].endswith(str(code))
    assert office.line.exchange.messages == []


async def test_it_sends_nothing_to_who_answered_stop(office: Office) -> None:
    office.line.exchange.opt_out(TO)
    assert (await office.send()).json()["code"] == 21610


async def test_it_calls_nothing_back_for_a_test_number(office: Office) -> None:
    assert (await office.send(From="+15005550006")).status_code == 201
    await asyncio.sleep(0.1)
    assert office.line.hotline.asked == []


async def test_it_asks_for_the_account_and_its_token(office: Office) -> None:
    wrong = await office.client.post(MESSAGES, data=FORM, auth=(ACCOUNT, "guess"))
    assert (wrong.status_code, wrong.json()["code"]) == (401, 20003)
    nobody = await office.client.post(MESSAGES, data=FORM, auth=lambda request: request)
    assert nobody.status_code == 401
    other = await office.client.get(f"/2010-04-01/Accounts/AC{'2' * 32}/Messages.json")
    assert (other.status_code, other.json()["code"]) == (404, 20404)
    unknown = await office.client.get(f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM0.json")
    assert (unknown.status_code, unknown.json()["code"]) == (404, 20404)


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
    ],
)
def test_it_counts_segments(body: str, segments: int) -> None:
    assert count_segments(body) == segments


async def test_it_answers_accepted_for_a_service(office: Office) -> None:
    answer = await office.send(From="", MessagingServiceSid="MG" + "1" * 32)
    assert answer.json()["status"] == "accepted"


async def test_it_hands_messages_to_the_handset_in_the_call(office: Office) -> None:
    office.line.hotline.on("/voice/incoming", "<Gather timeout='30'/>")
    handset = ScriptedHandset()
    task = asyncio.create_task(office.line.exchange.dial(handset, from_number=TO))
    await handset.silence(1)
    await office.send()
    await office.send(To="+79160000000")
    sms = await handset.until_sms()
    assert (sms.body, sms.from_number) == ("Ваш код: 123456", "+78002009002")
    handset.hang_up()
    record = await task
    assert record.seconds < 2
    assert len([notice for notice in handset.notices if isinstance(notice, Sms)]) == 1


async def test_it_tells_subscribers_of_arrivals(office: Office) -> None:
    arrivals = office.line.exchange.arrivals(TO)
    first = asyncio.ensure_future(anext(arrivals))
    await asyncio.sleep(0)
    await office.send()
    assert (await asyncio.wait_for(first, 2)).to_number == TO
    await arrivals.aclose()


async def test_it_ends_a_call_from_outside(office: Office) -> None:
    office.line.hotline.on("/voice/incoming", "<Gather timeout='100'/>")
    handset = ScriptedHandset()
    task = asyncio.create_task(office.line.exchange.dial(handset))
    await handset.silence(1)
    sid = office.line.hotline.asked[0].form["CallSid"]
    url = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{sid}.json"
    assert (await office.client.post(url, data={"Status": "completed"})).status_code == 200
    record = await task
    assert (record.ended_by, record.status) == ("rest", "completed")
    gone = await office.client.post(url, data={"Status": "completed"})
    assert (gone.status_code, gone.json()["code"]) == (400, 21220)


async def test_it_loses_a_callback_on_demand(office: Office) -> None:
    office.line.faults.add(Fault(FaultKind.LOST, "/sms/status", status="sent"))
    await office.send()
    assert await office.statuses(2) == ["queued", "delivered"]


async def test_it_lets_later_callbacks_overtake_a_late_one(office: Office) -> None:
    office.line.faults.add(Fault(FaultKind.LATE, "/sms/status", status="sent", seconds=0.1))
    await office.send()
    assert await office.statuses(3) == ["queued", "delivered", "sent"]


async def test_it_repeats_a_callback_on_demand(office: Office) -> None:
    office.line.faults.add(Fault(FaultKind.DUPLICATE, "/sms/status", status="delivered"))
    await office.send()
    assert await office.statuses(4) == ["queued", "sent", "delivered", "delivered"]
    tokens = [asked.headers["i-twilio-idempotency-token"] for asked in office.line.hotline.asked]
    assert tokens[2] == tokens[3]
    assert len(set(tokens)) == 3


async def test_it_does_not_deliver_on_demand(office: Office) -> None:
    office.line.faults.add(Fault(FaultKind.SMS_UNDELIVERED, code=30006))
    await office.send()
    assert await office.statuses(3) == ["queued", "sent", "undelivered"]
    assert office.line.hotline.asked[-1].form["ErrorCode"] == "30006"
    assert office.line.exchange.inbox(TO) == []


@pytest.mark.parametrize(
    ("kind", "status", "code", "taken"),
    [(FaultKind.SMS_BUSY, 429, 20429, 0), (FaultKind.SMS_ERROR, 500, 20500, 1)],
)
async def test_it_fails_on_demand(office: Office, kind: FaultKind, status: int, code: int, taken: int) -> None:
    office.line.faults.add(Fault(kind))
    answer = await office.send()
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(office.line.exchange.messages) == taken
    assert (await office.send()).status_code == 201


async def test_it_answers_too_late_on_demand_though_it_took_the_message(office: Office) -> None:
    office.line.faults.add(Fault(FaultKind.SMS_TIMEOUT, seconds=5))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(office.send(), 0.1)
    assert await office.statuses(3) == ["queued", "sent", "delivered"]


async def test_it_shrugs_at_a_hotline_that_fails_a_callback(office: Office) -> None:
    office.line.hotline.on("/sms/status", Response(status_code=500))
    await office.send()
    assert await office.statuses(3) == ["queued", "sent", "delivered"]
    assert office.line.exchange.messages[0].status == "delivered"
