"""Signing in at the company's own identity provider."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey

from ivr.clock import ShiftedClock
from ivr.serving import Serving, serving_here
from ivr.settings import load_settings
from tests.desk.conftest import PEAK
from tests.desk.desk_world import account, add_account, sign_in
from tests.desk.identity_provider import CLIENT, SECRET, Provider, provider_here


@pytest.fixture
def provider() -> Iterator[Provider]:
    with provider_here() as running:
        yield running


@pytest.fixture
async def serving(tmp_path: Path, provider: Provider) -> AsyncIterator[Serving]:
    settings = load_settings(
        _env_file=None,
        port=0,
        max_streams=0,
        database_url=f"sqlite:///{tmp_path}/calls.db",
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
    )
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
    async with serving_here(settings, ShiftedClock(PEAK)) as running:
        with running.application.db.transaction() as conn:
            add_account(conn, "nina", "Нина Без Пароля", password=None)
            add_account(conn, "olga", "Ольга С Паролем")
        yield running


async def go_there(http: httpx.AsyncClient, provider: Provider, after: str = "/desk") -> dict[str, str]:
    """Off to the provider; what the desk has sent along."""
    answer = await http.get("/desk/oidc", params={"next": after})
    assert answer.status_code == 302
    there = urlsplit(answer.headers["location"])
    assert f"{there.scheme}://{there.netloc}" == provider.url
    sent = {name: values[0] for name, values in parse_qs(there.query).items()}
    provider.nonce = sent["nonce"]
    return sent


async def come_back(http: httpx.AsyncClient, state: str) -> httpx.Response:
    return await http.get("/desk/oidc/back", params={"code": "a code", "state": state})


async def test_a_person_without_a_password_comes_in_and_is_tied_to_the_account(
    http: httpx.AsyncClient, serving: Serving, provider: Provider
) -> None:
    sent = await go_there(http, provider, "/desk/appeals")
    assert sent["client_id"] == CLIENT
    assert sent["code_challenge_method"] == "S256"
    assert sent["redirect_uri"] == f"{serving.url}/desk/oidc/back"
    answer = await come_back(http, sent["state"])
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/appeals")
    assert account(serving, "nina").subject == "subject-1"
    assert "code_verifier" in provider.forms[0]
    assert (await http.get("/desk")).status_code == 200


async def test_the_identity_is_known_again_under_another_name(
    http: httpx.AsyncClient, other_http: httpx.AsyncClient, provider: Provider
) -> None:
    await come_back(http, (await go_there(http, provider))["state"])
    provider.username = "nina.after-the-wedding"
    answer = await come_back(other_http, (await go_there(other_http, provider))["state"])
    assert answer.status_code == 303


@pytest.mark.parametrize("name", ["olga", "nobody", ""])
async def test_a_name_alone_opens_no_account_with_a_password(
    http: httpx.AsyncClient, serving: Serving, provider: Provider, name: str
) -> None:
    provider.username = name
    answer = await come_back(http, (await go_there(http, provider))["state"])
    assert answer.status_code == 403
    assert "Для вас нет учётной записи" in answer.text
    assert account(serving, "olga").subject is None
    assert (await http.get("/desk")).status_code == 302


async def test_a_second_identity_does_not_take_a_tied_account(
    http: httpx.AsyncClient, other_http: httpx.AsyncClient, provider: Provider
) -> None:
    await come_back(http, (await go_there(http, provider))["state"])
    provider.subject = "subject-2"
    answer = await come_back(other_http, (await go_there(other_http, provider))["state"])
    assert answer.status_code == 403


async def test_a_token_that_is_not_for_us_or_not_signed_so_is_refused(
    http: httpx.AsyncClient, provider: Provider
) -> None:
    provider.audience = "another client"
    assert (await come_back(http, (await go_there(http, provider))["state"])).status_code == 502
    provider.audience, provider.signs_with = CLIENT, RSAKey.generate_key(2048, {"kid": "1"})
    assert (await come_back(http, (await go_there(http, provider))["state"])).status_code == 502
    provider.signs_with, state = None, (await go_there(http, provider))["state"]
    provider.nonce = "of another session"
    assert (await come_back(http, state)).status_code == 502
    assert (await http.get("/desk")).status_code == 302


async def test_a_state_of_another_browser_is_refused(http: httpx.AsyncClient, provider: Provider) -> None:
    await go_there(http, provider)
    assert (await come_back(http, "made up")).status_code == 502


async def test_passwords_go_on_beside_it(http: httpx.AsyncClient) -> None:
    assert "Войти через службу компании" in (await http.get("/desk/sign-in")).text
    assert (await sign_in(http, "nina", "")).status_code == 422
    assert (await sign_in(http, "olga")).status_code == 303


async def test_a_provider_that_is_away_is_told(http: httpx.AsyncClient, provider: Provider) -> None:
    provider.away = True
    answer = await http.get("/desk/oidc")
    assert answer.status_code == 502
    assert "Служба входа не ответила" in answer.text
