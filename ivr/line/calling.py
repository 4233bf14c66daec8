"""The callers' side of the line: joining, holding, stepping aside, call backs, leaving."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection

from ivr.line.offering import Offering
from ivr.line.waits import Quieter, Range, pick_ups, wait_range
from ivr.phones import callable_phone
from ivr.store.line import (
    Outcome,
    Place,
    add_place,
    call_back_of,
    change_place,
    count_ahead,
    count_holding,
    events_of,
    free_queue,
    hold_line,
    places_of_call,
)
from ivr.store.operators import any_operator, count_on_shift

Mode = Literal["peak", "quiet", "closed", "nobody", "direct"]
Why = Literal["call_back", "menu"]
Back = Literal["answered", "enter_code", "broke_off", "call_back", "left", "closed", "nobody", "unanswered"]
"""Why a caller's leg is back from Twilio's queue, in the words that the dialogue hears as the transfer's outcome."""
BACK: Mapping[str, Back] = {
    "broke_off": "broke_off",
    "enter_code": "enter_code",
    "call_back": "call_back",
    "closed": "closed",
    "nobody": "nobody",
    "menu": "left",
}
"""By the reason that was written down when the caller was sent away from the music, or left it."""

GOODBYE = timedelta(seconds=8)
"""The last prompt of a call is shorter than that."""
REPEATED = timedelta(seconds=5)
"""A webhook that comes twice does so within seconds; who goes back on hold has heard a prompt meanwhile."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a caller on hold can be told."""

    place: Place
    position: int
    """1: the next one. Never grows."""
    range: Range | None
    """Minutes still to wait; None where nobody can honestly say."""
    quieter: Quieter | None
    changed: bool
    """True where the position is not the one that was said last."""


