"""The pages of figures: overview, month, quarter, indicator, coverage, definitions."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from kpi.figures.indicators import INDICATORS
from tests.web.conftest import NOW, ROLES, add, app_of, grant, signed_in_client
from tests.web.routes import UNUSED, address, rules
from tracker import centers
from tracker.database import Database
from tracker.periods import Month, Period, Quarter
from web.access.rights import Role
from web.pages.overview import TILES

Page = Callable[[str], str]


def test_the_front_door_leads_to_the_newest_year_with_calls_or_orders(client: FlaskClient):
    """Four inspections of January 2024 do not make it 2024."""
    assert client.get("/tlf/").headers["Location"] == "/tlf/2023/"


def test_the_front_door_shows_several_centres_by_band(page: Page):
    text = page("/?year=2023")
    row = text[text.index("热线电话接通率</span><br>") :].partition("</tr>")[0]
    met, missed, undecided, *_ = re.findall(r"<td data-name=.*?</td>", row, re.DOTALL)
    assert 'href="/tlf/2023/call_answer_rate">tlf' in undecided  # nobody knows what two days held
    assert "98.32%" in undecided
    assert "<li>" not in met + missed
    bands, _, counts = text.partition("各中心数据状态")
    assert 'href="/tlf/2023/">' in counts
    assert "空县12345热线" not in bands
    assert re.search(r'空县12345热线</a></th>\s*<td class="num" data-name="可核实">—', counts)


def test_the_front_door_opens_the_newest_year_and_offers_the_others(page: Page):
    text = page("/")
    assert "各中心对比 · 2024年" in text
    assert 'href="/?year=2023"' in text
    assert "本期未结束" in text
    assert "各中心对比 · 2024年" in page("/?year=nonsense")


def test_the_front_door_of_a_single_centre_leads_to_it(database: Database):
    with database.connect() as connection:
        centers.create_center(connection, "only", "独县12345热线", now=NOW)
    add(database, "manager", grant(Role.MANAGER))
    client = signed_in_client(app_of(database), "manager")
    assert client.get("/").headers["Location"] == "/only/tasks"


def test_the_overview_shows_at_most_seven_tiles_with_all_their_facts(page: Page):
    text = page("/tlf/2023/")
    assert len(TILES) == 6  # the points at risk are the seventh
    assert len(re.findall(r'<section class="tile tile-', text)) == 7
    tile = " ".join(re.sub("<[^>]*>", " ", text[text.index("热线电话接通率") : text.index("工单数")]).split())
    for fact in (
        "98.32%",
        "38,653 ÷ 39,315",
        "目标 ≥95%",
        "未定",
        "部分可核实",
        "数据完整率 99.45%",
        "估计",
    ):
        assert fact in tile


def test_a_tile_compares_only_months_that_are_sure(page: Page):
    """In the last month that ended; nothing of 2022 was delivered."""
    text = page("/tlf/2023/")
    tile = text[text.index("热线电话接通率") : text.index("工单数")]
    assert re.search(r'href="/tlf/2023-12/call_answer_rate">12月 <b>[\d.]+%</b>', tile)
    assert re.search(r"环比 (持平|[▲▼][\d.]+个百分点 (改善|变差))", tile)
    assert "同比 —" in tile
    assert "2022年12月没有计算过的数字，不作比较。" in tile
    assert "2023年8月的数字部分可核实，不作比较。" in page("/tlf/2023-08/")


def test_nothing_is_compared_with_a_year_that_the_person_may_not_see(peopled: Database):
    """The evaluator sees 2023 alone."""
    evaluator = signed_in_client(app_of(peopled), ROLES[Role.EVALUATOR])
    assert "您没有查看2022年指标的权限，不作比较。" in evaluator.get("/tlf/2023/").text
    assert "您没有查看2022年指标的权限，不作比较。" in evaluator.get("/tlf/2023-08/call_answer_rate").text


def test_an_indicator_of_a_month_stays_in_the_month(page: Page):
    assert 'href="/tlf/2023-08/call_answer_rate"' in page("/tlf/2023-08/")
    text = page("/tlf/2023-08/call_answer_rate")
    assert "2023年8月</h1>" in text
    assert "98.38%" in text.partition("<table")[0]
    assert 'class="chart-here"' in text
    assert 'href="/tlf/2023-07/call_answer_rate"' in text  # the other months are a click away


@pytest.mark.parametrize("period", [Month(2023, 8), Quarter(2023, 3)], ids=str)
@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.rule)
def test_an_address_of_a_month_or_quarter_leads_to_its_own_page(rule: Rule, period: Period):
    """/2023-08/days and /2023-08/closing are no indicators."""
    parts = dict.fromkeys(("delivery", "token"), "none")
    there = address(UNUSED, rule, **parts, period=period)
    assert UNUSED.url_map.bind("localhost").match(there)[0] == rule.endpoint


def test_the_table_is_searched_and_sorted_by_its_address(page: Page):
    def names(address: str) -> list[str]:
        table = page(address).partition('id="figures"')[2]
        return re.findall(r'<th scope="row" class="name"><a [^>]*>([^<]*)<', table)

    assert names("/tlf/2023/?find=接通率+15秒") == ["15秒接通率（占进入队列）", "15秒接通率（占已接听）"]
    assert sorted(names("/tlf/2023/?sort=name")) == names("/tlf/2023/?sort=name")
    assert names("/tlf/2023/?sort=-name") == names("/tlf/2023/?sort=name")[::-1]
    assert names("/tlf/2023/?sort=nonsense&only=nonsense") == names("/tlf/2023/")
    nothing = page("/tlf/2023/?find=没有这个")
    assert "没有符合条件的指标" in nothing
    assert set(re.findall('aria-describedby="([^"]*)"', nothing)) <= set(re.findall('id="([^"]*)"', nothing))
    text = page("/tlf/2023/?sort=coverage&only=lacking")
    assert 'aria-sort="ascending"' in text and "sort=-coverage" in text and "only=lacking" in text
    shown = text.partition('id="figures"')[2].partition("</table>")[0]
    assert "◐ 部分可核实" in shown and "✓ 可核实" not in shown


def test_the_overview_lists_every_indicator(page: Page):
    text = page("/tlf/2023/")
    assert all(f"/tlf/2023/{key}" in text for key in INDICATORS)


def test_the_overview_names_the_missing_days_and_what_mends_them(page: Page):
    box = page("/tlf/2023/").partition("数据缺失及补报</h2>")[2]
    assert "话单缺8月12日、8月13日。" in box
    assert "处理办法：请平台供应商补报缺失日期的话单" in box


def test_a_source_that_was_never_delivered_gives_no_number(page: Page):
    text = page("/small/2024/platform_uptime_rate")
    assert "✕ 无法核实" in text
    assert "本期不计算" in text
    assert "0.00% " not in text.partition("<table")[0].replace("数据完整率", "")


def test_the_three_marks_differ(page: Page):
    month = page("/small/2024-02/")
    for title, mark in (("短信发送量", "0 条"), ("热线电话接通率", "—"), ("热线知晓率", "不适用")):
        cell = re.search(rf"{title}</a></th>\s*<td class=\"value-cell num\">(.*?)</td>", month)
        assert cell is not None
        assert re.sub("<[^>]*>", "", cell[1]) == mark  # counted: none; no data; nothing to divide by


def test_a_month_has_its_own_figures(page: Page):
    assert "2023年8月" in page("/tlf/2023-08/")
    assert "93.55%" in page("/tlf/2023-08/")  # 29 of 31 days


def test_a_quarter_has_its_own_figures(page: Page):
    assert "2023年第三季度" in page("/tlf/2023-Q3/")


def test_a_year_asked_for_as_a_period_is_the_overview(client: FlaskClient):
    assert client.get("/tlf/2023").headers["Location"].endswith("/tlf/2023/")


def test_a_running_year_says_that_it_is_provisional(page: Page):
    assert "2024年全年数据会随新报数据变动" in page("/tlf/2024/")
    past = page("/tlf/2023/").partition("<table")[0]
    assert "随新报数据变动" not in past and 'class="running"' not in past


def test_a_month_that_has_not_begun_says_so(page: Page):
    assert "2024年9月尚未开始，没有指标。" in page("/tlf/2024-09/")


def test_an_indicator_page_has_every_period_with_ways_to_the_rows(page: Page):
    text = page("/tlf/2023/call_answer_rate")
    for period in ("2023", "2023-Q3", "2023-08"):
        assert f"/tlf/{period}/call_answer_rate/numerator" in text
        assert f"/tlf/{period}/call_answer_rate/denominator" in text
    assert "人工接听的电话 ÷ 进入人工队列的电话 × 100" in text


def test_the_line_of_an_indicator_breaks_where_months_are_missing(page: Page):
    """The small centre's only day of counts is in February: January and March have no value."""
    chart = re.search(r'<div class="for-wide">(.*?)</div>', page("/small/2024/cases_handled"), re.DOTALL)
    assert chart is not None
    assert "<polyline" not in chart[1]
    assert chart[1].count("<circle") == 1
    assert "chart-gap-none" in chart[1]


