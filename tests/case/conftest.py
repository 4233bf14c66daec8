"""The hotline without its telephone, on both databases."""

import pytest

from ivr.clock import SetClock
from ivr.store.db import Database
from tests.case.case_world import World, make_world


@pytest.fixture
def world(database: Database, clock: SetClock) -> World:
    return make_world(database, clock)
