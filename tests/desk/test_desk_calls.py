"""The desk in headless Chromium: a caller at the phone page, operators at the desk, the local exchange between them."""

import re

from playwright.async_api import BrowserContext, Page, expect

from ivr.serving import Serving
from ivr.store.line import live_places
from tests.desk.desk_world import CALLER, SECONDS, TOBACCO, account, open_desk, phase, place_of

SHORT = ("0#",)


async def call_in(phone: Page, keys: tuple[str, ...] = SHORT, number: str = CALLER) -> None:
    """Call the hotline from the phone page and press keys, each when a question has begun."""
    await phone.goto("/phone")
    await phone.locator("#from").fill(number)
    await phone.locator("#call").click()
    for key in keys:
        await phone.wait_for_timeout(1200)
        await phone.locator("#dialogue").click()
        await phone.keyboard.type(key)


async def be_ready(desk: Page, name: str) -> None:
    await open_desk(desk, name)
    await desk.keyboard.press("Control+Shift+S")
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#me .status")).to_have_class(re.compile("ready|offered"))


async def test_a_call_is_taken_corrected_and_resolved_by_keyboard_alone(
    window: BrowserContext, serving: Serving
) -> None:
    desk, phone = await window.new_page(), await window.new_page()
    await be_ready(desk, "olga")
    await call_in(phone, TOBACCO)
    await phase(desk, "ringing")
    await expect(desk.locator("#say")).to_contain_text("Входящий звонок: Не списываются баллы")
    await expect(desk.locator("#case")).to_contain_text("В последнем чеке табак")
    await desk.keyboard.press("Control+Shift+A")
    await phase(desk, "talking")
    # The name was never asked for: the operator writes it down.
    await desk.keyboard.press("Control+Shift+E")
    await desk.keyboard.press("ArrowDown")
    await desk.keyboard.press("ArrowDown")
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#in-value")).to_be_focused()
    await desk.keyboard.type("Мария")
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#done-title")).to_be_visible()
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#fields")).to_contain_text("исправлено")
    await desk.keyboard.press("Control+Shift+F")
    await expect(desk.locator("#do-send_code")).to_be_focused()
    await desk.keyboard.press("Control+Shift+1")
    await phase(desk, "wrap_up")
    await expect(desk.locator("#find")).to_be_focused()
    await desk.keyboard.type("сигареты")
    await desk.keyboard.press("Enter")
    await desk.keyboard.press("Enter")
    await phase(desk, "idle")
    place = place_of(serving)
    assert (place.outcome, place.result, place.operator) == ("answered", "points_tobacco", "olga")
    assert account(serving, "olga").status == "ready"


async def test_a_declined_call_keeps_its_place_and_the_next_operator_takes_it(
    window: BrowserContext, serving: Serving
) -> None:
    first, phone = await window.new_page(), await window.new_page()
    other = await window.browser.new_context(base_url=serving.url)  # type: ignore[union-attr]
    second = await other.new_page()
    await be_ready(first, "olga")
    await call_in(phone)
    await phase(first, "ringing")
    await first.keyboard.press("Control+Shift+R")
    await phase(first, "idle")
    await expect(first.locator("#queue .places")).to_contain_text("1")
    await be_ready(second, "boris")
    await phase(second, "ringing")
    await second.keyboard.press("Control+Shift+A")
    await phase(second, "talking")
    assert place_of(serving).operator == "boris"
    await expect(first.locator("#queue")).to_contain_text("Борис Петров")


async def test_keys_work_in_the_russian_layout(window: BrowserContext) -> None:
    desk, phone = await window.new_page(), await window.new_page()
    await be_ready(desk, "olga")
    await call_in(phone)
    await phase(desk, "ringing")
    await desk.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Ф', code: 'KeyA', ctrlKey: true, shiftKey: true}))"
    )
    await phase(desk, "talking")


async def test_a_closed_browser_loses_nobody(window: BrowserContext, serving: Serving) -> None:
    """The operator's page goes away in the middle of the talk: the caller is back on the same place."""
    desk, phone = await window.new_page(), await window.new_page()
    await be_ready(desk, "olga")
    await call_in(phone)
    await phase(desk, "ringing")
    await desk.keyboard.press("Control+Shift+A")
    await phase(desk, "talking")
    await desk.wait_for_timeout(4 * SECONDS)
    await desk.close()
    await expect(phone.locator("#dialogue")).to_contain_text("решён", timeout=20 * SECONDS)
    with serving.application.db.reading() as conn:
        assert [place.number for place in live_places(conn)] == [1]


async def test_a_page_that_is_opened_anew_shows_the_call_that_is_to_be_written_up(window: BrowserContext) -> None:
    desk, phone = await window.new_page(), await window.new_page()
    await be_ready(desk, "olga")
    await call_in(phone)
    await phase(desk, "ringing")
    await desk.keyboard.press("Control+Shift+A")
    await phase(desk, "talking")
    await desk.keyboard.press("Control+Shift+1")
    await phase(desk, "wrap_up")
    await desk.goto("/desk/appeals")
    await desk.goto("/desk")
    await phase(desk, "wrap_up")
    await expect(desk.locator("#result details")).to_have_attribute("open", "")
    await expect(desk.locator("#transcript")).to_contain_text("Здравствуйте")
