"""Personal data is planted, whole calls are played, and every place where it must not turn up is searched."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ivr.simulator.runner import play
from ivr.simulator.scenario import Mode, load_scenario
from ivr.simulator.voices import caller_voices
from tests.listening import listening
from tests.web.twilio_client import TwilioClient, new_call

CALLS = Path(__file__).parent.parent / "calls"
CARD, BIRTH, PHONE, NAME = "4276051200020024", "23051985", "9160000102", "мария"
CHANCE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z?|\b[A-Z]{0,2}[0-9a-f]{32}\b")
"""Timestamps and ids: six digits of a code turn up in them by chance."""
FORBIDDEN = {
    "card number": CARD,
    "card number in groups": "4276 0512 0002 0024",
    "end of the card number": CARD[4:],
    "birth date": BIRTH,
    "birth date in ISO form": "1985-05-23",
    "phone": PHONE,
    "name": NAME,
    "name in keys": "52649",
}


@pytest.fixture
def log(log_format: str) -> Iterator[io.StringIO]:
    """Everything that the hotline logs, down to DEBUG of its libraries."""
    with listening(log_format) as text:
        logging.getLogger("httpcore").setLevel(logging.WARNING)  # the exchange's own client, not the hotline
        yield text


# Both forms of the log write the same events, so the long call by voice is looked at in one of them.
@pytest.mark.parametrize(("log_format", "mode"), [("json", "voice"), ("json", "keys"), ("console", "keys")])
async def test_it_puts_no_personal_data_of_a_whole_call_into_logs_and_urls(log: io.StringIO, mode: Mode) -> None:
    result = await play(load_scenario(CALLS / "wrong_then_right_code.yaml"), mode, caller_voices())
    assert result.failures == ()
    code = next(line.text for line in result.lines if line.who == "note").split(": ")[2][:6]
    written = CHANCE.sub("", log.getvalue())
    assert "step" in written, "the log is empty: the search would prove nothing"
    found = [what for what, text in (FORBIDDEN | {"code": code}).items() if text in written.lower()]
    assert found == []
    urls = " ".join(request.url for record in result.records for request in record.requests)
    assert "/voice/incoming" in urls
    assert [what for what, text in FORBIDDEN.items() if text in urls] == []


@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_it_logs_no_personal_data_of_a_failing_call(
    log: io.StringIO, keypad_twilio: TwilioClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError(f"a defect that quotes its input: {CARD} {PHONE} {BIRTH}")

    monkeypatch.setattr("ivr.stepping.advance", fail)
    answer = await keypad_twilio.incoming(new_call())
    assert answer.verbs == ["Say", "Dial"]
    written = log.getvalue()
    assert "a defect that quotes its input" in written
    assert [what for what, text in FORBIDDEN.items() if text in written] == []


async def test_it_shows_no_personal_data_in_errors_and_metrics(keypad_twilio: TwilioClient) -> None:
    call = new_call()
    first = await keypad_twilio.incoming(call)
    await keypad_twilio.post(first.action, call, Digits=CARD)
    http: httpx.AsyncClient = keypad_twilio.http
    pages = [await http.get(path) for path in ("/metrics", "/readyz", "/no-such-page", f"/voice/{CARD}")]
    pages.append(await http.post("/voice/step", data={"CallSid": call, "Digits": CARD, "From": PHONE}))
    for page in pages:
        assert [what for what, text in FORBIDDEN.items() if text in page.text] == []
