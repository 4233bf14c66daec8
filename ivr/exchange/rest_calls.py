"""Calls over Twilio's REST interface: made, looked at, ended, sent elsewhere."""

import math
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ivr.exchange.outbound import Order, read_order
from ivr.exchange.refusals import RefusedError, is_address
from ivr.exchange.register import CallFacts
from ivr.exchange.switch import Goto

_SUBRESOURCES = {
    "events": "Events",
    "notifications": "Notifications",
    "payments": "Payments",
    "recordings": "Recordings",
    "siprec": "Siprec",
    "streams": "Streams",
    "transcriptions": "Transcriptions",
    "user_defined_message_subscriptions": "UserDefinedMessageSubscriptions",
    "user_defined_messages": "UserDefinedMessages",
}


class Calls(Protocol):
    """The calls of an exchange."""

    def place(self, order: Order) -> CallFacts: ...

    def find_call(self, call_sid: str) -> CallFacts | None: ...

    def end_call(self, call_sid: str) -> bool: ...

    def redirect_call(self, call_sid: str, goto: Goto) -> bool: ...


class CallViews:
    """``Calls.json`` and ``Calls/{sid}.json``."""

    def __init__(self, account_sid: str, calls: Calls) -> None:
        self._account_sid = account_sid
        self._calls = calls

    async def create(self, request: Request) -> Response:
        """Make a call. Raises ``RefusedError``."""
        facts = self._calls.place(read_order(await read_form(request)))
        return JSONResponse(self._render(facts), 201)

    async def fetch(self, request: Request) -> Response:
        return JSONResponse(self._render(self._find(request)))

    async def update(self, request: Request) -> Response:
        """End a call, or send it elsewhere. Raises ``RefusedError`` 20404, 21205, 21220."""
        facts = self._find(request)
        form = {name: values[-1] for name, values in (await read_form(request)).items()}
        sid, status = facts.record.call_sid, form.get("Status")
        in_progress = facts.record.answered_at is not None
        done = True
        if form.get("Url"):
            if not is_address(form["Url"]):
                raise RefusedError(21205)
            done = self._calls.redirect_call(sid, Goto(form.get("Method", "POST").upper(), form["Url"]))
        elif status == "completed" or (status == "canceled" and not in_progress):
            done = self._calls.end_call(sid)
        if not done:
            raise RefusedError(21220)
        return JSONResponse(self._render(self._find(request)))

    def _find(self, request: Request) -> CallFacts:
        facts = self._calls.find_call(request.path_params["sid"])
        if facts is None:
            raise RefusedError(20404, 404)
        return facts

    def _render(self, facts: CallFacts) -> dict[str, object]:
        return render_call(self._account_sid, facts)


def render_call(account_sid: str, facts: CallFacts) -> dict[str, object]:
    """A call in the words of the REST interface."""
    record = facts.record
    base = f"/2010-04-01/Accounts/{account_sid}/Calls/{record.call_sid}"
    answered = record.answered_at
    start = None if answered is None else facts.created + timedelta(seconds=answered)
    over = facts.ended is not None and answered is not None
    return {
        "account_sid": account_sid,
        "annotation": None,
        "answered_by": None,
        "api_version": "2010-04-01",
        "caller_name": "",
        "date_created": format_datetime(facts.created),
        "date_updated": format_datetime(facts.ended or facts.created),
        "direction": record.direction,
        "duration": str(math.ceil(round(record.seconds - (answered or 0), 2))) if over else None,
        "end_time": _written(facts.ended if over else None),
        "forwarded_from": None,
        "from": record.from_number,
        "from_formatted": record.from_number,
        "group_sid": None,
        "parent_call_sid": record.parent_sid or None,
        "phone_number_sid": None,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "sid": record.call_sid,
        "start_time": _written(start),
        "status": record.status,
        "subresource_uris": {name: f"{base}/{path}.json" for name, path in _SUBRESOURCES.items()},
        "to": record.to_number,
        "to_formatted": record.to_number,
        "trunk_sid": None,
        "uri": f"{base}.json",
    }


def _written(at: datetime | None) -> str | None:
    return format_datetime(at) if at else None


async def read_form(request: Request) -> dict[str, list[str]]:
    """The form without python-multipart: Twilio's clients send it URL-encoded, repeating the name of a list."""
    return parse_qs((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
