"""The report of a replay as a tester reads it: in Chromium, wide and narrow, light and dark, without scripts."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, async_playwright, expect

from ivr.simulator.coverage import WAYS, Covered
from ivr.simulator.report.figures import figures
from ivr.simulator.report.page import page
from ivr.simulator.result import Reply, Understood
from ivr.simulator.rounds import Replayed
from ivr.simulator.summary import Played, Said, Telephoned, Waveform

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="NOT TESTED: the replay's report, chromium is not installed"),
    pytest.mark.asyncio(loop_scope="module"),
]

HEARD = Understood(
    call=0,
    at=3.0,
    turn=2,
    question="card_number",
    confirming=False,
    text="сорок два семьдесят шесть",
    alternatives=(("сорок два семнадцать шесть", -180.5), ("[unk]", -190.0)),
    value="4276",
    result="understood",
    command="",
    by_keys=False,
    noisy=True,
)
SILENT = replace(HEARD, at=9.0, text="", alternatives=(), value="", result="silence")
GOOD = Played(
    call="card_number_in_noise",
    title="Номер карты читают в магазине, где шумно, и один раз молчат",
    file="tests/calls/card_number_in_noise.yaml",
    mode="voice",
    wall_seconds=2.5,
    said=(
        Said(0, 0.0, "hotline", "Назовите номер карты, шестнадцать цифр на лицевой стороне."),
        Said(0, 3.0, "caller", "сорок два семьдесят шесть"),
        Said(0, 9.5, "note", "SMS: Код: 123456"),
    ),
    understood=(HEARD, SILENT),
    replies=(Reply(0, 3.2, 2, 240),),
    calls=(Telephoned(12.0, "hotline", ("/voice/incoming",)),),
    waveforms=(Waveform((0,) * 12 + (40, 60, 20) + (0,) * 45, (30, 50, 40) * 4 + (0,) * 48),),
    trace=("0:0.00 hotline: да",),
)
BAD = replace(GOOD, call="failed", mode="keys", failures=("turn 4, line 9: expected «пароль», heard «»",))
FLAKY = Replayed((replace(GOOD, call="flaky"), replace(GOOD, call="flaky", round=2, trace=("0:0.02 hotline: да",))))
ABSENT = Played("absent", "Нет записей", "absent.yaml", "voice", skipped="the recordings are not here")
COVERED = [
    Covered("card_number", "Назовите номер карты.", dict.fromkeys(WAYS, 2) | {"operator": 0}),
    Covered("one_time_code", "Назовите код.", dict.fromkeys(WAYS, 0)),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("report") / "index.html"
    groups = [Replayed((one,)) for one in (GOOD, BAD, ABSENT)] + [FLAKY]
    path.write_text(page(groups, figures(groups), COVERED, datetime(2026, 11, 24, 12, 30, tzinfo=UTC)), "utf-8")
    return path.as_uri()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def test_a_tester_finds_the_call_that_failed(browser: Browser, address: str) -> None:
    tab = await browser.new_page()
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    await tab.goto(address)
    calls = tab.locator("details.call")
    await expect(calls).to_have_count(4)
    assert [await call.get_attribute("open") is not None for call in await calls.all()] == [False, True, False, True]
    await expect(tab.get_by_text("turn 4, line 9")).to_be_visible()
    await expect(tab.get_by_text("+0:0.02 hotline")).to_be_visible()
    await tab.get_by_label("Итог").select_option("failed")
    await expect(calls.filter(visible=True)).to_have_count(1)
    await expect(tab.get_by_text("Показано 1 из 4")).to_be_visible()
    await tab.get_by_label("Итог").select_option("")
    await tab.get_by_label("Найти").fill("семнадцать")
    await expect(calls.filter(visible=True)).to_have_count(3)
    await tab.get_by_label("Найти").fill("нет записей")
    await expect(tab.get_by_text("the recordings are not here")).to_be_hidden()
    await tab.get_by_role("button", name="Раскрыть").click()
    await expect(tab.get_by_text("the recordings are not here")).to_be_visible()
    assert problems == []


async def test_a_line_shows_what_was_heard_and_how_soon_it_was_answered(browser: Browser, address: str) -> None:
    tab = await browser.new_page()
    await tab.goto(address)
    await tab.locator("#card_number_in_noise-voice summary").first.click()
    line = tab.locator("#card_number_in_noise-voice tr", has_text="семьдесят шесть").first
    await expect(line).to_contain_text("card_number: понято – 4276")
    await expect(line).to_contain_text("240 мс")
    await line.get_by_text("ещё 2 варианта").click()
    await expect(line.get_by_text("сорок два семнадцать шесть")).to_be_visible()
    await expect(tab.locator("#card_number_in_noise-voice .who-silence")).to_be_visible()
    wave = tab.locator("#card_number_in_noise-voice .hotline-wave")
    box = await wave.bounding_box()
    assert box is not None
    assert box["width"] > 50


async def test_coverage_marks_what_was_never_tried(browser: Browser, address: str) -> None:
    tab = await browser.new_page()
    await tab.goto(address)
    await expect(tab.locator("td.hole")).to_have_count(1)
    await expect(tab.get_by_role("heading", name="Не заданы ни разу: 1")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (360, "light")])
async def test_nothing_is_cut_off_and_axe_finds_nothing(
    browser: Browser, address: str, width: int, scheme: str
) -> None:
    tab = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    await tab.goto(address)
    await tab.get_by_role("button", name="Раскрыть").click()
    assert await tab.evaluate("document.documentElement.scrollWidth") <= width
    found = await Axe().run(tab)
    assert [one["id"] for one in found.response["violations"]] == []


async def test_it_can_be_read_without_scripts(browser: Browser, address: str) -> None:
    context = await browser.new_context(java_script_enabled=False)
    tab = await context.new_page()
    await tab.goto(address)
    await expect(tab.locator("form.filter")).to_be_hidden()
    await tab.locator("#card_number_in_noise-voice summary").first.click()
    await expect(tab.locator("#card_number_in_noise-voice .dialogue")).to_be_visible()
