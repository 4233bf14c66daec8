"""The operators' side of the line: who is rung for whom, and what becomes of the calls to operators."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from ivr.appeals import Wish
from ivr.line.ground import Declined, LineGround, last_offer
from ivr.store.line import (
    EventKind,
    Offer,
    Outcome,
    Place,
    add_offer,
    change_place,
    due_places,
    end_offer,
    find_offer,
    find_place,
    hold_line,
    offers_of,
    ringing_offers,
    set_leg,
)
from ivr.store.operators import Chosen, Operator, Status, find_operator, ready_operators, touch_seen

UNREACHED = "call_back"
"""The category of an appeal of somebody who never said what it is about, and the kind of all appeals made like this."""
AFTER_DECLINE: dict[Declined, Status] = {"declined": "pause", "unanswered": "missed", "failed": "missed"}
"""Nobody is rung again who did not take a call: somebody has to press ready first, or the same call rings for ever."""
REST: tuple[Status, ...] = ("off", "pause", "ready", "missed", "wrap_up")
"""Statuses that a person may leave by choice."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """An operator has taken an offer."""

    place: Place
    mode: Literal["queue", "dial"]
    """``queue``: bridge with ``place.queue``; ``dial``: call ``place.phone``."""


@dataclass(frozen=True, slots=True)
class Offering(LineGround):
    """Offers, the calls to operators, and the operators themselves."""

    def match(self, conn: Connection) -> list[Offer]:
        """Give the first places to the operators who are ready for the longest; the offers are to be rung."""
        hold_line(conn)
        ready = ready_operators(conn)
        now = self.clock.now()
        places = self._to_offer(conn, now) if ready else iter(())
        return [self._offer(conn, place, operator, now) for operator, place in zip(ready, places, strict=False)]

    def accept(self, conn: Connection, offer_id: str) -> Accepted | None:
        """The operator has pressed 1. None: too late, somebody else has the caller or the caller is gone."""
        hold_line(conn)
        offer = find_offer(conn, offer_id)
        place = find_place(conn, offer.place) if offer else None
        if offer is None or place is None:
            return None
        if offer.state == "accepted" and self._has(conn, offer, place):
            return _accepted(place)
        if offer.state != "ringing" or place.state != "offered":
            return None
        return self._take(conn, offer, place)

    def decline(self, conn: Connection, offer_id: str, state: Declined = "declined") -> bool:
        """The operator did not take a ringing offer: the caller is ``waiting`` again. False where it rings no more.

        Who declines is paused, who does not answer has ``missed`` it: neither is rung before pressing ready.
        """
        hold_line(conn)
        offer = find_offer(conn, offer_id)
        if offer is None or offer.state != "ringing" or not end_offer(conn, offer, state, self.clock.now()):
            return False
        place = find_place(conn, offer.place)
        if place is not None and place.state == "offered":
            change_place(conn, place, state="waiting")
        kind: EventKind = "declined" if state == "declined" else "unanswered"
        self._note(conn, kind, place, offer.operator, offer=offer.id)
        self._put(conn, offer.operator, AFTER_DECLINE[state], "offered")
        return True

    def leg_of(self, conn: Connection, offer_id: str, leg_sid: str) -> bool:
        """The call to the operator is this one. False where the offer has another leg, or is not there."""
        return set_leg(conn, offer_id, leg_sid)

    def leg_over(self, conn: Connection, offer_id: str) -> bool:
        """The call to the operator has ended, or has come out of the bridge. False where that changes nothing.

        Ringing: not answered. Before the two could hear each other: the caller waits on. While they talked: the
        operator writes up, and what the caller's leg does says how it ended (``left``, ``came_back``).
        """
        hold_line(conn)
        offer = find_offer(conn, offer_id)
        place = find_place(conn, offer.place) if offer else None
        if offer is None or place is None:
            return False
        if offer.state == "ringing":
            return self.decline(conn, offer_id, "unanswered")
        if offer.state != "accepted" or not self._has(conn, offer, place):
            return False
        if place.state == "connecting":
            return self._not_connected(conn, place)
        if place.kind == "call_back":
            return self._end(conn, place, "answered") is not None
        return self._put(conn, offer.operator, "wrap_up", "talking")

    def talking(self, conn: Connection, place_number: int) -> bool:
        """The two can hear each other. False where nobody was connecting them."""
        hold_line(conn)
        place = find_place(conn, place_number)
        if place is None or place.state not in ("connecting", "talking"):
            return False
        if place.state == "connecting":
            self._talk(conn, place)
        return True

    def ended(self, conn: Connection, place_number: int, outcome: Outcome = "answered") -> bool:
        """The conversation is over, or comes to nothing; its operator writes it up. False where the place has ended."""
        hold_line(conn)
        place = find_place(conn, place_number)
        if place is None or place.state == "ended":
            return False
        return self._end(conn, place, outcome) is not None

    def hand_back(self, conn: Connection, operator: Operator, place_number: int) -> bool:
        """The operator sends the caller back to the dialogue to enter a code; the number is kept."""
        hold_line(conn)
        place = find_place(conn, place_number)
        if place is None or place.state != "talking" or place.operator != operator.name or place.kind != "holding":
            return False
        self._break_off(conn, place, "enter_code")
        return True

    def finish(self, conn: Connection, operator: Operator, place_number: int, result: str) -> bool:
        """The operator has chosen the call's result, and is ready where the conversation is over.

        False where the operator never had this caller. Who has the caller now, or had him last, has the last word.
        """
        hold_line(conn)
        place = find_place(conn, place_number)
        if place is None or not _has_had(offers_of(conn, place.number), operator):
            return False
        if place.operator == operator.name:
            change_place(conn, place, result=result, result_at=self.clock.now())
        self._note(conn, "result", place, operator.name, result=result)
        self._put(conn, operator.name, "ready", "wrap_up")
        return True

    def set_status(self, conn: Connection, operator: Operator, status: Chosen) -> bool:
        """What the person chooses. False while the operator is rung or talks; who leaves then is rung off first."""
        hold_line(conn)
        touch_seen(conn, operator.name, self.clock.now())
        if status == "off":
            self._ring_off(conn, operator.name)
        known = find_operator(conn, operator.name)
        return known is not None and (known.status == status or self._put(conn, known.name, status, *REST))

    def offer_of(self, conn: Connection, place: Place) -> Offer | None:
        """The offer that rings or is bridged for a place, or did so last."""
        return last_offer(conn, place)

    # -- steps ----------------------------------------------------------------------------------------------------

    def _to_offer(self, conn: Connection, now: datetime) -> Iterator[Place]:
        is_open = self.schedule.is_open(now)
        for place in due_places(conn, now):
            if is_open or (place.kind == "holding" and self.schedule.serves(place.joined_at, now)):
                yield place

    def _offer(self, conn: Connection, place: Place, operator: Operator, now: datetime) -> Offer:
        offer = add_offer(conn, place, operator.name, now)
        change_place(conn, place, state="offered")
        self._note(conn, "offered", place, operator.name, offer=offer.id)
        self._put(conn, operator.name, "offered", "ready")
        return offer

    def _take(self, conn: Connection, offer: Offer, place: Place) -> Accepted | None:
        if not end_offer(conn, offer, "accepted", self.clock.now()):
            return None
        tries = place.tries + (place.kind == "call_back")
        taken = change_place(conn, place, state="connecting", operator=offer.operator, tries=tries)
        if taken is None:
            return None
        self._put(conn, offer.operator, "talking", "offered")
        self._note(conn, "accepted", place, offer.operator, offer=offer.id)
        self._note(conn, "connecting", place, offer.operator, tries=tries)
        return _accepted(taken)

    def _has(self, conn: Connection, offer: Offer, place: Place) -> bool:
        """True where the place is in the hands of this offer's operator, by this offer."""
        last = last_offer(conn, place)
        return place.state in ("connecting", "talking") and last is not None and last.id == offer.id

    def _talk(self, conn: Connection, place: Place) -> None:
        now = self.clock.now()
        waited = (now - max(place.joined_at, place.due_at)) // timedelta(seconds=1)
        change_place(conn, place, state="talking", answered_at=place.answered_at or now)
        self._note(conn, "talking", place, place.operator, waited=waited)

    def _not_connected(self, conn: Connection, place: Place) -> bool:
        """The operator's leg was over before the two could hear each other."""
        if place.kind == "call_back":
            self._dial_again(conn, place)
        else:
            self._wait_again(conn, place, "not_connected")
            self._release(conn, place, "missed")
        return True

    def _dial_again(self, conn: Connection, place: Place) -> None:
        """A call back did not reach the person: again later, and after the last try an appeal."""
        self._release(conn, place, "ready")
        waiting = self._wait_again(conn, place, "not_reached", self._retry_at())
        if waiting is None or place.tries < self.rules.call_back_tries:
            return
        self._end(conn, waiting, "unreached")
        wish = Wish(place.call_sid, place.phone, place.category or UNREACHED, kind=UNREACHED)
        self.appeals.register(conn, wish, "unreached")

    def _ring_off(self, conn: Connection, name: str) -> None:
        """An operator who goes away while being rung has not answered."""
        for offer in ringing_for(conn, name):
            self.decline(conn, offer.id, "unanswered")


def ringing_for(conn: Connection, name: str) -> list[Offer]:
    """What an operator is being rung for."""
    return [offer for offer in ringing_offers(conn) if offer.operator == name]


def _has_had(offers: list[Offer], operator: Operator) -> bool:
    return any(offer.operator == operator.name and offer.state == "accepted" for offer in offers)


def _accepted(place: Place) -> Accepted:
    return Accepted(place, "queue" if place.kind == "holding" else "dial")
