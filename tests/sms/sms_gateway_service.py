"""An aggregator's gateway over a loopback port that keeps to ``docs/sms-gateway.yaml`` or says where it was broken."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from ivr.settings import ROOT
from tests.loopback import answer, answering

CONTRACT = ROOT / "docs" / "sms-gateway.yaml"
HOST = "https://gateway.example.ru"
TOKEN = "a token of the gateway"
CREATED = "2026-11-24T12:00:00Z"


@dataclass
class Gateway:
    """What it was asked to send, and what is wrong with it."""

    contract: OpenAPI
    url: str = ""
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    fault: tuple[int, bytes] | None = None
    """Answered in place of its own."""
    seconds: float = 0
    """It waits so long before an answer."""
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    def answer(self, operation: str, body: dict[str, Any]) -> tuple[int, bytes]:
        if self.fault:
            return self.fault
        if operation == "find":
            found = [one for one in self.kept.values() if one["to"] == body["to"]]
            listed = [{"id": one["id"], "status": "delivered", "created_at": CREATED} for one in found]
            return 200, json.dumps({"messages": listed}).encode()
        kept = self.kept.setdefault(body["reference"], {"id": f"gw-{len(self.kept) + 1}", **body})
        return 201, json.dumps({"id": kept["id"], "status": "accepted"}).encode()


@contextmanager
def gateway_service() -> Iterator[Gateway]:
    """The gateway, listening. At the end the contract must have held."""
    gateway = Gateway(OpenAPI.from_file_path(str(CONTRACT)))
    with answering(lambda handler: _serve(handler, gateway)) as url:
        gateway.url = url
        yield gateway
    assert gateway.broken == []


def _serve(handler: BaseHTTPRequestHandler, gateway: Gateway) -> None:
    asked = handler.rfile.read(int(handler.headers["Content-Length"]))
    request = MockRequest(HOST, "post", handler.path, headers=dict(handler.headers), data=asked)
    _check(gateway, lambda: gateway.contract.validate_request(request))
    gateway.asked.append((handler.path, json.loads(asked)))
    if handler.headers["Authorization"] != f"Bearer {TOKEN}":
        status, body = 401, b'{"code": 401}'
    else:
        status, body = gateway.answer(handler.path.rpartition("/")[2], json.loads(asked))
    time.sleep(gateway.seconds)
    if status == 0:
        handler.close_connection = True
        return
    if gateway.fault is None:
        response = MockResponse(body, status_code=status)
        _check(gateway, lambda: gateway.contract.validate_response(request, response))
    with suppress(OSError):  # the hotline may have given up
        answer(handler, status, body)


def _check(gateway: Gateway, check: Callable[[], object]) -> None:
    try:
        check()
    except Exception as error:
        gateway.broken.append(f"{type(error).__name__}: {error} {error.__cause__}")
