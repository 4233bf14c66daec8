"""The cabinet in Chromium without scripts: every page at two widths, by keyboard alone, enlarged, dark; axe besides."""

import logging
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import text
from werkzeug.serving import make_server

from ivr.application import Application
from tests.cabinet.cabinet_world import ACTIVE_PHONE, MARIA, Visitor

CHROMIUM = shutil.which("chromium")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"runOnly": ["color-contrast"]}
"""All that the dark scheme changes."""
WIDTHS = {"phone": 360, "desktop": 1280}
NARROWEST = 320
"""1280 at 400 % (WCAG 1.4.10); 200 % is wider."""
TARGET = 44
"""Pixels that are easily pressed by a finger (WCAG 2.5.5)."""
SMALL_TARGETS = """targets => [...document.querySelectorAll('button, .button, input:not([type=hidden]), summary')]
  .filter(one => one.type !== 'checkbox' && one.getBoundingClientRect().height < targets)
  .map(one => one.outerHTML)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("NOT TESTED: the cabinet in a browser, chromium is not installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def url(built: Application) -> Iterator[str]:
    """A plain server of the same pages."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, built.web(local_phone=False), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_page(browser: Browser, url: str, application: Application) -> Iterator["Opener"]:
    opener = Opener(browser, url)
    yield opener
    opener.close()


class Opener:
    """Opens windows."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._closers: list[object] = []

    def __call__(self, width: int = 360, *, scripts: bool = False) -> Page:
        context = self._browser.new_context(
            base_url=self._url,
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
        )
        self._closers.append(context)
        return context.new_page()

    def close(self) -> None:
        for context in self._closers:
            context.close()  # type: ignore[attr-defined]


def sign_in(page: Page, visitor: Visitor) -> None:
    """Only the SMS of the visitor are looked at."""
    page.goto("/cabinet")
    page.fill("#phone", "8 916 000-01-06")
    page.click("button.main")
    page.fill("#code", visitor.code(ACTIVE_PHONE))
    page.click("button.main")
    page.wait_for_url("**/cabinet")


def walk(page: Page, visitor: Visitor) -> Iterator[str]:
    """Through all pages; stops at each, with its name."""
    page.goto("/cabinet")
    yield "sign_in"
    page.click("button.main")
    yield "sign_in_fault"
    sign_in(page, visitor)
    yield "home"
    page.locator("a[href$='/activate']").first.click()
    yield "activate"
    page.goto("/cabinet")
    page.locator("a[href$='/phone']").first.click()
    yield "change"
    page.fill("#phone", "8 916 000-07-77")
    page.click("button.main")
    yield "change_code"
    page.goto("/cabinet/erase")
    yield "erase"
    page.click("button.stop")
    yield "erase_code"
    page.goto("/cabinet/register")
    page.click("button.main")
    yield "register_faults"
    for name in ("card", "name", "birth_date", "phone"):
        page.fill(f"#{name}", MARIA[name])
    page.check("#personal_data")
    page.click("button.main")
    yield "recheck"
    page.click("button.main")
    yield "register_code"
    page.click("button.main")
    yield "code_fault"


@pytest.fixture
def two_cards(application: Application) -> None:
    with application.db.transaction() as conn:
        conn.execute(
            text("UPDATE cards SET phone = :phone WHERE number IN ('4276051200020024', '4276051200080093')"),
            {"phone": ACTIVE_PHONE},
        )


@pytest.mark.usefixtures("two_cards")
@pytest.mark.parametrize("name", WIDTHS)
def test_every_page_fits_and_works_without_scripts(
    open_page: Opener, visitor: Visitor, tmp_path: Path, name: str
) -> None:
    """Nothing is cut off to the right; what is pressed is high enough for a finger."""
    page, seen = open_page(WIDTHS[name]), []
    for stop in walk(page, visitor):
        seen.append(stop)
        shot = page.screenshot(path=tmp_path / f"{stop}.png", full_page=True)
        assert int.from_bytes(shot[16:20], "big") == WIDTHS[name], stop
        assert page.evaluate(SMALL_TARGETS, TARGET) == [], stop
        assert page.locator("h1").count() == 1, stop
    assert len(seen) == 12


@pytest.mark.usefixtures("two_cards")
def test_axe_finds_nothing_on_any_page_and_enlarged_nothing_is_cut_off(open_page: Opener, visitor: Visitor) -> None:
    page = open_page(NARROWEST, scripts=True)
    for stop in walk(page, visitor):
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, stop
        for scheme, rules in (("light", RULES), ("dark", CONTRAST)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = Axe().run(page, options=rules)
            assert found.violations_count == 0, f"{stop}, {scheme}: {found.generate_report()}"


def test_it_is_worked_by_the_keyboard_alone(open_page: Opener, visitor: Visitor) -> None:
    page = open_page(1280)
    page.goto("/cabinet")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("8 916 000-01-06")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cabinet/code")
    assert page.evaluate("document.activeElement.id") == "code"
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    page.wait_for_selector(".summary:focus")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#code"
    page.keyboard.press("Tab")
    page.focus("#code")
    page.keyboard.type(visitor.code(ACTIVE_PHONE))
    page.keyboard.press("Enter")
    page.wait_for_selector(".balance")
    assert "4\xa0820" in page.inner_text(".balance")


def test_the_code_is_one_field_that_a_phone_fills_in(open_page: Opener) -> None:
    page = open_page()
    page.goto("/cabinet")
    page.fill("#phone", "8 916 000-01-06")
    page.click("button.main")
    field = page.locator("input:not([type=hidden])")
    assert field.count() == 1
    wanted = {"autocomplete": "one-time-code", "inputmode": "numeric", "type": "text"}
    assert {name: field.get_attribute(name) for name in wanted} == wanted


def test_a_fault_is_read_out_with_its_field(open_page: Opener) -> None:
    page = open_page()
    page.goto("/cabinet/register")
    page.fill("#card", "4276 0512")
    page.click("button.main")
    assert page.title().startswith("Ошибка: ")
    told = [page.inner_text(f"#{name}") for name in (page.get_attribute("#card", "aria-describedby") or "").split()]
    assert told[0].startswith("16 цифр")
    assert told[1].endswith("введено 8. Допишите недостающие.")
    page.click(".summary a[href='#birth_date']")
    assert page.evaluate("location.hash") == "#birth_date"
