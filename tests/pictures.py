"""The pictures of README, made anew from the demo while it runs: `python -m tests.pictures`."""

import shutil
import sys
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.web.test_browser import FLAGS

FOLDER = Path(__file__).parents[1] / "deploy" / "screenshots"
SIZE = {"width": 1366, "height": 768}


def list_pictures(today: date) -> dict[str, tuple[str, str]]:
    """The name of a file → who opens which page."""
    last_month = today.replace(day=1) - timedelta(days=1)
    return {
        "tasks": ("演示·王管理", "/city/tasks"),
        "overview": ("演示·王管理", f"/city/{last_month:%Y}/"),
        "why": ("演示·王管理", f"/city/{last_month:%Y-%m}/call_answer_rate/change"),
        "day": ("演示·李录入", f"/city/days/{last_month}"),
    }


def take(browser: Browser, server: str, name: str, who: str, address: str) -> None:
    """Keeps what the window shows of a page."""
    page = browser.new_context(
        base_url=server, viewport=SIZE, locale="zh-CN", reduced_motion="reduce"
    ).new_page()
    page.goto("/")
    page.get_by_role("button", name=who).click()
    page.goto(address)
    page.screenshot(path=FOLDER / f"{name}.png")
    page.context.close()


def main(server: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, (who, address) in list_pictures(date.today()).items():
            take(browser, server, name, who, address)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
