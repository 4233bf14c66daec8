"""The line's world on both databases; noon in Moscow on a working day, in no peak hours."""

from datetime import datetime

import pytest

from ivr.clock import SetClock
from ivr.hotline import Hotline
from ivr.store.db import Database
from tests.line.line_world import LineWorld

NOON = datetime.fromisoformat("2026-11-24T13:30:00+03:00")


@pytest.fixture
def world(database: Database, hotline: Hotline) -> LineWorld:
    return LineWorld(database, hotline, SetClock(NOON))
