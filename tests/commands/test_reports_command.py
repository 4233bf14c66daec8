"""``python -m ivr reports``."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from ivr import __main__ as program
from ivr.clock import SystemClock
from ivr.store.db import Database
from tests.reports.history import History


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/calls.db")
    monkeypatch.setenv("MAX_STREAMS", "24")
    db = Database(f"sqlite:///{tmp_path}/calls.db")
    db.migrate()
    return db


def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    monkeypatch.setattr("sys.argv", ["ivr", "reports", *arguments])
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code in (0, None)
    return capsys.readouterr().out


def test_it_sums_up_a_hotline_that_nobody_has_called(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = typed(monkeypatch, capsys, "summary")
    assert printed.count("нет данных") > 10
    assert "100,0" not in printed
    told = json.loads(typed(monkeypatch, capsys, "summary", "--json"))
    assert told["containment"]["contained_goal"]["value"] is None
    assert told["containment"]["contained_goal"]["whole"] == 0
    assert told["service_days"]["mean_wait"]["seconds"] is None
    assert told["places"]["places_there"]["value"] == 24


def test_it_sums_up_with_definitions_and_counts(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    History(SystemClock().now(), days=29, calls_a_day=40).write(database)
    told = json.loads(typed(monkeypatch, capsys, "summary", "--days", "3", "--json"))
    assert told["to"] > told["from"]
    share = told["containment"]["contained_raw"]
    assert share["value"] == pytest.approx(share["part"] / share["whole"])
    assert share["means"].startswith("Закончившиеся звонки")
    printed = typed(monkeypatch, capsys, "summary", "--days", "3")
    assert share["means"] in printed


def test_it_prints_the_coming_week(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = SystemClock().now()
    empty = json.loads(typed(monkeypatch, capsys, "staffing", "--json"))
    assert len(empty) == 7 * 32
    assert {row["on_line"] for row in empty} == {None}
    History(now, days=29, calls_a_day=60).write(database)
    week = json.loads(typed(monkeypatch, capsys, "staffing", "--json"))
    assert all(row["on_shift"] >= row["on_line"] >= 1 for row in week)
    assert min(row["starts"] for row in week) > (now - timedelta(days=1)).isoformat()
    titles, *rows = typed(monkeypatch, capsys, "staffing").splitlines()
    assert titles.startswith("Начало\tОжидается")
    assert len(rows) == 7 * 32
