"""The cabinet on a loyalty base over HTTP: nobody waits for the base with the database's lock in his hand."""

import sqlite3
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from ivr.application import Application
from ivr.cabinet import limits
from ivr.clock import SetClock
from ivr.store.cards import Card, cards_of, sample_cards
from ivr.store.db import Database
from tests.cabinet.cabinet_world import ACTIVE, ACTIVE_PHONE, ISSUED_PHONE, MARIA, NOON, Visitor, rows, standing, wipe
from tests.loyalty.loyalty_service import TOKEN, Service, loyalty_service

NEW_PHONE = "+79160000777"
CHANGES = {"activate", "contact"}


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('theirs')}/cards.db")
    database.migrate()
    with loyalty_service(database, SetClock(NOON)) as service:
        yield service
    database.close()


@pytest.fixture(scope="module")
def afar(theirs: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A hotline whose cards are the service's."""
    told = {"loyalty_url": theirs.url, "loyalty_token": TOKEN}
    with standing(tmp_path_factory.mktemp("afar"), SetClock(NOON), **told) as application:
        yield application


@pytest.fixture
def service(theirs: Service, afar: Application) -> Service:
    for database in (theirs.database, afar.db):
        wipe(database)
    with theirs.database.transaction() as conn:
        sample_cards(conn)
    theirs.asked.clear()
    theirs.failures.clear()
    theirs.kept.clear()
    return theirs


@pytest.fixture
def guest(service: Service, afar: Application) -> Visitor:
    return Visitor(afar.web(local_phone=False).test_client(), afar.db)


@pytest.fixture
def held(service: Service, afar: Application) -> list[str]:
    """Operations that the base was asked for while the hotline's database could not be written."""
    found, address = [], afar.db.url.database or ""

    def look(handler: BaseHTTPRequestHandler) -> bool:
        conn = sqlite3.connect(address, timeout=0, isolation_level=None)
        try:
            conn.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            found.append(handler.path.rpartition("/")[2])
        finally:
            conn.close()
        return False

    service.failures = [look] * 200
    return found


def asked(service: Service) -> list[str]:
    """What the base was asked since the last look."""
    told = list(service.asked)
    service.asked.clear()
    return told


def test_nobody_waits_for_the_base_with_the_lock_in_his_hand(guest: Visitor, service: Service, held: list[str]) -> None:
    guest.enter(ACTIVE_PHONE)
    page = f"/cabinet/cards/{guest.ref('0062')}"
    for field, form in (("name", {"name": "Ольга Сергеевна"}), ("email", {"email": "olga@example.ru"})):
        assert guest.post(f"{page}/{field}", form).status_code == 303
    guest.post(f"{page}/email/code", {"code": guest.code(ACTIVE_PHONE)})
    guest.post("/cabinet/register", MARIA | {"do": "send"})
    guest.post("/cabinet/code", {"code": "12"})
    guest.post("/cabinet/code", {"code": guest.code(ISSUED_PHONE)})
    assert set(service.asked) == {"of-phone", "operations", "find", *CHANGES}
    assert set(held) <= CHANGES


def test_a_form_with_an_address_of_mail_asks_the_base_three_times(guest: Visitor, service: Service) -> None:
    guest.post("/cabinet/register", MARIA | {"email": "maria@example.ru", "do": "send"})
    assert asked(service) == ["find"]
    code = guest.code(ISSUED_PHONE)
    token = guest.token("/cabinet/code")
    guest.browser.post("/cabinet/code", data={"csrf_token": token, "code": code})
    assert asked(service) == ["find", "activate", "contact"]


def test_the_form_of_a_card_asks_the_base_once(guest: Visitor, service: Service) -> None:
    guest.enter(ACTIVE_PHONE)
    page = guest.path("email")
    asked(service)
    assert guest.get(page).status_code == 200
    assert asked(service) == ["of-phone"]
    assert guest.get("/cabinet/erase").status_code == 200
    assert asked(service) == []


def test_who_asks_too_often_reaches_the_base_no_more(
    guest: Visitor, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ASKED_PER_ADDRESS", 2)
    for _ in range(2):
        assert guest.post("/cabinet/sign-in", {"phone": ACTIVE_PHONE, "do": "ask"}).status_code == 303
    assert asked(service) == ["of-phone"] * 2
    assert guest.post("/cabinet/sign-in", {"phone": ACTIVE_PHONE, "do": "ask"}).status_code == 429
    assert guest.post("/cabinet/register", MARIA | {"do": "send"}).status_code == 429
    assert asked(service) == []


def test_the_old_phone_is_warned_though_the_answer_of_the_base_was_lost(guest: Visitor, service: Service) -> None:
    guest.enter(ACTIVE_PHONE)
    page = guest.path("phone")
    guest.post(page, {"phone": NEW_PHONE})
    code = guest.code(NEW_PHONE)
    token = guest.token(f"{page}/code")
    lost = []

    def lose(handler: BaseHTTPRequestHandler) -> bool:
        if handler.path.endswith("/contact"):
            lost.append(handler.path)
            service.lose_answers = 1
        return False

    service.failures = [lose] * 3
    data = {"csrf_token": token, "code": code}
    assert guest.browser.post(f"{page}/code", data=data).status_code == 503
    assert len(lost) == 2
    service.failures.clear()
    assert "Телефон в анкете изменён" not in guest.texts(ACTIVE_PHONE)[-1]
    assert "Анкета изменена" in guest.follow(guest.browser.post(f"{page}/code", data=data))
    assert "Телефон в анкете изменён" in guest.texts(ACTIVE_PHONE)[-1]
    assert rows(guest.db, "SELECT field, changed_by FROM questionnaire_changes") == [("phone", "cabinet")]
    assert [card.number for card in of_phone(service, NEW_PHONE)] == [ACTIVE]
    assert "8\xa0916\xa0000-07-77" in guest.get("/cabinet").text


def of_phone(service: Service, phone: str) -> list[Card]:
    with service.database.reading() as conn:
        return list(cards_of(conn, phone, 20))
