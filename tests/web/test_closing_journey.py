"""Two people close a month in a real browser; then late calls come, and they correct it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from kpi.figures import results
from tests.conftest import LATE_FILE, deliver
from tests.web.clicks import count_clicks, forget_clicks, get_clicks
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


def window(browser: Browser, server: str, who: str, scripts: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, base_url=server, java_script_enabled=scripts
    )
    context.set_default_navigation_timeout(120_000)  # ten months are ten transactions
    count_clicks(context)
    return entered(context, who)


def keep(page: Page, name: str, screenshots: Path) -> None:
    """Fits both screens without a serious fault; keeps the pictures."""
    for width, height in SCREENS.values():
        page.set_viewport_size({"width": width, "height": height})
        assert fits(page), (name, width)
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == [], name
        page.screenshot(path=screenshots / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1366, "height": 768})


def pressed(page: Page, button: str) -> str:
    press(page, button, exact=True)
    return page.locator("main").inner_text()


def explain_all(page: Page) -> None:
    for field in page.locator("textarea[name^=said-]").all():
        field.fill("供应商正在补报，其余已核对")


def test_ten_months_are_submitted_and_locked_with_few_clicks(
    browser: Browser, server: str, screenshots: Path
):
    manager, approver = window(browser, server, "演示·王管理"), window(browser, server, "演示·赵审批")
    manager.goto(f"/tlf/2023/closing/months?{'&'.join(f'month=2023-{one:02}' for one in range(1, 11))}")
    explain_all(manager)
    keep(manager, "months-to-submit", screenshots)
    assert "2023年1月至10月已报齐、提交、申请锁定" in pressed(manager, "提交这10个月")

    approver.goto("/tlf/tasks")
    forget_clicks(approver)
    approver.get_by_role("link", name="去审批").click()
    approver.get_by_role("button", name="核对勾选的月份").click()
    approver.wait_for_url("**/months?*")
    keep(approver, "months-to-approve", screenshots)
    assert "2023年1月至10月已批准并锁定" in pressed(approver, "批准这10个月")
    assert get_clicks(approver) <= 5
    keep(approver, "months-locked", screenshots)
    assert approver.locator("td.board-state", has_text="已锁定").count() == 10


def test_a_month_is_submitted_and_locked_without_scripts(browser: Browser, server: str):
    manager = window(browser, server, "演示·王管理", scripts=False)
    approver = window(browser, server, "演示·赵审批", scripts=False)
    manager.goto("/tlf/2023-02/closing")
    explain_all(manager)
    assert "2023年2月已报齐、提交、申请锁定" in pressed(manager, "报齐并提交")
    approver.goto("/tlf/2023/closing?month=2023-02")
    press(approver, "核对勾选的月份")
    assert "2023年2月已批准并锁定" in pressed(approver, "批准并锁定")


def test_a_month_is_closed_by_two_people_and_corrected_after_its_lock(
    browser: Browser, server: str, tlf_2023: Database, screenshots: Path, tmp_path: Path
):
    manager, approver = window(browser, server, "演示·王管理"), window(browser, server, "演示·赵审批")
    manager.goto("/tlf/2023/closing")
    manager.locator("thead").get_by_role("link", name="8月", exact=True).click()
    manager.get_by_label("8月问题说明").fill("8月12日、13日话单由供应商补报，3条质检随之补齐")
    keep(manager, "to-submit", screenshots)
    assert "2023年8月已报齐、提交、申请锁定" in pressed(manager, "报齐并提交")

    approver.goto("/tlf/tasks")
    forget_clicks(approver)
    approver.get_by_role("link", name="去审批").click()
    approver.wait_for_url(f"**{CLOSING}")
    figures = approver.locator("table.key-figures").inner_text()
    assert "热线电话接通率" in figures and "98.38%" in figures and "达标" in figures
    assert "缺8月12日、8月13日" in approver.locator(".doubts").inner_text()
    keep(approver, "to-approve", screenshots)
    assert "2023年8月已批准并锁定：演示·王管理（guanli）申请，演示·赵审批（shenpi）批准。" in pressed(
        approver, "批准并锁定"
    )
    assert get_clicks(approver) <= 3
    keep(approver, "locked", screenshots)

    deliver(tlf_2023, tmp_path, LATE_FILE)
    compute(tlf_2023)
    manager.goto(f"{CLOSING}/late")
    late = manager.locator("main").inner_text()
    assert "热线电话接通率" in late
    keep(manager, "late", screenshots)
    manager.goto("/tlf/2023/call_answer_rate")
    assert "已锁定" in manager.locator("tr", has_text="8月").first.inner_text()

    manager.go_back()
    manager.locator("td").get_by_role("link", name="申请限期解锁").first.click()
    assert manager.get_by_label("理由").first.input_value().startswith("补报话单：通话")
    assert "已提交第1次限期解锁申请" in pressed(manager, "申请")
    approver.goto(CLOSING)
    assert "已批准第1次限期解锁" in pressed(approver, "批准")
    manager.reload()
    manager.get_by_label("理由").last.fill("计入补报的话单")
    assert "拟更正为第2版" in pressed(manager, "申请更正")
    keep(manager, "proposed", screenshots)
    approver.reload()
    assert "2023年8月已更正为第2版" in pressed(approver, "批准更正")
    keep(approver, "corrected", screenshots)
    approver.goto("/tlf/2023/call_answer_rate")
    assert "已更正" in approver.locator("tr", has_text="8月").first.inner_text()
