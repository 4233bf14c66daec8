"""What nobody has told the line, and it has to find out by itself: lost webhooks, closed browsers, vanished callers."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ivr.line.calling import Calling
from ivr.line.ground import LEG_SECONDS, last_offer
from ivr.store.line import (
    LONGEST_CALL,
    Place,
    change_place,
    forgotten_queues,
    hold_line,
    left_behind,
    live_places,
    ringing_offers,
    silent_places,
)
from ivr.store.operators import Operator, list_operators

LOOP = timedelta(seconds=30)
"""The longest music without another request of ``waitUrl``."""
SILENT = 2 * LOOP + timedelta(seconds=15)
"""A caller on hold of whom nothing was heard for two loops has gone; a request takes up to 15 seconds."""
CONNECTING = timedelta(seconds=45)
"""A bridge takes a moment: whoever is on hold after this time is not in it."""
DIALLING = timedelta(seconds=120)
"""A call back rings for half a minute, asks for a key, and leaves its operator's leg behind."""
UNSETTLED = timedelta(seconds=60)
"""How long the two ends of one conversation may disagree about whether it goes on."""
QUEUE_KEPT = timedelta(minutes=10)
"""A lost caller may still be in Twilio's queue: so long nobody else is put into it."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How much was put right."""

    offers: int
    """Offers that nobody answered."""
    connections: int
    """Callers and operators who were not brought together, or of whose end nobody told."""
    places: int
    """Callers who have gone."""
    operators: int
    """Statuses that did not hold any more."""


@dataclass(frozen=True, slots=True)
class LineDesk(Calling):
    """The line, whole: what callers, operators and time do to it."""

    def sweep(self, conn: Connection) -> Swept:
        """Put right what webhooks, browsers and crashes have left; safe to do in several processes at once."""
        hold_line(conn)
        now = self.clock.now()
        return Swept(
            offers=self._expire(conn, now),
            connections=self._settle(conn, now),
            places=self._give_up(conn, now),
            operators=sum(self._correct(conn, operator, now) for operator in list_operators(conn)),
        )

    def _expire(self, conn: Connection, now: datetime) -> int:
        longest = timedelta(seconds=self.rules.offer_seconds + LEG_SECONDS)
        late = [offer for offer in ringing_offers(conn) if offer.created_at + longest <= now]
        return sum(self.decline(conn, offer.id, "unanswered") for offer in late)

    def _settle(self, conn: Connection, now: datetime) -> int:
        statuses = {operator.name: operator for operator in list_operators(conn)}
        return sum(self._settled(conn, place, statuses.get(place.operator or ""), now) for place in live_places(conn))

    def _settled(self, conn: Connection, place: Place, operator: Operator | None, now: datetime) -> bool:
        if place.state == "connecting":
            return self._connected_or_not(conn, place, now)
        if place.state != "talking":
            return False
        apart = operator is None or (operator.status != "talking" and operator.status_since + UNSETTLED <= now)
        if apart or self._accepted_at(conn, place, now) + LONGEST_CALL <= now:
            return self._end(conn, place, "answered") is not None
        return False

    def _connected_or_not(self, conn: Connection, place: Place, now: datetime) -> bool:
        """Nobody has told whether the bridge came about. Who asks for music after it was made is not in it."""
        since = self._accepted_at(conn, place, now)
        if now < since + (CONNECTING if place.kind == "holding" else DIALLING):
            return False
        if place.kind == "holding" and place.seen_at <= since + LOOP:
            self._talk(conn, place)
            return True
        return self._not_connected(conn, place)

    def _accepted_at(self, conn: Connection, place: Place, now: datetime) -> datetime:
        offer = last_offer(conn, place)
        return offer.ended_at or offer.created_at if offer else now

    def _give_up(self, conn: Connection, now: datetime) -> int:
        for place in forgotten_queues(conn, now - QUEUE_KEPT):
            change_place(conn, place, queue=None)
        behind = left_behind(conn, now - LONGEST_CALL)
        for place in behind:
            if place.kind == "call_back":
                change_place(conn, place, state="waiting")
            else:
                self._leave(conn, place, "abandoned")
        silent = silent_places(conn, now - SILENT)
        for place in silent:
            self._leave(conn, place, "lost")
        return len(behind) + len(silent)

    def _correct(self, conn: Connection, operator: Operator, now: datetime) -> bool:
        """Whether a status was changed that does not hold."""
        for_so_long = now - operator.status_since
        if self._is_silent(operator, now) and operator.status not in ("off", "talking"):
            return self.set_status(conn, operator, "off")
        if operator.status == "missed" and for_so_long >= timedelta(minutes=self.rules.missed_minutes):
            return self._put(conn, operator.name, "off", "missed")
        if operator.status == "wrap_up" and self.rules.ready_by_itself:
            over = for_so_long >= timedelta(seconds=self.rules.wrap_up_seconds)
            return over and self._put(conn, operator.name, "ready", "wrap_up")
        if operator.status in ("offered", "talking") and for_so_long >= UNSETTLED:
            return self._free(conn, operator)
        return False

    def _is_silent(self, operator: Operator, now: datetime) -> bool:
        """The browser, in which alone this operator can be rung, was not heard of."""
        before = now - timedelta(seconds=self.rules.desk_silence_seconds)
        return operator.device == "browser" and (operator.seen_at or operator.status_since) < before

    def _free(self, conn: Connection, operator: Operator) -> bool:
        """An operator whom nothing rings and who has nobody to talk with is neither rung nor talking."""
        if operator.status == "offered":
            ringing = any(offer.operator == operator.name for offer in ringing_offers(conn))
            return not ringing and self._put(conn, operator.name, "ready", "offered")
        busy = any(
            place.operator == operator.name and place.state in ("connecting", "talking") for place in live_places(conn)
        )
        return not busy and self._put(conn, operator.name, "wrap_up", "talking")
