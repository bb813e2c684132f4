"""Charts and the table of indicators in a real browser: keys, pointer, finger, and without a script."""

import re

import pytest
from playwright.sync_api import Browser, Page

from tests.web.test_browser import browser, entered, screen, server

__all__ = ["browser", "screen", "server"]

pytestmark = pytest.mark.browser


def test_the_arrow_keys_go_through_the_months_and_enter_opens_one(screen: Page):
    screen.goto("/tlf/2023/call_answer_rate")
    chart, tip = screen.locator(".card svg.chart:visible"), screen.locator(".chart-tip")
    assert tip.count() == 0
    screen.locator("main").click(position={"x": 2, "y": 2})
    chart.press("Home")
    assert tip.inner_text().startswith("2023年1月：")
    for _ in range(7):
        screen.keyboard.press("ArrowRight")
    told = tip.inner_text()
    assert told.startswith("2023年8月：98.38%\n2,852 ÷ 2,899\n部分可核实，数据完整率 93.55%")
    assert screen.locator(".chart-cross").count() == 1
    screen.keyboard.press("ArrowLeft")
    assert "环比 ▲" in tip.inner_text() or "环比 ▼" in tip.inner_text()  # July and June are both sure
    screen.keyboard.press("Escape")
    assert tip.count() == 0
    screen.keyboard.press("End")
    screen.keyboard.press("ArrowLeft")
    screen.keyboard.press("Enter")
    screen.wait_for_url("**/tlf/2023-11/call_answer_rate")
    assert screen.locator("h1").inner_text().endswith("2023年11月")


def test_the_pointer_shows_a_month_and_a_click_opens_it(browser: Browser, server: str):
    page = entered(browser.new_context(viewport={"width": 1366, "height": 768}, base_url=server))
    page.goto("/tlf/2023/call_answer_rate")
    month = page.locator(".card svg.chart:visible rect.chart-hover").nth(2)
    month.hover()
    tip = page.locator(".chart-tip")
    assert tip.inner_text().startswith("2023年3月：")
    page.locator("h1").hover()
    assert tip.count() == 0
    month.click()
    page.wait_for_url("**/tlf/2023-03/call_answer_rate")
    page.close()


def test_a_finger_shows_a_month_first_and_opens_it_at_the_second_touch(browser: Browser, server: str):
    context = browser.new_context(viewport={"width": 390, "height": 844}, base_url=server, has_touch=True)
    page = entered(context)
    page.goto("/tlf/2023/call_answer_rate")
    month = page.locator(".card svg.chart:visible rect.chart-hover").nth(2)
    month.tap()
    assert page.locator(".chart-tip").inner_text().startswith("2023年3月：")
    assert page.url.endswith("/tlf/2023/call_answer_rate")
    month.tap()
    page.wait_for_url("**/tlf/2023-03/call_answer_rate")
    context.close()


def test_a_chart_is_whole_without_a_script(browser: Browser, server: str):
    context = browser.new_context(java_script_enabled=False, base_url=server)
    page = entered(context)
    page.goto("/tlf/2023/call_answer_rate")
    months = page.locator(".card svg.chart:visible a")
    assert months.count() == 12
    assert "2,852 ÷ 2,899" in (months.nth(7).locator("title").text_content() or "")
    assert page.locator(".card svg.chart:visible .chart-number").count() == 1
    months.nth(2).click()
    assert page.url.endswith("/tlf/2023-03/call_answer_rate")
    context.close()


def test_the_table_narrows_while_one_types_and_sorts_by_its_heads(screen: Page):
    screen.goto("/tlf/2023/")
    rows = screen.locator("#figures tbody tr:not(.group):visible")
    everything = rows.count()
    field = screen.get_by_role("searchbox", name="查找指标")
    field.fill("接通率")
    narrowed = rows.count()
    assert 0 < narrowed < everything
    assert screen.locator("form[data-listing] [role=status]").inner_text() == f"{narrowed} / {everything} 项"
    assert all("接通率" in one for one in screen.locator("#figures tbody th.name:visible").all_inner_texts())
    field.press("Enter")
    screen.wait_for_url(re.compile("find="))
    assert rows.count() == narrowed


def test_the_head_of_the_table_stays_while_one_scrolls(browser: Browser, server: str):
    page = entered(browser.new_context(viewport={"width": 1366, "height": 768}, base_url=server))
    page.goto("/tlf/2023/")
    page.locator("#figures tbody tr").nth(40).scroll_into_view_if_needed()
    head = page.locator("#figures thead th").first.bounding_box()
    assert head is not None and 0 <= head["y"] < 5
    page.locator("#figures thead").get_by_role("link", name="完整率").click()
    page.wait_for_url(re.compile("sort=coverage"))
    assert page.locator("#figures thead th[aria-sort=ascending]").inner_text().startswith("完整率")
    page.close()


def test_the_names_of_indicators_can_be_read_on_paper(browser: Browser, server: str):
    page = entered(browser.new_context(viewport={"width": 760, "height": 1070}, base_url=server))
    page.emulate_media(media="print")
    page.goto("/tlf/2023/")
    narrowest = min(one.bounding_box()["width"] for one in page.locator("#figures th.name").all())  # type: ignore[index]
    size = page.locator("#figures th.name").first.evaluate(
        "one => parseFloat(getComputedStyle(one).fontSize)"
    )
    assert narrowest >= 8 * size
    page.close()
