"""The line's verbs for web views, the desk and the worker, each in a transaction of its own.

Every verb is followed by a match in the same transaction, so that a free operator and a waiting caller never stand
beside each other; operators are rung, and legs that nobody needs hung up, once it is committed. What a crash leaves
undone, the next sweep does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ivr.line.desk import Accepted, Back, Declined, LineDesk, Swept, Waiting, Why
from ivr.store.db import Database
from ivr.store.line import (
    Offer,
    Outcome,
    Place,
    dropped_legs,
    find_offer,
    find_place,
    real_leg,
    ringing_offers,
)
from ivr.store.operators import Chosen, Operator, touch_seen

UNRUNG = timedelta(seconds=3)
"""An offer whose ringing nobody has begun by then has lost its job."""
HUNG_UP_WITHIN = timedelta(seconds=20)
"""A sweep hangs up what was withdrawn so short a time ago: a dialogue's step does not do it itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """Methods block on the database and raise ``ivr.store.db.StoreError``; safe to use from several threads."""

    db: Database
    desk: LineDesk
    ring: Callable[[str], None]
    """Asks for an offer's operator to be rung; never raises."""
    hang_up: Callable[[str], None]
    """Asks for a leg to be hung up; never raises."""

    # -- callers --------------------------------------------------------------------------------------------------

    def on_hold(self, call_sid: str) -> Waiting | None:
        """For every request of ``waitUrl``; None: answer ``<Leave/>``."""
        with self.db.transaction() as conn:
            waiting = self.desk.still_on_hold(conn, call_sid)
        if waiting is not None:
            return waiting
        with self._changing() as conn:
            return self.desk.on_hold(conn, call_sid)

    def step_aside(self, call_sid: str, why: Why) -> bool:
        """A key or a word on hold: answer ``<Leave/>`` where this is True."""
        with self._changing() as conn:
            return self.desk.step_aside(conn, call_sid, why)

    def came_back(self, call_sid: str, *, bridged: bool = False) -> Back:
        """Why the caller's leg is back from the queue; see ``LineDesk.came_back``."""
        with self._changing() as conn:
            return self.desk.came_back(conn, call_sid, bridged=bridged)

    def ending(self, call_sid: str) -> bool:
        """The dialogue is over, the call not yet."""
        with self._changing() as conn:
            return self.desk.ending(conn, call_sid)

    def left(self, call_sid: str, outcome: Outcome = "abandoned") -> bool:
        """The call is over."""
        with self._changing() as conn:
            return self.desk.left(conn, call_sid, outcome)

    def cancel(self, phone: str) -> bool:
        """No call back to this phone. False where there was none."""
        with self._changing() as conn:
            return self.desk.cancel(conn, phone)

    # -- calls to operators ---------------------------------------------------------------------------------------

    def accept(self, offer_id: str) -> Accepted | None:
        """The operator has pressed 1. None: too late."""
        with self._changing() as conn:
            return self.desk.accept(conn, offer_id)

    def decline(self, offer_id: str, state: Declined = "declined") -> bool:
        """The operator does not take it; the leg is hung up."""
        with self._changing() as conn:
            offer = find_offer(conn, offer_id)
            declined = self.desk.decline(conn, offer_id, state)
        if declined:
            self._drop(offer)
        return declined

    def leg_of(self, offer_id: str, leg_sid: str) -> bool:
        """The operator has picked up: this is the call."""
        with self.db.transaction() as conn:
            return self.desk.leg_of(conn, offer_id, leg_sid)

    def leg_over(self, offer_id: str) -> bool:
        """The call to the operator has ended, or has come out of the bridge."""
        with self._changing() as conn:
            return self.desk.leg_over(conn, offer_id)

    def talking(self, place_number: int) -> bool:
        """The two can hear each other."""
        with self._changing() as conn:
            return self.desk.talking(conn, place_number)

    # -- operators ------------------------------------------------------------------------------------------------

    def end_call(self, operator: Operator, place_number: int) -> bool:
        """The operator ends the conversation: the leg is hung up, and the caller hears that it is over."""
        return self._let_go(operator, place_number, lambda conn: self.desk.ended(conn, place_number))

    def hand_back(self, operator: Operator, place_number: int) -> bool:
        """The caller enters a code: the leg is hung up."""
        return self._let_go(operator, place_number, lambda conn: self.desk.hand_back(conn, operator, place_number))

    def finish(self, operator: Operator, place_number: int, result: str) -> bool:
        """The operator has chosen the call's result."""
        with self._changing() as conn:
            return self.desk.finish(conn, operator, place_number, result)

    def set_status(self, operator: Operator, status: Chosen) -> bool:
        """What the operator chooses. False while being rung or talking."""
        with self._changing() as conn:
            rung = [offer for offer in ringing_offers(conn) if offer.operator == operator.name]
            changed = self.desk.set_status(conn, operator, status)
        for offer in rung if changed and status == "off" else []:
            self._drop(offer)
        return changed

    def seen(self, operator_name: str) -> bool:
        """The operator's browser is there; to be said more often than ``desk_silence_seconds``."""
        with self.db.transaction() as conn:
            return touch_seen(conn, operator_name, self.desk.clock.now())

    # -- looking --------------------------------------------------------------------------------------------------

    def offer_place(self, offer_id: str) -> tuple[Offer, Place] | None:
        """An offer, and the place that it is of: for the whisper."""
        with self.db.reading() as conn:
            offer = find_offer(conn, offer_id)
            place = find_place(conn, offer.place) if offer else None
        return (offer, place) if offer and place else None

    # -- time -----------------------------------------------------------------------------------------------------

    def sweep(self) -> Swept:
        """Put right what nobody has told, ring whom nobody has rung, hang up what a step has withdrawn."""
        with self._changing(since=self.desk.clock.now() - HUNG_UP_WITHIN) as conn:
            swept = self.desk.sweep(conn)
            late = self.desk.clock.now() - UNRUNG
            unrung = [offer for offer in ringing_offers(conn) if offer.leg_sid is None and offer.created_at <= late]
        for offer in unrung:
            self.ring(offer.id)
        return swept

    def _let_go(self, operator: Operator, place_number: int, verb: Callable[[Connection], bool]) -> bool:
        with self._changing() as conn:
            place = find_place(conn, place_number)
            if place is None or place.operator != operator.name or place.state not in ("connecting", "talking"):
                return False
            offer = self.desk.offer_of(conn, place)
            done = verb(conn)
        if done:
            self._drop(offer)
        return done

    def _drop(self, offer: Offer | None) -> None:
        leg = real_leg(offer) if offer else None
        if leg is not None:
            self.hang_up(leg)

    @contextmanager
    def _changing(self, since: datetime | None = None) -> Iterator[Connection]:
        """A transaction that ends with a match; what telephones have to do is asked for after its commit."""
        since = since or self.desk.clock.now()
        with self.db.transaction() as conn:
            yield conn
            made = self.desk.match(conn)
            legs = dropped_legs(conn, since)
        for offer in made:
            self.ring(offer.id)
        for leg in legs:
            self.hang_up(leg)
