"""Messages over the wire: Twilio's signed form, the aggregator's signed JSON, the local exchange's phone page."""

import asyncio
import hmac
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse
from sqlalchemy import text
from websockets.asyncio.client import connect

from ivr.clock import SetClock
from ivr.logs import configure_logs
from ivr.outbox import message_id_of
from ivr.serving import ExchangeSetup, Serving, serving_here
from ivr.settings import Settings, load_settings
from ivr.store.cards import sample_cards
from ivr.store.db import StoreUnavailable
from tests.sms.sms_gateway_service import CONTRACT, TOKEN, Gateway, gateway_service
from tests.web.conftest import running
from tests.web.twilio_client import TwilioClient, new_call

CARD, PHONE, GOOD = "4276051200020024", "+79160000102", "Мария 4276 0512 0002 0024 23.05.1985"
PERSONAL = (
    CARD,
    "4276 0512 0002 0024",
    "0024",
    "23.05.1985",
    "1985",
    PHONE[1:],
    "Мария",
    "мария",
    "%D0%9C%D0%B0%D1%80",
)
CONTRACT_OF_GATEWAY = OpenAPI.from_file_path(str(CONTRACT))


def rows(hotline: Serving, query: str) -> list[Any]:
    with hotline.application.db.reading() as conn:
        return list(conn.execute(text(query)).scalars())


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that the hotline logs, down to DEBUG of its libraries."""
    configure_logs("json")
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    written = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    yield written
    root.setLevel(before)


async def text_twilio(twilio: TwilioClient, **form: str) -> httpx.Response:
    answer = await twilio.post(
        "/sms/incoming", new_call(), **{"MessageSid": "SM1", "From": PHONE, "Body": GOOD, **form}
    )
    return httpx.Response(answer.status, text=answer.text)


async def test_it_takes_a_signed_message_and_answers_nothing(twilio: TwilioClient, hotline: Serving) -> None:
    answer = await text_twilio(twilio)
    assert answer.status_code == 200
    assert answer.text.endswith("<Response />")
    assert rows(hotline, "SELECT verdict FROM messages") == ["accepted"]
    keys = rows(hotline, "SELECT unique_key FROM outbox")
    assert sorted(key.partition(":")[0] for key in keys) == ["answer", "code"]


@pytest.mark.parametrize("signature", ["", "bm9uZQ=="])
async def test_it_refuses_what_the_account_did_not_sign(twilio: TwilioClient, hotline: Serving, signature: str) -> None:
    assert (await text_twilio(twilio, signature=signature)).status_code == 403
    assert rows(hotline, "SELECT sid FROM messages") == []


@pytest.mark.parametrize("form", [{"MessageSid": ""}, {"MessageSid": "a/b"}, {"MessageSid": "S" * 65}, {"From": ""}])
async def test_it_refuses_a_message_without_a_name_or_sender(
    twilio: TwilioClient, hotline: Serving, form: dict[str, str]
) -> None:
    assert (await text_twilio(twilio, **form)).status_code == 400
    assert rows(hotline, "SELECT sid FROM messages") == []


async def test_a_webhook_that_comes_again_is_acted_upon_once(twilio: TwilioClient, hotline: Serving) -> None:
    answers = await asyncio.gather(*(text_twilio(twilio, token="t") for _ in range(4)))
    answers.append(await text_twilio(twilio, MessageSid="SM2", token="t"))
    assert {answer.status_code for answer in answers} == {200}
    assert len(rows(hotline, "SELECT sid FROM messages")) == 1
    assert len(rows(hotline, "SELECT id FROM outbox")) == 2


async def test_what_twilio_answers_itself_is_not_answered(twilio: TwilioClient, hotline: Serving) -> None:
    await text_twilio(twilio, Body="STOP", OptOutType="STOP")
    assert rows(hotline, "SELECT verdict FROM messages") == ["ignored"]
    assert rows(hotline, "SELECT id FROM outbox") == []


async def test_a_store_that_is_away_has_the_message_come_again(
    twilio: TwilioClient, hotline: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("away")

    with monkeypatch.context() as patched:
        patched.setattr("ivr.inbox.add_text", away)
        assert (await text_twilio(twilio)).status_code == 503
    assert (await text_twilio(twilio)).status_code == 200
    assert rows(hotline, "SELECT verdict FROM messages") == ["accepted"]


async def test_nothing_personal_is_logged_or_answered(
    log: io.StringIO, twilio: TwilioClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [await text_twilio(twilio), await text_twilio(twilio, MessageSid="SM2", Body="Мария 4276 05")]

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("ivr.inbox.parse_sms", fail)
    answers.append(await text_twilio(twilio, MessageSid="SM3"))
    answers.append(await text_twilio(twilio, MessageSid="SM4", signature="bm9uZQ=="))
    written = log.getvalue()
    assert "text_taken" in written
    assert "a defect" in written
    pages = " ".join(answer.text for answer in answers)
    assert [one for one in PERSONAL if one in pages or (one in written and len(one) > 4)] == []


# -- the aggregator's gateway -----------------------------------------------------------------------------------------


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with gateway_service() as service:
        yield service


@pytest.fixture
async def with_gateway(settings: Settings, gateway: Gateway) -> AsyncIterator[Serving]:
    secret = load_settings(_env_file=None, sms_gateway_url=gateway.url, sms_gateway_token=TOKEN).sms_gateway_token
    both = {"sms_gateway_url": gateway.url, "sms_gateway_token": secret}
    async with running(settings.model_copy(update=both), SetClock(datetime(2026, 11, 24, 12, tzinfo=UTC))) as serving:
        yield serving


def message(hotline: Serving, **more: object) -> dict[str, object]:
    now = int(hotline.application.clock.now().timestamp())
    return {"id": "m-1", "from": PHONE[1:], "to": "9002", "text": GOOD, "timestamp": now, **more}


async def bring(
    hotline: Serving, body: object, path: str = "/sms/gateway", *, key: str = TOKEN, kind: str = "application/json"
) -> int:
    """Post a signed body; request and answer keep to the contract where the hotline says that they do."""
    raw = json.dumps(body, ensure_ascii=False).encode()
    headers = {"X-Sms-Signature": hmac.digest(key.encode(), raw, "sha256").hex(), "Content-Type": kind}
    async with httpx.AsyncClient() as http:
        answer = await http.post(hotline.url + path, content=raw, headers=headers)
    host = "https://voice.example.ru"
    request = MockRequest(host, "post", path, headers=headers, data=raw, content_type=kind)
    if answer.status_code == 204:
        CONTRACT_OF_GATEWAY.validate_request(request)
    CONTRACT_OF_GATEWAY.validate_response(
        request, MockResponse(answer.content, status_code=answer.status_code, content_type=kind)
    )
    return answer.status_code


async def test_a_message_through_the_gateway_is_answered_through_it(with_gateway: Serving, gateway: Gateway) -> None:
    assert await bring(with_gateway, message(with_gateway)) == 204
    async with asyncio.timeout(10):
        while len(gateway.asked) < 2:
            await asyncio.sleep(0.02)
    sent = sorted(body["text"][:6] for _, body in gateway.asked)
    assert sent == ["Код дл", "Принят"]
    assert {(body["from"], body["to"]) for _, body in gateway.asked} == {("9002", PHONE)}
    [reference] = [body["reference"] for _, body in gateway.asked if body["text"].startswith("Принят")]
    assert reference == message_id_of("answer:gateway.m-1")
    report = {"reference": reference, "id": gateway.kept[reference]["id"], "status": "delivered"}
    async with asyncio.timeout(5):
        while rows(with_gateway, f"SELECT state FROM outbox WHERE id = '{reference}'") != ["sent"]:
            await asyncio.sleep(0.02)
    assert await bring(with_gateway, message(with_gateway) | report, "/sms/gateway/status") == 204
    assert rows(with_gateway, f"SELECT state FROM outbox WHERE id = '{reference}'") == ["delivered"]


async def test_the_gateway_may_repeat_itself(with_gateway: Serving, clock: SetClock) -> None:
    assert [await bring(with_gateway, message(with_gateway)) for _ in range(3)] == [204] * 3
    assert len(rows(with_gateway, "SELECT id FROM outbox")) == 2


async def test_the_gateway_is_told_what_is_wrong(with_gateway: Serving) -> None:
    good = message(with_gateway)
    now = int(with_gateway.application.clock.now().timestamp())
    assert await bring(with_gateway, good, key="another token") == 401
    assert await bring(with_gateway, good | {"timestamp": now - 301}) == 401
    assert await bring(with_gateway, good | {"timestamp": now + 301}) == 401
    assert await bring(with_gateway, good, kind="text/plain") == 415
    for wrong in ({"id": "a/b"}, {"from": ""}, {"text": None}, {"timestamp": "soon"}, {"text": "я" * 2001}):
        assert await bring(with_gateway, good | wrong) == 400
    assert await bring(with_gateway, []) == 400
    assert rows(with_gateway, "SELECT sid FROM messages") == []
    assert await bring(with_gateway, good | {"timestamp": now - 300, "operator": "more is ignored"}) == 204


async def test_without_a_gateway_nobody_gets_in(hotline: Serving) -> None:
    assert await bring(hotline, message(hotline)) == 404
    assert await bring(hotline, message(hotline), key="") == 404


# -- the local exchange -----------------------------------------------------------------------------------------------


async def test_the_phone_page_texts_the_hotline_and_gets_the_answer(tmp_path: Any, clock: SetClock) -> None:
    local = load_settings(_env_file=None, host="127.0.0.1", port=0, database_url=f"sqlite:///{tmp_path}/calls.db")
    async with serving_here(local, clock, ExchangeSetup()) as serving:
        with serving.application.db.transaction() as conn:
            sample_cards(conn)
        async with connect(serving.url.replace("http", "ws") + "/exchange/line") as page:
            await page.send(json.dumps({"number": PHONE}))
            await page.send(json.dumps({"send_sms": {"to": "9002", "body": GOOD}}))
            got: list[dict[str, Any]] = []
            async with asyncio.timeout(15):
                while sum("sms" in one for one in got) < 2 or not any("sms_sent" in one for one in got):
                    got.append(json.loads(await page.recv()))
    assert {"sms_sent": True} in got
    assert sorted(one["sms"]["body"][:6] for one in got if "sms" in one) == ["Код дл", "Принят"]
