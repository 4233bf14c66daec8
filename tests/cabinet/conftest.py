"""One application for all tests of the cabinet, emptied before each; it hears nothing, so no model is loaded."""

from collections.abc import Iterator

import pytest

from ivr.application import Application
from ivr.clock import SetClock
from tests.cabinet.cabinet_world import ACTIVE_PHONE, NOON, Visitor, empty, standing


@pytest.fixture(scope="session")
def standing_clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, standing_clock: SetClock) -> Iterator[Application]:
    with standing(tmp_path_factory.mktemp("cabinet"), standing_clock) as application:
        yield application


@pytest.fixture
def application(built: Application, standing_clock: SetClock) -> Application:
    empty(built, standing_clock)
    return built


@pytest.fixture
def clock(standing_clock: SetClock) -> SetClock:
    return standing_clock


@pytest.fixture
def visitor(application: Application) -> Visitor:
    return Visitor(application.web(local_phone=False).test_client(), application.db)


@pytest.fixture
def olga(visitor: Visitor) -> Visitor:
    """Signed in."""
    visitor.enter(ACTIVE_PHONE)
    return visitor


@pytest.fixture
def other(application: Application) -> Visitor:
    """Another browser elsewhere."""
    return Visitor(application.web(local_phone=False).test_client(), application.db, "198.51.100.9")
