"""What is kept of a call: who said and did what at which second, what was asked of the hotline, what was heard."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from ivr.exchange.mulaw import RATE


@dataclass(frozen=True)
class CallError:
    """Something that Twilio would put into its debugger. A sound hotline causes none."""

    code: int
    detail: str
    at: float
    """Call seconds."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened, such as ``say``, ``key``, ``mark`` or ``hang_up``."""

    at: float
    """Call seconds."""
    what: str
    text: str = ""


@dataclass(frozen=True)
class WebhookRequest:
    """One request to the hotline and its answer; ``status`` 0: no answer came."""

    at: float
    method: str
    url: str
    params: dict[str, str]
    token: str
    status: int
    body: bytes = b""

    @property
    def body_hash(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:16]


@dataclass
class HeardSound:
    """What was played to the caller without a gap from ``start`` (call seconds) on: PCM16 at 8 kHz."""

    start: float
    pcm: bytearray = field(default_factory=bytearray)

    @property
    def end(self) -> float:
        return round(self.start + len(self.pcm) / 2 / RATE, 3)


@dataclass
class CallRecord:
    """One call, filled in while it lasts."""

    call_sid: str
    from_number: str
    to_number: str
    """Of a called leg a number, or ``client:NAME``."""
    direction: str = "inbound"
    """inbound, outbound-api or outbound-dial."""
    parent_sid: str = ""
    """The call whose ``<Dial>`` this one is."""
    status: str = "ringing"
    """Twilio's CallStatus."""
    ended_by: str = ""
    """caller (the handset's side), hotline, rest, rejected or error; parent: the ``<Dial>`` that made it is over."""
    answered_at: float | None = None
    seconds: float = 0.0
    """Call time from dialling to the end."""
    entries: list[Entry] = field(default_factory=list)
    errors: list[CallError] = field(default_factory=list)
    requests: list[WebhookRequest] = field(default_factory=list)
    heard: list[HeardSound] = field(default_factory=list)

    @property
    def said(self) -> list[str]:
        """The texts of ``<Say>``, in order."""
        return [entry.text for entry in self.entries if entry.what == "say"]

    @property
    def paths(self) -> list[str]:
        """The addresses asked, in order, without the host."""
        return ["/" + request.url.split("/", 3)[-1] for request in self.requests]

    def note(self, at: float, what: str, text: str = "") -> None:
        self.entries.append(Entry(at, what, text))

    def add_error(self, at: float, code: int, detail: str) -> None:
        self.errors.append(CallError(code, detail, at))

    def hear(self, at: float, pcm: bytes) -> None:
        """Append sound that the caller hears from call second ``at`` on."""
        if not pcm:
            return
        if not self.heard or abs(self.heard[-1].end - at) > 0.001:
            self.heard.append(HeardSound(at))
        self.heard[-1].pcm += pcm

    def heard_audio(self) -> NDArray[np.int16]:
        """The whole call as the caller heard it, silence included, at 8 kHz."""
        total = max([self.seconds, *(sound.end for sound in self.heard)], default=0.0)
        audio = np.zeros(round(total * RATE), dtype=np.int16)
        for sound in self.heard:
            samples = np.frombuffer(bytes(sound.pcm), dtype="<i2")
            first = round(sound.start * RATE)
            audio[first : first + len(samples)] = samples[: len(audio) - first]
        return audio

    def to_jsonl(self) -> str:
        """Entries, requests and errors in the order of call time, one JSON object a line."""
        lines: list[dict[str, object]] = [asdict(entry) for entry in self.entries]
        lines += [_request_line(request) for request in self.requests]
        lines += [{"what": "error", **asdict(error)} for error in self.errors]
        lines.sort(key=lambda line: float(str(line["at"])))
        return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)


def _request_line(request: WebhookRequest) -> dict[str, object]:
    return {
        "at": request.at,
        "what": "request",
        "text": f"{request.method} {request.url}",
        "status": request.status,
        "body": request.body_hash,
    }
