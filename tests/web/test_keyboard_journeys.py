"""A real browser without a mouse: a file is imported, a month is closed by two people."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file
from tests.web.keyboard import here, press_on, tab_to, type_on
from tests.web.test_browser import browser
from tests.web.test_closing_journey import CLOSING, server, window
from tests.web.test_entry_journeys import Desk, desk

__all__ = ["browser", "desk", "server"]

pytestmark = pytest.mark.browser


def test_a_file_is_imported_by_keyboard_alone(desk: Desk, tmp_path: Path):
    page, keys = desk.page, desk.page.keyboard
    broken = CALL_2.replace("2023-05-02 09:00:00", "昨天上午")
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, broken, name="话单_2023-05.csv", encoding="gb18030")
    page.emulate_media(reduced_motion="reduce")  # else a page still scrolls while it is looked at
    page.on("filechooser", lambda _: None)  # asked for with the key alone, it comes too late
    page.goto("/tlf/today")
    press_on(page, "导入")
    assert desk.focused() == "file"
    with page.expect_file_chooser() as asked:
        keys.press("Space")
    asked.value.set_files(path)
    tab_to(page, "报送单载明的行数或合计")
    keys.press("Enter")
    type_on(page, "数据行数", "2")
    press_on(page, "上传")
    focused = here(page)
    assert focused and focused["name"].startswith("试导入")  # the usual next step
    assert page.locator(".encoding option:checked").inner_text().startswith("自动识别：GB18030")
    tab_to(page, "编码")
    keys.press("ArrowDown")
    keys.press("ArrowDown")  # GB18030, said by the person
    press_on(page, "重新读取")
    assert page.input_value("#encoding") == "gb18030" and page.input_value("#rows") == "2"
    press_on(page, "对应有误")
    press_on(page, "保存并回到核对") if page.input_value("#title") else type_on(page, "导入方案名称", "平台")
    if "mapping" in page.url:
        press_on(page, "保存并回到核对")
    with page.expect_navigation():
        keys.press("Enter")  # the focus stands on 试导入
    page.locator(".counts").wait_for()
    assert "报送单 2，读到 2，相符" in page.locator("main").inner_text()
    tab_to(page, "有 1 行未通过校验")
    keys.press("Space")
    press_on(page, "正式导入")
    page.get_by_text("已导入。").wait_for()
    tab_to(page, "下载问题数据")
    with page.expect_download() as told:
        keys.press("Enter")
    assert told.value.suggested_filename == "话单_2023-05_问题数据.xlsx"
    assert desk.rows("SELECT count(*) FROM calls") == [(1,)]


def test_a_month_is_submitted_approved_and_locked_by_keyboard_alone(browser: Browser, server: str):
    manager, approver = window(browser, server, "演示·王管理"), window(browser, server, "演示·赵审批")
    for page in (manager, approver):
        page.emulate_media(reduced_motion="reduce")
    manager.goto(CLOSING)
    type_on(manager, "8月问题说明", "8月12日、13日话单由供应商补报，3条质检随之补齐")
    press_on(manager, "报齐并提交")
    told(manager, "2023年8月已报齐、提交、申请锁定")
    approver.goto("/tlf/tasks")
    press_on(approver, "去审批")
    press_on(approver, "批准并锁定")
    told(approver, "2023年8月已批准并锁定")


def told(page: Page, sentence: str) -> None:
    assert sentence in page.locator("main").inner_text()
