"""Testers' pages in headless Chromium: the recorder with a fake microphone, and a call saved as a scenario."""

import shutil
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright, expect

from ivr.clock import SetClock
from ivr.fixtures.manifest import read_set
from ivr.fixtures.own import OwnRecordings
from ivr.saved_calls import CallSaver, SavingBusyError
from ivr.serving import ExchangeSetup, Serving, serving_here
from ivr.settings import load_settings
from ivr.simulator.voices import caller_voices
from tests.desk.desk_world import BROWSER_ARGUMENTS, SECONDS
from tests.retelling.stored_calls import content

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="NOT TESTED: the recorder's page, chromium is not installed")


@pytest.fixture
async def serving(tmp_path: Path, clock: SetClock) -> AsyncIterator[Serving]:
    """By keypad, so that nothing has to be heard."""
    database = f"sqlite:///{tmp_path}/calls.db"
    settings = load_settings(
        _env_file=None, host="127.0.0.1", port=0, public_base_url="", database_url=database, max_streams=0
    )
    setup = ExchangeSetup(
        content=content(), recorder=lambda hotline: OwnRecordings(hotline.content, clock, tmp_path / "own")
    )
    async with serving_here(settings, clock, setup) as running:
        yield running


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    """What the fake microphone hears, over and over."""
    path = tmp_path / "microphone.wav"
    said = caller_voices().say("активировать карту", "man")
    soundfile.write(path, np.concatenate([said, np.zeros(4000, np.int16)]), 8000)
    return path


@pytest.fixture
async def page(serving: Serving, microphone: Path) -> AsyncIterator[Page]:
    arguments = [*BROWSER_ARGUMENTS, f"--use-file-for-fake-audio-capture={microphone}"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        opened = await browser.new_page(base_url=serving.url, viewport={"width": 360, "height": 740})
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        opened.on("console", lambda told: problems.append(told.text) if "Content Security" in told.text else None)
        yield opened
        await browser.close()
    assert problems == []


async def test_a_tester_agrees_reads_listens_and_keeps(page: Page, tmp_path: Path) -> None:
    await page.goto("/phone/recorder")
    assert (await Axe().run(page)).violations_count == 0
    await page.locator("#terms button").click()  # without consent nothing begins
    await expect(page.locator("#reading")).to_be_hidden()
    await page.locator("#agree").check()
    await page.locator("#speaker").fill("s1")
    await page.locator("#terms button").click()
    words = page.locator("#words")
    await expect(words).not_to_be_empty(timeout=10 * SECONDS)
    first = await words.inner_text()
    await page.locator("#record").click()
    await page.wait_for_timeout(1500)
    await page.locator("#record").click()
    assert await page.locator("#sound").evaluate("sound => sound.src.startsWith('blob:')")
    assert (await Axe().run(page)).violations_count == 0
    await page.locator("#keep").click()
    await expect(page.locator("#count")).to_have_text("1", timeout=10 * SECONDS)
    (fixture,) = read_set(str(tmp_path / "own"))
    assert (fixture.text, fixture.speaker) == (first, "s1")
    sound, rate = soundfile.read(fixture.file)
    assert rate == 8000
    assert np.abs(sound).max() > 0.1
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.locator("#kept button").click()
    await expect(page.locator("#count")).to_have_text("0")
    assert read_set(str(tmp_path / "own")) == []


async def test_a_call_of_the_phone_page_is_saved_as_a_scenario(page: Page) -> None:
    await page.goto("/phone")
    await expect(page.locator("#save-call")).to_be_hidden()
    await page.locator("#call").click()
    await expect(page.locator("#dialogue")).to_contain_text("Здравствуйте", timeout=10 * SECONDS)
    await page.keyboard.type("1")
    await expect(page.locator("#dialogue")).to_contain_text("Активировать карту", timeout=10 * SECONDS)
    await page.locator("#call").click()
    async with page.expect_download(timeout=60 * SECONDS) as downloading:
        await page.locator("#save-call").click()
    path = await (await downloading.value).path()
    with zipfile.ZipFile(path) as archive:
        (name,) = archive.namelist()
        scenario = archive.read(name).decode()
    assert 'keys: "1"' in scenario
    assert "hang_up: true" in scenario
    assert "by: [keys]" in scenario


async def test_pages_of_other_sites_cannot_ask_for_it(serving: Serving) -> None:
    async with httpx.AsyncClient(base_url=serving.url) as http:
        assert (await http.post("/phone/calls/CA1/save")).status_code == 403
        assert (await http.post("/phone/recorder/takes", json={})).status_code == 403
        own = {"X-From-Page": "test"}
        assert (await http.post("/phone/recorder/takes", json={}, headers=own)).status_code == 400
        unknown = await http.post("/phone/calls/CA1/save", headers=own, timeout=60)
        assert unknown.status_code == 409
        rebound = {"Host": "evil.example.com", **own}  # a name that its owner has pointed at this machine
        for method, path in (("GET", "/phone"), ("POST", "/phone/calls/CA1/save"), ("POST", "/phone/recorder/takes")):
            assert (await http.request(method, path, headers=rebound)).status_code == 403
        assert "CallSid" in unknown.text


async def test_who_saves_twice_is_told_to_wait(serving: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_: CallSaver, call_sid: str) -> bytes:
        raise SavingBusyError(f"{call_sid}: try again in a minute")

    monkeypatch.setattr(CallSaver, "_saved", busy)
    async with httpx.AsyncClient(base_url=serving.url, headers={"X-From-Page": "test"}) as http:
        answer = await http.post("/phone/calls/CA1/save")
    assert (answer.status_code, answer.text) == (503, "CA1: try again in a minute")
