"""What an operator has before him now: a call that rings, talks or is written up, or nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from ivr.case.screen import CallScreen
from ivr.store.desk_reads import held_place, ringing_offer, unwritten_place
from ivr.store.line import Offer, Place, find_place
from ivr.store.operators import Operator
from ivr.web.context import context

Phase = Literal["idle", "ringing", "connecting", "talking", "wrap_up"]


@dataclass(frozen=True, slots=True)
class Now:
    """The operator's call."""

    phase: Phase
    place: Place | None = None
    """None where ``phase`` is ``idle``."""
    offer: Offer | None = None
    """Where ``phase`` is ``ringing``."""

    @property
    def key(self) -> str:
        """Changes when another call, or another part of one, begins: what was typed into the page is kept till then."""
        return f"{self.place.number}-{self.phase}" if self.place else "idle"

    @property
    def since(self) -> datetime | None:
        """When this part of the call began."""
        if self.place is None:
            return None
        if self.offer is not None:
            return self.offer.created_at
        return self.place.ended_at or self.place.answered_at


def now_of(conn: Connection, operator: Operator) -> Now:
    """What is before this operator."""
    offer = ringing_offer(conn, operator.name)
    if offer is not None:
        return Now("ringing", find_place(conn, offer.place), offer)
    held = held_place(conn, operator.name)
    if held is not None:
        return Now("talking" if held.state == "talking" else "connecting", held)
    last = unwritten_place(conn, operator.name) if operator.status == "wrap_up" else None
    return Now("wrap_up", last) if last else Now("idle")


def read_now(operator: Operator) -> Now:
    """The same, in a transaction of its own."""
    with context().desk.db.reading() as conn:
        return now_of(conn, operator)


def screen_of(now: Now) -> CallScreen | None:
    """The call's screen; it is full while the telephone still rings."""
    return context().desk.case.screen(now.place.call_sid) if now.place else None


def own_call(operator: Operator, number: int) -> Place | None:
    """The place, where it is the call that this operator has now; nobody reads other calls."""
    now = read_now(operator)
    return now.place if now.place is not None and now.place.number == number else None
