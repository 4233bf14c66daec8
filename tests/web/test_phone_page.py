"""The phone page in headless Chromium, with a fake microphone that plays a recording."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.async_api import Page, async_playwright, expect

from ivr.clock import SetClock
from ivr.exchange.outbound import read_order
from ivr.serving import ExchangeSetup, Serving, serving_here
from ivr.settings import load_settings
from ivr.simulator.voices import caller_voices
from ivr.store.cards import find_card, sample_cards

CHROMIUM = shutil.which("chromium")
CARD, PHONE = "4276051200020024", "+79160000102"
PROBLEM = "активируйте карту"
NUMBER = "сорок два семьдесят шесть ноль пять двенадцать ноль ноль ноль два ноль ноль двадцать четыре"
SECONDS = 1000
"""Playwright counts milliseconds."""
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="NOT TESTED: the phone page, chromium is not installed")


@pytest.fixture
async def local_hotline(tmp_path: Path, clock: SetClock) -> AsyncIterator[Serving]:
    """Without an account: the local exchange and the phone page, in real time."""
    settings = load_settings(
        _env_file=None, host="127.0.0.1", port=0, public_base_url="", database_url=f"sqlite:///{tmp_path}/calls.db"
    )
    async with serving_here(settings, clock, ExchangeSetup()) as serving:
        with serving.application.db.transaction() as conn:
            sample_cards(conn)
        yield serving


@pytest.fixture
def spoken_problem(tmp_path: Path) -> Path:
    """A WAV for the fake microphone: the problem, said into the greeting, later the card's number, then silence."""
    before, between, after = (np.zeros(seconds * 8000, np.int16) for seconds in (2, 6, 120))
    problem, number = (caller_voices().say(words, "man") for words in (PROBLEM, NUMBER))
    path = tmp_path / "microphone.wav"
    soundfile.write(path, np.concatenate([before, problem, between, number, after]), 8000)
    return path


@pytest.fixture
async def page(local_hotline: Serving, spoken_problem: Path) -> AsyncIterator[Page]:
    arguments = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={spoken_problem}%noloop",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-background-networking",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        opened = await browser.new_page()
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        await opened.goto(f"{local_hotline.url}/phone")
        yield opened
        await browser.close()
        assert problems == []


async def press(page: Page, keys: str) -> None:
    for key in keys:
        await page.locator(f'[data-key="{key}"]').click()


async def test_it_activates_a_card_by_voice_and_keys(page: Page, local_hotline: Serving) -> None:
    dialogue = page.locator("#dialogue")
    await page.locator("#call").click()
    await expect(dialogue).to_contain_text("Здравствуйте", timeout=10 * SECONDS)
    await expect(dialogue).to_contain_text("Номер карты: сорок два семьдесят шесть", timeout=40 * SECONDS)
    await press(page, "1")
    await expect(dialogue).to_contain_text("дату рождения", timeout=10 * SECONDS)
    await page.keyboard.type("23051985")
    await expect(dialogue).to_contain_text("имя", timeout=10 * SECONDS)
    await press(page, "52649#")
    await expect(dialogue).to_contain_text("Имя: мария", timeout=10 * SECONDS, ignore_case=True)
    await press(page, "1")
    message = page.locator("#sms li").first
    await expect(message).to_contain_text("Код для звонка", timeout=15 * SECONDS)
    code = "".join(letter for letter in (await message.inner_text()).split(": ")[1][:6] if letter.isdigit())
    await press(page, code)
    await expect(dialogue).to_contain_text("карта активирована", timeout=10 * SECONDS)
    await press(page, "2")  # no, nothing else
    await expect(dialogue).to_contain_text("До свидания", timeout=10 * SECONDS)
    await expect(page.locator("#phone")).to_have_attribute("data-state", "idle", timeout=30 * SECONDS)
    with local_hotline.application.db.reading() as conn:
        card = find_card(conn, CARD)
    assert card is not None
    assert card.status == "active"


async def test_it_hears_the_operator_line_and_can_hang_up(page: Page) -> None:
    await page.locator("#call").click()
    await expect(page.locator("#dialogue")).to_contain_text("Здравствуйте", timeout=10 * SECONDS)
    await press(page, "0#")
    await expect(page.locator("#dialogue")).to_contain_text("Соединяем с оператором", timeout=10 * SECONDS)
    await page.locator("#call").click()
    await expect(page.locator("#phone")).to_have_attribute("data-state", "idle", timeout=10 * SECONDS)


async def test_it_rings_when_its_number_is_called(page: Page, local_hotline: Serving) -> None:
    exchange, phone = local_hotline.exchange, page.locator("#phone")
    assert exchange is not None
    order = {"To": [PHONE], "From": ["+78002009002"], "Url": [f"{local_hotline.url}/voice/incoming"]}
    async with asyncio.timeout(10):
        while not exchange.is_held(PHONE):
            await asyncio.sleep(0.01)
    exchange.place(read_order(order))
    await expect(phone).to_have_attribute("data-state", "incoming", timeout=10 * SECONDS)
    await page.locator("#decline").click()
    await expect(phone).to_have_attribute("data-state", "idle", timeout=10 * SECONDS)
    await expect(page.locator("#status")).to_contain_text("Звонок отклонён", timeout=10 * SECONDS)
    exchange.place(read_order(order))
    await expect(page.locator("#call")).to_contain_text("Ответить", timeout=10 * SECONDS)
    await page.locator("#call").click()
    await expect(phone).to_have_attribute("data-state", "connected", timeout=10 * SECONDS)
    await page.locator("#call").click()
    await expect(phone).to_have_attribute("data-state", "idle", timeout=10 * SECONDS)


async def test_it_texts_the_short_number(page: Page) -> None:
    await page.locator("#sms-text").fill("Мария 4276 0512 0002 0024")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#sms-state")).to_contain_text("Отправлено", timeout=10 * SECONDS)
    messages = page.locator("#sms")
    await expect(messages).to_contain_text("Вы на номер 9002", timeout=10 * SECONDS)
    await expect(messages).to_contain_text("Нет даты рождения. Пришлите: Мария ****0024", timeout=15 * SECONDS)
    await expect(page.locator("#sms-text")).to_have_value("")


async def test_it_tells_what_to_say_and_fits_a_small_screen(page: Page) -> None:
    await page.set_viewport_size({"width": 375, "height": 740})
    await page.locator(".trial summary").click()
    await expect(page.locator(".trial")).to_contain_text("4276 0512 0002 0024")
    assert await page.locator("#from").input_value() == PHONE
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
