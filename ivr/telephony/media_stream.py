"""Twilio's Media Streams messages as typed values: JSON text frames in, JSON text frames out.

Numbers in the envelope are strings; unknown events and fields are ignored, since Twilio adds some without notice.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class MalformedMessageError(Exception):
    """A frame that is no message of the protocol."""


@dataclass(frozen=True, slots=True)
class Start:
    """The first message that matters: which call this is, and what its TwiML gave along."""

    stream_sid: str
    call_sid: str
    account_sid: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Media:
    """Audio from the caller."""

    mulaw: bytes
    """μ-law at 8000 hertz; 20 ms, a length that is not relied on."""


@dataclass(frozen=True, slots=True)
class Dtmf:
    """A key of the caller's telephone."""

    digit: str


@dataclass(frozen=True, slots=True)
class Mark:
    """All audio sent before the mark was played, or thrown away by a ``clear``."""

    name: str


@dataclass(frozen=True, slots=True)
class Stop:
    """The call has ended or left the stream."""


Message = Start | Media | Dtmf | Mark | Stop
KEYS = frozenset("0123456789*#")


def parse_message(frame: str | bytes) -> Message | None:
    """A frame to a message; None for ``connected`` and for events that are not known.

    Raises ``MalformedMessageError`` for binary frames, broken JSON and missing fields.
    """
    if isinstance(frame, bytes):
        raise MalformedMessageError("binary frame")
    try:
        data = json.loads(frame)
        return _typed(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise MalformedMessageError(type(error).__name__) from error


def _typed(data: Mapping[str, Any]) -> Message | None:
    match data["event"]:
        case "media":
            media = data["media"]
            return Media(base64.b64decode(media["payload"], validate=True)) if _inbound(media) else None
        case "dtmf":
            return Dtmf(_key(data["dtmf"]["digit"]))
        case "mark":
            return Mark(str(data["mark"]["name"]))
        case "start":
            return _start(data)
        case "stop":
            return Stop()
    return None


def _inbound(media: Mapping[str, Any]) -> bool:
    return bool(media.get("track", "inbound") == "inbound")


def _key(digit: object) -> str:
    if digit not in KEYS:
        raise ValueError("no telephone key")
    return str(digit)


def _start(data: Mapping[str, Any]) -> Start:
    start = data["start"]
    encoding = start.get("mediaFormat", {}).get("encoding", "audio/x-mulaw")
    if encoding != "audio/x-mulaw":
        raise ValueError("only audio/x-mulaw is spoken here")
    parameters = {str(k): str(v) for k, v in start.get("customParameters", {}).items()}
    return Start(str(start["streamSid"]), str(start["callSid"]), str(start["accountSid"]), parameters)


def media_message(stream_sid: str, mulaw: bytes) -> str:
    """Audio to play: raw μ-law, no header, any length."""
    payload = base64.b64encode(mulaw).decode("ascii")
    return json.dumps({"event": "media", "streamSid": stream_sid, "media": {"payload": payload}})


def mark_message(stream_sid: str, name: str) -> str:
    """Asks to be told when the audio before it was played."""
    return json.dumps({"event": "mark", "streamSid": stream_sid, "mark": {"name": name}})


def clear_message(stream_sid: str) -> str:
    """Throws away what is not played yet; its marks come back at once."""
    return json.dumps({"event": "clear", "streamSid": stream_sid})
