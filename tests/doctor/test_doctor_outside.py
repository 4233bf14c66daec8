"""The doctor looks at a hotline as Twilio does: through its public address, with and without a signature."""

import re
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler

import pytest
from pydantic import SecretStr

from ivr.clock import SetClock
from ivr.doctor import outside, sms
from ivr.doctor.examine import CHECKS, Check, examine
from ivr.doctor.patient import Told
from ivr.errors import HotlineError
from tests.conftest import free_port
from tests.doctor.conftest import NUMBER, Examined, Twilio
from tests.loopback import answering
from tests.sms.sms_gateway_service import TOKEN as GATEWAY_TOKEN
from tests.sms.sms_gateway_service import gateway_service

pytestmark = pytest.mark.usefixtures("running", "twilio")
CURE = re.compile(r": [a-zA-Z].*\.$")
"""Behind the colon stands what is to be done."""


def wrong(check: Check, examined: Examined, **changes: object) -> str:
    with pytest.raises(HotlineError, match=CURE) as told:
        check(examined(**changes))
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_hotline_that_is_well_has_nothing_wrong(patient_with: Examined) -> None:
    found = {one.check: one for one in examine(patient_with())}
    assert list(found) == list(CHECKS)
    assert {name: one.text for name, one in found.items() if one.state == "wrong"} == {}
    assert found["signature"].text == "signed webhooks are taken, others refused"
    assert found["media socket"].text == "signed sockets are taken, others refused"
    assert found["port"].text.startswith("a hotline serves at 127.0.0.1:")
    assert found["clock"].text == "as Twilio's, to the half minute"


def test_signatures_that_differ_are_told(patient_with: Examined) -> None:
    another = SecretStr("another token of the account")
    assert "TWILIO_AUTH_TOKEN have to be the same" in wrong(outside.signature, patient_with, twilio_auth_token=another)
    assert "a signed socket is answered 403" in wrong(outside.media_socket, patient_with, twilio_auth_token=another)


def test_a_hotline_that_lets_everybody_in_is_told(patient_with: Examined) -> None:
    with answering(_answers(400)) as url:
        assert "unsigned request to /sms/status is answered 400" in wrong(
            outside.signature, patient_with, public_base_url=url
        )


def test_a_proxy_that_drops_the_upgrade_is_told(patient_with: Examined) -> None:
    with answering(_answers(404)) as url:
        assert "let the proxy pass the headers Upgrade" in wrong(
            outside.media_socket, patient_with, public_base_url=url
        )


