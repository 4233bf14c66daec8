"""A WSGI application behind asyncio, with one hand-over: the body is read first, then the view runs in a thread.

a2wsgi hands over five times a request (the body, the head, each piece of the answer, its end), and under load a
hand-over between threads costs more than a statement to the database. The price: bodies and answers are held whole in
memory, so bodies are limited and a view cannot stream. What streams (media, events) is served by asyncio itself.
"""

import asyncio
import io
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from a2wsgi.wsgi import Body, build_environ
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

BODY_BYTES = 64 * 1024
"""No form of Twilio's is larger."""
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view has answered."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class InThreads:
    """An ASGI application that serves a WSGI one. ``threads``: views that run at once."""

    def __init__(self, application: Wsgi, threads: int) -> None:
        self._application = application
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers HTTP only; a WebSocket that comes here has no such address."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        body = await _whole_body(receive)
        if body is None:
            await PlainTextResponse("too large", 413)(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._executor, self._answer, scope, body, loop, receive)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    def _answer(self, scope: Scope, body: bytes, loop: asyncio.AbstractEventLoop, receive: Receive) -> Answer:
        environ: dict[str, Any] = dict(build_environ(scope, Body(loop, receive)))  # type: ignore[arg-type]
        environ["wsgi.input"] = io.BytesIO(body)
        started: list[tuple[int, list[tuple[bytes, bytes]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: object = None) -> None:
            latin = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            started.append((int(status.split(" ", 1)[0]), latin))

        pieces = self._application(environ, start_response)
        try:
            whole = b"".join(pieces)
        finally:
            getattr(pieces, "close", lambda: None)()
        return Answer(*started[-1], whole)


async def _whole_body(receive: Receive) -> bytes | None:
    """The request's body; None where it is larger than any that is meant for us."""
    pieces, size = [], 0
    while size <= BODY_BYTES:
        message = await receive()
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if not message.get("more_body", False):
            return b"".join(pieces)
    return None
