"""A line with operators and callers, for tests of what happens in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from ivr.clock import SetClock
from ivr.hotline import Hotline
from ivr.line.desk import LineDesk, line_desk
from ivr.line.service import Line
from ivr.store.db import Database
from ivr.store.desk_reads import events_after
from ivr.store.line import LineEvent, Offer, Place, find_place, places_of_call, ringing_offers
from ivr.store.operators import Device, Operator, add_operator, find_operator

ZONE = ZoneInfo("Europe/Moscow")
PHONE = "+79160000102"


class LineWorld:
    """The line's service with telephones that only write down what they are asked for."""

    def __init__(self, database: Database, hotline: Hotline, clock: SetClock) -> None:
        self.database, self.clock = database, clock
        self.desk: LineDesk = line_desk(hotline, ZONE, clock)
        self.rung: list[str] = []
        self.hung_up: list[str] = []
        self.line = Line(database, self.desk, self.rung.append, self.hung_up.append)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.database.transaction() as conn:
            yield conn

    def pass_time(self, seconds: float) -> None:
        self.clock.move(timedelta(seconds=seconds))

    # -- people ---------------------------------------------------------------------------------------------------

    def hire(self, name: str = "anna", *, device: Device = "phone", ready: bool = True) -> Operator:
        operator = Operator(
            name,
            name.title(),
            "operator",
            None,
            None,
            PHONE,
            device,
            "off",
            self.clock.now(),
            None,
        )
        with self.writing() as conn:
            add_operator(conn, operator)
        if ready:
            assert self.line.set_status(operator, "ready")
        return operator

    def hired(self, name: str = "anna") -> Operator:
        with self.database.reading() as conn:
            operator = find_operator(conn, name)
        assert operator is not None
        return operator

    def status(self, name: str = "anna") -> str:
        return self.hired(name).status

    def hold(self, call: str = "CA1", phone: str = PHONE, category: str | None = None) -> Place:
        """A caller joins and hears the music."""
        with self.writing() as conn:
            self.desk.join(conn, call, phone, category)
        self.line.on_hold(call)
        return self.place(call)

    def book(self, call: str, phone: str = PHONE, due_at: datetime | None = None) -> Place | None:
        with self.writing() as conn:
            return self.desk.book(conn, call, phone, due_at)

    def place(self, call: str = "CA1") -> Place:
        with self.database.reading() as conn:
            return places_of_call(conn, call)[-1]

    def numbered(self, number: int) -> Place:
        with self.database.reading() as conn:
            place = find_place(conn, number)
        assert place is not None
        return place

    def ringing(self) -> list[Offer]:
        with self.database.reading() as conn:
            return ringing_offers(conn)

    def offer(self) -> Offer:
        """The only one that rings."""
        (offer,) = self.ringing()
        return offer

    def talk(self, call: str = "CA1") -> Offer:
        """The one operator takes the one caller; the two talk."""
        offer = self.offer()
        assert self.line.leg_of(offer.id, f"leg-{offer.id}")
        assert self.line.accept(offer.id) is not None
        assert self.line.talking(self.place(call).number)
        return offer

    def events(self, *kinds: str) -> list[LineEvent]:
        with self.database.reading() as conn:
            found = events_after(conn, 0)
        return [event for event in found if not kinds or event.kind in kinds]
