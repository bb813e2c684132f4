"""No serious fault for those who use a keyboard or a screen reader: axe-core over the pages of every role."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.routing import Rule

from tests.web.routes import UNUSED, address, parts_of, role_for, rules
from tests.web.test_browser import ADDRESSES, SCREENS, browser, entered, fits, server
from tracker.database import Database
from web.access.demo_people import PEOPLE

__all__ = ["browser", "server"]

pytestmark = pytest.mark.browser

PAGES = {
    None: ("/-/sign-in",),
    "演示·王管理": ADDRESSES,
    "演示·陈评价": ("/", "/tlf/2023/"),
    "演示·周安全": ("/tlf/2023/",),
    "演示·吴系统": (),
    "演示·郑审计": ("/-/audit/?result=refused",),
}
FILES = (".csv", ".xlsx", ".docx", ".json", ".zip")
ASKS = {role: name for _, name, role, _ in PEOPLE}
CASES = [(who, one) for who, addresses in PAGES.items() for one in addresses]


@pytest.fixture(scope="module")
def pages(browser: Browser, server: str) -> Iterator[dict[str | None, Page]]:
    """Somebody's window, for each of them."""
    opened: dict[str | None, Page] = {}
    for who in PAGES:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=server)
        opened[who] = entered(context, who) if who else context.new_page()
    yield opened
    for page in opened.values():
        page.context.close()


@pytest.fixture(scope="module")
def parts(site: Database) -> dict[str, str]:
    return parts_of(site)


@pytest.mark.parametrize(("who", "there"), CASES)
def test_a_page_has_no_serious_fault_and_fits(pages: dict[str | None, Page], who: str | None, there: str):
    check(pages[who], there)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.endpoint)
def test_a_route_has_no_serious_fault_and_fits(
    pages: dict[str | None, Page], parts: dict[str, str], rule: Rule
):
    """Each that shows a page, a new one without being named here."""
    there = address(UNUSED, rule, **parts)
    if not there.endswith(FILES):
        check(pages[ASKS[role_for(UNUSED, rule)]], there)


def check(page: Page, there: str) -> None:
    """Fails for a serious fault, or a page that is wider than one of the screens."""
    page.goto(there)
    for width, height in SCREENS.values():
        page.set_viewport_size({"width": width, "height": height})
        assert fits(page)
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], [node["target"] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert serious == [], (width, serious)
