"""What all verbs of the line rest on: moving a place, an offer and an operator together, and writing it down."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from ivr.appeals import AppealDesk
from ivr.clock import Clock
from ivr.hotline import LineRules
from ivr.line.schedule import Schedule
from ivr.line.waits import QuietHours
from ivr.store.line import (
    EventKind,
    Offer,
    Outcome,
    Place,
    add_event,
    change_place,
    end_offer,
    last_place_of,
    offers_of,
)
from ivr.store.operators import Status, set_status

LEG_SECONDS = 12
"""An operator who picked up at the last moment hears who calls, and presses a key: so much longer an offer may ring."""
Declined = Literal["declined", "unanswered", "failed"]


@dataclass(frozen=True, slots=True)
class LineGround:
    """The rules of the line. Every verb takes the connection of a writing transaction and may be repeated."""

    rules: LineRules
    schedule: Schedule
    clock: Clock
    appeals: AppealDesk
    quiet_hours: QuietHours = field(default_factory=QuietHours)

    def _note(
        self, conn: Connection, event: EventKind, place: Place | None, operator: str | None = None, /, **data: object
    ) -> None:
        add_event(conn, self.clock.now(), event, place.number if place else None, operator, **data)

    def _put(self, conn: Connection, name: str | None, status: Status, *from_: Status) -> bool:
        """Change an operator's status, where it is one of ``from_``."""
        if name is None or not set_status(conn, name, status, from_=from_, at=self.clock.now()):
            return False
        self._note(conn, "status", None, name, status=status)
        return True

    def _recall(self, conn: Connection, place: Place) -> None:
        """Nobody is to be rung for this place any more, nor bridged with it; its operator is ready for another one."""
        offer = last_offer(conn, place)
        if offer is None:
            return
        if place.state == "offered" and end_offer(conn, offer, "withdrawn", self.clock.now()):
            self._put(conn, offer.operator, "ready", "offered")
        if place.state == "connecting" and end_offer(conn, offer, "withdrawn", self.clock.now()):
            self._release(conn, place, "ready")

    def _release(self, conn: Connection, place: Place, status: Status) -> None:
        """Its operator is free of it. Late news are of no account to one who talks with somebody else already."""
        if place.operator and last_place_of(conn, place.operator) == place.number:
            self._put(conn, place.operator, status, "talking")

    def _aside(self, conn: Connection, place: Place, why: str) -> Place | None:
        """The caller is with the dialogue, and keeps the number."""
        self._recall(conn, place)
        aside = change_place(conn, place, state="away", seen_at=self.clock.now())
        self._note(conn, "away", place, why=why)
        return aside

    def _wait_again(self, conn: Connection, place: Place, why: str, due_at: datetime | None = None) -> Place | None:
        """An operator had it and did not talk with it: it waits on, at its number."""
        waiting = change_place(conn, place, state="waiting", due_at=due_at or place.due_at)
        self._note(conn, "returned", place, place.operator, why=why)
        return waiting

    def _break_off(self, conn: Connection, place: Place, why: Literal["broke_off", "enter_code"]) -> None:
        """A conversation is interrupted: the caller is with the dialogue, the operator writes down what was."""
        now = self.clock.now()
        change_place(conn, place, state="away", seen_at=now, answered_at=place.answered_at or now)
        self._note(conn, "returned", place, place.operator, why=why)
        self._release(conn, place, "wrap_up")

    def _end(self, conn: Connection, place: Place, outcome: Outcome) -> Place | None:
        """The end of a place. A lost one keeps its queue for a while: its caller may still be in it."""
        self._recall(conn, place)
        queue = place.queue if outcome == "lost" else None
        ended = change_place(conn, place, state="ended", outcome=outcome, ended_at=self.clock.now(), queue=queue)
        self._note(conn, "ended", place, place.operator if place.state == "talking" else None, outcome=outcome)
        if place.state == "talking":
            self._release(conn, place, "wrap_up")
        return ended

    def _retry_at(self) -> datetime:
        """When a call back that did not reach the person is tried again."""
        later = self.clock.now() + timedelta(minutes=self.rules.call_back_gap_minutes)
        return self.schedule.next_opening(later)


def last_offer(conn: Connection, place: Place) -> Offer | None:
    """The offer that has made the place what it is: only one rings or is bridged at a time."""
    return next(reversed(offers_of(conn, place.number)), None)
