"""Consents, erasure, and what of a person the cabinet lets out: nothing but its pages."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from ivr.appeals import Wish
from ivr.application import Application
from ivr.cabinet.visit import Visits
from ivr.clock import SetClock
from ivr.errors import LoyaltyUnavailable
from ivr.loyalty.embedded import EmbeddedBase
from ivr.store.db import StoreUnavailable
from ivr.store.ways import note_way
from tests.cabinet.cabinet_world import ACTIVE, ACTIVE_PHONE, MARIA, Visitor, appeal_desk, rows

PLANTED = ("4276051200050062", "79160000106", "9160000106", "Ольга", "ольга", "1990", "olga@example.ru")
PAGES = ("/cabinet/sign-in", "/cabinet/register", "/cabinet", "/cabinet/erase")


def open_appeal(application: Application) -> str:
    with application.db.transaction() as conn:
        return appeal_desk(application).register(conn, Wish("CA1", ACTIVE_PHONE, "points_late", text="Баллы"))[0].number


# -- consents ---------------------------------------------------------------------------------------------------------


def test_a_consent_is_given_and_withdrawn(olga: Visitor) -> None:
    olga.post("/cabinet", {"given": "yes"}, "/cabinet/consents/messages")
    assert "Дано 24.11.2026, на сайте" in olga.get("/cabinet").text
    page = olga.follow(olga.post("/cabinet", {"given": "no"}, "/cabinet/consents/messages"))
    assert "Согласие отозвано" in page
    assert "Дано" not in page
    [(kind, withdrawn)] = rows(olga.db, "SELECT kind, withdrawn_at IS NOT NULL FROM consents")
    assert (kind, withdrawn) == ("messages", 1)


def test_there_is_no_other_consent(olga: Visitor) -> None:
    assert olga.post("/cabinet", {"given": "yes"}, "/cabinet/consents/everything").status_code == 404
    assert rows(olga.db, "SELECT count(*) FROM consents") == [0]


# -- erasure ----------------------------------------------------------------------------------------------------------


def erase(visitor: Visitor, **form: str) -> str:
    visitor.post("/cabinet/erase", {})
    return visitor.post("/cabinet/erase/code", {"code": visitor.code(ACTIVE_PHONE)} | form).text


def test_everything_is_erased_after_a_code_of_its_own(olga: Visitor) -> None:
    page = erase(olga)
    assert "Данные удалены" in page
    assert "Выйти" not in page
    assert "№ 1 от 24.11.2026" in page
    card = olga.card(ACTIVE)
    assert (card.name, card.birth_date, card.phone, card.email) == (None, None, None, None)
    assert olga.get("/cabinet").status_code == 303
    assert rows(olga.db, "SELECT reason, asked_by FROM erasures") == [("request", "cabinet")]


def test_a_withdrawn_consent_is_the_reason_that_the_act_names(olga: Visitor) -> None:
    for given in ("yes", "no"):
        olga.post("/cabinet", {"given": given}, "/cabinet/consents/personal_data")
    erase(olga)
    assert rows(olga.db, "SELECT reason FROM erasures") == ["withdrawn"]


def test_nothing_is_erased_by_a_wrong_code(olga: Visitor) -> None:
    olga.post("/cabinet/erase", {})
    assert olga.post("/cabinet/erase/code", {"code": "12"}).status_code == 422
    assert olga.card(ACTIVE).name == "Ольга"


def test_an_open_appeal_is_erased_only_where_that_is_wanted(olga: Visitor, application: Application) -> None:
    open_appeal(application)
    olga.post("/cabinet/erase", {})
    code = olga.code(ACTIVE_PHONE)
    refused = olga.post("/cabinet/erase/code", {"code": code}).text
    assert "Есть обращение без ответа" in refused
    assert 'name="even_open"' in refused
    assert olga.card(ACTIVE).name == "Ольга"
    page = olga.post("/cabinet/erase/code", {"code": code, "even_open": "yes"}).text  # the refusal used no code up
    assert "Данные удалены" in page
    assert rows(olga.db, "SELECT text, phone FROM appeals") != [("Баллы", ACTIVE_PHONE)]


# -- what there is of a person ----------------------------------------------------------------------------------------


def test_it_shows_appeals_and_what_was_tried(olga: Visitor, application: Application) -> None:
    number = open_appeal(application)
    key = application.cabinet.setting.codes.key_of("phone", ACTIVE_PHONE)
    with application.db.transaction() as conn:
        note_way(conn, [key], "app", "failed", application.clock.now())
    page = olga.get("/cabinet").text
    assert f"{number[:2]} {number[2:4]}" in page
    assert "Не начислили баллы" in page
    assert re.search(r"Приложение</span>\s*<b>не помогло", page)


def test_an_appeal_that_was_answered_long_ago_is_no_longer_shown(
    olga: Visitor, application: Application, clock: SetClock
) -> None:
    number = open_appeal(application)
    with application.db.transaction() as conn:
        appeal_desk(application).answer(conn, number, "Баллы начислены")
    assert "Баллы начислены" in olga.get("/cabinet").text
    clock.move(timedelta(days=31))
    assert "Баллы начислены" not in olga.follow(olga.enter(ACTIVE_PHONE))


def test_without_the_base_the_rest_of_the_cabinet_stays(olga: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmbeddedBase, "cards_of", away)
    page = olga.get("/cabinet")
    assert page.status_code == 200
    assert "Сведения о картах сейчас недоступны" in page.text
    assert "Согласия" in page.text
    stranger = Visitor(olga.browser.application.test_client(), olga.db)
    assert stranger.post("/cabinet/sign-in", {"phone": ACTIVE_PHONE, "do": "ask"}).status_code == 503


def test_a_code_is_not_used_up_while_the_base_is_away(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor.post("/cabinet/register", MARIA | {"do": "send"})
    code = visitor.code("+79160000102")
    with monkeypatch.context() as patch:
        patch.setattr(EmbeddedBase, "activate", away)
        assert visitor.post("/cabinet/code", {"code": code}).status_code == 503
    assert visitor.get("/cabinet").status_code == 303
    assert "Карта активирована" in visitor.follow(visitor.post("/cabinet/code", {"code": code}))


def test_without_the_database_the_page_says_so(olga: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_: object) -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(Visits, "find", lost)
    answer = olga.get("/cabinet")
    assert answer.status_code == 503
    assert "Кабинет сейчас не работает" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def away(*_: object) -> None:
    raise LoyaltyUnavailable("The base is away.")


# -- what is let out --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_not_kept_not_framed_and_run_nothing(olga: Visitor, path: str) -> None:
    answer = olga.get(path)
    headers = answer.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "script" not in headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert " style=" not in answer.text


@pytest.fixture
def logged() -> Iterator[list[object]]:
    with capture_logs() as told:
        yield told  # type: ignore[misc]


def test_nothing_personal_is_in_logs_addresses_metrics_or_tables(olga: Visitor, logged: list[object]) -> None:
    addresses = []
    page = olga.path("email")
    for path, form in (
        (page, {"email": "olga@example.ru"}),
        (f"{page}/code", {"code": "12"}),
        (olga.path("birth_date"), {"birth_date": "15.08.1990"}),
        ("/cabinet/register", MARIA | {"card": ACTIVE, "birth_date": "14.08.1990", "do": "send"}),
        ("/cabinet/code", {"code": "13"}),
    ):
        answer = olga.post(path, form)
        addresses += [path, answer.headers.get("location", "")]
    assert logged
    tables = ("codes", "code_events", "visits", "consents", "wrong_entries", "questionnaire_changes")
    kept = [str(rows(olga.db, f"SELECT * FROM {table}")) for table in tables]
    metrics = olga.browser.get("/metrics").text
    for place in (str(logged), str(addresses), metrics, *kept):
        assert [value for value in PLANTED if value in place] == []


def test_the_refs_of_cards_are_of_one_visit(olga: Visitor, other: Visitor, clock: SetClock) -> None:
    clock.move(timedelta(minutes=2))
    other.enter(ACTIVE_PHONE)
    assert olga.ref("0062") != other.ref("0062")
