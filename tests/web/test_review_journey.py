"""A real browser: the evaluator's visit, from signing in to the signed file in her hands."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page

from kpi.handover.verdict_file import read_verdicts
from kpi.handover.verdicts_cli import verdicts
from tests.web.reviewing import Place, open_place, serve
from tests.web.test_browser import SCREENS, browser, fits, press

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def served(
    server_url: str, sample_year: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Place, str]]:
    """The place with the demo's people, and its address."""
    for place in open_place(server_url, sample_year, tmp_path_factory.mktemp("journey") / "var"):
        with serve(place) as address:
            yield place, address


def see(page: Page, folder: Path, name: str) -> None:
    """Keeps a picture of the page in both sizes; no page is wider than its window."""
    for screen, (width, height) in SCREENS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert fits(page), (name, screen)
        page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1366, "height": 768})


def wait_for(page: Page, text: str) -> None:
    """Waits until the page, which loads itself again meanwhile, shows a text."""
    page.get_by_text(text).first.wait_for(timeout=240_000)


def test_an_evaluators_visit(browser: Browser, served: tuple[Place, str], screenshots: Path, tmp_path: Path):
    """sign in → room → compute again → figure → rows → verdict → sample → signed file, verified"""
    _, address = served
    page = browser.new_context(base_url=address, accept_downloads=True).new_page()
    page.goto("/")
    page.get_by_role("button", name="演示·陈评价").click()
    page.goto("/tlf/2023/")
    page.get_by_role("link", name="评价", exact=True).first.click()
    page.get_by_role("link", name="核验", exact=True).click()
    see(page, screenshots, "1-room-empty")
    press(page, "开始重算")
    wait_for(page, "下载逐项结果")
    press(page, "生成证据包")
    wait_for(page, "下载证据包")
    page.locator("input[name=seed]").fill("四点二点六点")
    page.locator("input[name=count]").fill("6")
    press(page, "随机抽样")
    wait_for(page, "抽样核对表")
    see(page, screenshots, "2-room")
    page.get_by_role("link", name="抽样核对表").first.click()
    see(page, screenshots, "3-sample")
    page.locator("tbody tr td.name a").first.click()
    assert "现行" in page.locator(".timeline").inner_text()
    page.goto("/tlf/2023/evidence")
    see(page, screenshots, "4-evidence")
    page.goto("/tlf/2023/review")
    page.locator("#call_answer_rate td.name a").click()
    see(page, screenshots, "5-figure")
    page.get_by_role("link", name="分子明细").click()
    assert "= 指标分子" in page.locator(".proof").inner_text()
    page.go_back()
    page.get_by_label("不认可").check()
    press(page, "保存并返回")
    assert "须写明理由" in page.locator("main").inner_text()
    see(page, screenshots, "6-refused")
    page.locator("#note").fill("与电信账单的呼入量相差 12 通，说明材料不足")
    press(page, "保存并返回")
    assert "已保存" in page.locator("main").inner_text()
    page.goto("/tlf/2023/review/cases_handled")
    page.get_by_label("认可", exact=True).check()
    press(page, "保存并查看下一项")
    page.goto("/tlf/2023/review")
    press(page, "导出签名的结论文件")
    wait_for(page, "下载结论文件")
    see(page, screenshots, "7-judged")
    paper = page.locator(".paper-hash").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载结论文件").click()
    path = tmp_path / "verdicts.json"
    download.value.save_as(path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == paper
    assert [one["verdict"] for one in read_verdicts(path.read_bytes()).verdicts] == ["rejected", "accepted"]
    assert CliRunner().invoke(verdicts, [str(path), "--sha256", paper]).exit_code == 0
    page.goto("/tlf/2023/exports")
    see(page, screenshots, "8-exports")
