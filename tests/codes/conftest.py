"""Somebody who asks for codes, on each of the two databases."""

import pytest

from ivr.clock import SetClock
from ivr.hotline import Hotline
from ivr.store.db import Database
from tests.codes.code_caller import Caller


@pytest.fixture
def caller(database: Database, hotline: Hotline, clock: SetClock) -> Caller:
    return Caller(database, hotline, clock)