def _answers(status: int, seconds: float = 0) -> Callable[[BaseHTTPRequestHandler], None]:
    def serve(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        handler.protocol_version = "HTTP/1.1"
        handler.close_connection = True
        handler.send_response(status)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return serve


def test_an_address_without_https_is_told(patient_with: Examined) -> None:
    told = wrong(outside.public_address, patient_with, public_base_url="http://voice.example.ru")
    assert "give it a certificate and https" in told


def test_a_port_without_tls_is_told(patient_with: Examined) -> None:
    with answering(_answers(200)) as url:
        https = url.replace("http:", "https:")
        assert "certificate" in wrong(outside.public_address, patient_with, public_base_url=https)


def test_somebody_elses_site_is_told(patient_with: Examined) -> None:
    with answering(_answers(200)) as url:
        told = wrong(outside.public_address, patient_with, public_base_url=url)
    assert "not as a hotline" in told


def test_a_closed_port_is_told(patient_with: Examined) -> None:
    closed = f"http://127.0.0.1:{free_port()}"
    assert "start the hotline" in wrong(outside.public_address, patient_with, public_base_url=closed)
    assert "start the hotline" in wrong(outside.media_socket, patient_with, public_base_url=closed)


def test_a_silent_port_is_told(patient_with: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "ANSWER_SECONDS", 0.1)
    with answering(_answers(200, seconds=0.5)) as url:
        assert "firewall" in wrong(outside.public_address, patient_with, public_base_url=url)


def test_a_name_without_address_is_told(patient_with: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    told = wrong(outside.public_address, patient_with, public_base_url="https://voice.example.ru")
    assert told.startswith("voice.example.ru is not known to DNS")


@pytest.mark.parametrize("off", [timedelta(seconds=-31), timedelta(hours=3)])
def test_a_clock_that_is_off_is_told(patient_with: Examined, off: timedelta) -> None:
    clock = SetClock(datetime.now(UTC) + off)
    assert "switch on NTP" in wrong(outside.clock, patient_with, clock=clock)


def test_a_cabinet_elsewhere_than_people_are_told_is_noted(patient_with: Examined) -> None:
    here = patient_with()
    assert outside.cabinet(here).note
    hotline = replace(here.content.hotline, site="127.0.0.1/cabinet")
    here.__dict__["content"] = replace(here.content, hotline=hotline)
    assert outside.cabinet(here) == Told("at 127.0.0.1, as people are told")


def test_a_cabinet_that_is_not_passed_on_is_told(patient_with: Examined) -> None:
    with answering(_answers(404)) as url:
        assert "/cabinet is answered 404" in wrong(outside.cabinet, patient_with, public_base_url=url)


# -- the number and SMS ------------------------------------------------------------------------------------------------


def test_a_number_that_is_not_the_accounts_is_told(patient_with: Examined, twilio: Twilio) -> None:
    twilio.numbers.clear()
    assert f"no number {NUMBER}" in wrong(sms.hotline_number, patient_with)
    assert "set SMS_FROM" in wrong(sms.sender, patient_with)


def test_calls_that_go_elsewhere_are_noted(patient_with: Examined, twilio: Twilio) -> None:
    twilio.numbers[NUMBER]["voice_url"] = "https://demo.twilio.com/welcome/voice/"
    told = sms.hotline_number(patient_with())
    assert told.note
    assert "enter http://127.0.0.1" in told.text
    twilio.numbers[NUMBER]["trunk_sid"] = "TK1"
    assert "a trunk or an application" in sms.hotline_number(patient_with()).text


def test_a_number_that_cannot_text_is_told(patient_with: Examined, twilio: Twilio) -> None:
    twilio.numbers[NUMBER]["capabilities"]["sms"] = False
    assert "sends SMS" in wrong(sms.sender, patient_with)


def test_a_token_that_twilio_refuses_is_told(patient_with: Examined, twilio: Twilio) -> None:
    twilio.status = 401
    assert "copy TWILIO_ACCOUNT_SID" in wrong(sms.sender, patient_with)
    twilio.status = 500
    assert "answers 500" in wrong(sms.hotline_number, patient_with)


def test_an_interface_that_is_away_is_told(patient_with: Examined) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    assert "let this machine reach" in wrong(sms.sender, patient_with, twilio_api_base_url=away)


@pytest.mark.parametrize("named", ["89002009002", "Магнит", "MoyMagnitKarta", "+7", "12345", "MG12", " "])
def test_what_cannot_be_a_sender_is_told(patient_with: Examined, named: str) -> None:
    assert "is no sender" in wrong(sms.sender, patient_with, sms_from=named)


@pytest.mark.parametrize("named", ["Magnit", "MoyMagnit 1", "MG" + "0a" * 16])
def test_a_name_is_to_be_looked_up_in_the_console(patient_with: Examined, named: str) -> None:
    assert sms.sender(patient_with(sms_from=named)).note


def test_without_an_account_a_sender_is_only_looked_at(patient_with: Examined, twilio: Twilio) -> None:
    twilio.asked.clear()
    local = patient_with(twilio_auth_token=SecretStr(""))
    assert sms.sender(local).text == f"{NUMBER}, at the local exchange"
    for check in (outside.public_address, outside.signature, outside.media_socket, sms.hotline_number):
        assert check(local).text.startswith("not needed")
    assert twilio.asked == []


def test_the_gateway_is_asked_with_its_token(patient_with: Examined) -> None:
    with gateway_service() as gateway:
        good = {"sms_gateway_url": gateway.url, "sms_gateway_token": SecretStr(GATEWAY_TOKEN)}
        assert sms.gateway(patient_with(**good)).text.endswith("answers")
        assert sms.sender(patient_with(**good)).text == "9002, by the gateway"
        other = good | {"sms_gateway_token": SecretStr("another")}
        assert "refuses the token" in wrong(sms.gateway, patient_with, **other)
        gateway.fault = (500, b"{}")
        assert "answers 500" in wrong(sms.gateway, patient_with, **good)
    assert "does not answer" in wrong(sms.gateway, patient_with, **good)
