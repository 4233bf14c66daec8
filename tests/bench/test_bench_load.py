import base64

import pytest

from ivr.bench.http_connection import HttpAnswer
from ivr.bench.line import FRAME_BYTES, Loudspeaker, frames_of
from ivr.bench.twilio_form import Account, signed
from ivr.bench.webhook_load import KeypadCall, follow
from ivr.exchange.signature import SIGNATURE_HEADER
from ivr.telephony.signature import SignatureCheck


def twiml(step: int) -> bytes:
    return f'<Response><Gather action="/voice/step?s={step}"/></Response>'.encode()


def test_it_follows_a_call_from_step_to_step() -> None:
    call = KeypadCall()
    assert follow(call, HttpAnswer(200, twiml(1))) is None
    assert call.keys() == "4276051200010017"
    assert follow(call, HttpAnswer(200, twiml(2))) is None
    assert call.keys() == "05031980"
    assert follow(call, HttpAnswer(200, twiml(3))) is None
    assert call.keys() == "*"


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (HttpAnswer(403, b""), "status 403"),
        (HttpAnswer(200, b"<Response><Say/><Dial/></Response>"), "an apology instead of a question"),
        (HttpAnswer(200, twiml(4)), "no new step"),
    ],
)
def test_it_counts_whatever_is_no_new_step(answer: HttpAnswer, wrong: str) -> None:
    assert follow(KeypadCall(step=4, turns=2), answer) == wrong


def test_it_signs_as_the_hotline_expects() -> None:
    from urllib.parse import parse_qsl

    from werkzeug.datastructures import MultiDict

    account = Account("AC1", "token", "https://bench.example")
    body, headers = signed(account, "/voice/step?s=3", "CA1", {"Digits": "12#"})
    form: MultiDict[str, str] = MultiDict(parse_qsl(body.decode()))
    assert form["Digits"] == "12#"
    check = SignatureCheck("token", "https://bench.example")
    assert check.webhook("/voice/step?s=3", form, headers[SIGNATURE_HEADER])
    assert not check.webhook("/voice/step?s=4", form, headers[SIGNATURE_HEADER])


def test_it_uses_a_token_once() -> None:
    account = Account("AC1", "token", "https://bench.example")
    tokens = {signed(account, "/voice/step?s=3", "CA1")[1]["I-Twilio-Idempotency-Token"] for _ in range(3)}
    assert len(tokens) == 3


def test_it_cuts_sound_into_whole_frames() -> None:
    frames = [base64.b64decode(frame) for frame in frames_of(b"\x01" * (FRAME_BYTES + 40))]
    assert frames == [b"\x01" * FRAME_BYTES, b"\x01" * 40 + b"\xff" * (FRAME_BYTES - 40)]


def test_it_gives_a_mark_back_when_the_sound_before_it_was_played() -> None:
    speaker = Loudspeaker()
    speaker.waiting.extend([FRAME_BYTES + 1, "first", 10, "second"])
    assert speaker.play_frame() == []
    assert speaker.play_frame() == ["first", "second"]
    assert not speaker.playing


def test_it_gives_all_marks_back_when_the_sound_is_cleared() -> None:
    speaker = Loudspeaker()
    speaker.waiting.extend([4000, "first", 4000, "second"])
    speaker.play_frame()
    assert speaker.clear() == ["first", "second"]
    assert not speaker.playing
