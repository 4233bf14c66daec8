import logging
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from ivr.outbox import Ambiguous, ListedSms, Refused, Sent, Sms
from ivr.settings import ROOT
from ivr.sms_parts import count_parts
from ivr.telephony.sms import TwilioMessages

ACCOUNT, TOKEN = "AC" + "a" * 32, "b" * 32
SMS = Sms("+79160000102", "Код для звонка: 123456.", "https://voice.example.ru/sms/status?o=abc", 300)


class StandIn(BaseHTTPRequestHandler):
    """Answers every request with the server's ``answer`` and keeps what was asked."""

    server: "Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((self.path, parse_qs(body)))
        self.reply()

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {}))
        self.reply()

    def reply(self) -> None:
        status, text, seconds = self.server.answer
        if seconds:
            self.server.released.wait(seconds)
        if status == 0:
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    answer: tuple[int, str, float] = (201, "{}", 0)
    """Status (0: hang up without one), body, and seconds to wait before."""
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), StandIn)
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


@contextmanager
def messages(url: str, sender: str = "+78002009002", timeout: float = 1.0) -> Iterator[TwilioMessages]:
    gateway = TwilioMessages(ACCOUNT, TOKEN, url, sender, timeout)
    yield gateway
    gateway.close()


def send(url: str, sender: str = "+78002009002", timeout: float = 1.0) -> Sent | Refused | Ambiguous:
    with messages(url, sender, timeout) as gateway:
        return gateway.send(SMS)


def test_it_asks_twilio_for_a_message(server: Server) -> None:
    server.answer = (201, '{"sid": "SM1", "status": "queued"}', 0)
    assert send(server.url + "/") == Sent("SM1", "queued")
    path, form = server.asked[0]
    assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert form == {
        "To": [SMS.to],
        "From": ["+78002009002"],
        "Body": [SMS.body],
        "StatusCallback": [SMS.status_callback],
        "ValidityPeriod": ["300"],
    }


def test_it_sends_through_a_messaging_service(server: Server) -> None:
    server.answer = (201, '{"sid": "SM1", "status": "accepted"}', 0)
    assert send(server.url, sender="MG" + "c" * 32) == Sent("SM1", "accepted")
    assert server.asked[0][1]["MessagingServiceSid"] == ["MG" + "c" * 32]
    assert "From" not in server.asked[0][1]


ERROR = '{{"code": {}, "message": "about +79160000102", "more_info": "", "status": {}}}'


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((400, ERROR.format(21211, 400), 0), Refused(21211, permanent=True)),
        ((400, ERROR.format(21610, 400), 0), Refused(21610, permanent=True)),
        ((401, ERROR.format(20003, 401), 0), Refused(20003, permanent=True)),
        ((400, ERROR.format(21611, 400), 0), Refused(21611, permanent=False)),
        ((429, ERROR.format(20429, 429), 0), Refused(20429, permanent=False)),
        ((429, "slow down", 0), Refused(429, permanent=False)),
        ((404, "", 0), Refused(404, permanent=True)),
        ((400, '{"type":"t","title":"x","status":400,"code":21211}', 0), Refused(21211, permanent=True)),
        ((408, "", 0), Ambiguous("http_408")),
        ((500, ERROR.format(20500, 500), 0), Ambiguous("http_500")),
        ((503, "<html>", 0), Ambiguous("http_503")),
        ((302, "", 0), Ambiguous("http_302")),
        ((201, "not json", 0), Ambiguous("unreadable_answer")),
        ((201, "[]", 0), Ambiguous("unreadable_answer")),
        ((201, "{}", 0), Ambiguous("unreadable_answer")),
        ((201, "{}", 5), Ambiguous("timeout")),
        ((0, "", 0), Ambiguous("connection_lost")),
    ],
)
def test_it_tells_a_refusal_from_a_doubt(
    server: Server, answer: tuple[int, str, float], expected: Refused | Ambiguous
) -> None:
    server.answer = answer
    assert send(server.url, timeout=0.3) == expected
    assert len(server.asked) == 1


def test_it_knows_that_nothing_left_when_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert send(f"http://127.0.0.1:{port}") == Refused(0, permanent=False)


