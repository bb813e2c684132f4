"""Why a figure moved: from the overview to the parts that moved it, and on to their rows."""

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from kpi.figures.indicators.indicator import round_exact
from web.change_view import apportion, write_number

Page = Callable[[str], str]
CHANGE = "/tlf/2023-08/call_answer_rate/change"
TOLD = re.compile(r'<td class="num value-cell">([+−]?[\d.,]+)</td>')


def read_number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(",", ""))


def read_sentence(text: str) -> str:
    found = re.search(r'class="change-said">([^<]+)<', text)
    assert found is not None
    return found[1]


def test_one_sentence_says_what_moved_how_far_and_by_what(page: Page):
    said = read_sentence(page(CHANGE))
    found = re.fullmatch(
        r"2023年8月热线电话接通率([\d.]+)%，比7月（([\d.]+)%）(上升|下降)([\d.]+)个百分点，目标[^，]+，[^。]+。"
        r"主要影响：按日，8月\d+日（.+）；按星期，周.+；按时段，.+时（.+）。",
        said,
    )
    assert found is not None, said
    moved = Decimal(found[1]) - Decimal(found[2])
    assert abs(moved) == Decimal(found[4])
    assert found[3] == ("上升" if moved > 0 else "下降")
    assert "坐席" not in said


@pytest.mark.parametrize("by", ["day", "weekday", "hour", "skill_group", "agent"])
@pytest.mark.parametrize("everything", ["", "&all=1"])
def test_the_bars_visibly_add_up_to_the_difference_of_the_two_values(page: Page, by: str, everything: str):
    text = page(f"{CHANGE}?by={by}{everything}")
    proof = re.search(r"各项贡献合计 (\S+) = ([\d.]+)% − ([\d.]+)% ✓", text)
    assert proof is not None
    total = sum(map(read_number, TOLD.findall(text)), Decimal(0))
    assert total == read_number(proof[1]) == Decimal(proof[2]) - Decimal(proof[3])
    assert f'by={by}" aria-current="page"' in text.replace("&amp;", "&").replace('&against=before"', '"')


def test_bars_are_sorted_from_what_lowered_the_rate_to_what_raised_it(page: Page):
    numbers = [read_number(one) for one in TOLD.findall(page(f"{CHANGE}?by=hour&all=1"))]
    assert numbers == sorted(numbers)
    assert numbers[0] < 0 < numbers[-1]


def test_what_is_unknown_has_a_bar_of_its_own_and_is_no_nought(page: Page):
    row = re.search(r'<tr class="change-unknown">.*?</tr>', page(CHANGE), re.DOTALL)
    assert row is not None
    assert "8月数据不明" in row[0]
    assert re.search(r'value-cell">−[\d.]+ ～ \+[\d.]+</td>', row[0])
    assert 'class="change-bar change-unknown"' in row[0]


@pytest.mark.parametrize("by", ["day", "hour", "skill_group"])
def test_every_bar_opens_its_rows_which_come_to_what_was_missed(page: Page, by: str):
    addresses = re.findall(r'class="change-go" href="([^"]+)"', page(f"{CHANGE}?by={by}"))
    assert addresses
    missed = next(one for one in addresses if "missed=1" in one)
    assert "/tlf/2023-08/call_answer_rate/denominator?" in missed
    proof = re.search(
        r"未计入分子 ([\d,]+) 行 = 本项分母减分子 ([\d,]+) ✓（指标分母 2,899 的一部分）", page(missed)
    )
    assert proof is not None
    assert proof[1] == proof[2]


def test_all_that_was_missed_is_one_click_from_its_number(page: Page):
    text = page(CHANGE)
    link = re.search(r'<a href="([^"]+missed=1)">未计入分子 47 通</a>', text)
    assert link is not None
    assert "未计入分子 47 行 = 指标分母减分子 47 ✓" in page(link[1])


def test_an_hour_of_the_week_opens_the_calls_that_were_missed_in_it(page: Page):
    text = page(CHANGE)
    cells = re.findall(r'<a href="([^"]+by=week_hour[^"]+)" aria-label="(周.\d+时)：未计入分子 (\d+)，', text)
    assert sum(int(number) for *_, number in cells[: len(cells) // 2]) == 47
    address, hour, number = cells[0]
    rows = page(address)
    assert f"星期时段：{hour}" in rows
    assert f"未计入分子 {number} 行 = 本项分母减分子 {number} ✓" in rows


def test_the_month_and_the_choices_stay_in_the_address(page: Page):
    text = page(f"{CHANGE}?by=hour&against=before")
    assert 'href="/tlf/2023-09/call_answer_rate/change?by=hour&against=before"' in text
    assert 'href="/tlf/2023-08/call_answer_rate/change?against=year&by=hour"' in text
    assert 'href="/tlf/2023-08/call_answer_rate/change?by=day&against=before"' in text


def test_the_reasons_are_two_clicks_from_the_overview_at_most(page: Page):
    overview = page("/tlf/2023/")
    assert 'href="/tlf/2023-12/call_answer_rate/change">12月变化原因</a>' in overview
    assert 'href="/tlf/2023/call_average_wait"' in overview
    assert 'href="/tlf/2023-08/call_average_wait/change"' in page("/tlf/2023/call_average_wait")
    assert 'href="/tlf/2023-08/call_average_wait/change"' in page("/tlf/2023-08/")
    assert "/change" not in page("/tlf/2023/cost_per_person"), "no part adds up to it"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/tlf/2023-01/call_answer_rate/change", "2022年12月没有可比的数值："),
        ("/tlf/2023-08/call_answer_rate/change?against=year", "2022年8月没有可比的数值："),
        ("/tlf/2023-08/call_answer_rate_lowest_24h/change", "不是各部分相加得出的，不能按部分说明变化。"),
    ],
)
def test_what_cannot_be_compared_says_why_and_keeps_the_ways(page: Page, address: str, said: str):
    text = page(address)
    assert said in text
    assert "与上月比较" in text


@pytest.mark.parametrize("key", ["work_order_on_time_rate", "call_average_wait", "work_orders_opened"])
def test_rates_means_and_counts_are_all_explained(page: Page, key: str):
    text = page(f"/tlf/2023-08/{key}/change")
    proof = re.search(r"各项贡献合计 (\S+) = .* ✓", text)
    assert proof is not None
    assert sum(map(read_number, TOLD.findall(text)), Decimal(0)) == read_number(proof[1])


def test_a_year_and_a_quarter_are_explained_by_their_months(client: FlaskClient):
    text = client.get("/tlf/2023-Q3/call_answer_rate/change").text
    assert "比2023年第二季度" in text or "比第二季度" in text
    assert "✓" in text


@given(
    exact=st.lists(st.fractions(-20, 20, max_denominator=97), min_size=1, max_size=40),
    off=st.sampled_from([Decimal("-0.01"), Decimal(0), Decimal("0.01")]),
)
def test_rounded_parts_come_to_the_rounded_whole(exact: list[Fraction], off: Decimal):
    total = round_exact(sum(exact, Fraction(0)), 2) + off
    numbers = apportion(exact, total, 2)
    assert sum(numbers, Decimal(0)) == total
    assert all(abs(Fraction(one) - of) <= Fraction(3, 100) for one, of in zip(numbers, exact, strict=True))


def test_a_change_is_written_with_its_sign():
    assert [write_number(Decimal(one)) for one in ("0.10", "-1234.5", "0.00")] == [
        "+0.10",
        "−1,234.5",
        "0.00",
    ]
