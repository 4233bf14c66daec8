"""Twilio's REST interface, as far as a hotline uses it: who may ask, messages, and the way to the calls."""

import asyncio
import base64
import binascii
import hmac
from collections.abc import Awaitable, Callable
from email.utils import format_datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ivr.exchange.faults import FaultKind, Faults
from ivr.exchange.refusals import MESSAGES, RefusedError
from ivr.exchange.rest_calls import Calls, CallViews, read_form
from ivr.exchange.sms import Message, MessageCentre, count_segments

API = "/2010-04-01/Accounts/{account}"
_MORE_INFO = "https://www.twilio.com/docs/errors/"
_SMS_FAULTS = (FaultKind.SMS_BUSY, FaultKind.SMS_ERROR, FaultKind.SMS_TIMEOUT)


class RestInterface:
    """The routes under ``/2010-04-01``. Errors come in Twilio's envelope: code, message, more_info, status."""

    def __init__(self, account_sid: str, auth_token: str, centre: MessageCentre, calls: Calls, faults: Faults) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._centre = centre
        self._calls = CallViews(account_sid, calls)
        self._faults = faults

    def routes(self) -> list[Route]:
        return [
            Route(f"{API}/Messages.json", self._guarded(self._create), methods=["POST"]),
            Route(f"{API}/Messages.json", self._guarded(self._list), methods=["GET"]),
            Route(f"{API}/Messages/{{sid}}.json", self._guarded(self._fetch), methods=["GET"]),
            Route(f"{API}/Calls.json", self._guarded(self._calls.create), methods=["POST"]),
            Route(f"{API}/Calls/{{sid}}.json", self._guarded(self._calls.update), methods=["POST"]),
            Route(f"{API}/Calls/{{sid}}.json", self._guarded(self._calls.fetch), methods=["GET"]),
        ]

    def _guarded(self, view: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                self._authenticate(request)
                return await view(request)
            except RefusedError as error:
                return _refusal(error)

        return answer

    def _authenticate(self, request: Request) -> None:
        kind, _, credentials = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(credentials, validate=True)
        except binascii.Error:
            given = b""
        wanted = f"{self._account_sid}:{self._auth_token}".encode()
        if kind.lower() != "basic" or not hmac.compare_digest(given, wanted):
            raise RefusedError(20003, 401)
        if request.path_params["account"] != self._account_sid:
            raise RefusedError(20404, 404)

    async def _create(self, request: Request) -> Response:
        faults = self._faults.take(request.url.path, *_SMS_FAULTS)
        if FaultKind.SMS_BUSY in faults:
            raise RefusedError(20429, 429)
        message = self._centre.take(
            self._account_sid, {name: values[-1] for name, values in (await read_form(request)).items()}
        )
        answer = JSONResponse(render_message(message), 201)
        if FaultKind.SMS_TIMEOUT in faults:
            await asyncio.sleep(faults[FaultKind.SMS_TIMEOUT].seconds)
        if FaultKind.SMS_ERROR in faults:
            raise RefusedError(20500, 500)
        return answer

    async def _fetch(self, request: Request) -> Response:
        return JSONResponse(render_message(self._centre.find(request.path_params["sid"])))

    async def _list(self, request: Request) -> Response:
        to, size = request.query_params.get("To"), request.query_params.get("PageSize", "50")
        limit = min(int(size), 1000) if size.isdigit() and int(size) else 50
        found = [message for message in reversed(self._centre.messages) if to in (None, message.to_number)]
        return JSONResponse(_page(self._account_sid, found[:limit], limit))


def render_message(message: Message) -> dict[str, object]:
    """A message in the words of the REST interface."""
    uri = f"{API}/Messages/{message.sid}".format(account=message.account_sid)
    return {
        "account_sid": message.account_sid,
        "api_version": "2010-04-01",
        "body": message.body,
        "date_created": format_datetime(message.created),
        "date_sent": format_datetime(message.sent) if message.sent else None,
        "date_updated": format_datetime(message.updated or message.created),
        "direction": "outbound-api",
        "error_code": message.error_code,
        "error_message": None,
        "from": message.from_number or None,
        "messaging_service_sid": message.service_sid or None,
        "num_media": "0",
        "num_segments": str(count_segments(message.body)),
        "price": None,
        "price_unit": "USD",
        "sid": message.sid,
        "status": message.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to_number,
        "uri": f"{uri}.json",
    }


def _page(account_sid: str, messages: list[Message], size: int) -> dict[str, object]:
    uri = f"{API}/Messages.json?PageSize={size}&Page=0".format(account=account_sid)
    return {
        "messages": [render_message(message) for message in messages],
        "start": 0,
        "end": max(0, len(messages) - 1),
        "page": 0,
        "page_size": size,
        "uri": uri,
        "first_page_uri": uri,
        "next_page_uri": None,
        "previous_page_uri": None,
    }


def _refusal(error: RefusedError) -> JSONResponse:
    headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if error.status == 401 else {}
    body = {
        "code": error.code,
        "message": MESSAGES[error.code],
        "more_info": f"{_MORE_INFO}{error.code}",
        "status": error.status,
    }
    return JSONResponse(body, error.status, headers)
