"""A loyalty service over a loopback port that keeps to ``docs/loyalty-api.yaml`` or says where it was broken.

Every request and every answer is checked by openapi-core against the document. The cards are in a database of its own,
so that the hotline's client is tried against a service that works, not against canned answers.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from ivr.clock import Clock
from ivr.loyalty.embedded import EmbeddedBase
from ivr.loyalty.protocol import Activation, ContactChange
from ivr.settings import ROOT
from ivr.store.cards import Card
from ivr.store.db import Database
from ivr.store.histories import Operation, Receipt
from tests.loopback import answer, answering

CONTRACT = ROOT / "docs" / "loyalty-api.yaml"
HOST = "https://loyalty.example.ru"
PREFIX = "/hotline/v1"
TOKEN = "a token that nobody guesses"
JSON, PROBLEM = "application/json", "application/problem+json"


@dataclass
class Service:
    """What it was asked, and what is wrong with it."""

    database: Database
    clock: Clock
    contract: OpenAPI
    url: str = ""
    asked: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """Breaches of the contract, by either side."""
    failures: list[Callable[[BaseHTTPRequestHandler], bool]] = field(default_factory=list)
    """Taken one for each request: True when it has dealt with the request instead of the service."""
    lose_answers: int = 0
    """So many answers are lost on their way: the work is done, the connection breaks."""
    kept: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def is_taken(self, key: str, body: dict[str, Any]) -> bool:
        """True where the key stands for another change."""
        return key in self.kept and self.kept[key][0] != json.dumps(body, sort_keys=True)

    def answer(self, operation: str, body: dict[str, Any], key: str) -> bytes:
        """The service itself; a known key gets its first answer again."""
        told = json.dumps(body, sort_keys=True)
        if key and key in self.kept:
            return self.kept[key][1]
        with self.database.transaction() as conn:
            answer = _work(operation, body, key, EmbeddedBase(conn, self.clock))
        encoded = json.dumps(answer, ensure_ascii=False, default=_plain).encode()
        if key:
            self.kept[key] = (told, encoded)
        return encoded


def _work(operation: str, body: dict[str, Any], key: str, base: EmbeddedBase) -> dict[str, Any]:
    if operation == "find":
        card = base.find_card(body["number"])
        return {"card": _members(card) if card else None}
    if operation == "of-phone":
        return {"cards": [_members(card) for card in base.cards_of(body["phone"], int(body["limit"]))]}
    if operation == "known":
        return {"known": sorted(base.known_cards(body["numbers"]))}
    if operation == "activate":
        told = body | {"birth_date": date.fromisoformat(body["birth_date"])}
        return {"done": base.activate(Activation(**told), key)}
    if operation == "contact":
        return {"done": base.change_contact(ContactChange(**body), key)}
    history = base.receipts(body["number"]) if operation == "receipts" else base.operations(body["number"])
    return {operation: [_members(one) for one in history][: int(body["limit"])]}


def _members(record: Card | Receipt | Operation) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


def _plain(value: object) -> str:
    assert isinstance(value, date | datetime)
    return value.isoformat()


@contextmanager
def loyalty_service(database: Database, clock: Clock) -> Iterator[Service]:
    """The service, listening. At the end the contract must have held."""
    service = Service(database, clock, OpenAPI.from_file_path(str(CONTRACT)))
    with answering(lambda handler: _serve(handler, service)) as url:
        service.url = f"{url}{PREFIX}"
        yield service
    assert service.broken == []


def _serve(handler: BaseHTTPRequestHandler, service: Service) -> None:
    body = handler.rfile.read(int(handler.headers["Content-Length"]))
    operation = handler.path.rpartition("/")[2]
    service.asked.append(operation)
    service.addresses.append(handler.path)
    request = MockRequest(HOST, "post", handler.path, headers=dict(handler.headers), data=body)
    _check(service, lambda: service.contract.validate_request(request))
    if service.failures and service.failures.pop(0)(handler):
        return
    if handler.headers["Authorization"] != f"Bearer {TOKEN}":
        answer(handler, 401, b'{"title": "Unauthorized", "status": 401}', PROBLEM)
        return
    key = handler.headers["Idempotency-Key"] or ""
    service.keys += [key] if key else []
    if service.is_taken(key, json.loads(body)):
        answer(handler, 422, b'{"title": "The same key with another body", "status": 422}', PROBLEM)
        return
    told = service.answer(operation, json.loads(body), key)
    if service.lose_answers:
        service.lose_answers -= 1
        handler.close_connection = True
        return
    _check(service, lambda: service.contract.validate_response(request, MockResponse(told)))
    answer(handler, 200, told)


def _check(service: Service, check: Callable[[], object]) -> None:
    try:
        check()
    except Exception as error:
        service.broken.append(f"{type(error).__name__}: {error} {error.__cause__}")


def answers(status: int, body: bytes = b"{}") -> Callable[[BaseHTTPRequestHandler], bool]:
    """A failure: this answer in place of the service's."""

    def fail(handler: BaseHTTPRequestHandler) -> bool:
        answer(handler, status, body)
        return True

    return fail


def hangs(seconds: float) -> Callable[[BaseHTTPRequestHandler], bool]:
    """A failure: no answer for a while, and then the connection is closed."""

    def fail(handler: BaseHTTPRequestHandler) -> bool:
        time.sleep(seconds)
        handler.close_connection = True
        return True

    return fail


def drips(handler: BaseHTTPRequestHandler) -> bool:
    """A failure: an answer that comes byte by byte, each in time."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    try:
        for _ in range(40):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass
    handler.close_connection = True
    return True


def works(_: BaseHTTPRequestHandler) -> bool:
    """No failure."""
    return False