def test_it_lists_messages_to_a_phone(server: Server) -> None:
    one = '{"sid": "SM1", "status": "%s", "error_code": %s, "date_created": "Tue, 24 Nov 2026 12:00:00 +0000"}'
    undated = '{"sid": "SM3", "status": "queued", "date_created": null}'
    server.answer = (200, f'{{"messages": [{one % ("failed", 30003)}, {one % ("sent", "null")}, {undated}]}}', 0)
    at = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    with messages(server.url) as gateway:
        found = gateway.list_to(SMS.to)
    assert found == (ListedSms("SM1", "failed", "30003", at), ListedSms("SM1", "sent", None, at))
    assert server.asked[0][0] == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?To=%2B79160000102&PageSize=50"


@pytest.mark.parametrize("answer", [(500, "", 0), (200, "no", 0), (200, "[]", 0), (200, "{}", 5), (0, "", 0)])
def test_it_says_that_the_list_cannot_be_had(server: Server, answer: tuple[int, str, float]) -> None:
    server.answer = answer
    with messages(server.url, timeout=0.3) as gateway:
        assert gateway.list_to(SMS.to) is None


def test_it_heeds_no_proxy_region_or_edge_of_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "HTTP_PROXY": "http://127.0.0.1:1",
        "TWILIO_REGION": "ie1",
        "TWILIO_EDGE": "dublin",
        "TWILIO_AUTH_TOKEN": "other",
    }.items():
        monkeypatch.setenv(name, value)
    server.answer = (201, '{"sid": "SM1", "status": "queued"}', 0)
    assert send(server.url) == Sent("SM1", "queued")


def test_it_gives_each_thread_its_own_answer(server: Server) -> None:
    found: list[bool] = []
    with messages(server.url) as gateway:

        def ask(number: int) -> None:
            for _ in range(10):
                server.answer = (201, '{"sid": "SM1", "status": "queued"}', 0)
                answer = gateway.send(SMS) if number % 2 else gateway.list_to(SMS.to)
                found.append(answer == Sent("SM1", "queued") if number % 2 else answer is None)
            gateway.close()

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [True] * 40


def test_it_writes_nothing_personal_to_the_log(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.answer = (400, ERROR.format(21211, 400), 0)
    with messages(server.url) as gateway:
        gateway.send(SMS)
        gateway.list_to(SMS.to)
    assert not any(secret in caplog.text for secret in ("9160000102", "123456"))


@pytest.fixture(scope="module")
def prism_url() -> Iterator[str]:
    """Twilio's published contract, played by Prism."""
    spec = Path(os.environ.get("TWILIO_OPENAPI", ROOT.parent / "shared" / "specs" / "twilio_api_v2010.json"))
    if not spec.exists():
        pytest.skip("NOT TESTED: Prism: twilio_api_v2010.json is not there; name it in TWILIO_OPENAPI")
    if shutil.which("npx") is None:
        pytest.skip("NOT TESTED: Prism: node is not installed (apt-get install nodejs npm)")
    from tests.conftest import free_port, wait_for_port

    port = free_port()
    command = ["npx", "--yes", "@stoplight/prism-cli@5.14.2", "mock", "-h", "127.0.0.1", "-p", str(port), str(spec)]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            wait_for_port(port, seconds=120)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, 15)


def test_it_keeps_to_twilio_s_published_contract(prism_url: str) -> None:
    with messages(prism_url, timeout=5) as gateway:
        sent = gateway.send(SMS)
        assert isinstance(sent, Sent)
        assert sent.sid.startswith("SM")
        listed = gateway.list_to(SMS.to)
    assert listed is not None
    assert all(one.sid.startswith(("SM", "MM")) for one in listed)


def test_it_hears_when_it_breaks_the_contract(prism_url: str) -> None:
    with messages(prism_url, sender="MG-none", timeout=5) as gateway:
        assert gateway.send(SMS) == Refused(422, permanent=True)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
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
        ("a" * 70 + "\xa0", 2),
    ],
)
def test_it_counts_the_parts_of_an_sms(text: str, parts: int) -> None:
    assert count_parts(text) == parts
