"""What a caller meets when the loyalty service is slow, broken, refuses, or answers nonsense."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
import yaml
from openapi_core import OpenAPI

from ivr.clock import SetClock
from ivr.errors import LoyaltyUnavailable
from ivr.loyalty import open_loyalty
from ivr.loyalty.answers import CardAnswer, FoundAnswer, ReceiptAnswer, read_answer
from ivr.loyalty.http import HttpLoyalty, Patience
from ivr.loyalty.protocol import Activation, LoyaltyMisfitError, LoyaltyRefusedError, LoyaltySilentError
from ivr.metrics import REGISTRY
from ivr.settings import load_settings
from ivr.store.cards import sample_cards
from ivr.store.db import Database
from tests.loyalty.loyalty_service import CONTRACT, TOKEN, Service, answers, drips, hangs, loyalty_service, works

ISSUED = "4276051200020024"
KEY = "c" * 64
QUICK = Patience(connect=0.3, answer=0.3, pauses=(0.0, 0.01), rest=60)
ACTIVATION = Activation(ISSUED, "Мария", date(1985, 5, 23), None)


@pytest.fixture
def service(tmp_path: Path, clock: SetClock) -> Iterator[Service]:
    database = Database(f"sqlite:///{tmp_path}/cards.db")
    database.migrate()
    with database.transaction() as conn:
        sample_cards(conn)
    with loyalty_service(database, clock) as running:
        yield running
    database.close()


@pytest.fixture
def client(service: Service) -> Iterator[HttpLoyalty]:
    loyalty = HttpLoyalty(service.url, TOKEN, QUICK)
    yield loyalty
    loyalty.close()


def degraded() -> float:
    return REGISTRY.get_sample_value("ivr_degraded_total", {"rung": "loyalty"}) or 0.0


def status_of(service: Service) -> str:
    with service.database.reading() as conn:
        return str(conn.exec_driver_sql(f"SELECT status FROM cards WHERE number = '{ISSUED}'").scalar())


@pytest.mark.parametrize("failure", [answers(500), answers(502), hangs(0.0)])
def test_it_repeats_a_request_that_failed(service: Service, client: HttpLoyalty, failure: Any) -> None:
    service.failures = [failure]
    assert client.find_card(ISSUED) is not None
    assert service.asked == ["find", "find"]


def test_it_repeats_once_and_no_more(service: Service, client: HttpLoyalty) -> None:
    service.failures = [answers(500)] * 2
    with pytest.raises(LoyaltySilentError, match="answers 500"):
        client.find_card(ISSUED)
    assert len(service.asked) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_it_leaves_a_busy_service_in_peace(service: Service, client: HttpLoyalty, status: int) -> None:
    service.failures = [answers(status)]
    with pytest.raises(LoyaltySilentError, match=str(status)):
        client.find_card(ISSUED)
    assert len(service.asked) == 1


@pytest.mark.parametrize("failure", [hangs(0.6), drips])
def test_it_does_not_wait_for_a_slow_answer(service: Service, client: HttpLoyalty, failure: Any) -> None:
    service.failures = [failure, failure]
    with pytest.raises(LoyaltySilentError):
        client.find_card(ISSUED)


def test_a_change_whose_answer_was_lost_is_made_once(service: Service, client: HttpLoyalty) -> None:
    service.lose_answers = 1
    assert client.activate(ACTIVATION, KEY)
    assert service.keys == [KEY, KEY]
    assert status_of(service) == "active"
    assert client.activate(ACTIVATION, KEY), "a step that is repeated hears the same"
    assert not client.activate(ACTIVATION, "d" * 64)


def test_the_circuit_opens_and_closes_again(service: Service) -> None:
    client = HttpLoyalty(service.url, TOKEN, Patience(answer=0.3, attempts=1, failures=3, rest=1))
    service.failures = [answers(500)] * 3
    before = degraded()
    for _ in range(3):
        with pytest.raises(LoyaltySilentError, match="answers 500"):
            client.find_card(ISSUED)
    for _ in range(5):
        with pytest.raises(LoyaltySilentError, match="left in peace"):
            client.find_card(ISSUED)
    assert len(service.asked) == 3
    assert degraded() == before + 8
    client._breaker._opened -= 2  # as if the rest were over
    service.failures = [answers(500)]
    with pytest.raises(LoyaltySilentError, match="answers 500"):
        client.find_card(ISSUED)
    with pytest.raises(LoyaltySilentError, match="left in peace"):
        client.find_card(ISSUED)
    client._breaker._opened -= 2
    assert client.find_card(ISSUED) is not None
    service.failures = [answers(500), answers(500), works]
    for _ in range(2):
        with pytest.raises(LoyaltySilentError, match="answers 500"):
            client.find_card(ISSUED)
    assert client.find_card(ISSUED) is not None
    client.close()


def test_nobody_listening_is_an_answer_too(client: HttpLoyalty) -> None:
    gone = HttpLoyalty("http://127.0.0.1:9", TOKEN, QUICK)
    with pytest.raises(LoyaltySilentError, match="check LOYALTY_URL"):
        gone.known_cards([ISSUED])
    gone.close()


def test_callers_do_not_wait_for_one_another(service: Service, client: HttpLoyalty) -> None:
    met = threading.Barrier(4, timeout=5)

    def meet(_: Any) -> bool:
        met.wait()
        return False

    patient = HttpLoyalty(service.url, TOKEN, Patience(connect=5, answer=5))
    service.failures = [meet] * 4
    threads = [threading.Thread(target=patient.find_card, args=(ISSUED,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not met.broken
    patient.close()


def test_a_wrong_token_is_told_and_does_not_open_the_circuit(service: Service) -> None:
    stranger = HttpLoyalty(service.url, "another", QUICK)
    for _ in range(5):
        with pytest.raises(LoyaltyRefusedError, match="check LOYALTY_TOKEN"):
            stranger.find_card(ISSUED)
    assert len(service.asked) == 5
    stranger.close()


@pytest.mark.parametrize("status", [400, 404, 422, 302])
def test_a_refusal_is_not_repeated(service: Service, client: HttpLoyalty, status: int) -> None:
    service.failures = [answers(status)]
    with pytest.raises(LoyaltyRefusedError, match=str(status)):
        client.find_card(ISSUED)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"card": 1}', b'{"card": {"number": "4276051200020024"}}', b"\xff"],
)
def test_an_answer_that_does_not_fit_is_told_without_its_values(
    service: Service, client: HttpLoyalty, body: bytes
) -> None:
    service.failures = [answers(200, body)]
    with pytest.raises(LoyaltyMisfitError, match=r"loyalty-api\.yaml") as caught:
        client.find_card(ISSUED)
    assert ISSUED not in str(caught.value)


def test_nothing_of_a_caller_is_logged(service: Service, client: HttpLoyalty) -> None:
    service.failures = [answers(500), answers(500), answers(200, b'{"card": {"number": "x", "name": "secret"}}')]
    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            with pytest.raises(LoyaltyUnavailable):
                client.activate(ACTIVATION, KEY) if not logs else client.find_card(ISSUED)
    told = json.dumps(logs, ensure_ascii=False)
    assert logs
    assert not any(value in told for value in (ISSUED, "Мария", "1985", TOKEN, "secret", KEY))


def card(**changes: object) -> dict[str, object]:
    names = ("name", "birth_date", "phone", "email", "reason", "issued_at", "activated_at")
    return {"number": ISSUED, "status": "issued", "balance": 0, **dict.fromkeys(names)} | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"balance": "5"},
        {"balance": 1.5},
        {"balance": True},
        {"status": "lost"},
        {"number": "42"},
        {"birth_date": "23.05.1985"},
        {"phone": "89160000102"},
        {"activated_at": "2026-03-03T10:00:00"},
        {"name": ""},
    ],
)
def test_it_takes_no_card_that_the_contract_forbids(changes: dict[str, object]) -> None:
    assert read_answer(FoundAnswer, json.dumps({"card": card()}).encode()).card is not None
    with pytest.raises(LoyaltyMisfitError):
        read_answer(FoundAnswer, json.dumps({"card": card(**changes)}).encode())


def test_it_ignores_members_of_a_later_version() -> None:
    found = read_answer(FoundAnswer, json.dumps({"card": card(tier="gold"), "took": 3}).encode())
    assert found.card is not None
    assert found.card.record().number == ISSUED


def test_the_contract_is_one_and_names_all_that_is_read() -> None:
    OpenAPI.from_file_path(str(CONTRACT)).check_spec()
    schemas = yaml.safe_load(CONTRACT.read_text("utf-8"))["components"]["schemas"]
    for name, model in (("Card", CardAnswer), ("Receipt", ReceiptAnswer)):
        assert set(schemas[name]["required"]) == set(schemas[name]["properties"]) == set(model.model_fields)


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("find", {"number": "42 76"}, {}),
        ("find", {"number": ISSUED, "why": "x"}, {}),
        ("known", {"numbers": []}, {}),
        ("receipts", {"number": ISSUED, "limit": 101}, {}),
        ("activate", {"number": ISSUED, "name": "x", "birth_date": "1985-05-23", "phone": None}, {}),
        ("contact", {"number": ISSUED, "field": "name", "value": "x"}, {"Idempotency-Key": KEY}),
        ("unknown", {}, {}),
    ],
)
def test_the_service_notices_a_request_that_breaks_the_contract(
    service: Service, path: str, body: dict[str, object], headers: dict[str, str]
) -> None:
    service.failures = [answers(400)]
    httpx.post(f"{service.url}/cards/{path}", json=body, headers=headers | {"Authorization": f"Bearer {TOKEN}"})
    assert len(service.broken) == 1
    service.broken.clear()


def test_the_service_notices_its_own_breach(
    service: Service, client: HttpLoyalty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.loyalty.loyalty_service._work", lambda *_: {"card": card(status="lost")})
    with pytest.raises(LoyaltyMisfitError):
        client.find_card(ISSUED)
    assert len(service.broken) == 1
    service.broken.clear()


def test_the_settings_choose(clock: SetClock) -> None:
    here = open_loyalty(load_settings(_env_file=None), clock)
    there = open_loyalty(load_settings(_env_file=None, loyalty_url="https://l.example.ru/v1", loyalty_token="t"), clock)
    assert (here.kind, there.kind) == ("embedded", "http")
    there.close()
