"""The exchange as an application for loopback: Twilio's REST interface, and the lines of pages.

``/line`` is the phone page's, ``/client?identity=NAME`` an operator's browser. Both speak JSON text for control and
binary PCM16 at 8 kHz for sound.
From a page: ``{"answer": true}``, ``{"key": "5"}``, ``{"hang_up": true}``, which declines a call that rings, and sound;
from the phone page also ``{"number": "+79…"}`` and ``{"dial": true, "from": "+79…"}``
and ``{"send_sms": {"to": "9002", "body": "…"}}``.
To a page: ``{"incoming": {"call_sid", "from", "parameters"}}``, ``ringing``, ``connected``, ``said``, ``bridged``,
``parted``, ``clear``, ``ended``, ``error``, sound; to the phone page also ``dialogue``, ``sms`` and ``sms_sent``.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from ivr.exchange.clients import ClientLine
from ivr.exchange.exchange import LocalExchange
from ivr.exchange.phone import Dialogue, PhoneLine
from ivr.loopback import names_this_machine


def exchange_app(exchange: LocalExchange, dialogue: Dialogue | None = None) -> Starlette:
    """``/2010-04-01/…`` and the WebSockets of pages, for loopback only; to be mounted, at ``/exchange`` say."""

    async def line(socket: WebSocket) -> None:
        await PhoneLine(exchange, socket, dialogue).serve()

    async def client(socket: WebSocket) -> None:
        await ClientLine(exchange, socket).serve()

    sockets = [WebSocketRoute("/line", line), WebSocketRoute("/client", client)]
    return Starlette(routes=[*exchange.rest().routes(), *sockets], middleware=[Middleware(LoopbackOnly)])


class LoopbackOnly:
    """Answers nobody but this machine; a page of another site cannot open the line either."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (_is_loopback(scope) and _is_same_origin(scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse("The local exchange serves this machine only.", 403)(scope, receive, send)


def _is_loopback(scope: Scope) -> bool:
    try:
        return ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False


def _is_same_origin(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    origin, host = (headers.get(name, b"").decode("latin-1") for name in (b"origin", b"host"))
    return not origin or (urlsplit(origin).netloc == host and names_this_machine(host))
