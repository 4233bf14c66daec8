"""Known outages: announced, gathered under, over."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select

from ivr.appeals import AppealDesk, Wish
from ivr.book.timing import MAX_SECONDS, seconds_of
from ivr.clock import SetClock
from ivr.errors import RecordError
from ivr.hotline import Hotline
from ivr.incidents import IncidentDesk, Outage
from ivr.store.appeals import find_appeal
from ivr.store.db import Database
from ivr.store.incidents import find_incident, list_incidents, open_incidents
from ivr.store.tables import outbox

SITE = Outage("site", "Сайт", "Сайт сейчас не работает.")
APP = Outage("app", "Приложение", "Приложение сейчас не работает.")
EVERYTHING = Outage("all", "Всё", "Идут технические работы.")


@pytest.fixture
def desk(hotline: Hotline, clock: SetClock) -> IncidentDesk:
    return IncidentDesk(hotline, clock)


@pytest.fixture
def appeals(hotline: Hotline, clock: SetClock) -> AppealDesk:
    return AppealDesk(hotline, ZoneInfo("Europe/Moscow"), clock)


@pytest.fixture
def conn(database: Database) -> Iterator[Connection]:
    with database.transaction() as conn:
        yield conn


def over(conn: Connection) -> list[str]:
    """Phones that were told that something is over."""
    wanted = select(outbox.c.to_number).where(outbox.c.body.like("%устранена%")).order_by(outbox.c.to_number)
    return list(conn.execute(wanted).scalars())


def test_it_is_announced_until_it_is_closed(desk: IncidentDesk, conn: Connection) -> None:
    assert desk.greeting(conn) == ""
    incident = desk.open(conn, SITE)
    assert desk.greeting(conn) == SITE.say
    assert desk.known(conn, "site") == incident
    assert desk.known(conn, "points") is None
    desk.close(conn, incident.number)
    assert desk.greeting(conn) == ""
    assert desk.known(conn, "site") is None


@pytest.mark.parametrize(("hours", "life"), [(None, 4), (2, 2)])
def test_it_runs_out_by_itself(
    desk: IncidentDesk, conn: Connection, clock: SetClock, hours: int | None, life: int
) -> None:
    desk.open(conn, Outage("site", "", "Сайт сейчас не работает.", hours))
    clock.move(timedelta(hours=life) - timedelta(seconds=1))
    assert desk.greeting(conn)
    clock.move(timedelta(seconds=1))
    assert desk.greeting(conn) == ""
    assert open_incidents(conn, clock.now()) == []
    assert [one.is_open(clock.now()) for one in list_incidents(conn)] == [False]


def test_one_is_open_for_a_category_at_a_time(desk: IncidentDesk, conn: Connection, clock: SetClock) -> None:
    first = desk.open(conn, SITE)
    desk.open(conn, APP)
    with pytest.raises(RecordError, match=f"incident close {first.number}"):
        desk.open(conn, SITE)
    clock.move(timedelta(hours=4))
    assert desk.open(conn, SITE).number == 3


def test_one_for_all_explains_what_has_none_of_its_own(desk: IncidentDesk, conn: Connection) -> None:
    for outage in (SITE, EVERYTHING, APP):
        desk.open(conn, outage)
    said = [incident.say for name in ("site", "points", "app") if (incident := desk.known(conn, name))]
    assert said == [SITE.say, EVERYTHING.say, APP.say]
    assert desk.greeting(conn) == f"{EVERYTHING.say} {APP.say} {SITE.say}"


def test_who_does_not_say_what_is_broken_hears_of_the_newest(desk: IncidentDesk, conn: Connection) -> None:
    assert desk.known(conn, "nobody_helps") is None
    desk.open(conn, SITE)
    newest = desk.open(conn, APP)
    assert desk.known(conn, "nobody_helps") == newest


def test_the_greeting_stays_short(desk: IncidentDesk, conn: Connection) -> None:
    long = "Сайт и приложение не работают. Карты на кассе принимают."
    for name in ("site", "app", "points"):
        desk.open(conn, Outage(name, "", long))
    assert desk.greeting(conn) == f"{long} {long}"
    assert seconds_of(desk.greeting(conn)) <= MAX_SECONDS


def test_closing_answers_who_has_appealed_once_for_each_phone(
    desk: IncidentDesk, appeals: AppealDesk, conn: Connection
) -> None:
    incident = desk.open(conn, SITE)
    calls = (("CA1", "+79160000102"), ("CA2", "+79160000102"), ("CA3", "+79160000103"), ("CA4", "anonymous"))
    gathered = [appeals.register(conn, Wish(call, phone, "site", incident=incident.number))[0] for call, phone in calls]
    other, _ = appeals.register(conn, Wish("CA5", "+79160000105", "site"))
    assert len(desk.close(conn, incident.number)) == 2
    assert over(conn) == ["+79160000102", "+79160000103"]
    for appeal in gathered:
        found = find_appeal(conn, appeal.number)
        assert found is not None
        assert (found.status, found.answer) == ("answered", "Неполадка устранена. Попробуйте, пожалуйста, ещё раз.")
    assert find_appeal(conn, other.number) == other


def test_its_end_may_be_told_in_other_words(desk: IncidentDesk, appeals: AppealDesk, conn: Connection) -> None:
    incident = desk.open(conn, SITE)
    appeal, _ = appeals.register(conn, Wish("CA1", "+79160000102", "site", incident=incident.number))
    desk.close(conn, incident.number, "Сайт снова работает.")
    found = find_appeal(conn, appeal.number)
    assert found is not None
    assert found.answer == "Сайт снова работает."
    assert list(conn.execute(select(outbox.c.body).where(outbox.c.body == "Сайт снова работает.")).scalars())


def test_what_an_operator_has_answered_is_not_answered_again(
    desk: IncidentDesk, appeals: AppealDesk, conn: Connection
) -> None:
    incident = desk.open(conn, SITE)
    appeal, _ = appeals.register(conn, Wish("CA1", "+79160000102", "site", incident=incident.number))
    appeals.answer(conn, appeal.number, "Готово.")
    assert desk.close(conn, incident.number) == []


def test_one_that_ran_out_can_still_be_closed_and_nothing_can_twice(
    desk: IncidentDesk, conn: Connection, clock: SetClock
) -> None:
    incident = desk.open(conn, SITE)
    clock.move(timedelta(hours=5))
    desk.close(conn, incident.number)
    closed = find_incident(conn, incident.number)
    assert closed is not None
    assert closed.closed_at == clock.now()
    with pytest.raises(RecordError, match="closed already"):
        desk.close(conn, incident.number)
    with pytest.raises(RecordError, match="incident list"):
        desk.close(conn, 99)
