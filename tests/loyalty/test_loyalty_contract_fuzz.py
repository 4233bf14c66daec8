"""Schemathesis plays the hotline: every request that the contract allows has an answer that the contract allows.

The base is the one that the hotline's client is tried against, so that client and contract meet the same service.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from ivr.clock import SetClock
from ivr.store.cards import sample_cards
from ivr.store.db import Database
from tests.loyalty.loyalty_service import CONTRACT, TOKEN, Service, loyalty_service

EXAMPLES = 12
"""Requests for each operation, the same ones in each run."""
KNOWN = ("4276051200020024", "4276051200050062", "4276051200110123")
AS_AGREED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
"""All that can be told from one answer: checks that ask again in other ways would be breaches of ours."""
SCHEMA = schemathesis.openapi.from_path(CONTRACT)
OPERATIONS = [SCHEMA[path]["POST"] for path in SCHEMA]
for_each = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.definition.raw["operationId"])
quick = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("loyalty")
    database = Database(f"sqlite:///{folder}/cards.db")
    database.migrate()
    with database.transaction() as conn:
        sample_cards(conn)
    with loyalty_service(database, SetClock(datetime(2026, 11, 24, 12, 0, tzinfo=UTC))) as running:
        yield running
    database.close()


@for_each
def test_whatever_is_asked_as_agreed_is_answered_as_agreed(operation: Any, service: Service) -> None:
    statuses = []

    @quick
    @given(case=operation.as_strategy(), known=st.sampled_from((None, *KNOWN)))
    def ask(case: Any, known: str | None) -> None:
        case.headers["Authorization"] = f"Bearer {TOKEN}"
        if known and "number" in case.body:
            case.body["number"] = known
        answer = case.call(base_url=service.url)
        case.validate_response(answer, checks=AS_AGREED)
        statuses.append(answer.status_code)

    ask()
    assert 200 in statuses
    assert set(statuses) <= {200, 422}, "422: the same key with another body"
    assert service.broken == []


def test_nothing_is_told_without_the_token(service: Service) -> None:
    @quick
    @given(case=OPERATIONS[0].as_strategy())
    def ask(case: Any) -> None:
        case.headers["Authorization"] = "Bearer another"
        answer = case.call(base_url=service.url)
        case.validate_response(answer, checks=AS_AGREED)
        assert answer.status_code == 401

    ask()
