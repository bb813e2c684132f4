"""A real browser: verdicts, the raw line, the waterfall, the year-end set, each within its clicks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from kpi.evaluation.verdicts import read_year_verdicts
from tests.conftest import early_files
from tests.web.reviewing import Place, open_place, serve
from tests.web.test_browser import browser
from tests.web.test_review_journey import see
from tracker.blob_store import DELIVERIES, find_store
from web.jobs import working
from web.jobs.job import JobState

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG = 600_000  # milliseconds: seven files on a machine that does other work


@pytest.fixture(scope="module")
def served(
    server_url: str, sample_year: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Place, str]]:
    """The sample year with the demo's people and a chosen scheme, and its address."""
    for place in open_place(server_url, sample_year, tmp_path_factory.mktemp("evidence") / "var"):
        with place.database.connect() as connection:
            store = find_store(connection, place.settings.home, DELIVERIES, "tlf")
            for path in early_files():  # the sample year was imported into a folder of its own
                store.keep(connection, path)
        manager = place.browser("manager")
        assert manager.post("/tlf/2023/evaluation/turpan-2022/choice").status_code == 302
        with serve(place) as address:
            yield place, address


@dataclass
class Walk:
    """A person at the browser, whose clicks are counted from when she has signed in."""

    page: Page
    clicks: int = 0

    def click(self, what: Locator) -> None:
        self.clicks += 1
        with self.page.expect_navigation():
            what.click()


def sign_in(browser: Browser, address: str, name: str) -> Walk:
    page = browser.new_context(base_url=address).new_page()
    page.set_default_timeout(60_000)
    page.goto("/")
    page.get_by_role("button", name=f"演示·{name}").click()
    return Walk(page)


def test_all_verdicts_of_a_year_in_three_clicks(
    browser: Browser, served: tuple[Place, str], screenshots: Path, monkeypatch: pytest.MonkeyPatch
):
    """tasks → room → 全部认可 → 保存; keys go from one verdict to the next without a mouse."""
    place, address = served
    monkeypatch.setattr(working, "PATIENCE", 900)
    assert place.make(place.browser("manager"), "recomputation").state is JobState.DONE
    walk = sign_in(browser, address, "陈评价")
    page = walk.page
    page.goto("/tlf/tasks")
    walk.click(page.get_by_role("link", name=re.compile("去核验：2023年")))
    see(page, screenshots, "1-room")
    offered = page.get_by_role("button", name=re.compile("与重算一致的 .* 项全部认可"))
    count = int(re.findall(r"\d+", offered.inner_text())[0])
    walk.click(offered)
    assert page.locator("input[type=radio]:checked").count() == count
    walk.click(page.get_by_role("button", name="保存结论"))
    assert walk.clicks == 3
    assert f"已核验 {count}/" in page.locator("main").inner_text()
    see(page, screenshots, "2-judged")
    key = page.locator("tr[id]:not(:has(input:checked))").first.get_attribute("id")
    left = page.locator(f"#{key}")
    left.locator("input[type=radio]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert left.locator("input:checked").get_attribute("value") == "unverifiable"
    page.keyboard.press("Tab")
    page.keyboard.type("缺原件")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # the first button of the form saves
    assert f"已核验 {count + 1}/" in page.locator("main").inner_text()
    with place.database.connect() as connection:
        found = [one for one in read_year_verdicts(connection, "tlf", 2023) if one.period == "2023"]
    assert len({one.seq for one in found}) == count + 1
    assert [one.note for one in found if one.verdict.value == "unverifiable"] == ["缺原件"]


def test_a_figure_down_to_the_raw_line_in_four_clicks(
    browser: Browser, served: tuple[Place, str], screenshots: Path
):
    """overview → indicator → rows → record → line"""
    walk = sign_in(browser, served[1], "陈评价")
    page = walk.page
    page.goto("/tlf/2023/")
    walk.click(page.locator("main a[href*='call_answer_rate']").first)
    see(page, screenshots, "1-figure")
    walk.click(page.locator("main a[href*='call_answer_rate/numerator']").first)
    see(page, screenshots, "2-rows")
    walk.click(page.locator("td[data-name='日志记录'] a").first)
    see(page, screenshots, "3-record")
    walk.click(page.get_by_role("link", name="查看原文"))
    assert walk.clicks == 4
    see(page, screenshots, "4-line")
    here = page.locator("tr.here")
    number = int(here.locator("th").inner_text().split()[0].replace(",", ""))
    assert f"第 {number:,} 行" in page.locator("h1").inner_text()
    assert page.locator("table.source-lines tbody tr").count() >= 4
    assert "脱敏" in page.locator("main").inner_text() and here.locator("mark").count() >= 1
    assert not re.search(r"1[3-9]\d{9}", page.content())


def test_points_at_risk_to_the_form_in_two_clicks(
    browser: Browser, served: tuple[Place, str], screenshots: Path
):
    """tasks → waterfall, whose parts add up → the form"""
    walk = sign_in(browser, served[1], "王管理")
    page = walk.page
    page.goto("/tlf/tasks")
    walk.click(page.get_by_role("link", name=re.compile("办理：2023年评价")))
    see(page, screenshots, "1-waterfall")
    written = [Decimal(one) for one in page.locator(".points-parts tr:not(.total) td b").all_inner_texts()]
    assert sum(written) == Decimal(page.locator(".points-parts tr.total td b").inner_text()) == 100
    total = Decimal(page.locator(".tile-value .value").inner_text())
    assert written[0] + written[1] == total
    tasks = [Decimal(one) for one in page.locator("td[data-name='分值'] > b").all_inner_texts()]
    assert sum(tasks) == sum(written[1:4])
    walk.click(page.get_by_role("link", name=re.compile("^去填报：")).first)
    assert walk.clicks == 2
    assert page.get_by_role("button", name="提交").count() == 1
    see(page, screenshots, "2-form")


def test_the_year_end_set_in_two_clicks(browser: Browser, served: tuple[Place, str], screenshots: Path):
    """menu → the button; one page shows all seven files"""
    walk = sign_in(browser, served[1], "王管理")
    page = walk.page
    page.goto("/tlf/2023/")
    walk.click(page.get_by_role("link", name="评价", exact=True))
    see(page, screenshots, "1-evaluation")
    walk.click(page.get_by_role("button", name="生成年终材料"))
    assert walk.clicks == 2
    page.get_by_text("已生成 7/7").first.wait_for(timeout=LONG)
    see(page, screenshots, "2-set")
    assert page.locator("tbody td.name a").count() == 7
