"""SMS through an aggregator with a short number, over HTTP in both directions; the contract is docs/sms-gateway.yaml.

Twilio has no two-way SMS in Russia. An aggregator's own interface is adapted to the contract by a few lines on its side
of the wire, or by the aggregator itself.
"""

import hmac
import time
from collections.abc import Mapping
from datetime import UTC
from typing import Literal, TypeVar
from urllib.parse import parse_qs, urlsplit

import httpx
from pydantic import AwareDatetime, BaseModel, ValidationError

from ivr.clock import Clock
from ivr.outbox import Ambiguous, ListedSms, Refused, Sent, Sms

FRESH_SECONDS = 300
"""A request that was signed longer ago, or so much later, is refused: it may be a copy."""
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 5.0
"""From the request's first byte to the answer's last; with both attempts less than the ten that a sender may take."""
ATTEMPTS = 2
"""Only what has surely not left is tried again."""
LARGEST_ANSWER = 256 * 1024
"""Bytes."""
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
Status = Literal["accepted", "queued", "sent", "delivered", "undelivered", "failed"]
"""The aggregator's words for a message; ``ivr.outbox.STATUS_STATES`` knows them all."""


class _Taken(BaseModel):
    id: str
    status: Status


class _Fault(BaseModel):
    code: int


class _Listed(BaseModel):
    id: str
    status: Status
    error: str | None = None
    created_at: AwareDatetime


class _Listing(BaseModel):
    messages: tuple[_Listed, ...]


A = TypeVar("A", bound=BaseModel)


class GatewayMessages:
    """A provider of SMS; see ``ivr.outbox.SmsGateway``. Threads may share it.

    ``sender`` is a short number, a number in E.164 or a registered name.
    """

    def __init__(self, url: str, token: str, sender: str, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._sender = sender
        self._answer_seconds = answer_seconds
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=httpx.Timeout(answer_seconds, connect=CONNECT_SECONDS, pool=CONNECT_SECONDS),
            trust_env=False,
        )

    def send(self, sms: Sms) -> Sent | Refused | Ambiguous:
        """Hand a message over. Never raises for what the network or the aggregator does."""
        reference = _reference(sms.status_callback)
        body = {
            "reference": reference,
            "from": self._sender,
            "to": sms.to,
            "text": sms.body,
            "valid_seconds": sms.valid_seconds,
        }
        try:
            status, answer = self._repeated("messages", body, reference)
        except NEVER_LEFT:
            return Refused(0, permanent=False)
        except httpx.HTTPError as error:
            return Ambiguous("timeout" if isinstance(error, httpx.TimeoutException) else "connection_lost")
        return _judge(status, answer)

    def list_to(self, to: str) -> tuple[ListedSms, ...] | None:
        """The newest messages to a phone; None where the list cannot be had now."""
        try:
            status, answer = self._post("messages/find", {"to": to}, "")
        except httpx.HTTPError:
            return None
        listing = _read(_Listing, answer) if status == httpx.codes.OK else None
        if listing is None:
            return None
        return tuple(
            ListedSms(one.id, one.status, one.error, one.created_at.astimezone(UTC)) for one in listing.messages
        )

    def status_of_find(self, to: str) -> int:
        """The status of the answer to the same question. Raises ``httpx.HTTPError``."""
        return self._post("messages/find", {"to": to}, "")[0]

    def close(self) -> None:
        self._client.close()

    def _repeated(self, path: str, body: Mapping[str, object], key: str) -> tuple[int, bytes]:
        for _ in range(ATTEMPTS - 1):
            try:
                return self._post(path, body, key)
            except NEVER_LEFT:
                continue
        return self._post(path, body, key)

    def _post(self, path: str, body: Mapping[str, object], key: str) -> tuple[int, bytes]:
        """Status and body. Raises ``httpx.HTTPError``; an answer that drips, or has no end, is one too."""
        ends = time.monotonic() + self._answer_seconds
        headers = {"Idempotency-Key": key} if key else {}
        with self._client.stream("POST", path, json=body, headers=headers) as answer:
            read = bytearray()
            for piece in answer.iter_bytes():
                read += piece
                if time.monotonic() > ends or len(read) > LARGEST_ANSWER:
                    raise httpx.ReadTimeout("the answer has no end")
            return answer.status_code, bytes(read)


class GatewayCheck:
    """Tells the aggregator's requests from everybody else's: HMAC-SHA256 over the body as it was sent, in hexadecimal.

    The moment of signing stands in the body, so that it is signed as well.
    """

    def __init__(self, token: str, clock: Clock) -> None:
        self._token = token.encode()
        self._clock = clock

    def is_signed(self, body: bytes, signature: str | None) -> bool:
        expected = hmac.digest(self._token, body, "sha256").hex()
        return hmac.compare_digest(expected.encode(), (signature or "").encode())

    def is_fresh(self, timestamp: int) -> bool:
        """``timestamp``: seconds since 1970, of the attempt."""
        return abs(self._clock.now().timestamp() - timestamp) <= FRESH_SECONDS


def _reference(status_callback: str) -> str:
    """The outbox's name for a message, which stands in the address that Twilio would call back."""
    return parse_qs(urlsplit(status_callback).query)["o"][0]


def _judge(status: int, answer: bytes) -> Sent | Refused | Ambiguous:
    """A clean refusal says that the message was not taken; a server error says nothing."""
    if 200 <= status < 300:
        taken = _read(_Taken, answer)
        return Sent(taken.id, taken.status) if taken else Ambiguous("unreadable_answer")
    fault = _read(_Fault, answer)
    code = fault.code if fault else status
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return Refused(code, permanent=False)
    # A redirect is no answer, and 408 comes from a proxy that gave up waiting: the request may have gone through.
    if 400 <= status < 500 and status != httpx.codes.REQUEST_TIMEOUT:
        return Refused(code, permanent=True)
    return Ambiguous(f"http_{status}")


def _read(kind: type[A], answer: bytes) -> A | None:
    try:
        return kind.model_validate_json(answer)
    except ValidationError:
        return None
