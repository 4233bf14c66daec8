"""When the hotline itself is in trouble, the caller reaches a person all the same."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ivr.serving import Serving
from ivr.store.db import StoreUnavailable
from tests.web.twilio_client import ACCOUNT, PUBLIC_URL, TOKEN, TwilioClient, new_call

CARD = "4276051200020024"


@pytest.fixture
def broken_database(keypad_hotline: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store stops answering, as PostgreSQL does when its machine is gone."""

    def refuse(*_: object) -> None:
        raise StoreUnavailable("The database does not answer: start it.")

    monkeypatch.setattr(keypad_hotline.application.db, "transaction", refuse)
    monkeypatch.setattr(keypad_hotline.application.db, "reading", refuse)


@pytest.mark.parametrize("path", ["/voice/incoming", "/voice/step?s=1", "/voice/next?n=0", "/voice/dialed?s=1"])
@pytest.mark.usefixtures("broken_database")
async def test_it_dials_the_operators_line_when_the_database_is_down(keypad_twilio: TwilioClient, path: str) -> None:
    answer = await keypad_twilio.post(path, new_call(), Digits="1", DialCallStatus="busy")
    assert answer.status == 200
    assert answer.verbs == ["Say", "Dial"]
    assert answer.first("Number").text == "+78002009003"


@pytest.mark.usefixtures("broken_database")
async def test_it_says_that_it_is_not_ready_and_why(keypad_twilio: TwilioClient) -> None:
    answer = await keypad_twilio.http.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["problems"] == ["The database does not answer: start it."]
    assert (await keypad_twilio.http.get("/livez")).status_code == 200


@pytest.mark.usefixtures("broken_database")
async def test_it_answers_503_to_callbacks_that_it_cannot_store(keypad_twilio: TwilioClient) -> None:
    status = await keypad_twilio.post("/voice/status", new_call(), CallStatus="completed")
    assert status.status == 503
    sms = await keypad_twilio.post("/sms/status?o=abc", new_call(), MessageSid="SM1", MessageStatus="sent")
    assert sms.status == 503


async def test_it_goes_on_from_where_the_call_stands_after_a_fallback(keypad_twilio: TwilioClient) -> None:
    call = new_call()
    first = await keypad_twilio.incoming(call)
    second = await keypad_twilio.post(first.action, call, Digits=CARD)
    answer = await keypad_twilio.post("/voice/fallback", call, ErrorCode="11200", ErrorUrl="https://x")
    assert answer.text == second.text


async def test_it_goes_on_after_kill_9_between_two_questions(tmp_path: Path) -> None:
    call = new_call()
    with _process(tmp_path) as url:
        async with httpx.AsyncClient(base_url=url) as http:
            first = await TwilioClient(http).incoming(call)
            second = await TwilioClient(http).post(first.action, call, Digits=CARD)
    with _process(tmp_path) as url:
        async with httpx.AsyncClient(base_url=url) as http:
            repeated = await TwilioClient(http).post(first.action, call, Digits=CARD)
            third = await TwilioClient(http).post(second.action, call, Digits="23051985")
    assert repeated.text == second.text
    assert third.action not in (first.action, second.action)


@contextmanager
def _process(folder: Path) -> Iterator[str]:
    """A hotline in a process of its own, ended by SIGKILL."""
    settings = {
        "DATABASE_URL": f"sqlite:///{folder}/calls.db",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "PUBLIC_BASE_URL": PUBLIC_URL,
        "MAX_STREAMS": "0",
    }
    command = [sys.executable, "-m", "ivr", "serve", "--port", "0"]
    process = subprocess.Popen(command, env={**os.environ, **settings}, stderr=subprocess.PIPE, text=True)
    try:
        yield _address(process)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stderr is not None
    line = next(line for line in process.stderr if "Serving at" in line)
    url = line.split("Serving at ")[1].split(";")[0]
    for _ in range(200):
        try:
            if httpx.get(url + "/livez").status_code == 200:
                return url
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the hotline does not answer")