@dataclass(frozen=True, slots=True)
class Calling(Offering):
    """Places of callers, and call backs."""

    def mode(self, conn: Connection, call_sid: str) -> Mode:
        """How a caller who wants a person is served now."""
        now, place = self.clock.now(), _held(places_of_call(conn, call_sid))
        if not self.schedule.is_open(now) and not (place and self.schedule.serves(place.joined_at, now)):
            return "closed"
        if not any_operator(conn):
            return "direct"
        full = place is None and count_holding(conn) >= self.rules.most_holding
        if full or count_on_shift(conn) == 0:
            return "nobody"
        return "peak" if self.schedule.is_peak(now) else "quiet"

    def join(self, conn: Connection, call_sid: str, phone: str, category: str | None) -> Place:
        """A place for this call, ``away`` until the caller is on hold.

        A live place of this call, or a live call back of this phone, is taken over with its number.
        """
        hold_line(conn)
        places = places_of_call(conn, call_sid)
        own = _live(places) or self._found_again(conn, _last_held(places)) or _undialled(call_back_of(conn, phone))
        if own is not None:
            return self._take_over(conn, own, call_sid, category)
        now = self.clock.now()
        place = add_place(conn, call_sid=call_sid, phone=phone, kind="holding", category=category, at=now, due_at=now)
        self._note(conn, "joined", place, kind="holding")
        return place

    def on_hold(self, conn: Connection, call_sid: str) -> Waiting | None:
        """The caller is on hold: for every request of the queue's ``waitUrl``. None: tell the caller to leave."""
        hold_line(conn)
        place = _last_held(places_of_call(conn, call_sid))
        if place is None or (place.state == "ended" and not _may_be_in_queue(place)) or self._just_left(conn, place):
            return None
        refused = self._refusal(conn, place)
        if refused is not None and place.state in ("away", "waiting", "ended"):
            self._aside(conn, self._alive(conn, place), refused)
            return None
        return self._waiting(conn, self._hold(conn, place))

    def still_on_hold(self, conn: Connection, call_sid: str) -> Waiting | None:
        """The same for a caller of whom there is nothing new; None: ask ``on_hold``.

        Does not hold the line, and nothing that does may follow in its transaction: hundreds who wait would otherwise
        stand in a queue for the right to wait.
        """
        place = _held(places_of_call(conn, call_sid))
        if place is None or place.state == "away" or self._refusal(conn, place) is not None:
            return None
        if place.announced is None or self._position(conn, place) != place.announced:
            return None
        seen = change_place(conn, place, seen_at=self.clock.now())
        return self._waiting(conn, seen) if seen is not None else None

    def step_aside(self, conn: Connection, call_sid: str, why: Why) -> bool:
        """The caller leaves the music by a key or a word, and keeps the number: ``came_back`` then says why.

        False where an operator has the caller already, or there is no place.
        """
        hold_line(conn)
        place = _held(places_of_call(conn, call_sid))
        if place is None or place.state in ("connecting", "talking"):
            return False
        self._aside(conn, place, why)
        return True

    def came_back(self, conn: Connection, call_sid: str, *, bridged: bool = False) -> Back:
        """The caller's leg is back from the queue, and lives (``<Enqueue action>``). May be asked again.

        ``answered``: the operator has ended the call; ``enter_code``: handed it back for a code; ``broke_off``: the
        operator's leg dropped, the number is kept; ``call_back``, ``left``: as ``step_aside`` was told; ``closed``,
        ``nobody``: ``on_hold`` has sent the caller away, the number is kept; ``unanswered``: anything else.
        ``bridged``: Twilio says that the two have talked. Ask only for the webhook of the call's present step: the
        caller is taken to be off the music.
        """
        hold_line(conn)
        places = places_of_call(conn, call_sid)
        place = _last_held(places)
        if place is None:
            return "call_back" if places else "unanswered"
        if place.state == "ended":
            return "answered" if place.outcome == "answered" else "left" if place.outcome == "left" else "unanswered"
        return self._back(conn, place, bridged)

    def ending(self, conn: Connection, call_sid: str) -> bool:
        """The dialogue has come to its end. False where nothing changes.

        A call back that was booked is due when the goodbye has been heard out, though nobody should tell of the
        call's end: before, the telephone would be engaged.
        """
        return self._over(conn, call_sid, "abandoned", self.clock.now() + GOODBYE)

    def left(self, conn: Connection, call_sid: str, outcome: Outcome = "abandoned") -> bool:
        """The call is over: a caller who talked was answered, a call back that was booked can be dialled from now on.

        A call back that was taken over by this call is one again. False where nothing changes.
        """
        return self._over(conn, call_sid, outcome, self.clock.now())

    def _over(self, conn: Connection, call_sid: str, outcome: Outcome, earliest: datetime) -> bool:
        hold_line(conn)
        places = [place for place in places_of_call(conn, call_sid) if place.state != "ended"]
        for place in places:
            if place.kind == "holding":
                self._leave(conn, place, outcome)
            elif place.state == "away":
                change_place(conn, place, state="waiting", due_at=max(place.due_at, earliest))
            elif place.state == "waiting" and earliest < place.due_at <= earliest + GOODBYE:
                change_place(conn, place, due_at=earliest)
        return bool(places)

    # -- call backs -----------------------------------------------------------------------------------------------

    def book(self, conn: Connection, call_sid: str, phone: str, due_at: datetime | None = None) -> Place | None:
        """The call's place, or a new one, becomes a call back to ``phone``, not before ``due_at`` (None: now).

        It is dialled once the call has ended. One live call back for a phone: the earlier number stays.
        None where the phone cannot be called.
        """
        if callable_phone(phone) is None:
            return None
        hold_line(conn)
        own = _free(places_of_call(conn, call_sid))
        there = _undialled(call_back_of(conn, phone))
        found = sorted({place.number: place for place in (own, there) if place}.items())
        for _, place in found[1:]:
            self._end(conn, place, "left")
        return self._book(conn, found[0][1] if found else None, call_sid, phone, due_at or self.clock.now())

    def cancel(self, conn: Connection, phone: str) -> bool:
        """Nobody will call this phone. False where nobody would have, or somebody does now."""
        hold_line(conn)
        place = _undialled(call_back_of(conn, phone))
        return place is not None and self._end(conn, place, "cancelled") is not None

    def booked_for(self, conn: Connection, phone: str) -> Place | None:
        """The live call back of this phone."""
        return call_back_of(conn, phone)

    def quieter(self, conn: Connection) -> Quieter | None:
        """A later hour of today at which people wait much less."""
        return self.quiet_hours.after(conn, self.schedule, self.clock.now())

    # -- steps ----------------------------------------------------------------------------------------------------

    def _take_over(self, conn: Connection, place: Place, call_sid: str, category: str | None) -> Place:
        now = self.clock.now()
        self._recall(conn, place)
        call_back = place.kind == "call_back"
        taken = change_place(
            conn,
            place,
            call_sid=call_sid,
            kind="holding",
            state="away",
            queue=free_queue(conn) if call_back else place.queue,
            category=category or place.category,
            due_at=now if call_back else place.due_at,
            seen_at=now,
        )
        self._note(conn, "joined", place, kind="holding")
        return taken or place

    def _refusal(self, conn: Connection, place: Place) -> Literal["closed", "nobody"] | None:
        if not self.schedule.serves(place.joined_at, self.clock.now()):
            return "closed"
        return "nobody" if count_on_shift(conn) == 0 else None

    def _just_left(self, conn: Connection, place: Place) -> bool:
        """A repeated request for music does not bring back who left it a moment ago by a key or a word."""
        if place.state != "away" or self.clock.now() >= place.seen_at + REPEATED:
            return False
        return self._why_away(conn, place) in ("call_back", "menu")

    def _found_again(self, conn: Connection, place: Place | None) -> Place | None:
        return self._alive(conn, place) if place is not None and _may_be_in_queue(place) else None

    def _alive(self, conn: Connection, place: Place) -> Place:
        """A place that was taken for lost is one of a caller again."""
        if place.state != "ended":
            return place
        return change_place(conn, place, state="away", outcome=None, ended_at=None) or place

    def _hold(self, conn: Connection, place: Place) -> Place:
        """The caller is in Twilio's queue now."""
        place = self._alive(conn, place)
        if place.state == "away":
            self._note(conn, "holding", place)
        state = "waiting" if place.state == "away" else place.state
        return change_place(conn, place, state=state, seen_at=self.clock.now()) or place

    def _waiting(self, conn: Connection, place: Place) -> Waiting:
        position = self._position(conn, place)
        recent = pick_ups(conn, self.clock.now() - timedelta(minutes=self.rules.history_minutes))
        told = wait_range(recent, position, self.rules)
        changed = position != place.announced
        if changed:
            low, high = told or (None, None)
            change_place(conn, place, announced=position)
            self._note(conn, "announced", place, position=position, low=low, high=high)
        return Waiting(place, position, told, self.quieter(conn), changed)

    def _position(self, conn: Connection, place: Place) -> int:
        """Never more than what was said: somebody who comes back before the caller does not push him back."""
        position = count_ahead(conn, place.number) + 1
        return position if place.announced is None else min(position, place.announced)

    def _back(self, conn: Connection, place: Place, bridged: bool) -> Back:
        if place.state == "talking" or (bridged and place.state != "away"):
            self._recall_others(conn, place)
            self._break_off(conn, place, "broke_off")
            return "broke_off"
        if place.state != "away":
            self._aside(conn, place, "unanswered")
            return "unanswered"
        back = BACK.get(self._why_away(conn, place), "unanswered")
        if back == "left":
            self._leave(conn, place, "left")
        return back

    def _recall_others(self, conn: Connection, place: Place) -> None:
        if place.state == "offered":
            self._recall(conn, place)

    def _why_away(self, conn: Connection, place: Place) -> str:
        events = [event for event in events_of(conn, place.number) if event.kind in ("away", "returned", "joined")]
        return str(events[-1].data.get("why", "")) if events else ""

    def _leave(self, conn: Connection, place: Place, outcome: Outcome) -> None:
        if place.state == "talking" or (place.state == "away" and place.answered_at is not None):
            self._end(conn, place, "answered")
        elif any(event.kind == "booked" for event in events_of(conn, place.number)):
            self._recall(conn, place)
            change_place(conn, place, kind="call_back", state="waiting", queue=None)
            self._note(conn, "booked", place, again=True)
        else:
            self._end(conn, place, outcome)

    def _book(self, conn: Connection, place: Place | None, call_sid: str, phone: str, due_at: datetime) -> Place | None:
        if place is None:
            at = self.clock.now()
            place = add_place(
                conn, call_sid=call_sid, phone=phone, kind="call_back", category=None, at=at, due_at=due_at
            )
            self._note(conn, "joined", place, kind="call_back")
        self._recall(conn, place)
        booked = change_place(
            conn,
            place,
            call_sid=call_sid,
            phone=phone,
            kind="call_back",
            state="away",
            queue=None,
            due_at=due_at,
            tries=0,
        )
        self._note(conn, "booked", place, due_at=due_at.isoformat())
        return booked


def _held(places: list[Place]) -> Place | None:
    """The live place with which this call is in the line."""
    return next((place for place in places if place.kind == "holding" and place.state != "ended"), None)


def _last_held(places: list[Place]) -> Place | None:
    """The same, or the ended one that it had last."""
    held = [place for place in places if place.kind == "holding"]
    return _held(held) or next(reversed(held), None)


def _live(places: list[Place]) -> Place | None:
    """What a call that joins goes on with."""
    return _held(places) or _free(places)


def _free(places: list[Place]) -> Place | None:
    """A live place that no operator has."""
    free = ("away", "waiting", "offered")
    return next((place for place in places if place.state in free), None)


def _undialled(place: Place | None) -> Place | None:
    """A call back in which nobody talks yet."""
    return place if place is not None and place.state != "talking" else None


def _may_be_in_queue(place: Place) -> bool:
    return place.outcome == "lost" and place.queue is not None
