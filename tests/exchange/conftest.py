from collections.abc import AsyncIterator

import pytest

from tests.exchange.throwaway import Bench, bench


@pytest.fixture
async def line() -> AsyncIterator[Bench]:
    """A hotline to be filled with replies, and an exchange with call time that never sleeps."""
    async with bench() as made:
        yield made
