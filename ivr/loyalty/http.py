"""The loyalty base of a retailer, over HTTP; the contract is ``docs/loyalty-api.yaml``.

A caller waits on the line and a transaction is open meanwhile, so everything here is short: a request may take a
second, is repeated once, and three failed ones in a row open the circuit, which answers at once for a while. An action
asks three times at most, so that the worst step ends well before Twilio's fifteen seconds and PostgreSQL's ten.
What changes something carries an ``Idempotency-Key``, so that a repetition is safe as well.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Literal, TypeVar

import httpx
import structlog
from circuitbreaker import CircuitBreaker
from sqlalchemy import Connection
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random

from ivr.errors import LoyaltyUnavailable
from ivr.loyalty.answers import (
    DoneAnswer,
    FoundAnswer,
    KnownAnswer,
    OfPhoneAnswer,
    OperationsAnswer,
    ReceiptsAnswer,
    read_answer,
)
from ivr.loyalty.protocol import (
    CARDS_AT_MOST,
    HISTORY,
    Activation,
    ContactChange,
    LoyaltyRefusedError,
    LoyaltySilentError,
)
from ivr.metrics import DEGRADED
from ivr.store.cards import Card
from ivr.store.histories import Operation, Receipt

LARGEST_ANSWER = 1_000_000
"""Bytes; a longer answer is no answer to these questions."""
NUMBERS_AT_ONCE = 200
"""As the contract allows."""
BUSY = frozenset({429, 503})
SERVER_ERRORS = 500
Body = Mapping[str, object]
_log = structlog.get_logger(__name__)
A = TypeVar("A", FoundAnswer, KnownAnswer, OfPhoneAnswer, ReceiptsAnswer, OperationsAnswer, DoneAnswer)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a caller is made to wait for the base. Seconds."""

    connect: float = 0.5
    answer: float = 1.0
    """For a whole answer, from the request's first byte to the answer's last."""
    attempts: int = 2
    pauses: tuple[float, float] = (0.05, 0.2)
    """Between attempts, drawn anew each time, so that many callers do not come back at once."""
    failures: int = 3
    """Requests that fail in a row, each with all its attempts, open the circuit."""
    rest: int = 15
    """How long it stays open; then requests are let through again, and the first that fails opens it anew."""


class HttpLoyalty:
    """A backend and its base in one: what it does is not part of the step's transaction. Threads may share it."""

    kind: Literal["http"] = "http"

    def __init__(self, url: str, token: str, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        timeout = httpx.Timeout(self._patience.answer, connect=self._patience.connect, pool=self._patience.connect)
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
            timeout=timeout,
        )
        self._breaker = CircuitBreaker(
            failure_threshold=self._patience.failures,
            recovery_timeout=self._patience.rest,
            expected_exception=LoyaltySilentError,
            name="loyalty",
        )

    def base(self, conn: Connection) -> "HttpLoyalty":
        return self

    def close(self) -> None:
        self._client.close()

    # -- the base -------------------------------------------------------------------------------------------------

    def find_card(self, number: str) -> Card | None:
        found = self._ask("find", FoundAnswer, {"number": number}).card
        return found.record() if found else None

    def known_cards(self, numbers: Collection[str]) -> set[str]:
        known: set[str] = set()
        left = iter(dict.fromkeys(numbers))
        while some := list(islice(left, NUMBERS_AT_ONCE)):
            known.update(self._ask("known", KnownAnswer, {"numbers": some}).known)
        return known & set(numbers)

    def cards_of(self, phone: str, most: int = CARDS_AT_MOST) -> Sequence[Card]:
        return self._ask("of-phone", OfPhoneAnswer, {"phone": phone, "limit": most}).records()[:most]

    def receipts(self, number: str) -> Sequence[Receipt]:
        return self._ask("receipts", ReceiptsAnswer, {"number": number, "limit": HISTORY}).records(number)

    def operations(self, number: str) -> Sequence[Operation]:
        return self._ask("operations", OperationsAnswer, {"number": number, "limit": HISTORY}).records(number)

    def activate(self, activation: Activation, key: str) -> bool:
        body = asdict(activation) | {"birth_date": activation.birth_date.isoformat()}
        return self._ask("activate", DoneAnswer, body, key).done

    def change_contact(self, change: ContactChange, key: str) -> bool:
        return self._ask("contact", DoneAnswer, asdict(change), key).done

    # -- asking ---------------------------------------------------------------------------------------------------

    def _ask(self, operation: str, kind: type[A], body: Body, key: str | None = None) -> A:
        """One request with its repetitions. Raises what ``ivr.loyalty.protocol`` names."""
        if self._breaker.opened:
            DEGRADED.labels("loyalty").inc()
            raise LoyaltySilentError("The loyalty base has not answered lately and is left in peace.", retry=False)
        try:
            with self._breaker:
                return self._repeated(operation, kind, body, key)
        except LoyaltyUnavailable as error:
            DEGRADED.labels("loyalty").inc()
            _log.warning("loyalty_failed", operation=operation, why=str(error), circuit=self._breaker.state)
            raise

    def _repeated(self, operation: str, kind: type[A], body: Body, key: str | None) -> A:
        attempts = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, LoyaltySilentError) and error.retry),
            stop=stop_after_attempt(self._patience.attempts),
            wait=wait_random(*self._patience.pauses),
            reraise=True,
        )
        return read_answer(kind, attempts(self._post, operation, body, key))

    def _post(self, operation: str, body: Body, key: str | None) -> bytes:
        headers = {"Idempotency-Key": key} if key else {}
        ends = time.monotonic() + self._patience.answer
        try:
            with self._client.stream("POST", f"/cards/{operation}", json=body, headers=headers) as answer:
                return self._read(answer, ends)
        except httpx.HTTPError as error:
            raise LoyaltySilentError(
                f"The loyalty base does not answer ({type(error).__name__}): check LOYALTY_URL.", retry=True
            ) from None

    def _read(self, answer: httpx.Response, ends: float) -> bytes:
        status = answer.status_code
        if status in BUSY or status >= SERVER_ERRORS:
            raise LoyaltySilentError(f"The loyalty base answers {status}: look into its log.", retry=status not in BUSY)
        if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise LoyaltyRefusedError(f"The loyalty base answers {status}: check LOYALTY_TOKEN.")
        if status != httpx.codes.OK:
            raise LoyaltyRefusedError(f"The loyalty base answers {status}: compare it with docs/loyalty-api.yaml.")
        return self._whole_body(answer, ends)

    @staticmethod
    def _whole_body(answer: httpx.Response, ends: float) -> bytes:
        """httpx measures the time to each next byte; this also ends an answer that drips."""
        body = bytearray()
        for chunk in answer.iter_bytes():
            body += chunk
            if time.monotonic() > ends or len(body) > LARGEST_ANSWER:
                raise LoyaltySilentError("The loyalty base answers without an end.", retry=False)
        return bytes(body)
