"""An outage from its first call to the SMS that it is over: real calls on the delivered dialogues."""

import pytest
from sqlalchemy import select

from ivr.calls import Answer, Calls
from ivr.clock import SetClock
from ivr.content import GRAMMARS, Content, load_content
from ivr.dialog.events import Heard, keyed
from ivr.incidents import IncidentDesk, Outage
from ivr.services import Desk
from ivr.store.appeals import list_appeals
from ivr.store.db import Database
from ivr.store.incidents import count_topics
from ivr.store.tables import outbox
from tests.assembly import calls_of, services_desk

CALLER = "+79160000102"
SITE = ("3", "1")
"""Keys from the first question to the trouble with the site."""
SAY = "Сайт сейчас не открывается, его уже чинят."


class Line:
    """A caller who keys."""

    def __init__(self, calls: Calls, sid: str) -> None:
        self._calls, self._sid = calls, sid
        self.said = ""
        self._take(calls.begin(sid, CALLER, "+78002009002"))

    def key(self, *keys: str) -> str:
        """Press keys, one answer after the other; what was said since the first of them."""
        self.said = ""
        for pressed in keys:
            self._take(self._calls.step(self._sid, self._step, Heard(keyed(pressed))))
        return self.said

    def _take(self, answer: Answer) -> None:
        self._step = answer.reply.step
        self.said += " ".join(say.text for say in answer.reply.says)


@pytest.fixture(scope="module")
def content() -> Content:
    return load_content(GRAMMARS, 2026)


@pytest.fixture
def desk(clock: SetClock, content: Content) -> Desk:
    return services_desk(content.hotline, clock, content.slot_types, diagnosis=content.diagnosis)


@pytest.fixture
def calls(database: Database, clock: SetClock, desk: Desk, content: Content) -> Calls:
    return calls_of(database, content.book, desk, streams_free=lambda: False)


def test_an_outage_is_announced_gathers_appeals_and_ends(
    calls: Calls, database: Database, desk: Desk, clock: SetClock
) -> None:
    assert SAY not in Line(calls, "CA1").said
    incidents = IncidentDesk(desk.hotline, clock)
    with database.transaction() as conn:
        incident = incidents.open(conn, Outage("site_down", "", SAY))
    line = Line(calls, "CA2")
    assert SAY in line.said
    assert SAY in line.key(*SITE)
    line.key("1")
    with database.reading() as conn:
        (appeal,) = list_appeals(conn)
    assert (appeal.incident, appeal.category, appeal.phone) == (incident.number, "site_down", CALLER)
    with database.transaction() as conn:
        incidents.close(conn, incident.number)
        bodies = list(conn.execute(select(outbox.c.body).where(outbox.c.to_number == CALLER)).scalars())
    assert desk.hotline.sms_text("incident_over") in bodies
    assert SAY not in Line(calls, "CA3").said


def test_a_call_counts_once_for_what_it_is_about(calls: Calls, database: Database, clock: SetClock) -> None:
    line = Line(calls, "CA1")
    line.key(*SITE)
    line.key("*")
    Line(calls, "CA2")
    with database.reading() as conn:
        assert count_topics(conn, [(clock.now(), clock.now().replace(hour=23))]) == {"site_down": 1}
