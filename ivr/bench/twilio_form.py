"""Webhooks as the exchange sends them: standard fields, a signature, and a token that is new with every request."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

from ivr.exchange.signature import SIGNATURE_HEADER, sign

FORM_TYPE = "application/x-www-form-urlencoded; charset=UTF-8"
HOTLINE_NUMBER = "+78002009002"
CALLER_NUMBER = "+79160000001"


@dataclass(frozen=True, slots=True)
class Account:
    """A stand-in for a Twilio account: the hotline under load is told the same."""

    sid: str
    token: str
    public_url: str
    """The address that is signed; requests go to where the hotline listens."""


def new_call_sid() -> str:
    return f"CA{uuid4().hex}"


def signed(
    account: Account, path: str, call_sid: str, more: Mapping[str, str] | None = None
) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a webhook about a call."""
    form = {
        "AccountSid": account.sid,
        "ApiVersion": "2010-04-01",
        "CallSid": call_sid,
        "CallStatus": "in-progress",
        "Called": HOTLINE_NUMBER,
        "Caller": CALLER_NUMBER,
        "Direction": "inbound",
        "From": CALLER_NUMBER,
        "To": HOTLINE_NUMBER,
        **(more or {}),
    }
    headers = {
        "Content-Type": FORM_TYPE,
        "User-Agent": "TwilioProxy/1.1",
        "I-Twilio-Idempotency-Token": str(uuid4()),
        SIGNATURE_HEADER: sign(account.public_url + path, form.items(), account.token),
    }
    return urlencode(form).encode(), headers
