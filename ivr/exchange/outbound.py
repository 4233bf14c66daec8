"""Calls that the hotline makes over REST: what it may ask for, and the life of such a call."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from ivr.exchange.legs import Leg, Reports
from ivr.exchange.people import CLIENT
from ivr.exchange.player import Player
from ivr.exchange.refusals import RefusedError, is_address
from ivr.exchange.sms import E164
from ivr.exchange.switch import Goto

_CLIENT_NAME = re.compile(r"client:[A-Za-z0-9_.@+-]{1,121}")
_MAGIC_TO = {"+15005550001": 21217, "+15005550002": 21214, "+15005550003": 21215, "+15005550004": 21216}
"""Twilio's test numbers."""
_DEFAULT_TIMEOUT, _LONGEST_TIMEOUT = 60, 600
_EVENTS = {"initiated", "ringing", "answered", "completed"}


@dataclass(frozen=True)
class Order:
    """A call to be made."""

    to: str
    """A number, or ``client:NAME``."""
    from_number: str
    first: Goto
    fallback: Goto | None
    reports: Reports | None
    timeout_seconds: float
    parameters: dict[str, str]
    """For the browser that is called: what follows the question mark in ``client:NAME?a=b``."""


def read_order(form: dict[str, list[str]]) -> Order:
    """What ``POST Calls.json`` asks for. Raises ``RefusedError``."""
    one = {name: values[-1] for name, values in form.items()}
    address, _, query = one.get("To", "").partition("?")
    _check(one, address)
    fallback = one.get("FallbackUrl")
    return Order(
        to=address,
        from_number=one["From"],
        first=Goto(one.get("Method", "POST").upper(), one["Url"]),
        fallback=Goto(one.get("FallbackMethod", "POST").upper(), fallback) if fallback else None,
        reports=_reports(form, one),
        timeout_seconds=_timeout(one.get("Timeout", "")),
        parameters=dict(parse_qsl(query)),
    )


def _check(one: dict[str, str], address: str) -> None:
    to_client = address.startswith(CLIENT)
    faults = {
        21201: not address,
        21213: not one.get("From"),
        21205: not is_address(one.get("Url", "")),
        21211: not (_CLIENT_NAME if to_client else E164).fullmatch(address),
        21212: not (E164.fullmatch(one.get("From", "")) or (to_client and _CLIENT_NAME.fullmatch(one.get("From", "")))),
        21609: not is_address(one.get("StatusCallback", "http://none")),
        21626: not {event for event in one.get("StatusCallbackEvent", "").split() if event} <= _EVENTS,
    }
    code = _MAGIC_TO.get(address) or next((code for code, found in faults.items() if found), None)
    if code:
        raise RefusedError(code)


def _reports(form: dict[str, list[str]], one: dict[str, str]) -> Reports | None:
    if not one.get("StatusCallback"):
        return None
    events = {event for value in form.get("StatusCallbackEvent", []) for event in value.split()}
    method = one.get("StatusCallbackMethod", "POST").upper()
    return Reports(one["StatusCallback"], frozenset(events or {"completed"}), method)


def _timeout(written: str) -> float:
    return min(int(written), _LONGEST_TIMEOUT) if written.isdigit() and int(written) else _DEFAULT_TIMEOUT


async def live(leg: Leg, order: Order) -> None:
    """Ring, and if somebody answers, play what the call was made for."""
    if await leg.ring(order.timeout_seconds, order.parameters) == "answered":
        leg.line.record.ended_by = await Player(leg.switch, order.first, order.fallback).play()
