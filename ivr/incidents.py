"""Known outages: announced in the greeting and at every question they explain, until they are closed or run out.

One is open for a category at a time, and one for ``all`` of them. Appeals that are made meanwhile are gathered under
it. Closing it means that it is over: who has appealed is told so, once for each phone. One that runs out is only no
longer announced, for nobody has said that it is over; it can still be closed.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from ivr.appeals import one_a_phone
from ivr.book.timing import MAX_SECONDS, seconds_of
from ivr.clock import Clock
from ivr.errors import RecordError
from ivr.hotline import Hotline
from ivr.outbox import enqueue_sms
from ivr.store.appeals import answer_under
from ivr.store.incidents import (
    Incident,
    close_incident,
    find_incident,
    hold_incidents,
    insert_incident,
    open_incidents,
)

ALL = "all"
"""The category of an outage that concerns every caller."""


@dataclass(frozen=True, slots=True)
class Outage:
    """What a person on duty knows."""

    category: str
    title: str
    say: str
    """Checked by ``ivr.spoken``."""
    hours: int | None = None
    """How long it is announced; None: as ``hotline.yaml`` says."""


@dataclass(frozen=True, slots=True)
class IncidentDesk:
    """Opens and closes incidents and tells callers of them, on the connection of a transaction."""

    hotline: Hotline
    clock: Clock

    def open(self, conn: Connection, outage: Outage) -> Incident:
        """Announce an outage. Raises ``RecordError`` where one of its category is open already."""
        hold_incidents(conn)
        now = self.clock.now()
        for incident in open_incidents(conn, now):
            if incident.category == outage.category:
                raise RecordError(f"Incident {incident.number} is open for this; close it first: {_closing(incident)}")
        life = timedelta(hours=outage.hours or self.hotline.incidents.life_hours)
        return insert_incident(
            conn,
            category=outage.category,
            title=outage.title,
            say=outage.say,
            opened_at=now,
            expires_at=now + life,
        )

    def close(self, conn: Connection, number: int, say: str | None = None) -> list[str]:
        """The outage is over: answer the appeals under it. Returns ids of promised SMS.

        ``say`` is both texted and told to who asks; without it, the text ``incident_over`` of ``hotline.yaml`` is.
        Raises ``RecordError`` where there is no such incident or it is closed already.
        """
        if find_incident(conn, number) is None:
            raise RecordError("There is no such incident; the numbers are in: python -m ivr incident list")
        now = self.clock.now()
        if not close_incident(conn, number, now):
            raise RecordError(f"Incident {number} is closed already; nothing is left to do.")
        over = say or self.hotline.sms_text("incident_over")
        ended = answer_under(conn, number, over, now)
        return [
            enqueue_sms(conn, f"incident:{number}:{appeal.number}", appeal.phone, over, at=now)
            for appeal in one_a_phone(ended)
        ]

    def known(self, conn: Connection, category: str) -> Incident | None:
        """The open incident that explains a category: its own, one for all, or any where the category is vague."""
        found = {incident.category: incident for incident in open_incidents(conn, self.clock.now())}
        newest = next(reversed(found.values()), None)
        any_of_them = newest if category in self.hotline.incidents.vague_categories else None
        return found.get(category) or found.get(ALL) or any_of_them

    def greeting(self, conn: Connection) -> str:
        """What every caller hears first; empty where all is well.

        One for all goes before the others, the newest before older ones. What would take longer than twelve seconds
        is left to the answers.
        """
        told = ""
        for incident in sorted(open_incidents(conn, self.clock.now()), key=_urgency):
            longer = f"{told} {incident.say}".strip()
            if seconds_of(longer) <= MAX_SECONDS:
                told = longer
        return told


def _urgency(incident: Incident) -> tuple[bool, int]:
    return incident.category != ALL, -incident.number


def _closing(incident: Incident) -> str:
    return f"python -m ivr incident close {incident.number}"
