"""A thousand requests for codes: cards that exist, cards that do not, wrong dates. Nothing that can be seen differs."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from ivr.actions import load_actions
from ivr.actions.services import Context
from ivr.clock import SetClock
from ivr.hotline import Hotline
from ivr.services import CallServices
from ivr.store.db import Database
from tests.actions.card_world import make_world
from tests.codes.code_caller import CARD, UNKNOWN, statements

SAMPLES = 1000
CASES = {
    "known": (CARD, "1985-05-23"),
    "unknown": (UNKNOWN, "1985-05-23"),
    "wrong date": (CARD, "1985-05-24"),
    "neither": (UNKNOWN, "1999-01-01"),
}
LINE = "+79261112233"
MOST_APART = 0.25
"""Of a median: one query more is more than that; what is between them on a busy machine is a tenth of it."""
ACTIONS = load_actions()


@dataclass(frozen=True)
class Sample:
    """What can be seen of one request and one wrong try."""

    case: str
    answers: tuple[str, ...]
    statements: tuple[str, ...]
    seconds: float


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, hotline: Hotline) -> Iterator[list[Sample]]:
    """In turn, so that a machine that grows slower does so for all; a day apart, so that no limit is met."""
    clock = SetClock(datetime(2026, 11, 24, 12, 0, tzinfo=UTC))
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('answers')}/hotline.db")
    database.migrate()
    world, found, names = make_world(database, hotline, clock), [], list(CASES)
    with database.transaction() as conn:
        for number in range(SAMPLES + len(CASES)):
            clock.move(timedelta(hours=25))
            services = world.desk(conn, f"CA{number}", LINE)
            found.append(ask(database, services, names[number % len(CASES)]))
    yield found[len(CASES) :]  # the first ones prepare statements
    database.close()


def ask(database: Database, services: CallServices, case: str) -> Sample:
    card, born = CASES[case]
    slots = {"card_number": card, "birth_date": born, "person_name": "мария", "one_time_code": "abcdef"}
    context = Context("CA", LINE, slots)
    with statements(database) as seen:
        start = time.perf_counter()
        answers = [ACTIONS[name].run(context, services).outcome for name in ("send_code", "check_identity")]
        seconds = time.perf_counter() - start
    return Sample(case, tuple(answers), tuple(seen), seconds)


def test_the_answers_are_alike(samples: list[Sample]) -> None:
    assert len(samples) == SAMPLES
    assert {sample.answers for sample in samples} == {("sent", "wrong_code")}


def test_the_statements_are_alike(samples: list[Sample]) -> None:
    assert len({sample.statements for sample in samples}) == 1
    assert len(samples[0].statements) > 10


def test_the_times_are_alike(samples: list[Sample]) -> None:
    medians = [statistics.median(sample.seconds for sample in samples if sample.case == case) for case in CASES]
    assert max(medians) - min(medians) < MOST_APART * statistics.median(medians)
