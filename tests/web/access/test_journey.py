"""From the first start to an evaluator's visit, in a real browser and without a mouse where people type."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import NOW, app_of
from tests.web.keyboard import wait_for_paint
from tests.web.test_browser import SCREENS, browser, fits, press
from tracker import centers
from tracker.database import Database
from web.access.first_start import add_first_administrator
from web.http_server import make_server

__all__ = ["browser"]

pytestmark = pytest.mark.browser

OWN = {"anquan": "Erste-4711-wache", "chen": "Zweite-4711-woche"}


@pytest.fixture
def started(database: Database) -> Iterator[tuple[str, str]]:
    """The address of an instance with two centres, and the password that its first start prints."""
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
        centers.create_center(connection, "small", "小县12345热线", now=NOW)
    told = add_first_administrator(database, NOW)
    assert told is not None
    server = make_server(app_of(database), "127.0.0.1", 0)
    threading.Thread(target=server.run, daemon=True).start()
    password = re.search(r"初始口令\s+(\S+)", told)
    assert password is not None
    yield f"http://127.0.0.1:{server.effective_port}", password[1]
    server.close()


@pytest.mark.parametrize("screen", SCREENS)
def test_from_the_first_start_to_an_evaluators_visit(
    browser: Browser, started: tuple[str, str], screen: str, screenshots: Path
):
    address, printed = started
    width, height = SCREENS[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=address)
    page = context.new_page()

    def seen(name: str) -> None:
        assert fits(page), name
        page.screenshot(path=screenshots / f"{name}-{screen}.png", full_page=True)

    first_sign_in(page, "anquan", printed)
    page.goto("/")
    assert page.locator("h1").inner_text() == "账号和授权"
    type_into(page, "登录名", "chen")
    type_into(page, "姓名", "陈评价")
    page.keyboard.press("Enter")
    password = page.locator(".once-word").inner_text()
    seen("one-time-password")

    page.get_by_label("角色").select_option(label="评价人员")
    press(page, "授权")
    assert "请选择中心" in page.locator(".field-error").inner_text()
    page.get_by_label("角色").select_option(label="评价人员")
    page.get_by_label("中心").select_option(label="吐鲁番市12345热线（tlf）")
    press(page, "授权")
    assert "评价人员" in page.locator(".field-error").inner_text()  # without years and a last day
    page.get_by_label("角色").select_option(label="评价人员")
    page.get_by_label("中心").select_option(label="吐鲁番市12345热线（tlf）")
    page.get_by_label("年度").fill("2023")
    page.get_by_label("截止日期（含）").fill("2024-04-10")
    press(page, "授权")
    assert "评价人员，吐鲁番市12345热线（tlf），2023年" in page.locator(".plain").inner_text()
    seen("granted")
    assert page.goto("/tlf/2023/").status == 403  # type: ignore[union-attr]
    sign_out(page)

    first_sign_in(page, "chen", password)
    page.goto("/")
    assert page.url.endswith("/tlf/tasks")
    page.get_by_role("link", name="指标总览").first.click()
    assert page.url.endswith("/tlf/2023/")
    seen("evaluator")
    assert page.goto("/tlf/2024/").status == 403  # type: ignore[union-attr]
    assert "您的授权只到2023年，不含2024年。" in page.locator("main").inner_text()
    assert page.goto("/small/2023/").status == 404  # type: ignore[union-attr]
    sign_out(page)
    page.go_back()
    assert "/-/sign-in" in page.url  # the browser has kept nothing that it could show
    context.close()


def first_sign_in(page: Page, login: str, printed: str) -> None:
    """With the password that was given, then with one's own; by keyboard alone."""
    page.goto("/")
    wait_for_paint(page)
    expect(page.get_by_label("登录名")).to_be_focused()
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(printed)
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/account/password")
    type_into(page, "原口令", printed)
    for label in ("新口令", "再输一次新口令"):
        type_into(page, label, OWN[login])
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/account/")


def type_into(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).focus()
    page.keyboard.type(text)


def sign_out(page: Page) -> None:
    page.locator(".menu.me summary").click()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/-/sign-in*")
