"""Erasure from the cabinet: one search for one code, the file overwritten after it, honest words about other bases."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from ivr import erasure
from ivr.application import Application
from ivr.store.tables import calls
from tests.cabinet.cabinet_world import ACTIVE, ACTIVE_PHONE, NOON, Visitor, rows

FOREIGN_CALL = {
    "sid": "CAother",
    "step": 1,
    "state": {"slots": {"card_number": ACTIVE}},
    "driver": "stream",
    "from_number": "+79160000999",
    "to_number": "+78002009002",
    "status": "in-progress",
    "status_sequence": 0,
    "stream_serial": 1,
    "started_at": NOON,
    "updated_at": NOON,
}


@pytest.fixture
def olga(olga: Visitor) -> Visitor:
    """Signed in, with a code for the erasure asked for."""
    olga.post("/cabinet/erase", {})
    return olga


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One entry for each search of all that is kept."""
    found: list[object] = []
    search = erasure.search

    def counted(*told: Any) -> erasure.Found:
        found.append(told)
        return search(*told)

    monkeypatch.setattr(erasure, "search", counted)
    return found


def test_one_code_starts_one_search_whatever_came_of_it(
    olga: Visitor, application: Application, searches: list[object]
) -> None:
    with application.db.transaction() as conn:
        conn.execute(insert(calls), FOREIGN_CALL)
    code = olga.code(ACTIVE_PHONE)
    refused = olga.post("/cabinet/erase/code", {"code": code})
    assert "получите новый код" in refused.text
    assert olga.post("/cabinet/erase/code", {"code": code}).status_code == 422
    assert len(searches) == 1
    assert olga.card(ACTIVE).name == "Ольга"


def test_neither_a_wrong_code_nor_a_plain_refusal_starts_a_search(
    olga: Visitor, application: Application, searches: list[object]
) -> None:
    assert olga.post("/cabinet/erase/code", {"code": "000000"}).status_code == 422
    with application.db.transaction() as conn:
        conn.execute(insert(calls), FOREIGN_CALL | {"from_number": ACTIVE_PHONE})
    assert "Идёт ваш разговор" in olga.post("/cabinet/erase/code", {"code": olga.code(ACTIVE_PHONE)}).text
    assert searches == []


def test_the_file_of_the_database_holds_nothing_of_the_person_afterwards(
    olga: Visitor, application: Application
) -> None:
    application.db.settle()
    assert "Данные удалены" in olga.post("/cabinet/erase/code", {"code": olga.code(ACTIVE_PHONE)}).text
    path = str(application.db.url.database)
    raw = b"".join(Path(f"{path}{end}").read_bytes() for end in ("", "-wal") if Path(f"{path}{end}").exists())
    assert ACTIVE_PHONE.encode() not in raw
    assert ACTIVE.encode() in raw


def test_a_questionnaire_in_another_base_is_not_said_to_be_erased(
    olga: Visitor, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application.loyalty, "kind", "http")
    asked = olga.get("/cabinet/erase").text
    assert "Будут удалены данные горячей линии" in asked
    assert "Мы передадим её на удаление" in asked
    assert "из анкеты" not in asked
    assert "Анкету карты мы передадим на удаление" in olga.get("/cabinet").text
    done = olga.post("/cabinet/erase/code", {"code": olga.code(ACTIVE_PHONE)}).text
    assert "<h1>Данные горячей линии удалены</h1>" in done
    assert "ещё не удалена: она передана на удаление" in done
    [counts] = rows(olga.db, "SELECT counts FROM erasures")
    assert '"loyalty_http":1' in counts


def test_a_questionnaire_of_our_own_is_said_to_be_erased(olga: Visitor) -> None:
    assert "почта из анкеты" in olga.get("/cabinet/erase").text
    done = olga.post("/cabinet/erase/code", {"code": olga.code(ACTIVE_PHONE)}).text
    assert "<h1>Данные удалены</h1>" in done
    assert "передана на удаление" not in done
