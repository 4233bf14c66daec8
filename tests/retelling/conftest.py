"""A hotline by text, where a real person's card waits to be activated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.retelling.stored_calls import Hotline, empty_hotline


@pytest.fixture
def hotline(tmp_path: Path) -> Iterator[Hotline]:
    opened = empty_hotline(tmp_path)
    opened.issue()
    yield opened
    opened.db.close()
