"""The pages behind the figures: calls by hour, orders, people, payments, arrivals."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from kpi.figures.patterns.unit_bands import BANDS
from tests.web.closing import room_of
from tracker.database import Database

Page = Callable[[str], str]
HELD = """
order A1 accepted 2023-05-08
step A1 2023-05-08T10:00 dispatched 甲局
step A1 2023-05-15T10:00 returned
step A1 2023-05-15T17:30 reassigned 乙局
step A1 2023-05-17T10:00 closed
order A2 accepted 2023-05-08
step A2 2023-05-09T10:00 dispatched 甲局
step A2 2023-05-15T10:00 closed
order A3 accepted 2023-05-08 closed 2023-05-09
delivered work_orders 2023-05-01..2023-05-31 as of 2023-06-01"""
PAGES = ("calls", "orders", "staff", "payments", "surveys", "arrivals")


def test_the_week_is_drawn_twice_and_told_as_a_table(page: Page):
    text = page("/tlf/2023/analysis/calls")
    assert "呼入共 40,512 通，话单已报送 363 天" in text
    assert text.count('<svg class="chart heat heat-volume"') == 2  # for the office and for the phone
    assert text.count('<svg class="chart heat heat-wait"') == 2
    assert re.search(r"<title>周二9时：[\d,]+ 通，平均每天 11\.5 通，接通 [\d,]+ 通</title>", text)
    table = text.partition("以表格查看")[2]
    assert table.count("<tr>") == 25
    assert "<script" not in text.partition("<body>")[2]


def test_outbound_calls_have_no_waiting_time(page: Page):
    text = page("/tlf/2023/analysis/calls?direction=outbound")
    assert "呼出共" in text
    assert "等待时长不适用" in text
    assert "heat-wait" not in text


def test_a_skill_group_is_chosen_in_the_address(page: Page):
    text = page("/tlf/2023/analysis/calls?direction=inbound&group=综合受理")
    assert '<option value="综合受理" selected>' in text
    assert 'href="/tlf/2023/analysis/calls">清除筛选' in text
    assert "/tlf/2023-08/analysis/calls?direction=inbound&group=" in text  # the periods keep the filters


def test_a_choice_that_is_not_there_stays_visible(page: Page):
    text = page("/tlf/2023/analysis/calls?group=夜班")
    assert "夜班（本期无数据）" in text
    assert "呼入共 0 通" in text


def test_hours_without_data_are_not_zero(page: Page):
    """The small centre has a zero report of calls on Saturday 3 February and nothing else."""
    text = page("/small/2024/analysis/calls")
    assert "<title>周六8时：0 通，平均每天 0.0 通，接通 0 通</title>" in text
    assert "<title>周日8时：缺话单</title>" in text


def test_open_orders_lead_to_the_orders(page: Page):
    text = page("/tlf/2023/analysis/orders")
    head = re.search(r"在办工单 (\d+) 件，其中逾期 (\d+) 件", text)
    assert head is not None
    link = re.search(r'<td class="num">\s*<a href="([^"]+)">' + head[1] + "</a>", text)
    assert link is not None
    orders = page(link[1])
    assert f"共 {head[1]} 行" in orders
    assert "/tlf/things/work_order/" in orders


def test_a_cell_of_open_orders_is_as_many_as_its_list(page: Page):
    text = page("/tlf/2023/analysis/orders?kind=投诉")
    cell = re.search(r'<td class="num shade-[1-4]">\s*<a href="([^"]+)">(\d+)</a>', text)
    assert cell is not None
    assert f"共 {cell[2]} 行" in page(cell[1])
    assert "kind=" in cell[1]


def test_units_stand_in_bands_and_in_no_order_of_rate(page: Page):
    text = page("/tlf/2023/analysis/orders").partition("承办单位按时办结率分档")[2]
    for band in BANDS:
        assert band.title in text
    assert "不排名" in text
    within = re.findall(r"<span>([\d.]+)%</span>", text.partition("90%至95%以下")[2].partition("90%以下")[0])
    assert within != sorted(within, reverse=True)
    assert "7,786 ÷ 8,049" in text


def test_a_unit_of_a_band_leads_to_its_rows(page: Page):
    text = page("/tlf/2023/analysis/orders").partition("承办单位按时办结率分档")[2]
    link = re.search(r'<a href="([^"]+by=unit[^"]*is=[^"]+)">市公安局</a>', text)
    assert link is not None
    assert "分母 474 行 = 本项分母 474 ✓（指标分母 8,049 的一部分）" in page(link[1]), re.findall(
        r"分母 \d+ 行[^<]*", page(link[1])
    )


def test_how_long_a_unit_held_orders_leads_to_each_of_them(database: Database):
    room = room_of(database, HELD)
    text = room.page("zhang", "/tlf/2023-05/analysis/orders").partition("各单位持有时长")[2]
    found = re.findall(
        r'<th scope="row">(.局)</th>\s*<td class="num"><a href="([^"]+)">(\d+)</a></td>\s*<td[^>]*>([\d.]+)<',
        text,
    )
    assert [(unit, count, hours) for unit, _, count, hours in found] == [
        ("甲局", "2", "156"), ("乙局", "1", "40.5"),
    ]  # fmt: skip
    assert "另有 1 件本期办结的工单没有流转记录" in text
    rows = room.page("zhang", found[0][1])
    assert rows.count('data-name="结束方式">') == 2
    assert "退单" in rows and "办结" in rows and "/tlf/things/work_order/A1" in rows


def test_without_flow_logs_nobody_knows_who_held_the_orders(page: Page):
    text = page("/tlf/2023/analysis/orders").partition("各单位持有时长")[2]
    assert "没有持有记录：请导入工单流转记录。" in text
    assert "件本期办结的工单没有流转记录" in text
    assert "本期没有这样的持有记录" in page("/tlf/2023/analysis/orders/held?unit=甲局")


def test_people_are_drawn_and_told_by_month(page: Page):
    text = page("/tlf/2023/analysis/staff")
    assert "<title>4月：月末在岗35人，核定35人，入职4人，离职0人</title>" in text
    assert re.search(r"全年</th><td></td><td></td><td[^>]*>4</td><td[^>]*>5</td>", text)


def test_a_month_of_people_leads_to_its_year(client: FlaskClient):
    assert client.get("/tlf/2023-08/analysis/staff").headers["Location"] == "/tlf/2023/analysis/staff"


def test_months_without_a_roster_have_no_number(page: Page):
    text = page("/tlf/2024/analysis/staff")
    assert "<title>1月：月末在岗" in text
    assert "<title>9月：没有花名册佐证</title>" in text


def test_late_payments_are_marked(page: Page):
    text = page("/tlf/2023/analysis/payments")
    assert "共 16 笔，按时 10 笔，逾期支付 6 笔。" in text
    assert "<title>劳务费：约定2月10日，实付2月21日，逾期11天</title>" in text
    assert text.count('<g class="pay-late"><line') >= 12  # six, drawn for the office and for the phone


def test_payments_of_an_item_and_a_month(page: Page):
    text = page("/tlf/2023-03/analysis/payments?item=办公费")
    assert "共 1 笔，按时 1 笔。" in text


def test_sources_say_what_is_missing_owed_and_expected_next(page: Page):
    text = page("/tlf/2023/analysis/arrivals")
    calls = text[text.index("话单</th>") : text.index("工单</th>")]
    assert "2023年12月31日" in calls
    assert "✕ 缺 2 天" in calls and "缺8月12日、8月13日" in calls
    running = page("/small/2024-03/analysis/arrivals")
    calls = running[running.index("话单</th>") : running.index("工单</th>")]
    assert "从未报送" in calls and "○ 待报 9 天" in calls and "2024年3月10日的数据" in calls
    assert "✕" not in calls


def test_rows_are_told_by_how_late_they_came(page: Page):
    text = page("/tlf/2023/analysis/arrivals").partition("数据报送及时性")[2]
    calls = text[text.index("话单</th>") : text.index("工单</th>")]
    assert "系统采集" in calls
    assert "100%" in calls


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_a_period_that_has_not_begun_says_so(page: Page, name: str):
    period = "2025" if name == "staff" else "2024-12"
    assert "尚未开始，没有数据。" in page(f"/tlf/{period}/analysis/{name}")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_an_empty_centre_says_what_to_do(page: Page, name: str):
    text = page(f"/void/2024/analysis/{name}")
    assert "尚未导入数据。请按" in text and 'href="/void/setup"' in text


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_lead_to_each_other_and_to_other_centres(page: Page, name: str):
    text = page(f"/tlf/2023/analysis/{name}")
    assert all(f'href="/tlf/2023/analysis/{other}"' in text for other in PAGES)
    assert f'href="/small/2023/analysis/{name}"' in text
    assert f'href="/tlf/2024/analysis/{name}"' in text


def test_a_questionnaire_is_told_question_by_question_with_its_reliability(page: Page):
    text = page("/tlf/2023/analysis/surveys")
    asked = text.partition("您一般拨打热线是为了")[2].partition("</section>")[0]
    assert re.findall(r'row">(\S+)</th><td class="num">(\d+)', asked) == [
        ("咨询", "51"), ("投诉", "31"), ("建议", "6"), ("其他", "7"),
    ]  # fmt: skip
    assert "53.68%" in asked
    assert "有效问卷 95 份，发放 100 份" in text
    assert "<b>-0.078</b>，" in text
    assert "需要385份" in text


def test_a_year_without_questionnaires_says_how_they_come_in(page: Page):
    assert "2022年还没有问卷。" in page("/tlf/2022/analysis/surveys")
