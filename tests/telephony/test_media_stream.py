"""Frames of Media Streams as Twilio documents them, and everything else."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.telephony.media_stream import (
    Dtmf,
    MalformedMessageError,
    Mark,
    Media,
    Start,
    Stop,
    clear_message,
    mark_message,
    media_message,
    parse_message,
)

START: dict[str, Any] = {
    "event": "start",
    "sequenceNumber": "1",
    "start": {
        "accountSid": "AC1",
        "streamSid": "MZ1",
        "callSid": "CA1",
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": "abc"},
    },
    "streamSid": "MZ1",
}
MEDIA: dict[str, Any] = {
    "event": "media",
    "sequenceNumber": "4",
    "media": {"track": "inbound", "chunk": "2", "timestamp": "5", "payload": "/38A"},
    "streamSid": "MZ1",
}
DTMF: dict[str, Any] = {"event": "dtmf", "streamSid": "MZ1", "dtmf": {"track": "inbound_track", "digit": "#"}}
MARK: dict[str, Any] = {"event": "mark", "sequenceNumber": "4", "streamSid": "MZ1", "mark": {"name": "prompt-1"}}
STOP: dict[str, Any] = {"event": "stop", "stop": {"accountSid": "AC1", "callSid": "CA1"}, "streamSid": "MZ1"}
DOCUMENTED = (START, MEDIA, DTMF, MARK, STOP)


def frame(message: object) -> str:
    return json.dumps(message)


def test_it_reads_every_documented_message() -> None:
    assert [parse_message(frame(message)) for message in DOCUMENTED] == [
        Start("MZ1", "CA1", "AC1", {"token": "abc"}),
        Media(b"\xff\x7f\x00"),
        Dtmf("#"),
        Mark("prompt-1"),
        Stop(),
    ]


@pytest.mark.parametrize(
    "message",
    [
        {"event": "connected", "protocol": "Call", "version": "1.0.0"},
        {"event": "something-new", "payload": [1]},
        MEDIA | {"media": MEDIA["media"] | {"track": "outbound"}},
    ],
)
def test_it_passes_over_what_it_does_not_need(message: object) -> None:
    assert parse_message(frame(message)) is None


def test_it_passes_over_fields_that_twilio_adds() -> None:
    assert parse_message(frame(DTMF | {"new": 1, "dtmf": {"digit": "7", "duration": "120"}})) == Dtmf("7")


def test_parameters_may_be_missing() -> None:
    start = {key: value for key, value in START["start"].items() if key not in ("customParameters", "mediaFormat")}
    assert parse_message(frame(START | {"start": start})) == Start("MZ1", "CA1", "AC1", {})


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"\x00\x01",
        json.dumps(MEDIA).encode(),
        "",
        "junk",
        "null",
        "[]",
        "42",
        '"media"',
        "{}",
        '{"event": "media"}',
        '{"event": "media", "media": {}}',
        '{"event": "media", "media": null}',
        '{"event": "media", "media": {"payload": "not base64!"}}',
        '{"event": "media", "media": {"payload": 7}}',
        '{"event": "media", "media": {"payload": "\u044f"}}',
        '{"event": "dtmf", "dtmf": {"digit": "A"}}',
        '{"event": "dtmf", "dtmf": {"digit": "12"}}',
        '{"event": "dtmf", "dtmf": {"digit": ""}}',
        '{"event": "dtmf", "dtmf": {"digit": 1}}',
        '{"event": "dtmf", "dtmf": {"digit": []}}',
        '{"event": "mark", "mark": {}}',
        '{"event": "start"}',
        '{"event": "start", "start": {"streamSid": "MZ1"}}',
        frame(START | {"start": START["start"] | {"customParameters": None}}),
        frame(START | {"start": START["start"] | {"mediaFormat": {"encoding": "audio/x-l16"}}}),
        "[" * 60_000,
        '{"event": ' + "9" * 5000 + "}",
    ],
)
def test_everything_else_is_malformed(junk: str | bytes) -> None:
    with pytest.raises(MalformedMessageError):
        parse_message(junk)


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
events = st.sampled_from(["connected", "start", "media", "dtmf", "mark", "stop", "new"])


def spoiled(message: dict[str, Any], key: str, value: object) -> str:
    """A documented message with one field replaced, at the top or inside."""
    inner = message.get(message["event"])
    changed = {message["event"]: inner | {key: value}} if isinstance(inner, dict) and key in inner else {key: value}
    return frame(message | changed)


keys = sorted({key for message in DOCUMENTED for key in (*message, *message[message["event"]])})
frames = st.one_of(
    st.text(max_size=60),
    st.binary(max_size=60),
    values.map(frame),
    st.builds(lambda event, name, value: frame({"event": event, name: value}), events, events, values),
    st.builds(spoiled, st.sampled_from(DOCUMENTED), st.sampled_from(keys), values),
)


@given(frames)
@example('{"event": "start", "start": {"streamSid": "\\ud800", "callSid": "1", "accountSid": "1"}}')
def test_no_frame_leads_to_any_other_error(junk: str | bytes) -> None:
    with suppress(MalformedMessageError):
        message = parse_message(junk)
        assert message is None or isinstance(message, Start | Media | Dtmf | Mark | Stop)


def test_it_writes_what_twilio_reads() -> None:
    assert json.loads(media_message("MZ1", b"\xff\x7f\x00")) == {
        "event": "media",
        "streamSid": "MZ1",
        "media": {"payload": "/38A"},
    }
    assert json.loads(mark_message("MZ1", "prompt-1")) == {
        "event": "mark",
        "streamSid": "MZ1",
        "mark": {"name": "prompt-1"},
    }
    assert json.loads(clear_message("MZ1")) == {"event": "clear", "streamSid": "MZ1"}


@given(st.binary(max_size=2000))
def test_audio_goes_out_without_any_header(mulaw: bytes) -> None:
    assert base64.b64decode(json.loads(media_message("MZ1", mulaw))["media"]["payload"]) == mulaw
