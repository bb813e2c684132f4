"""A real browser: files that nobody knows, gone through column by column, tried, saved, handed on."""

from pathlib import Path

import pytest

from tests.ingest.tables import csv_file
from tests.web.conftest import NOW, grant
from tests.web.test_browser import SCREENS, browser, press
from tests.web.test_entry_journeys import Desk, desk
from tracker import centers
from web.access.people import give
from web.access.rights import Role

__all__ = ["browser", "desk"]

pytestmark = pytest.mark.browser

ROW = "2023050{0}00{1},呼入,1380000000{1},2023-05-0{0} 0{1}:00:00,2023-05-0{0} 0{1}:00:05,,800{1},南区"
COLUMNS = ("call_id", "direction", "caller", "entered_at", "queued_at", "answered_at", "agent", "skill_group")


def bring(desk: Desk, path: Path) -> None:
    """Uploads a file and goes to its columns."""
    desk.page.goto("/tlf/imports/")
    desk.page.set_input_files("#file", path)
    press(desk.page, "上传")


def test_a_file_without_a_header_is_gone_through_tried_saved_and_handed_on(
    desk: Desk, tmp_path: Path
) -> None:
    page = desk.page
    with desk.database.connect() as connection:
        centers.create_center(connection, "other", "别县12345热线", now=NOW)
        give(connection, "luru", grant(Role.CLERK, "other"), by="test", now=NOW, today=NOW.date())
    rows = [ROW.format(day, number) for day in (1, 2) for number in range(1, 6)]
    bring(desk, csv_file(tmp_path, *rows, name="某平台_2023-05.csv"))
    desk.seen("unknown")
    page.get_by_role("link", name="设置列对应关系").click()
    page.get_by_text("第一行已是数据，列名按次序记为").wait_for()
    desk.seen("proposed")
    for place, key in enumerate(COLUMNS):
        page.select_option(f"#as-{place}", key)
    press(page, "试读")
    assert page.get_by_text("数据 10 行，能导入 10 行").is_visible()
    desk.seen("tried")
    page.fill("#title", "某平台话单")
    press(page, "保存并回到核对")
    assert page.get_by_text("没有表头，第1行即为数据").is_visible()
    page.goto("/tlf/profiles/")
    page.get_by_text("复制到另一中心").wait_for()
    desk.seen("profiles")
    for width, height in SCREENS.values():
        page.set_viewport_size({"width": width, "height": height})
        assert page.get_by_role("link", name="下载").is_visible()
    for summary in page.locator("details.sure > summary").all():
        summary.click()
    desk.seen("profiles-open")
    page.set_input_files("#file", csv_file(tmp_path, 'kind = "calls"', "[colums]", name="另一家.toml"))
    press(page, "检查并导入")
    page.get_by_text("另一家.toml 第2行").wait_for()
    desk.seen("profile-refused")


def test_a_doubtful_clock_is_answered(desk: Desk, tmp_path: Path) -> None:
    page, row = desk.page, "a000{0},呼入,2023-05-01 01:3{0}:00,2023-05-01 01:3{0}:09,下午"
    lines = ("时区：UTC", "编码,进出,进线,摘机,上下午", *(row.format(number) for number in range(1, 6)))
    bring(desk, csv_file(tmp_path, *lines, name="某平台_2023-05.csv"))
    page.get_by_role("link", name="设置列对应关系").click()
    page.select_option("#kind", "calls")
    press(page, "重新对应")
    for place, key in enumerate(("call_id", "direction", "entered_at", "answered_at", "")):
        page.select_option(f"#as-{place}", key)
    page.fill("#title", "某平台")
    press(page, "保存并回到核对")
    desk.seen("clock-asked")
    page.select_option("#time_zone", "北京时间")
    page.select_option("#clock", "12")
    press(page, "保存并回到核对")
    page.get_by_role("button", name="试导入（不写入）").wait_for()
