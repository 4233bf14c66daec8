"""What a webhook of a call brings: read from the signed form and the address, refused where it is malformed."""

from flask import Response, request

KEYS = frozenset("0123456789*#")
MOST_KEYS = 64
LONGEST_SID = 64
LONGEST_NUMBER = 9
LONGEST_TOKEN = 100


class BadRequestError(Exception):
    """A signed request that lacks what it must have."""


def call_sid() -> str:
    """Whose call this is."""
    return _word(request.form.get("CallSid", ""), "CallSid is missing or malformed")


def offer_id() -> str:
    """Which offer of a caller to an operator this is about."""
    return _word(request.args.get("o", ""), "o must be an offer")


def number(name: str) -> int:
    """A number in the address."""
    text = request.args.get(name, "")
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise BadRequestError(f"{name} must be a number")
    return int(text)


def pressed() -> str:
    """The keys of a Gather; empty where there are none."""
    digits = request.form.get("Digits", "")
    if not set(digits) <= KEYS or len(digits) > MOST_KEYS:
        raise BadRequestError("Digits must be telephone keys")
    return digits


def token() -> str | None:
    """What tells a webhook that comes again from a new one."""
    found = request.headers.get("I-Twilio-Idempotency-Token")
    return found[:LONGEST_TOKEN] if found else None


def twiml(text: str) -> Response:
    return Response(text, mimetype="text/xml")


def _word(text: str, what: str) -> str:
    if not 0 < len(text) <= LONGEST_SID or not text.isalnum():
        raise BadRequestError(what)
    return text
