"""One application for all tests of the cabinet, emptied before each; it hears nothing, so no model is loaded."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from ivr.application import Application
from ivr.clock import SetClock
from ivr.content import current_content
from ivr.settings import load_settings
from ivr.speech.recognizer import Ear
from tests.cabinet.cabinet_world import NOON, Visitor, empty


@pytest.fixture(scope="session")
def standing_clock() -> SetClock:
    return SetClock(NOON)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, standing_clock: SetClock) -> Iterator[Application]:
    folder: Path = tmp_path_factory.mktemp("cabinet")
    settings = load_settings(
        _env_file=None, database_url=f"sqlite:///{folder}/hotline.db", secret_key="k" * 32, max_streams=0
    )
    application = Application(settings, clock=standing_clock, ear=cast(Ear, None), content=current_content())
    application.prepare()
    yield application
    application.db.close()


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
def other(application: Application) -> Visitor:
    """Another browser elsewhere."""
    return Visitor(application.web(local_phone=False).test_client(), application.db, "198.51.100.9")
