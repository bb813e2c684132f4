"""No serious fault for those who use a keyboard or a screen reader: axe-core over the pages of every role."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.web.test_browser import ADDRESSES, SCREENS, browser, entered, fits, server

__all__ = ["browser", "server"]

pytestmark = pytest.mark.browser

PAGES = {
    None: ("/-/sign-in",),
    "演示·王管理": (*ADDRESSES, "/-/account/", "/-/account/second-factor", "/-/account/password"),
    "演示·陈评价": ("/", "/tlf/2023/"),
    "演示·周安全": ("/-/people/", "/-/people/pingjia", "/-/tokens/", "/tlf/2023/"),
    "演示·吴系统": ("/-/system/", "/-/system/settings"),
    "演示·郑审计": ("/-/audit/", "/-/audit/?result=refused", "/-/audit/verification"),
}
CASES = [(who, address) for who, addresses in PAGES.items() for address in addresses]


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


@pytest.mark.parametrize(("who", "address"), CASES)
def test_a_page_has_no_serious_fault_and_fits(pages: dict[str | None, Page], who: str | None, address: str):
    page = pages[who]
    page.goto(address)
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
