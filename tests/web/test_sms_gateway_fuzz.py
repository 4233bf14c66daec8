"""Schemathesis plays the aggregator against the hotline's own WSGI application, by ``docs/sms-gateway.yaml``.

What the contract allows is taken, what it forbids is refused, and nothing makes the hotline fail.
"""

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance
from sqlalchemy import text
from werkzeug.test import TestResponse

from ivr.application import Application
from ivr.clock import SetClock
from ivr.retelling.by_text import Deaf
from ivr.settings import load_settings
from ivr.store.cards import sample_cards
from tests.sms.sms_gateway_service import CONTRACT, TOKEN

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
EXAMPLES = 20
AS_AGREED = [not_a_server_error, status_code_conformance, content_type_conformance]
SCHEMA = schemathesis.openapi.from_path(CONTRACT)
OURS = [SCHEMA[path]["POST"] for path in SCHEMA if path.startswith("/sms/gateway")]
for_each = pytest.mark.parametrize("operation", OURS, ids=lambda one: one.definition.raw["operationId"])
quick = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture(scope="module")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    folder = tmp_path_factory.mktemp("gateway")
    given_settings = load_settings(
        _env_file=None,
        database_url=f"sqlite:///{folder}/calls.db",
        sms_gateway_url="http://127.0.0.1:9",
        sms_gateway_token=TOKEN,
        secret_key="k" * 32,
        max_streams=0,
    )
    application = Application(given_settings, clock=SetClock(NOW), ear=Deaf())
    application.prepare()
    with application.db.transaction() as conn:
        sample_cards(conn, NOW.date())
    yield application
    application.db.close()


@pytest.fixture(scope="module")
def client(hotline: Application) -> FlaskClient:
    return hotline.web(local_phone=False).test_client()


def bring(client: FlaskClient, case: Any, token: str = TOKEN) -> TestResponse:
    """Post the case's body, signed over its bytes as an aggregator has to."""
    body = (
        case.body if isinstance(case.body, bytes) else b"" if case.body is NOT_SET else json.dumps(case.body).encode()
    )
    headers = {"X-Sms-Signature": hmac.digest(token.encode(), body, "sha256").hex()}
    answer = client.post(case.path, data=body, content_type="application/json", headers=headers)
    case.validate_response(answer, checks=AS_AGREED)
    return answer


def sample(operation: Any, mode: GenerationMode = GenerationMode.POSITIVE) -> Any:
    return operation.as_strategy(generation_mode=mode)


@for_each
def test_what_the_contract_allows_is_taken(operation: Any, client: FlaskClient) -> None:
    @quick
    @given(case=sample(operation), off=st.sampled_from((0, -299, 299)))
    def post(case: Any, off: int) -> None:
        case.body["timestamp"] = int(NOW.timestamp()) + off
        assert bring(client, case).status_code == 204

    post()


@for_each
def test_what_the_contract_forbids_is_refused(operation: Any, client: FlaskClient) -> None:
    wanted = operation.definition.raw["requestBody"]["content"]["application/json"]["schema"]["required"]

    @quick
    @given(case=sample(operation), missing=st.sampled_from(wanted), worse=st.sampled_from((None, [], {}, 1.5, "\0")))
    def post(case: Any, missing: str, worse: object) -> None:
        case.body["timestamp"] = int(NOW.timestamp())
        if worse is None:
            del case.body[missing]
        else:
            case.body[missing] = worse
        assert bring(client, case).status_code == (204 if missing in ("from", "to", "text") and worse == "\0" else 400)

    post()


@for_each
def test_anything_at_all_is_answered_as_the_contract_says(operation: Any, client: FlaskClient) -> None:
    @quick
    @given(case=sample(operation, GenerationMode.NEGATIVE))
    def post(case: Any) -> None:
        bring(client, case)

    post()


@for_each
def test_an_old_or_unsigned_one_is_refused(operation: Any, client: FlaskClient) -> None:
    @quick
    @given(case=sample(operation), off=st.sampled_from((-301, 301)))
    def post(case: Any, off: int) -> None:
        case.body["timestamp"] = int(NOW.timestamp()) + off
        assert bring(client, case).status_code == 401
        case.body["timestamp"] = int(NOW.timestamp())
        assert bring(client, case, token="another").status_code == 401

    post()


def test_what_was_taken_is_stored_once(hotline: Application, client: FlaskClient) -> None:
    def count() -> int:
        with hotline.db.reading() as conn:
            return int(conn.execute(text("SELECT count(*) FROM messages")).scalar_one())

    @settings(quick, max_examples=5)
    @given(case=sample(OURS[0]))
    def post(case: Any) -> None:
        case.body |= {"timestamp": int(NOW.timestamp()), "id": "the-same"}
        bring(client, case)

    post()
    with hotline.db.reading() as conn:
        assert conn.execute(text("SELECT count(*) FROM messages WHERE sid = 'gateway.the-same'")).scalar_one() == 1
    assert count() > 1
