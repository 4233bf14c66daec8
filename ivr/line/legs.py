"""Calls to operators: asked for after the offer is stored, each offer's once; hung up where nobody needs them.

A leg whose beginning is doubtful is none: the offer has failed, and should the telephone ring after all, the operator
hears that it is too late.
"""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

import structlog

from ivr.line.desk import LineDesk
from ivr.store.db import Database
from ivr.store.line import Offer, claim_leg, find_offer
from ivr.store.operators import Operator, find_operator

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Leg:
    """A call to make."""

    to: str
    """``client:NAME`` for a browser, E.164 for a telephone."""
    url: str
    """Absolute address of what the operator hears on picking up."""
    status_callback: str
    """Absolute address that hears of the call's end."""
    ring_seconds: int


class OperatorPhone(Protocol):
    """Makes calls to operators."""

    def call(self, leg: Leg) -> str | None:
        """The sid of the call; None where none came about, or nobody knows. Ends within ten seconds, raises nothing."""
        ...

    def hang_up(self, sid: str) -> bool:
        """End a call. False where it could not be told to end; one that has ended is told so."""
        ...


@dataclass(frozen=True, slots=True)
class Ringing:
    """What the worker does for the line."""

    db: Database
    desk: LineDesk
    phone: OperatorPhone
    public_base_url: str

    def ring(self, offer_id: str) -> None:
        """Ring an offer's operator, once however often it is asked for."""
        found = self._claim(offer_id)
        if found is None:
            return
        offer, operator = found
        sid = self.phone.call(self._leg(offer, operator))
        with self.db.transaction() as conn:
            if sid is None:
                self.desk.decline(conn, offer.id, "failed")
            still = sid is not None and self.desk.leg_of(conn, offer.id, sid)
            now = find_offer(conn, offer.id)
        if sid is None:
            _log.warning("operator_not_rung", offer=offer.id, operator=operator.name)
        elif not still or now is None or now.state == "withdrawn":
            self.phone.hang_up(sid)

    def hang_up(self, sid: str) -> None:
        """End a call to an operator."""
        if not self.phone.hang_up(sid):
            _log.warning("operator_not_hung_up", leg=sid)

    def _claim(self, offer_id: str) -> tuple[Offer, Operator] | None:
        with self.db.transaction() as conn:
            offer = find_offer(conn, offer_id)
            operator = find_operator(conn, offer.operator) if offer else None
            if offer is None or operator is None or not claim_leg(conn, offer_id):
                return None
            return offer, operator

    def _leg(self, offer: Offer, operator: Operator) -> Leg:
        by_phone = operator.device == "phone" and operator.phone
        return Leg(
            to=operator.phone if by_phone and operator.phone else f"client:{operator.name}",
            url=self._address("whisper", offer),
            status_callback=self._address("status", offer),
            ring_seconds=self.desk.rules.offer_seconds,
        )

    def _address(self, name: str, offer: Offer) -> str:
        return f"{self.public_base_url.rstrip('/')}/voice/operator/{name}?{urlencode({'o': offer.id})}"
