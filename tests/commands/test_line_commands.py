"""What people who look after operators type."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.commands.call_backs import open_line
from ivr.passwords import fits
from ivr.store.db import Database
from ivr.store.operators import find_operator, set_status
from tests.commands.typing_in import Type, typist

PHONE = "+79160000102"
PASSWORD = "a long enough password"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/calls.db")
    db = Database(f"sqlite:///{tmp_path}/calls.db")
    db.migrate()
    return db


@pytest.fixture
def typed(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types a command, with the password on standard input; gives what it prints, or its mistake."""
    return typist(monkeypatch, capsys, PASSWORD)


def shown(typed: Type, *arguments: str) -> Any:
    return json.loads(typed(*arguments, "--json"))


def add(typed: Type, name: str = "anna", *more: str) -> str:
    return typed("operators", "add", name, "--shown", "Анна", "--password-stdin", *more)


def test_an_account_is_made_listed_and_removed(database: Database, typed: Type) -> None:
    assert add(typed) == "Added.\n"
    add(typed, "boris", "--supervisor", "--phone", PHONE)
    anna, boris = shown(typed, "operators", "list")
    assert (anna["name"], anna["role"], anna["device"], anna["status"]) == ("anna", "operator", "browser", "off")
    assert (boris["role"], boris["device"], boris["phone"]) == ("supervisor", "phone", PHONE)
    assert "password_hash" not in anna
    with database.reading() as conn:
        operator = find_operator(conn, "anna")
    assert operator is not None
    assert fits(PASSWORD, operator.password_hash)
    assert typed("operators", "remove", "anna") == "Removed.\n"
    assert [one["name"] for one in shown(typed, "operators", "list")] == ["boris"]


def test_a_password_is_changed(database: Database, typed: Type) -> None:
    add(typed)
    typed("operators", "password", "anna", "--password-stdin", stdin="another long password")
    with database.reading() as conn:
        operator = find_operator(conn, "anna")
    assert operator is not None
    assert fits("another long password", operator.password_hash)
    assert not fits(PASSWORD, operator.password_hash)


def test_an_account_without_a_password_signs_in_elsewhere(database: Database, typed: Type) -> None:
    typed("operators", "add", "clara", "--shown", "Клара", "--without-password")
    with database.reading() as conn:
        operator = find_operator(conn, "clara")
    assert operator is not None
    assert operator.password_hash is None


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("add", "Анна", "--shown", "Анна", "--password-stdin"), "small Latin letters"),
        (("add", "zoe", "--shown", "Зоя", "--password-stdin", "--phone", "+12025550123"), "cannot be called"),
        (("remove", "nobody"), "operators list"),
        (("password", "nobody", "--password-stdin"), "operators list"),
        (("add", "anna", "--shown", "Анна", "--password-stdin"), "another name"),
    ],
)
def test_it_says_what_is_wrong_with_an_account(typed: Type, arguments: tuple[str, ...], hint: str) -> None:
    add(typed)
    assert hint in typed("operators", *arguments)


def test_a_short_password_is_refused(typed: Type) -> None:
    assert "12 to 128" in typed("operators", "add", "zoe", "--shown", "Зоя", "--password-stdin", stdin="short")


def test_who_talks_is_not_removed(database: Database, typed: Type) -> None:
    add(typed)
    with database.transaction() as conn:
        operator = find_operator(conn, "anna")
        assert operator is not None
        assert set_status(conn, "anna", "talking", from_=["off"], at=operator.status_since)
    assert "after it" in typed("operators", "remove", "anna")


def test_the_line_is_shown_without_numbers_of_callers(database: Database, typed: Type) -> None:
    add(typed)
    desk = open_line(ZoneInfo("Europe/Moscow"))
    with database.transaction() as conn:
        desk.join(conn, "CA1", PHONE, "app_broken")
        desk.book(conn, "CA2", "+79160000103")
    line = shown(typed, "line", "show")
    assert line["operators"] == {"off": 1}
    assert [(one["number"], one["kind"], one["state"], one["category"]) for one in line["line"]] == [
        (1, "holding", "away", "app_broken"),
        (2, "call_back", "away", None),
    ]
    assert "+7916" not in typed("line", "show")
    assert "off=1" in typed("line", "show")
