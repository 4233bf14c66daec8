"""Reports over a made-up history, and over nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.clock import SetClock
from ivr.hotline import Hotline
from ivr.line.schedule import Schedule, schedule_of
from ivr.reports.figures import Share
from ivr.reports.ledger import ReportGround, Titles
from ivr.reports.service import Reports
from ivr.reports.words import ReportWords, load_words
from ivr.settings import ROOT
from ivr.store.db import Database
from tests.conftest import empty_store
from tests.reports.history import History

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""A Tuesday, 15:00 in Moscow."""
MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture(scope="session")
def words() -> ReportWords:
    return load_words(ROOT / "grammars" / "reports.yaml")


@pytest.fixture(scope="session")
def schedule(hotline: Hotline) -> Schedule:
    return schedule_of(hotline, MOSCOW)


@pytest.fixture(scope="session")
def ground(schedule: Schedule, words: ReportWords) -> ReportGround:
    titles = Titles({"activate": "Активация карты"}, {"card_number": "Назовите номер карты, шестнадцать цифр."})
    return ReportGround(schedule, words, titles, lambda: Share(3, 24), lambda _conn, _now: False)


@pytest.fixture
def empty_reports(database: Database, ground: ReportGround) -> Reports:
    """Of a hotline that nobody has called yet."""
    return Reports(database, SetClock(NOW), ground)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def full_reports(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, ground: ReportGround
) -> Iterator[Reports]:
    """Of a hotline with five weeks behind it. Tests of a module share it and only read."""
    folder: Path = tmp_path_factory.mktemp("history")
    for db in empty_store(request.param, request, folder):
        History(NOW, days=35, calls_a_day=60).write(db)
        yield Reports(db, SetClock(NOW), ground)
