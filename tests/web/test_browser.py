"""A real browser: from the overview down to the file, on an office screen and on a phone."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.web.conftest import NOW, app_of
from tracker.database import Database
from web.access.demo_people import add_demo_people
from web.http_server import make_server

pytestmark = pytest.mark.browser

SCREENS = {"office": (1366, 768), "phone": (390, 844)}
ADDRESSES = (
    "/tlf/2023/", "/tlf/2023-08/", "/tlf/2023/call_answer_rate", "/tlf/2023-08/call_answer_rate",
    "/tlf/2023/coverage",
    "/tlf/2023-08/call_answer_rate/numerator", "/small/things/day/2024-02-01", "/small/events/3",
    "/tlf/deliveries/", "/tlf/quarantine/", "/tlf/definitions/", "/tlf/definitions/call_answer_rate",
    "/tlf/2023/nope", "/void/2024/", "/", "/tlf/2023-08/call_answer_rate/parts", "/tlf/2023/analysis/calls",
    "/tlf/2023/analysis/orders", "/tlf/2023/analysis/orders/open", "/tlf/2023/analysis/orders/held",
    "/tlf/2023/analysis/staff",
    "/tlf/2023/closing", "/tlf/2023-08/closing", "/tlf/2023-08/call_answer_rate/figure",
    "/-/search/?q=接通率", "/-/help/",
    "/tlf/2023/documents/missing", "/tlf/2023/documents/attach", "/tlf/2023/controls",
    "/tlf/2023/controls/matrix", "/tlf/2023/evaluation/", "/tlf/2023/evaluation/turpan-2022/",
    "/tlf/2023/evaluation/turpan-2022/rehearsal", "/tlf/2023/call_answer_rate/compare",
    "/tlf/2023/analysis/payments", "/tlf/2023/analysis/arrivals", "/tlf/imports/",
    "/tlf/questions/", "/tlf/declarations/", "/tlf/days/2023-08-12",
    "/tlf/2023/analysis/surveys",
    "/tlf/days/2023-08-12/step", "/tlf/days/2023-08-12/zero-report",
)  # fmt: skip
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(names)} is on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(site: Database) -> Iterator[str]:
    """The address of the site."""
    with site.connect() as connection:
        add_demo_people(connection, "tlf", NOW)
    server = make_server(app_of(site, demo=True), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture(params=SCREENS)
def screen(request: pytest.FixtureRequest, browser: Browser, server: str) -> Iterator[Page]:
    """A window of one of the sizes; whatever the browser complains of fails the test."""
    width, height = SCREENS[request.param]
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=server)
    page = entered(context)
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    yield page
    context.close()
    assert [told for told in complaints if "404" not in told] == []


def press(page: Page, button: str, **exactly: bool) -> None:
    """Sends a form, and waits for the page that answers it."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, **exactly).click()


def entered(context: BrowserContext, who: str = "演示·王管理") -> Page:
    """A page on which somebody of the demo has come in."""
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name=who).click()
    return page


def fits(page: Page) -> bool:
    """Whether the page is no wider than the window."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_from_the_overview_to_the_file(screen: Page, screenshots: Path):
    """overview → indicator → parts → rows → thing → event and delivery, by clicking"""
    size = screen.viewport_size
    assert size is not None

    def seen(name: str) -> None:
        assert fits(screen), name
        screen.screenshot(path=screenshots / f"{name}-{size['width']}.png")

    screen.goto("/tlf/2023/")
    seen("overview")
    screen.locator(".tile h2 a", has_text="热线电话接通率").click()
    seen("indicator")
    screen.locator("tr", has_text="8月").get_by_role("link").first.click()
    assert "各项合计 2,852 ÷ 2,899 = 指标" in screen.locator(".proof").inner_text()
    seen("parts")
    screen.locator("tr", has_text="8月3日").get_by_role("link").first.click()
    assert "= 本项分子" in screen.locator(".proof").inner_text()
    seen("rows")
    screen.locator("tbody tr").first.get_by_role("link").first.click()
    assert "现行" in screen.locator(".timeline").inner_text()
    seen("thing")
    screen.locator(".origin").first.get_by_role("link", name="话单_2023-08.csv").click()
    assert screen.locator("h1").inner_text().startswith("话单_2023-08.csv")
    seen("delivery")
    screen.go_back()
    screen.locator(".origin").first.get_by_role("link", name="记录 #").click()
    assert "防篡改校验链" in screen.locator("main").inner_text()
    seen("event")


def test_the_card_of_an_indicator_stands_beside_its_name(screen: Page):
    screen.goto("/tlf/2023/")
    name, card = (
        screen.locator(".figures a", has_text="15秒接通率（占已接听）"),
        screen.locator(".help-card:visible"),
    )
    assert card.count() == 0
    name.hover()
    card.wait_for()
    assert "已接听" in card.inner_text()
    assert "分母" in card.inner_text()
    assert fits(screen)
    card.hover()  # may be read, and copied from
    assert card.count() == 1
    screen.keyboard.press("Escape")
    assert card.count() == 0
    name.focus()
    assert card.get_attribute("id") == name.get_attribute("aria-describedby")


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_is_wider_than_the_window(screen: Page, address: str):
    screen.goto(address)
    assert fits(screen)


def test_a_missing_month_is_a_gap_in_the_picture(screen: Page):
    """The small centre has one day of counts, in February: a dot, no line."""
    screen.goto("/small/2024/cases_handled")
    chart = screen.locator(".card svg.chart:visible").first
    assert chart.locator("circle").count() == 1
    assert chart.locator("polyline").count() == 0


def test_the_first_screen_holds_all_tiles(browser: Browser, server: str):
    page = entered(browser.new_context(viewport={"width": 1366, "height": 768}, base_url=server))
    page.goto("/tlf/2023/")
    lowest = page.locator(".tile").last.bounding_box()
    assert lowest is not None
    assert lowest["y"] + lowest["height"] <= 768
    page.close()


def test_the_centre_can_be_changed_without_a_script(browser: Browser, server: str):
    context = browser.new_context(java_script_enabled=False, base_url=server)
    page = entered(context)
    page.goto("/tlf/2023/")
    page.locator(".menu summary").first.click()
    page.get_by_role("link", name="小县12345热线").click()
    assert page.url.endswith("/small/2023/")
    context.close()


def test_the_overview_prints_without_its_menus(browser: Browser, server: str):
    page = entered(browser.new_context(viewport={"width": 1123, "height": 794}, base_url=server))
    page.emulate_media(media="print")
    page.goto("/tlf/2023/")
    assert not page.locator("header.top").is_visible()
    assert page.locator(".tile").first.is_visible()
    page.close()