def test_the_coverage_calendar_marks_missing_days(page: Page):
    text = page("/tlf/2023/coverage")
    assert '<td class="day-missing" title="8月12日：缺"><a href="/tlf/days/2023-08-12">✕</a></td>' in text
    assert '<td class="day-covered" title="8月11日：有数据（' in text
    assert 'title="7月1日：缺"' in text
    assert "缺8月12日、8月13日。" in text


def test_the_coverage_calendar_tells_a_zero_report_from_a_gap(page: Page):
    text = page("/small/2024/coverage")
    assert '<td class="day-zero" title="2月3日：零报告（确认人 管理员）">0</td>' in text
    assert '<td class="day-missing" title="2月4日：缺"><a href="/small/days/2024-02-04">✕</a></td>' in text
    assert '<td class="day-owed" title="3月9日：待报"><a href="/small/days/2024-03-09">○</a></td>' in text
    assert '<td class="day-ahead" title="12月1日：未到期"></td>' in text
    assert "从未报送" in text


def test_every_indicator_has_a_definition_card(page: Page):
    listed = page("/tlf/definitions/")
    assert all(f"/tlf/definitions/{key}" in listed for key in INDICATORS)
    card = page("/tlf/definitions/payment_on_time_rate")
    for field in ("设置依据", "分子", "分母", "包含", "不含", "例子", "出处"):
        assert f"<dt>{field}</dt>" in card


def test_a_page_says_how_fresh_it_is(page: Page):
    text = page("/small/2024/")
    assert "更新最晚的来源：话单（从未报送）" in text
    assert "数据日志共 7 条" in text


def test_a_centre_without_data_says_what_to_do(page: Page):
    text = page("/void/")
    assert "空县12345热线本年度尚无指标。" in text
    assert "导入话单、工单、花名册等文件。" in text and "hotline " not in text


def test_switching_the_centre_or_the_year_keeps_the_page(page: Page):
    text = page("/tlf/2023/call_answer_rate")
    assert 'href="/small/2023/call_answer_rate"' in text
    assert 'href="/tlf/2024/call_answer_rate"' in text
