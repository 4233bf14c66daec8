"""``<Connect><Stream>``: the other end of the hotline's media socket."""

import asyncio
import base64
import binascii
import json
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException

from ivr.exchange import mulaw
from ivr.exchange.faults import FaultKind
from ivr.exchange.line import CallOverError, DivertedError
from ivr.exchange.playback import Playback
from ivr.exchange.signature import SIGNATURE_HEADER
from ivr.exchange.switch import StreamProgress, Switch, new_sid
from ivr.exchange.twiml import Verb
from ivr.exchange.webhooks import USER_AGENT, DocumentError

_OPEN_SECONDS = 10.0
_CLOSE_SECONDS = 2.0


async def connect_stream(switch: Switch, verb: Verb) -> None:
    """Play a ``<Stream>`` to its end: the hotline closes it, the network breaks it or the call is over.

    Raises ``CallOverError`` in the last case, and ``DivertedError``, after ``stop`` was sent.
    """
    stream = _Stream(switch, verb)
    try:
        socket = await stream.open()
    except (OSError, WebSocketException, TimeoutError, DocumentError) as error:
        switch.line.error(31920, f"stream not opened: {type(error).__name__}")
        await stream.tell("stream-error", "31920")
        return
    with switch.line.time.streaming():
        await stream.run(socket)


