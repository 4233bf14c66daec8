"""Twilio's side as its documentation tells it, written without a look at the hotline or at its exchange."""

import base64
import hashlib
import hmac
import itertools
import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.telephony.twiml_linter import lint_twiml

ACCOUNT = "AC" + "1" * 32
TOKEN = "an-account-token"
PUBLIC_URL = "https://voice.example.ru"
CALLER = "+79160000102"
_numbers = itertools.count(1)


def new_call() -> str:
    return f"CA{next(_numbers):032x}"


def sign(url: str, form: Mapping[str, str], token: str = TOKEN) -> str:
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


@dataclass(frozen=True)
class Document:
    """An answer to a voice webhook."""

    status: int
    text: str

    @property
    def root(self) -> ET.Element:
        return ET.fromstring(self.text)

    def first(self, verb: str) -> ET.Element:
        found = self.root.find(f".//{verb}")
        assert found is not None, f"no <{verb}> in {self.text}"
        return found

    @property
    def verbs(self) -> list[str]:
        return [child.tag for child in self.root]

    @property
    def stream_url(self) -> str:
        return self.first("Stream").attrib["url"]

    @property
    def stream_token(self) -> str:
        return self.first("Parameter").attrib["value"]

    @property
    def redirect(self) -> str:
        return (self.first("Redirect").text or "").strip()

    @property
    def action(self) -> str:
        return self.first("Gather").attrib["action"]

    @property
    def prompts(self) -> list[str]:
        return [(e.text or "") for e in self.root.iter() if e.tag in ("Say", "Play")]


class TwilioClient:
    """Posts signed webhooks. Every TwiML that comes back is linted."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def post(
        self, path: str, call: str, token: str | None = None, signature: str | None = None, **form: str
    ) -> Document:
        """``signature``: instead of the right one; an empty one is left out."""
        whole = {"CallSid": call, "AccountSid": ACCOUNT, "From": CALLER, "To": "+78002009002", "XNew": "1", **form}
        signed = sign(PUBLIC_URL + path, whole) if signature is None else signature
        headers = {"X-Twilio-Signature": signed} if signed else {}
        if token:
            headers["I-Twilio-Idempotency-Token"] = token
        answer = await self.http.post(path, data=whole, headers=headers)
        document = Document(answer.status_code, answer.text)
        if answer.status_code == 200 and "xml" in answer.headers["content-type"]:
            assert lint_twiml(answer.text) == []
        return document

    async def incoming(self, call: str, token: str | None = None) -> Document:
        return await self.post("/voice/incoming", call, token, CallStatus="ringing")


class MediaClient:
    """One media stream, spoken frame by frame."""

    def __init__(self, socket: ClientConnection, call: str) -> None:
        self._socket = socket
        self._sid = "MZ" + call[2:]
        self._call = call
        self._number = 0

    async def start(self, token: str, account: str = ACCOUNT) -> None:
        await self._socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        await self._send(
            "start",
            {
                "accountSid": account,
                "callSid": self._call,
                "streamSid": self._sid,
                "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": {"token": token},
            },
        )

    async def silence(self, frames: int) -> None:
        payload = base64.b64encode(b"\xff" * 160).decode()
        for _ in range(frames):
            await self._send("media", {"track": "inbound", "chunk": "1", "timestamp": "0", "payload": payload})

    async def press(self, keys: str) -> None:
        for key in keys:
            await self._send("dtmf", {"track": "inbound_track", "digit": key})

    async def raw(self, frame: str | bytes) -> None:
        await self._socket.send(frame)

    async def receive(self) -> dict[str, object]:
        message: dict[str, object] = json.loads(await self._socket.recv())
        return message

    async def until(self, event: str) -> dict[str, object]:
        while (message := await self.receive())["event"] != event:
            pass
        return message

    async def close_code(self) -> int | None:
        """Read on until the hotline closes; the close code."""
        with suppress(ConnectionClosed):
            while True:
                await self._socket.recv()
        return self._socket.close_code

    async def drop(self) -> None:
        self._socket.transport.abort()

    async def _send(self, event: str, body: Mapping[str, object]) -> None:
        self._number += 1
        message = {"event": event, "sequenceNumber": str(self._number), event: body, "streamSid": self._sid}
        await self._socket.send(json.dumps(message))


def open_media(hotline_url: str, call: str, signature: str | None = None) -> "_Opening":
    return _Opening(hotline_url, call, sign("wss://voice.example.ru/media", {}) if signature is None else signature)


class _Opening:
    def __init__(self, hotline_url: str, call: str, signature: str) -> None:
        self._call = call
        headers = {"X-Twilio-Signature": signature} if signature else {}
        self._connect = connect(
            hotline_url.replace("http", "ws") + "/media", additional_headers=headers, proxy=None, compression=None
        )

    async def __aenter__(self) -> MediaClient:
        return MediaClient(await self._connect.__aenter__(), self._call)

    async def __aexit__(self, *error: object) -> None:
        await self._connect.__aexit__(*error)  # type: ignore[arg-type]
