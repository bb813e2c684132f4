"""A real browser: a form that was filled in for longer than the session lived is not lost."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.web.conftest import NOW, SETTINGS, app_of
from tests.web.test_browser import SCREENS, browser, entered, fits
from tracker import centers
from tracker.database import Database
from web.access.demo_people import add_demo_people
from web.http_server import make_server

__all__ = ["browser"]

pytestmark = pytest.mark.browser

CLERK, MANAGER = "演示·李录入", "演示·王管理"


@dataclass
class Desk:
    """A clerk's browser, and the server's clock."""

    context: BrowserContext
    page: Page
    database: Database
    time: list[datetime]
    shots: Path

    def later(self, **span: float) -> None:
        self.time[0] += timedelta(**span)

    def messages(self) -> list[tuple[object, ...]]:
        with self.database.connect() as connection:
            return connection.execute("SELECT messages, cases, visits FROM daily_counts").fetchall()

    def fill_counts(self) -> None:
        self.page.goto("/tlf/days/2024-03-10/counts")
        for name, text in (("messages", "120"), ("cases", "8"), ("visits", "0")):
            self.page.fill(f"#{name}", text)

    def send(self) -> None:
        self.page.get_by_role("button", name="提交", exact=True).click()

    def seen(self, name: str) -> None:
        """Fits both screens without a serious fault; keeps the pictures."""
        for width, height in SCREENS.values():
            self.page.set_viewport_size({"width": width, "height": height})
            assert fits(self.page), (name, width)
            found = Axe().run(self.page).response["violations"]
            assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == [], name
            self.page.screenshot(path=self.shots / f"{name}-{width}.png", full_page=True)


@pytest.fixture
def desk(browser: Browser, database: Database, home: Path, screenshots: Path) -> Iterator[Desk]:
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
        add_demo_people(connection, "tlf", NOW)
    time = [NOW]
    app = app_of(database, clock=lambda: time[0], settings=replace(SETTINGS, home=home), demo=True)
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server(app, "127.0.0.1", 0)
    threading.Thread(target=server.run, daemon=True).start()
    context = browser.new_context(base_url=f"http://127.0.0.1:{server.effective_port}", locale="zh-CN")
    yield Desk(context, entered(context, CLERK), database, time, screenshots)
    context.close()
    server.close()


def test_a_form_sent_after_the_session_ended_waits_for_signing_in_elsewhere(desk: Desk):
    page = desk.page
    desk.fill_counts()
    desk.later(minutes=20)
    desk.send()
    page.get_by_text("登录已过期").wait_for()
    assert page.input_value("#messages") == "120"
    assert desk.messages() == []
    desk.seen("over")
    with desk.context.expect_page() as opened:
        page.get_by_role("link", name="在新标签页登录").click()
    opened.value.get_by_role("button", name=CLERK).click()
    opened.value.get_by_text("请关闭本标签页").wait_for()
    desk.send()
    page.get_by_text("已保存：短信、办件、接待").wait_for()
    assert desk.messages() == [(120, 8, 0)]


def test_nobody_sends_what_another_person_filled_in(desk: Desk):
    page = desk.page
    desk.fill_counts()
    desk.later(minutes=20)
    other = entered(desk.context, MANAGER)
    desk.send()
    page.get_by_text(f"现在登录的是“{MANAGER}（guanli）”").wait_for()
    assert desk.messages() == []
    desk.seen("other")
    other.locator(".menu.me summary").click()
    other.get_by_role("button", name="退出").click()
    other.get_by_role("button", name=CLERK).click()
    other.wait_for_url("**/tlf/**")
    desk.send()
    page.get_by_text("已保存：短信、办件、接待").wait_for()
    assert desk.messages() == [(120, 8, 0)]


def test_a_form_stays_where_it_is_while_the_server_cannot_be_reached(desk: Desk):
    page = desk.page
    desk.fill_counts()
    desk.context.set_offline(True)
    desk.send()
    page.get_by_text("暂时连不上服务器").wait_for()
    desk.context.set_offline(False)
    desk.send()
    page.get_by_text("已保存：短信、办件、接待").wait_for()


def test_a_page_left_alone_warns_before_the_limit_and_a_click_keeps_it(desk: Desk):
    page = desk.page
    page.clock.install()
    page.goto("/tlf/days/2024-03-10/counts")
    desk.later(minutes=12)
    page.clock.fast_forward(12 * 60 * 1000)
    page.get_by_text("约 3 分钟后将自动退出登录").wait_for()
    desk.seen("soon")
    page.get_by_role("button", name="继续使用").click()
    page.get_by_text("自动退出登录").wait_for(state="hidden")
    desk.later(minutes=14)
    page.fill("#messages", "1")
    desk.send()
    page.get_by_text("已保存：短信、办件、接待").wait_for()


def test_typing_keeps_the_session_alive(desk: Desk):
    page = desk.page
    page.clock.install()
    page.goto("/tlf/days/2024-03-10/counts")
    page.fill("#messages", "120")
    desk.later(minutes=12)
    with page.expect_response("**/-/session/stay.json"):
        page.clock.fast_forward(12 * 60 * 1000)
    desk.later(minutes=12)
    page.fill("#cases", "8")
    desk.send()
    page.get_by_text("已保存：短信、办件、接待").wait_for()
    assert page.get_by_text("自动退出登录").count() == 0
