"""The wall screen in a browser: opened by an address, drawn anew by itself, dark when its token has ended."""

import shutil
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from tests.web.conftest import NOW, app_of
from tests.web.test_browser import FLAGS
from tracker.database import Database
from web.access import api_tokens
from web.access.api_tokens import Scope
from web.access.sessions import digest
from web.http_server import make_server

pytestmark = pytest.mark.browser

MINUTE = 61_000  # ms
_SMALLEST = """() => Math.min(...[...document.querySelectorAll("main *")]
  .filter((one) => [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim()))
  .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""


@pytest.fixture(scope="module")
def server(peopled: Database) -> Iterator[str]:
    server = make_server(app_of(peopled), "127.0.0.1", 0)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture
def context(server: str) -> Iterator[BrowserContext]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no chromium on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser.new_context(viewport={"width": 1920, "height": 1080}, base_url=server)
        browser.close()


@pytest.fixture
def token(peopled: Database) -> str:
    with peopled.connect() as connection:
        return api_tokens.issue(
            connection, "tlf", "大厅", scopes=frozenset({Scope.WALL}), days=30, by="security", now=NOW
        )


@pytest.fixture
def screen(context: BrowserContext, token: str) -> Page:
    """The screen, opened by an address, under a clock that the test winds on."""
    page = context.new_page()
    page.clock.install()
    page.goto(f"/tlf/wall#{token}")
    expect(page.get_by_role("heading", name="缺少的数据")).to_be_visible()
    return page


def test_an_address_with_the_token_after_its_sign_opens_the_screen_and_does_not_keep_it(
    screen: Page, token: str
):
    assert screen.url.endswith("/tlf/wall")
    assert token not in screen.content() and screen.evaluate("document.cookie") == ""


def test_it_fits_a_screen_of_a_hall_and_nothing_on_it_is_small(screen: Page):
    assert screen.evaluate("document.documentElement.scrollHeight") <= 1080
    assert screen.evaluate("document.documentElement.scrollWidth") <= 1920
    assert screen.evaluate(_SMALLEST) >= 26  # px: 16 mm on a screen of 55 inches


def test_while_the_server_is_away_the_last_picture_stays_and_says_so(screen: Page, context: BrowserContext):
    lost, figures = screen.locator(".lost"), screen.locator(".month b").first
    shown = figures.inner_text()
    expect(lost).to_be_hidden()
    context.set_offline(True)
    screen.clock.run_for(MINUTE)
    expect(lost).to_be_visible()
    assert "更新于" in screen.locator(".state").inner_text() and "连接中断" in lost.inner_text()
    assert figures.inner_text() == shown
    context.set_offline(False)
    screen.clock.run_for(MINUTE)
    expect(lost).to_be_hidden()


def test_it_draws_itself_anew_and_goes_dark_when_its_token_is_revoked(
    screen: Page, peopled: Database, token: str
):
    screen.evaluate("document.querySelector('.month b').textContent = '旧'")
    screen.clock.run_for(MINUTE)
    expect(screen.locator(".month b").first).not_to_have_text("旧")
    with peopled.connect() as connection:
        api_tokens.revoke(connection, "tlf", digest(token), now=NOW)
    screen.clock.run_for(MINUTE)
    expect(screen.get_by_label("大屏令牌")).to_be_visible()
    expect(screen.locator(".month")).to_have_count(0)
