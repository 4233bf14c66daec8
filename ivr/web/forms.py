"""A request's form is read by the event loop, where it already lies in memory, before a thread takes the request.

Otherwise a2wsgi asks the loop for it from inside the thread, and each such hand-over costs a fifth of a webhook.
"""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_FORM = 64 * 1024
"""Bytes. No form of Twilio's is larger."""
KEPT = "ivr.form"


class FormsFirst:
    """ASGI: reads the body of a request into its scope; 413 for one of more than ``longest`` bytes."""

    def __init__(self, app: ASGIApp, longest: int = LONGEST_FORM) -> None:
        self._app = app
        self._longest = longest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        body = await _read(receive, self._longest)
        if body is None:
            await _refuse(send)
        else:
            await self._app({**scope, KEPT: body}, receive, send)


class FormAtHand:
    """WSGI: gives an application the form that ``FormsFirst`` has read."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401  WSGI's own types live in type checkers only
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        body = environ["asgi.scope"].get(KEPT)
        if body is not None:
            environ["wsgi.input"] = BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer


async def _read(receive: Receive, longest: int) -> bytes | None:
    """The whole body; None where it is too long or the client is gone."""
    body = bytearray()
    while True:
        message: Message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or len(body) > longest:
            return None
        if not message.get("more_body"):
            return bytes(body)


async def _refuse(send: Send) -> None:
    await send({"type": "http.response.start", "status": 413, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"too long"})
