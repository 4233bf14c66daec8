"""The aggregator's gateway as a provider of SMS: what it is asked, and what its silence means."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ivr.clock import SetClock
from ivr.outbox import Ambiguous, Refused, Sent, Sms
from ivr.telephony.sms_gateway import FRESH_SECONDS, GatewayCheck, GatewayMessages
from tests.conftest import free_port
from tests.sms.sms_gateway_service import TOKEN, Gateway, gateway_service

REFERENCE = "a" * 32
PHONE = "+79160000102"
SMS = Sms(PHONE, "Принято.", f"https://voice.example.ru/sms/status?o={REFERENCE}", 300)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with gateway_service() as running:
        yield running


@pytest.fixture
def provider(gateway: Gateway) -> Iterator[GatewayMessages]:
    messages = GatewayMessages(gateway.url, TOKEN, "9002", answer_seconds=0.4)
    yield messages
    messages.close()


def test_it_sends_a_message_once_under_its_reference(gateway: Gateway, provider: GatewayMessages) -> None:
    assert provider.send(SMS) == Sent("gw-1", "accepted")
    assert provider.send(SMS) == Sent("gw-1", "accepted")
    sent = {"reference": REFERENCE, "from": "9002", "to": PHONE, "text": "Принято.", "valid_seconds": 300}
    assert gateway.asked == [("/messages", sent)] * 2


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ((400, b'{"code": 21211}'), Refused(21211, permanent=True)),
        ((403, b"no JSON"), Refused(403, permanent=True)),
        ((429, b'{"code": 7}'), Refused(7, permanent=False)),
        ((408, b"{}"), Ambiguous("http_408")),
        ((302, b"{}"), Ambiguous("http_302")),
        ((500, b"{}"), Ambiguous("http_500")),
        ((503, b"{}"), Ambiguous("http_503")),
        ((201, b"{}"), Ambiguous("unreadable_answer")),
        ((201, b'{"id": "x", "status": "eaten"}'), Ambiguous("unreadable_answer")),
        ((0, b""), Ambiguous("connection_lost")),
    ],
)
def test_it_says_honestly_what_is_known(
    gateway: Gateway, provider: GatewayMessages, fault: tuple[int, bytes], outcome: Refused | Ambiguous
) -> None:
    gateway.fault = fault
    assert provider.send(SMS) == outcome
    assert len(gateway.asked) == 1, "what may have been taken is not sent again"


def test_silence_is_doubt_and_not_a_refusal(gateway: Gateway, provider: GatewayMessages) -> None:
    gateway.seconds = 0.8
    assert provider.send(SMS) == Ambiguous("timeout")


def test_nobody_there_is_tried_twice_and_is_a_refusal_for_now(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = GatewayMessages(f"http://127.0.0.1:{free_port()}", TOKEN, "9002")
    tries: list[str] = []
    post = provider._post

    def counted(path: str, body: dict[str, object], key: str) -> tuple[int, bytes]:
        tries.append(path)
        return post(path, body, key)

    monkeypatch.setattr(provider, "_post", counted)
    assert provider.send(SMS) == Refused(0, permanent=False)
    assert len(tries) == 2
    assert provider.list_to(PHONE) is None
    provider.close()


def test_it_finds_a_doubtful_message(gateway: Gateway, provider: GatewayMessages) -> None:
    provider.send(SMS)
    found = provider.list_to(PHONE)
    assert found is not None
    assert [(one.sid, one.status, one.created_at) for one in found] == [
        ("gw-1", "delivered", datetime(2026, 11, 24, 12, tzinfo=UTC))
    ]
    gateway.fault = (500, b"{}")
    assert provider.list_to(PHONE) is None


def test_a_signature_is_over_the_body_and_for_minutes(clock: SetClock) -> None:
    check, now = GatewayCheck("token", clock), int(clock.now().timestamp())
    # HMAC-SHA256 of "{}" with the key "token", by `printf '{}' | openssl dgst -sha256 -hmac token`.
    right = "5c88aa97c426854fb8f94deb5a1f202a537891ced9b9ae9c99bc1d3323d27d53"
    assert check.is_signed(b"{}", right)
    assert not check.is_signed(b"{ }", right)
    assert not any(check.is_signed(b"{}", wrong) for wrong in (None, "", "й", right.upper(), right[:-1]))
    assert all(check.is_fresh(now + shift) for shift in (0, -FRESH_SECONDS, FRESH_SECONDS))
    assert not any(check.is_fresh(now + shift) for shift in (-FRESH_SECONDS - 1, FRESH_SECONDS + 1, 10**18))
