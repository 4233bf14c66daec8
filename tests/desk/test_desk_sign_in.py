"""Signing in and out, who may open what, and how long it lasts."""

from datetime import timedelta

import httpx
import pytest

from ivr.serving import Serving
from ivr.store.operators import find_operator, remove_operator, set_password
from ivr.web.desk.limits import PER_NAME
from tests.desk.desk_world import PASSWORD, password_hash, post, sign_in

OPEN = ("/desk", "/desk/now", "/desk/queue", "/desk/appeals", "/desk/token", "/desk/call/1/transcript")


@pytest.mark.parametrize("path", OPEN)
async def test_it_opens_nothing_before_signing_in(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/desk/sign-in?next={path}"


async def test_it_signs_in_and_goes_where_the_person_wanted(http: httpx.AsyncClient) -> None:
    answer = await sign_in(http, "olga", next="/desk/appeals")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/appeals")
    assert (await http.get("/desk/appeals")).status_code == 200


@pytest.mark.parametrize(
    "path", ["https://evil.example/desk", "//evil.example", "/\\evil.example", "/desk//evil", "/phone"]
)
async def test_it_sends_nobody_to_another_site(http: httpx.AsyncClient, path: str) -> None:
    assert (await sign_in(http, "olga", next=path)).headers["location"] == "/desk"


@pytest.mark.parametrize(
    ("name", "password"), [("olga", "wrong wrong wrong"), ("nobody", PASSWORD), ("", ""), ("o" * 99, PASSWORD)]
)
async def test_it_refuses_all_wrong_ones_alike(http: httpx.AsyncClient, name: str, password: str) -> None:
    answer = await sign_in(http, name, password)
    assert answer.status_code == 422
    assert "Имя или пароль не подходят" in answer.text
    assert (await http.get("/desk")).status_code == 302


async def test_it_stops_guessing_at_a_name_from_anywhere_and_lets_others_in(
    http: httpx.AsyncClient, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(PER_NAME):
        assert (await sign_in(http, "olga", "a guess, and a bad one")).status_code == 422
    assert (await sign_in(http, "OLGA")).status_code == 429
    assert (await sign_in(http, "boris")).status_code == 303
    passed = serving.application.clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(type(serving.application.clock), "now", lambda _: passed)
    assert (await sign_in(http, "olga")).status_code == 303


async def test_right_passwords_count_against_nobody(http: httpx.AsyncClient) -> None:
    for _ in range(PER_NAME + 1):
        assert (await sign_in(http, "olga")).status_code == 303
        await post(http, "/desk/sign-out")


async def test_a_form_without_its_token_does_nothing(http: httpx.AsyncClient, serving: Serving) -> None:
    answer = await http.post("/desk/sign-in", data={"name": "olga", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in")
    await sign_in(http, "olga")
    await http.post("/desk/status", data={"status": "ready"})
    assert status_of(serving) == "pause"


async def test_the_session_ends_when_nobody_touches_the_page(
    http: httpx.AsyncClient, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(http, "olga")
    start = serving.application.clock.now()
    at = start

    def move(minutes: float) -> None:
        nonlocal at
        at = start + timedelta(minutes=minutes)

    monkeypatch.setattr(type(serving.application.clock), "now", lambda _: at)
    move(14)
    assert (await http.get("/desk/queue")).status_code == 200
    move(28)
    assert (await http.get("/desk/queue", headers={"X-Desk-Unattended": "1"})).status_code == 200
    move(30)
    gone = await http.get("/desk/queue", headers={"HX-Request": "true"})
    assert (gone.status_code, gone.headers["hx-redirect"]) == (401, "/desk/sign-in")


async def test_the_session_ends_after_a_long_day_of_work(
    http: httpx.AsyncClient, serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(http, "olga")
    start = serving.application.clock.now()
    for quarter in range(1, 60):
        passed = start + timedelta(minutes=14 * quarter)
        monkeypatch.setattr(type(serving.application.clock), "now", lambda _, at=passed: at)
        if (await http.get("/desk/queue")).status_code != 200:
            break
    assert timedelta(hours=11.5) < passed - start <= timedelta(hours=12.5)


async def test_another_password_ends_sessions_that_are_open(http: httpx.AsyncClient, serving: Serving) -> None:
    await sign_in(http, "olga")
    with serving.application.db.transaction() as conn:
        set_password(conn, "olga", password_hash() + "x")
    assert (await http.get("/desk")).status_code == 302


async def test_a_removed_account_is_out_at_once(http: httpx.AsyncClient, serving: Serving) -> None:
    await sign_in(http, "olga")
    with serving.application.db.transaction() as conn:
        remove_operator(conn, "olga")
    assert (await http.get("/desk")).status_code == 302


async def test_signing_in_is_a_pause_and_signing_out_is_off(http: httpx.AsyncClient, serving: Serving) -> None:
    await sign_in(http, "olga")
    assert status_of(serving) == "pause"
    await post(http, "/desk/sign-out")
    assert status_of(serving) == "off"
    assert (await http.get("/desk")).status_code == 302


async def test_a_forged_cookie_is_nobody(http: httpx.AsyncClient) -> None:
    await sign_in(http, "olga")
    cookie = http.cookies["desk"]
    http.cookies.clear()
    http.cookies.set("desk", cookie[:-4] + "AAAA")
    assert (await http.get("/desk")).status_code == 302
    assert (await http.get("/desk/events")).status_code == 401


async def test_pages_are_neither_kept_nor_framed_nor_scripted_from_elsewhere(http: httpx.AsyncClient) -> None:
    await sign_in(http, "olga")
    for path in ("/desk", "/desk/sign-in", "/desk/now", "/desk/appeals/1"):
        headers = (await http.get(path)).headers
        assert headers["cache-control"] == "no-store"
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
    page = (await http.get("/desk")).text
    assert "<script>" not in page
    assert "style=" not in page
    assert "onclick" not in page


async def test_the_cookie_is_for_this_site_alone(http: httpx.AsyncClient) -> None:
    answer = await sign_in(http, "olga")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


async def test_reports_are_for_supervisors(http: httpx.AsyncClient, other_http: httpx.AsyncClient) -> None:
    await sign_in(http, "olga")
    await sign_in(other_http, "vera")
    assert 'href="/reports"' not in (await http.get("/desk")).text
    assert 'href="/reports"' in (await other_http.get("/desk")).text


def status_of(serving: Serving, name: str = "olga") -> str:
    with serving.application.db.reading() as conn:
        operator = find_operator(conn, name)
    assert operator is not None
    return operator.status
