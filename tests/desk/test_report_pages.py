"""Supervisors' pages: who may open them, what stands on them, and that they are fit for everybody."""

import re
from datetime import timedelta

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, expect

from ivr.clock import SetClock
from ivr.reports.pages import CHARTS, PAGES, TABLES
from ivr.serving import Serving
from ivr.store.calls import insert_call
from tests.desk.desk_world import SECONDS, open_desk, sign_in
from tests.reports.history import History

ADDRESSES = (
    "/reports",
    "/reports/board",
    *(f"/reports/{name}" for name in PAGES),
    *(f"/reports/{name}.csv" for name in TABLES),
    *(f"/reports/chart/{name}.png" for name in CHARTS),
)
METRIC = re.compile(r'data-metric="(\w+)"')


def remember(serving: Serving, days: int = 10) -> None:
    """Fill the database with a made-up history; the accounts are there already."""
    History(serving.application.clock.now(), days=days, calls_a_day=40).write(serving.application.db)


@pytest.fixture
async def supervisor(http: httpx.AsyncClient) -> httpx.AsyncClient:
    await sign_in(http, "vera")
    return http


async def test_only_supervisors_open_them(http: httpx.AsyncClient, other_http: httpx.AsyncClient) -> None:
    await sign_in(other_http, "olga")
    for address in ADDRESSES:
        stranger = await http.get(address)
        assert (stranger.status_code, stranger.headers["location"].split("?")[0]) == (302, "/desk/sign-in"), address
        operator = await other_http.get(address)
        assert operator.status_code in (302, 403), address
        assert "data-metric" not in operator.text


async def test_an_empty_hotline_claims_nothing(supervisor: httpx.AsyncClient) -> None:
    for address in ADDRESSES:
        answer = await supervisor.get(address)
        assert answer.status_code == 200, address
        assert "100,0" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
    page = (await supervisor.get("/reports/calls")).text
    assert page.count("нет данных") >= 4


async def test_every_figure_prints_its_definition(serving: Serving, supervisor: httpx.AsyncClient) -> None:
    remember(serving)
    definitions = serving.application.content.reports.metrics
    for name in ("", *(f"/{name}" for name in PAGES)):
        page = (await supervisor.get(f"/reports{name}")).text
        metrics = set(METRIC.findall(page))
        assert len(metrics) >= 4, name
        assert [metric for metric in metrics if definitions[metric].means not in page] == [], name


async def test_a_page_shows_the_days_that_are_asked_for(serving: Serving, supervisor: httpx.AsyncClient) -> None:
    remember(serving)
    page = (await supervisor.get("/reports/staffing", params={"from": "2026-11-20", "to": "2026-11-21"})).text
    assert 'value="2026-11-20"' in page
    assert "from=2026-11-20&amp;to=2026-11-21" in page
    assert "сб 21.11.2026" in page
    assert "вс 22.11.2026" not in page


@pytest.mark.parametrize("days", ["from=2026-11-24&to=2026-11-20", "from=2020-01-01&to=2026-01-01", "from=x"])
async def test_days_that_cannot_be_are_told(supervisor: httpx.AsyncClient, days: str) -> None:
    page = await supervisor.get(f"/reports/calls?{days}")
    assert page.status_code == 400
    assert "За такие дни отчёта нет" in page.text
    for address in ("/reports/topics.csv", "/reports/chart/topics.png"):
        assert (await supervisor.get(f"{address}?{days}")).status_code == 400


@pytest.mark.parametrize("address", ["/reports/callers", "/reports/callers.csv", "/reports/chart/callers.png"])
async def test_what_is_not_there_is_not_found(supervisor: httpx.AsyncClient, address: str) -> None:
    assert (await supervisor.get(address)).status_code == 404


async def test_nobody_is_named_on_any_page(serving: Serving, supervisor: httpx.AsyncClient) -> None:
    remember(serving)
    for address in ADDRESSES:
        if not address.endswith(".png"):
            answer = await supervisor.get(address)
            assert not re.search(r"\+7\d{6,}|7916\d{6,}|\bCA0", answer.text), address


async def test_a_chart_is_a_picture_and_a_table_a_file(serving: Serving, supervisor: httpx.AsyncClient) -> None:
    remember(serving)
    chart = await supervisor.get("/reports/chart/containment.png")
    assert chart.headers["content-type"] == "image/png"
    table = await supervisor.get("/reports/containment.csv?from=2026-11-20&to=2026-11-21")
    assert "containment_2026-11-20_2026-11-21.csv" in table.headers["content-disposition"]
    assert table.content.decode("utf-8-sig").startswith("День;Закончено;")


async def test_the_wallboard_lives_on_when_the_session_is_idle(
    serving: Serving, supervisor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SetClock(serving.application.clock.now())
    monkeypatch.setattr(type(serving.application.clock), "now", lambda _: clock.now())
    clock.move(timedelta(minutes=16))
    assert (await supervisor.get("/reports/board")).status_code == 200
    assert (await supervisor.get("/reports")).status_code == 302
    clock.move(timedelta(hours=12))
    assert (await supervisor.get("/reports/board")).status_code == 302


async def test_the_wallboard_follows_the_line_and_tells_when_it_cannot(
    serving: Serving, window: BrowserContext
) -> None:
    # A context of its own: a browser that is offline tells of errors, which are no mistakes here.
    assert window.browser is not None
    unwatched = await window.browser.new_context(base_url=serving.url)
    page = await unwatched.new_page()
    await open_desk(page, "vera")
    await page.goto("/reports")
    count = page.locator('[data-metric="calls_now"]')
    assert await count.inner_text() == "0"
    application = serving.application
    with application.db.transaction() as conn:
        insert_call(
            conn,
            "CA1",
            state={},
            driver="stream",
            from_number="+79160000102",
            to_number="+7",
            at=application.clock.now(),
        )
    await expect(count).to_have_text("1", timeout=4 * SECONDS)
    stale = page.locator("#stale")
    assert not await stale.is_visible()
    await unwatched.set_offline(True)
    await stale.wait_for(timeout=10 * SECONDS)
    assert "устарели" in await stale.inner_text()
    await unwatched.set_offline(False)
    await stale.wait_for(state="hidden", timeout=10 * SECONDS)


async def test_everybody_can_read_them(serving: Serving, window: BrowserContext) -> None:
    remember(serving)
    page = await window.new_page()
    await open_desk(page, "vera")
    for name in ("", *(f"/{name}" for name in PAGES)):
        await page.goto(f"/reports{name}")
        for details in await page.locator("summary").all():
            await details.click()
        found = await Axe().run(page)
        assert found.violations_count == 0, f"/reports{name}: {found.generate_report()}"
