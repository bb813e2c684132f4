"""A real browser and a real server: from an empty folder to the first figures, with no command but serve."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.test_browser import SCREENS, browser, fits, press
from tracker import embedded
from web.demo.sample import draw_year

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 180_000
PASSWORD = "Sonne-4711-mond"
ANSWERED = re.compile(r"95\.3\d\s*%")  # 205 of 215 calls
PEOPLE = "wangl, 王丽·质检科, 录入员\nzhaoq\t赵强\t业务主管\nsunm, 孙敏, 审批人\n"


@dataclass
class FirstDay:
    """The browser of whoever installed the server, and what the server said when it started."""

    page: Page
    told: str
    shots: Path

    def enter(self, login: str, password: str) -> None:
        """Signs in for the first time, with a password of one's own from then on."""
        self.page.goto("/-/sign-in")
        for words in (password, PASSWORD):
            self.page.fill("#login", login)
            self.page.fill("#password", words)
            press(self.page, "登录")
            if words == password:
                self.page.fill("#present", password)
                self.page.fill("#wanted", PASSWORD)
                self.page.fill("#again", PASSWORD)
                press(self.page, "修改口令")
            if "/-/sign-in" not in self.page.url:
                break

    def leave(self) -> None:
        self.page.locator("details.me summary").click()
        press(self.page, "退出")

    def seen(self, name: str) -> None:
        for width, height in SCREENS.values():
            self.page.set_viewport_size({"width": width, "height": height})
            assert fits(self.page), (name, width)
            self.page.screenshot(path=self.shots / f"first-day-{name}-{width}.png", full_page=True)
        self.page.set_viewport_size({"width": 1366, "height": 768})

    def bring(self, path: Path) -> None:
        """Uploads a file, tries it and imports it."""
        self.page.goto("/tlf/imports/")
        self.page.set_input_files("#file", path)
        press(self.page, "上传")
        self.page.get_by_role("button", name="试导入（不写入）").click(timeout=PATIENCE_MS)
        self.page.get_by_role("button", name="正式导入").click(timeout=PATIENCE_MS)
        expect(self.page.get_by_text("已导入。原件按 SHA-256 保存")).to_be_visible(timeout=PATIENCE_MS)


@pytest.fixture
def first_day(browser: Browser, tmp_path: Path, screenshots: Path) -> Iterator[FirstDay]:
    home = tmp_path / "var"
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    without = ("HOTLINE_DATABASE_URL", "HOTLINE_ADMIN_DATABASE_URL", "HOTLINE_VAULT_KEY", "HOTLINE_CENTER")
    settings = {name: value for name, value in os.environ.items() if name not in without}
    server = subprocess.Popen(
        [sys.executable, "-m", "web.cli", "serve", "--port", str(port)],
        cwd=Path(__file__).parents[2], text=True, encoding="utf-8", bufsize=1,
        env=settings | {"HOTLINE_HOME": str(home), "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert server.stdout is not None
    context = browser.new_context(base_url=f"http://127.0.0.1:{port}", locale="zh-CN")
    context.set_default_timeout(60_000)
    try:
        told = ""
        while "reset-password" not in told and (line := server.stdout.readline()):
            told += line
        yield FirstDay(context.new_page(), told, screenshots)
    finally:
        context.close()
        server.terminate()
        server.wait(60)
        embedded.stop_server(home / "postgres")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month's calls, orders and roster of the sample as one archive, as an operator would send them."""
    folder = draw_year(
        tmp_path_factory.mktemp("sample"), center="tlf", year=2025, through=1, calls_per_day=6, seed=7
    )
    archive = folder.parent / "示例市_2025-01.zip"
    with ZipFile(archive, "w") as zipped:
        for path in sorted(folder.iterdir()):
            if path.name.startswith(("话单", "工单", "花名册")):
                zipped.write(path, path.name)
    return archive


def test_from_an_empty_folder_to_the_first_figures_without_a_command(first_day: FirstDay, files: Path):
    page = first_day.page
    login, password = re.findall(r"(?:登录名|初始口令)\s+(\S+)", first_day.told)[:2]

    first_day.enter(login, password)
    page.goto("/")
    first_day.seen("welcome")
    assert "hotline " not in page.locator("main").inner_text()
    page.get_by_role("link", name="新增热线中心").click()
    page.fill("#code", "tlf")
    page.fill("#name", "示例市12345热线")
    press(page, "新增中心")
    expect(page.locator("#center")).to_have_value("tlf")
    page.fill("#people", PEOPLE)
    first_day.seen("people")
    press(page, "新增，并生成初始口令")
    first_day.seen("passwords")
    words = dict(
        zip(page.locator("td.name").all_inner_texts(), page.locator("td code").all_inner_texts(), strict=True)
    )
    assert words.keys() == {"wangl", "zhaoq", "sunm"}
    first_day.leave()

    first_day.enter("zhaoq", words["zhaoq"])
    page.goto("/")
    page.get_by_role("link", name="去办理").click()
    expect(page.locator("tr", has_text="第一批文件")).to_contain_text("未完成")
    first_day.seen("setup")
    press(page, "目标值与合同、任务书一致")
    press(page, "工单文件自带办理时限")
    page.get_by_role("link", name="登记岗位").click()
    for key, text in (("effective_on", "2025-01-01"), ("post", "话务员"), ("headcount", "6")):
        page.fill(f"#{key}", text)
    press(page, "提交", exact=True)
    page.goto("/tlf/setup")
    page.get_by_role("link", name="选定方案").click()
    with page.expect_navigation():
        page.get_by_role("button", name="选定", exact=True).first.click()
    first_day.bring(files)

    page.goto("/tlf/setup")
    line = page.locator("tr", has_text="第一批指标")
    while "未完成" in line.inner_text():
        page.wait_for_timeout(2_000)
        page.reload()
    for title in ("人员", "目标值", "核定岗位", "工作时间和办理时限", "评价方案", "第一批文件"):
        expect(page.locator("tr", has=page.get_by_text(title, exact=True))).to_contain_text("已完成")
    first_day.seen("done")
    line.get_by_role("link", name="查看指标").click()
    assert page.url.endswith("/tlf/2025/")
    expect(page.locator("main")).to_contain_text(ANSWERED)
    first_day.seen("figures")
