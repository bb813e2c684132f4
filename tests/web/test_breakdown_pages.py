"""From a figure to its parts, from a part to its rows, and back up again."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient

Page = Callable[[str], str]
MONTH = "/tlf/2023-08/call_answer_rate"


def test_the_parts_prove_that_they_come_to_the_figure(page: Page):
    assert "各项合计 2,852 ÷ 2,899 = 指标 2,852 ÷ 2,899 ✓" in page(f"{MONTH}/parts")
    assert "各项合计 656 = 指标 656 ✓" in page("/tlf/2023-08/work_orders_opened/parts?by=unit")


@pytest.mark.parametrize("by", ["day", "weekday", "hour", "skill_group", "agent"])
def test_a_month_of_calls_is_taken_apart_in_several_ways(page: Page, by: str):
    text = page(f"{MONTH}/parts?by={by}")
    assert "指标 2,852 ÷ 2,899 ✓" in text
    assert f'by={by}" aria-current="page"' in text


def test_a_day_without_data_is_a_dash_and_a_break_in_the_line(page: Page):
    text = page(f"{MONTH}/parts?by=day")
    assert re.search(r"8月12日</th>\s*<td class=\"num value-cell value-none\" data-name=\"数值\">—", text)
    assert text.count("<polyline") == 2
    assert text.count("chart-gap-none") == 2


def test_a_part_leads_to_its_rows_and_they_to_the_part(page: Page):
    text = page(f"{MONTH}/parts?by=day")
    link = re.search(r'href="([^"]+numerator\?by=day[^"]*is=2023-08-03)"', text)
    assert link is not None
    rows = page(link[1])
    assert re.search(r"分子 (\d+) 行 = 本项分子 \1 ✓（指标分子 2,852 的一部分）", rows)
    assert "日：8月3日" in rows
    assert f'href="{MONTH}/parts?by=day"' in rows


def test_the_pages_of_a_part_and_its_file_keep_to_the_part(client: FlaskClient, page: Page):
    first = page("/tlf/2023/work_order_on_time_rate/denominator?by=unit&is=市公安局")
    assert "第 1–50 行，共 474 行" in first
    following = re.search(r'<a href="([^"]+)" rel="next">', first)
    assert following is not None
    assert "第 51–100 行，共 474 行" in page(following[1])
    file = re.search(r'<a href="([^"]+\.csv[^"]*)">下载全部', first)
    assert file is not None
    answer = client.get(file[1])
    assert len(answer.get_data().decode("utf-8-sig").splitlines()) == 475
    assert "_2023_承办单位_市公安局_分母.csv" in unquote(answer.headers["Content-Disposition"])


def test_every_step_down_has_a_way_back(page: Page):
    trail = re.search(r'<nav class="trail".*?</nav>', page(f"{MONTH}/numerator"), re.DOTALL)
    assert trail is not None
    assert re.findall(r'href="([^"]+)"', trail[0]) == [
        "/tlf/2023/", MONTH, f"{MONTH}/parts",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (f"{MONTH}/parts?by=unit", "可按日、星期、时段、技能组、座席分组"),
        ("/tlf/2023/cost_per_person/parts", "不支持按此方式分组"),
        ("/small/2024/platform_uptime_rate/parts", "没有数字可以分组"),
        (f"{MONTH}/numerator?by=unit&is=x", "不支持按此方式分组"),
        (f"{MONTH}/numerator?by=day&is=x", "没有日“x”"),
    ],
)
def test_what_cannot_be_taken_apart_says_why(client: FlaskClient, address: str, sentence: str):
    answer = client.get(address)
    assert answer.status_code == 404
    assert sentence in unescape(answer.text)


def test_a_figure_that_cannot_be_taken_apart_has_no_link_to_its_parts(page: Page):
    assert "/parts" not in page("/tlf/2023/cost_per_person")
    assert "/tlf/2023-Q1/call_answer_rate/parts" in page("/tlf/2023/call_answer_rate")
