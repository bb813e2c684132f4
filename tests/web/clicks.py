"""Counting the clicks that somebody needs from one page to another."""

from playwright.sync_api import BrowserContext, Page

_COUNT = """document.addEventListener('click', event => {
    if (event.isTrusted)
        sessionStorage.setItem('clicks', 1 + Number(sessionStorage.getItem('clicks')));
}, true);"""


def count_clicks(context: BrowserContext) -> None:
    """Counts every click, and every key that presses something, on the pages opened from now on."""
    context.add_init_script(_COUNT)


def forget_clicks(page: Page) -> None:
    page.evaluate("sessionStorage.removeItem('clicks')")


def get_clicks(page: Page) -> int:
    """How many there were in this window since they were forgotten."""
    return int(page.evaluate("Number(sessionStorage.getItem('clicks'))"))
