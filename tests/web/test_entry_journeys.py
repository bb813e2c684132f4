"""A real browser: the clerk's day by keyboard alone, and a file imported with its mistakes mended."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file
from tests.web.conftest import NOW, SETTINGS, app_of
from tests.web.keyboard import wait_for_paint
from tests.web.test_browser import SCREENS, browser, entered, fits
from tracker import centers
from tracker.database import Database
from web.access.demo_people import add_demo_people
from web.http_server import make_server

__all__ = ["browser"]

pytestmark = pytest.mark.browser


@dataclass
class Desk:
    """A clerk's window."""

    page: Page
    database: Database
    shots: Path

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.database.connect() as connection:
            return connection.execute(sql).fetchall()

    def seen(self, name: str) -> None:
        """Fits both screens without a serious fault; keeps the pictures."""
        for width, height in SCREENS.values():
            self.page.set_viewport_size({"width": width, "height": height})
            assert fits(self.page), (name, width)
            found = Axe().run(self.page).response["violations"]
            assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == [], name
            self.page.screenshot(path=self.shots / f"{name}-{width}.png", full_page=True)
        self.page.set_viewport_size(dict(zip(("width", "height"), SCREENS["office"], strict=True)))

    def type(self, *words: str) -> None:
        """Types into field after field; Enter moves on, and sends from the last one."""
        wait_for_paint(self.page)
        for word in words:
            if word:
                self.page.keyboard.type(word)
            self.page.keyboard.press("Enter")

    def choose(self, steps: int) -> None:
        """Moves down, or up, in a list of choices."""
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")

    def focused(self) -> str:
        wait_for_paint(self.page)
        return str(self.page.evaluate("document.activeElement.id"))


@pytest.fixture
def desk(browser: Browser, database: Database, home: Path, screenshots: Path) -> Iterator[Desk]:
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
        add_demo_people(connection, "tlf", NOW)
    app = app_of(database, settings=replace(SETTINGS, home=home), demo=True)
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server(app, "127.0.0.1", 0)
    threading.Thread(target=server.run, daemon=True).start()
    context = browser.new_context(base_url=f"http://127.0.0.1:{server.effective_port}", locale="zh-CN")
    page = entered(context, "演示·李录入")
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    yield Desk(page, database, screenshots)
    context.close()
    server.close()
    assert [told for told in complaints if "422" not in told] == []


def test_the_clerks_day_by_keyboard_alone(desk: Desk):
    page = desk.page
    page.goto("/tlf/today")
    desk.seen("day-empty")
    page.get_by_role("link", name="工单受理").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/order")
    assert desk.focused() == "order_id"
    desk.seen("order")
    desk.type("G1", "", "投诉", "供暖", "电话", "", "", "")
    page.get_by_text("已保存：工单受理，工单 G1").wait_for()
    assert desk.focused() == "order_id"
    page.get_by_role("link", name="工单办理").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/step")
    desk.type("G1")
    desk.choose(9)  # 办结
    desk.type("", "", "住建局", "", "", "", "")
    page.get_by_text("未提交").wait_for()
    assert desk.focused() == "action"
    assert page.input_value("#unit") == "住建局"
    assert "请先填“派单”" in page.locator("#action-told").inner_text()
    desk.seen("step-refused")
    desk.choose(-8)  # 派单
    desk.type("", "", "", "", "", "", "")
    page.get_by_text("已保存：工单办理，工单 G1").wait_for()
    page.get_by_role("link", name="短信、办件、接待").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/counts")
    assert desk.focused() == "messages"
    desk.type("120", "8", "0")
    page.get_by_text("已保存：短信、办件、接待").wait_for()
    assert page.locator("h2", has_text="手工录入").is_visible()
    desk.seen("day-filled")
    assert desk.rows("SELECT unit, dispatched_at IS NOT NULL, closed_at FROM work_orders") == [
        ("住建局", True, None)
    ]
    assert desk.rows("SELECT messages, cases, visits FROM daily_counts") == [(120, 8, 0)]


def test_paper_after_paper_by_keyboard_alone(desk: Desk):
    page, keys = desk.page, desk.page.keyboard
    page.goto("/tlf/days/2024-03-09")
    page.get_by_role("link", name="满意度问卷").first.focus()
    keys.press("Enter")
    page.wait_for_url("**/answers/hotline-2022")
    assert desk.focused() == "answer_id"
    desk.type("WJ001", "")  # the day of the page
    for key in "ab1":
        keys.press(key)
    keys.press("Enter")  # not answered
    desk.seen("paper")
    for key in "2a":
        keys.press(key)
    with page.expect_navigation():
        keys.press("Enter")
    assert page.get_by_text("已保存：问卷 WJ001").is_visible()
    assert (desk.focused(), page.input_value("#answer_id")) == ("answer_id", "WJ002")
    page.fill("#answer_id", "WJ001")
    desk.type("", "")
    for key in "aa1111":
        keys.press(key)
    with page.expect_navigation():
        keys.press("Enter")
    assert "已经录过" in page.locator("#answer_id-told").inner_text()
    assert desk.focused() == "answer_id"
    desk.seen("paper-refused")
    assert desk.rows("SELECT aware, can_use, satisfied FROM survey_answers") == [(True, False, True)]


def test_a_file_with_mistakes_is_imported_mended_and_imported_again(desk: Desk, tmp_path: Path):
    page = desk.page
    broken = CALL_2.replace("2023-05-02 09:00:00", "昨天上午")
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, broken, name="话单_2023-05.csv")
    page.goto("/tlf/imports/")
    desk.seen("imports-empty")
    page.set_input_files("#file", path)
    page.get_by_text("报送单载明的行数或合计").click()
    page.fill("#rows", "3")
    desk.seen("imports-letter")
    page.get_by_role("button", name="上传").click()
    assert "不是时间" in page.locator("td.wrong").inner_text()
    desk.seen("received")
    page.get_by_role("link", name="修改并保存为本中心的导入方案").click()
    desk.seen("mapping")
    page.go_back()
    page.get_by_role("button", name="试导入").click()
    page.locator(".counts").wait_for()
    assert "100.00%" in page.locator(".effects").first.inner_text()
    assert "报送单 3，读到 2，差 -1" in page.locator("main").inner_text()
    desk.seen("trial")
    page.get_by_label("先导入其余数据").check()
    page.get_by_label("与报送单不符，已核实").check()
    page.get_by_role("button", name="正式导入").click()
    page.get_by_text("已导入。").wait_for()
    desk.seen("report")
    with page.expect_download() as told:
        page.get_by_role("link", name="下载问题数据").click()
    mended = tmp_path / told.value.suggested_filename
    told.value.save_as(mended)
    book = openpyxl.load_workbook(mended)
    book.worksheets[0]["D2"] = "2023-05-02 09:00:00"
    book.save(mended)
    page.goto("/tlf/imports/")
    page.set_input_files("#file", mended)
    page.get_by_role("button", name="上传").click()
    page.get_by_role("button", name="试导入").click()
    page.locator(".counts").wait_for()
    page.get_by_role("button", name="正式导入").click()
    page.get_by_text("已导入。").wait_for()
    assert desk.rows("SELECT count(*) FROM calls") == [(2,)]
    page.goto("/tlf/imports/")
    desk.seen("imports")
