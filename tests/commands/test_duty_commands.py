"""What people on duty type: incidents, appeals, call backs."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ivr.clock import SystemClock
from ivr.commands.call_backs import open_line
from ivr.store.appeals import register_appeal
from ivr.store.db import Database
from ivr.store.incidents import note_topic
from ivr.store.outbox import latest_to
from tests.commands.typing_in import Type, typist

PHONE = "+79160000102"


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The commands' own database, in an empty folder; two categories of calls."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/calls.db")
    (tmp_path / "categories").mkdir()
    for name in ("site_down", "app_broken", "app_slow"):
        (tmp_path / "categories" / f"{name}.yaml").touch()
    monkeypatch.setattr("ivr.commands.incidents.CATEGORIES", tmp_path / "categories")
    db = Database(f"sqlite:///{tmp_path}/calls.db")
    db.migrate()
    return db


@pytest.fixture
def typed(database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types a command; gives what it prints, or the line that tells of a mistake."""
    return typist(monkeypatch, capsys)


def shown(typed: Type, *arguments: str) -> Any:
    return json.loads(typed(*arguments, "--json"))


def appeal(database: Database, call: str = "CA1", incident: int | None = None) -> str:
    now = SystemClock().now()
    with database.transaction() as conn:
        return register_appeal(
            conn,
            call_sid=call,
            phone=PHONE,
            card_number=None,
            category="site",
            text="",
            created_at=now,
            due_at=now + timedelta(days=3),
            incident=incident,
        ).number


def last_text(database: Database) -> str | None:
    with database.reading() as conn:
        row = latest_to(conn, PHONE)
    return row.body if row else None


def test_an_incident_is_opened_listed_and_closed(database: Database, typed: Type) -> None:
    told = typed("incident", "open", "--category", "site", "--say", "Сайт не работает", "--hours", "2")
    assert told.startswith("Incident 1 is announced until ")
    (incident,) = shown(typed, "incident", "list")
    assert (incident["category"], incident["say"]) == ("site_down", "Сайт не работает.")
    number = appeal(database, incident=1)
    assert typed("incident", "close", "1", "--say", "Сайт снова работает") == "Incident 1 is closed; 1 SMS promised.\n"
    assert last_text(database) == "Сайт снова работает."
    assert shown(typed, "appeals", "show", number)["status"] == "answered"
    assert shown(typed, "incident", "list") == []
    assert len(shown(typed, "incident", "list", "--all")) == 1


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("open", "--category", "sait", "--say", "Сайт не работает"), "all, app_broken, app_slow, site_down"),
        (("open", "--category", "app", "--say", "Приложение не работает"), "app_broken, app_slow"),
        (("open", "--category", "", "--say", "Сайт не работает"), "write one of"),
        (("open", "--category", "site", "--say", "Сайт не работает до 18 часов"), "numbers as words"),
        (("open", "--category", "site", "--say", "Сайт не работает, " * 20), "seconds to say"),
        (("open", "--category", "site", "--say", " "), "empty"),
        (("close", "7"), "incident list"),
    ],
)
def test_it_says_what_is_wrong_with_an_incident(typed: Type, arguments: tuple[str, ...], hint: str) -> None:
    assert hint in typed("incident", *arguments)


def test_it_suggests_what_rises(database: Database, typed: Type) -> None:
    assert typed("incident", "suggest") == "Nothing rises.\n"
    now = SystemClock().now()
    with database.transaction() as conn:
        note_topic(conn, "CA0", "app", now - timedelta(days=1, minutes=5))
        for number in range(1, 15):
            note_topic(conn, f"CA{number}", "site", now - timedelta(minutes=number))
    (one,) = shown(typed, "incident", "suggest")
    assert (one["category"], one["calls"]) == ("site", 14)


def test_an_appeal_is_shown_answered_reopened_and_closed(database: Database, typed: Type) -> None:
    number = appeal(database)
    in_pairs = " ".join(number[at : at + 2] for at in range(0, 8, 2))
    assert shown(typed, "appeals", "show", in_pairs)["number"] == number
    assert typed("appeals", "answer", number, "--say", "Баллы начислены") == "Answered; 1 SMS promised.\n"
    assert last_text(database) == f"Ответ на обращение {in_pairs}: Баллы начислены."
    assert typed("appeals", "reopen", number).startswith("Open again, due ")
    assert typed("appeals", "close", number) == "Closed.\n"
    assert [one["status"] for one in shown(typed, "appeals", "list")] == ["closed"]
    assert shown(typed, "appeals", "list", "--status", "open") == []
    assert number in typed("appeals", "list", "--status", "closed")


def test_appeals_are_merged(database: Database, typed: Type) -> None:
    first, again = appeal(database), appeal(database, "CA2")
    assert typed("appeals", "merge", again, first) == "Merged.\n"
    assert shown(typed, "appeals", "show", again)["parent"] == first
    assert first in typed("appeals", "answer", again, "--say", "Да")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("show", "10000000"), "appeals list"),
        (("answer", "10000000", "--say", "Да"), "appeals list"),
        (("answer", "10000000", "--say", "Баллы: 300"), "numbers as words"),
        (("list", "--status", "new"), "--status open, answered or closed"),
    ],
)
def test_it_says_what_is_wrong_with_an_appeal(typed: Type, arguments: tuple[str, ...], hint: str) -> None:
    assert hint in typed("appeals", *arguments)


def test_call_backs_are_listed_and_done(database: Database, typed: Type) -> None:
    now = SystemClock().now()
    desk = open_line(ZoneInfo("Europe/Moscow"))
    with database.transaction() as conn:
        desk.book(conn, "CA1", PHONE, now)
    assert [one["phone"] for one in shown(typed, "callbacks", "list")] == [PHONE]
    assert typed("callbacks", "done", PHONE) == "Done.\n"
    assert typed("callbacks", "list") == ""
    assert [one["outcome"] for one in shown(typed, "callbacks", "list", "--all")] == ["answered"]
    assert "callbacks list" in typed("callbacks", "done", PHONE)
