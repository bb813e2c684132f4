"""Two people close a month in a real browser; then late calls come, and they correct it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page

from kpi.figures import results
from tests.conftest import LATE_FILE, deliver
from tests.web.conftest import app_of
from tests.web.test_browser import SCREENS, browser, entered, fits, press
from tracker.database import Database
from web.access.demo_people import add_demo_people
from web.http_server import make_server

__all__ = ["browser"]

pytestmark = pytest.mark.browser

CLOSING = "/tlf/2023-08/closing"
LATER = datetime.fromisoformat("2024-12-01T09:00+08:00")  # after the sample's files were imported


@pytest.fixture
def server(tlf_2023: Database) -> Iterator[str]:
    """A site whose clock stands some days after the imports."""
    with tlf_2023.connect() as connection:
        add_demo_people(connection, "tlf", LATER - timedelta(days=1))
    compute(tlf_2023)
    server = make_server(app_of(tlf_2023, demo=True, clock=lambda: LATER), "127.0.0.1", 0)
    Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


def compute(database: Database) -> None:
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", LATER)


def window(browser: Browser, server: str, who: str) -> Page:
    return entered(browser.new_context(viewport={"width": 1366, "height": 768}, base_url=server), who)


def test_a_month_is_closed_by_two_people_and_corrected_after_its_lock(
    browser: Browser, server: str, tlf_2023: Database, screenshots: Path, tmp_path: Path
):
    manager, approver = window(browser, server, "演示·王管理"), window(browser, server, "演示·赵审批")

    def seen(page: Page, name: str) -> None:
        for width, height in SCREENS.values():
            page.set_viewport_size({"width": width, "height": height})
            assert fits(page), (name, width)
            page.screenshot(path=screenshots / f"{name}-{width}.png", full_page=True)
        page.set_viewport_size({"width": 1366, "height": 768})

    def pressed(page: Page, button: str) -> str:
        press(page, button, exact=True)
        return page.locator("main").inner_text()

    manager.goto("/tlf/2023/closing")
    manager.locator("thead").get_by_role("link", name="8月", exact=True).click()
    assert "报齐已办" in pressed(manager, "报齐")
    assert "话单没有提交：缺8月12日、8月13日；请修改，或写明原因后提交。" in pressed(manager, "提交")
    manager.get_by_label("说明").fill("8月12日、13日话单由供应商补报，3条质检随之补齐")
    assert "提交已办" in pressed(manager, "提交")
    seen(manager, "submitted")

    approver.goto(CLOSING)
    assert "请审批人审批" in approver.locator("main").inner_text()
    assert "审批已办" in pressed(approver, "审批")
    manager.reload()
    assert "已申请锁定2023年8月" in pressed(manager, "申请锁定")
    approver.reload()
    assert "2023年8月已锁定：演示·王管理（guanli）申请，演示·赵审批（shenpi）批准。" in pressed(
        approver, "批准锁定"
    )
    seen(approver, "locked")

    deliver(tlf_2023, tmp_path, LATE_FILE)
    compute(tlf_2023)
    manager.goto(f"{CLOSING}/late")
    late = manager.locator("main").inner_text()
    assert "热线电话接通率" in late
    seen(manager, "late")
    manager.goto("/tlf/2023/call_answer_rate")
    assert "已锁定" in manager.locator("tr", has_text="8月").first.inner_text()

    manager.goto(CLOSING)
    manager.get_by_label("理由").first.fill("供应商补报8月12日、13日话单")
    assert "已提交第1次限期解锁申请" in pressed(manager, "申请")
    approver.goto(CLOSING)
    assert "已批准第1次限期解锁" in pressed(approver, "批准")
    manager.reload()
    manager.get_by_label("理由").last.fill("计入补报的话单")
    assert "拟更正为第2版" in pressed(manager, "申请更正")
    seen(manager, "proposed")
    approver.reload()
    assert "2023年8月已更正为第2版" in pressed(approver, "批准更正")
    seen(approver, "corrected")
    approver.goto("/tlf/2023/call_answer_rate")
    assert "已更正" in approver.locator("tr", has_text="8月").first.inner_text()
