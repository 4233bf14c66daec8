"""A whole hotline with an account, served on loopback, and a stand-in of Twilio's REST interface."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from ivr.clock import Clock, SystemClock
from ivr.content import Content, current_content
from ivr.doctor.patient import Patient
from ivr.serving import open_serving, serve
from ivr.settings import Settings, load_settings
from ivr.speech.model import model_dir
from tests.conftest import free_port, wait_for_port
from tests.loopback import answer, answering
from tests.web.twilio_client import ACCOUNT, TOKEN

NUMBER = "+78002009002"


@dataclass
class Twilio:
    """The account, as the stand-in tells it."""

    url: str = ""
    status: int = 200
    numbers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def twilio_rest() -> Iterator[Twilio]:
    twilio = Twilio()
    with answering(lambda handler: _serve(handler, twilio)) as twilio.url:
        yield twilio


@pytest.fixture
def twilio(twilio_rest: Twilio, settings: Settings) -> Twilio:
    """Well: the hotline's number is the account's, and its calls come here."""
    own = {"voice_url": f"{settings.public_base_url}/voice/incoming", "capabilities": {"voice": True, "sms": True}}
    twilio_rest.status, twilio_rest.numbers = 200, {NUMBER: own}
    return twilio_rest


def _serve(handler: BaseHTTPRequestHandler, twilio: Twilio) -> None:
    twilio.asked.append(handler.path)
    found = [{"sid": "PN1", "phone_number": number, **own} for number, own in twilio.numbers.items()]
    listed = [one for one in found if one["phone_number"].strip("+") in handler.path]
    body = {"incoming_phone_numbers": listed} if twilio.status == 200 else {"code": 20003, "status": twilio.status}
    answer(handler, twilio.status, json.dumps(body | {"next_page_uri": None, "page": 0}).encode())


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, twilio_rest: Twilio) -> Settings:
    port = free_port()
    return load_settings(
        _env_file=None,
        host="127.0.0.1",
        port=port,
        public_base_url=f"http://127.0.0.1:{port}",
        database_url=f"sqlite:///{tmp_path_factory.mktemp('doctor')}/calls.db",
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,
        twilio_api_base_url=twilio_rest.url,
        secret_key="k" * 32,
        max_streams=1,
    )


@pytest.fixture(scope="module")
def running(settings: Settings) -> Iterator[None]:
    """The hotline itself, in a thread."""
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    serving = open_serving(settings)
    thread = threading.Thread(target=serve, args=(serving,))
    thread.start()
    wait_for_port(settings.port)
    while not serving.server.started:
        time.sleep(0.01)
    yield
    serving.server.should_exit = True
    thread.join()


@pytest.fixture(scope="session")
def content() -> Content:
    return current_content()


Examined = Callable[..., Patient]


@pytest.fixture
def patient_with(settings: Settings, content: Content, tmp_path: Path) -> Examined:
    """A patient whose settings differ; the dialogues are read once for all."""

    def make(clock: Clock | None = None, **changes: object) -> Patient:
        changed = settings.model_copy(update=changes)
        patient = Patient(changed, clock or SystemClock(), lambda one: model_dir(one.vosk_model), tmp_path)
        patient.__dict__["content"] = content
        return patient

    return make
