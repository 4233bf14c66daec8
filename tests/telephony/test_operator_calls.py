"""Calls to operators through Twilio's REST interface."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from ivr.line.legs import Leg
from ivr.telephony.operator_calls import TwilioCalls

ACCOUNT, TOKEN = "AC" + "a" * 32, "b" * 32
SID = "CA" + "c" * 32
LEG = Leg("client:anna", "https://voice.example.ru/w?o=1", "https://voice.example.ru/s?o=1", 15)


class Rest(ThreadingHTTPServer):
    """Answers every request alike and keeps what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.answer: tuple[int, dict[str, Any]] = (201, {"sid": SID, "status": "queued"})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Rest

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, parse_qs(body)))
        status, answer = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def rest() -> Iterator[Rest]:
    with Rest() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@contextmanager
def twilio(url: str) -> Iterator[TwilioCalls]:
    calls = TwilioCalls(ACCOUNT, TOKEN, url, "+78002009002", timeout=1.0)
    yield calls
    calls.close()


def error(code: int, status: int) -> tuple[int, dict[str, Any]]:
    return status, {"code": code, "message": "about +79160000102", "more_info": "", "status": status}


def test_it_asks_twilio_for_a_call(rest: Rest) -> None:
    with twilio(rest.url) as calls:
        assert calls.call(LEG) == SID
    path, form = rest.asked[0]
    assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    assert form == {
        "To": [LEG.to],
        "From": ["+78002009002"],
        "Url": [LEG.url],
        "StatusCallback": [LEG.status_callback],
        "Timeout": ["15"],
    }


@pytest.mark.parametrize("answer", [error(21217, 400), error(20500, 500), (201, {"sid": None})])
def test_a_call_that_is_refused_or_doubtful_is_none(
    rest: Rest, answer: tuple[int, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    rest.answer = answer
    with twilio(rest.url) as calls:
        assert calls.call(LEG) is None
    assert "+7916" not in capsys.readouterr().out


def test_a_network_that_is_down_makes_no_call() -> None:
    with twilio("http://127.0.0.1:1") as calls:
        assert calls.call(LEG) is None
        assert not calls.hang_up(SID)


@pytest.mark.parametrize(
    ("answer", "ended"),
    [
        ((200, {"sid": SID, "status": "completed"}), True),
        (error(21220, 400), True),
        (error(20404, 404), True),
        (error(20500, 500), False),
    ],
)
def test_a_call_that_has_ended_counts_as_hung_up(rest: Rest, answer: tuple[int, dict[str, Any]], ended: bool) -> None:
    rest.answer = answer
    with twilio(rest.url) as calls:
        assert calls.hang_up(SID) is ended
    path, form = rest.asked[0]
    assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{SID}.json"
    assert form == {"Status": ["completed"]}