class _Stream:
    """One stream. Numbers inside its messages are strings, as Twilio writes them."""

    def __init__(self, switch: Switch, verb: Verb) -> None:
        self._switch = switch
        self._line = switch.line
        self._verb = verb
        self._sid = new_sid("MZ")
        self._url = self._address()
        self._playback = Playback()
        self._started = 0.0
        self._chunks = 0
        self._progress = StreamProgress(self._line.record.call_sid)

    async def open(self) -> ClientConnection:
        """Sign for the address as written, connect to where the hotline listens."""
        listening = urlsplit(self._switch.webhooks.connect_url(self._url))
        return await connect(
            urlsplit(self._url)._replace(scheme="ws").geturl(),
            host=listening.hostname,
            port=listening.port or 80,
            additional_headers={SIGNATURE_HEADER: self._switch.webhooks.sign_url(self._url)},
            user_agent_header=USER_AGENT,
            compression=None,
            proxy=None,
            open_timeout=_OPEN_SECONDS,
            close_timeout=_CLOSE_SECONDS,
            ping_interval=None,
        )

    async def run(self, socket: ClientConnection) -> None:
        self._started = self._line.time.seconds
        self._line.note("stream_started")
        receiving = asyncio.create_task(self._receive(socket))
        try:
            await self._start(socket)
            await self._exchange(socket, receiving)
        except ConnectionClosed:
            await self._closed(socket)
        except (CallOverError, DivertedError):
            await self._stop(socket)
            raise
        finally:
            receiving.cancel()
            await asyncio.gather(receiving, return_exceptions=True)
            await socket.close()

    async def tell(self, event: str, error: str = "") -> None:
        """The stream's own status callback, where the hotline wants one."""
        url = self._verb.get("statusCallback")
        if not url:
            return
        params = {
            "AccountSid": self._switch.account_sid,
            "CallSid": self._line.record.call_sid,
            "StreamSid": self._sid,
            "StreamName": self._verb.get("name", self._sid),
            "StreamEvent": event,
            "Timestamp": self._switch.clock.now().isoformat(),
        } | ({"StreamError": error} if error else {})
        method = self._verb.get("statusCallbackMethod", "POST")
        await self._switch.webhooks.callback(self._switch.session, method, self._switch.resolve(url), params)

    def _address(self) -> str:
        """The address as written; http becomes ws where it was relative. A query is not supported and is cut off."""
        written = self._verb.get("url")
        parts = urlsplit(self._switch.resolve(written))
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        if urlsplit(written).scheme not in ("", "ws", "wss") or parts.query:
            self._line.error(31923, "the address of a stream is wss:// without a query")
        return parts._replace(scheme=scheme, query="", fragment="").geturl()

    async def _start(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"}))
        start = {
            "accountSid": self._switch.account_sid,
            "streamSid": self._sid,
            "callSid": self._line.record.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {child.get("name"): child.get("value") for child in self._verb.children},
        }
        await self._send(socket, "start", start)
        await self.tell("stream-started")

    async def _exchange(self, socket: ClientConnection, receiving: "asyncio.Task[None]") -> None:
        faults = self._switch.faults.take(urlsplit(self._url).path, FaultKind.STREAM_DROP)
        drop = faults.get(FaultKind.STREAM_DROP)
        while not receiving.done():
            if self._switch.gate:
                await self._switch.gate(self._progress, receiving.done)
            await self._frame(socket)
            if drop and self._line.time.seconds - self._started >= drop.seconds:
                socket.transport.abort()
                await receiving
        await receiving

    async def _frame(self, socket: ClientConnection) -> None:
        """20 ms both ways. A mark goes back when the sound before it has been heard to its end."""
        sound, marks = self._playback.take()
        caller = await self._line.frame(mulaw.decode(sound))
        self._chunks += 1
        media = {
            "track": "inbound",
            "chunk": str(self._chunks),
            "timestamp": str(round((self._line.time.seconds - self._started) * 1000)),
            "payload": base64.b64encode(mulaw.encode(caller.pcm)).decode(),
        }
        await self._send(socket, "media", media)
        for key in caller.keys:
            await self._send(socket, "dtmf", {"track": "inbound_track", "digit": key})
        for name in marks:
            await self._echo(socket, name)

    async def _echo(self, socket: ClientConnection, name: str) -> None:
        self._line.note("mark", name)
        await self._send(socket, "mark", {"name": name})

    async def _send(self, socket: ClientConnection, event: str, body: Mapping[str, object]) -> None:
        self._progress.sent += 1
        message = {"event": event, "sequenceNumber": str(self._progress.sent), event: body, "streamSid": self._sid}
        await socket.send(json.dumps(message))

    async def _receive(self, socket: ClientConnection) -> None:
        """Take in what the hotline sends until the socket closes; then raises ``ConnectionClosed``."""
        while True:
            raw = await socket.recv()
            try:
                await self._obey(socket, _parse(raw))
            except (ValueError, KeyError, TypeError) as error:
                self._line.error(31951 if isinstance(raw, str) else 31950, f"stream message: {error}")
            self._progress.received += 1

    async def _obey(self, socket: ClientConnection, message: dict[str, object]) -> None:
        if message.get("streamSid") != self._sid:
            raise ValueError("unknown streamSid")
        match message:
            case {"event": "media", "media": {"payload": str(payload)}}:
                self._playback.add(_decode(payload))
            case {"event": "mark", "mark": {"name": str(name)}}:
                self._playback.mark(name)
            case {"event": "clear"}:
                await self._clear(socket)
            case _:
                raise ValueError(f"unknown event {message.get('event')!r}")

    async def _clear(self, socket: ClientConnection) -> None:
        self._line.note("clear", f"{self._playback.seconds:.2f}")
        marks = self._playback.clear()
        self._line.handset.flushed()
        for name in marks:
            await self._echo(socket, name)

    async def _closed(self, socket: ClientConnection) -> None:
        """The hotline closed the socket, or it broke: either way the next verb is played."""
        received = socket.protocol.close_rcvd
        if received:
            self._line.note("stream_closed", str(received.code))
            await self.tell("stream-stopped")
            return
        self._line.note("stream_broken")
        self._line.error(31921, "stream closed without a close frame")
        await self.tell("stream-error", "31921")

    async def _stop(self, socket: ClientConnection) -> None:
        self._line.note("stream_stopped")
        with suppress(ConnectionClosed):
            stop = {"accountSid": self._switch.account_sid, "callSid": self._line.record.call_sid}
            await self._send(socket, "stop", stop)
        await self.tell("stream-stopped")


def _parse(raw: str | bytes) -> dict[str, object]:
    if not isinstance(raw, str):
        raise ValueError("binary frame")
    message = json.loads(raw)
    if not isinstance(message, dict):
        raise ValueError("not an object")
    return message


def _decode(payload: str) -> bytes:
    try:
        return base64.b64decode(payload, validate=True)
    except binascii.Error as error:
        raise ValueError("payload is not base64") from error
