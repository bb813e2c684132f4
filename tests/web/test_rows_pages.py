"""From a figure to its rows, to a thing, to its events, to the delivery."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import app_of, signed_in_client
from tracker.database import Database

Page = Callable[[str], str]
ROWS = "/tlf/2023-08/call_answer_rate"


def test_the_rows_are_as_many_as_the_figure_says(page: Page):
    assert re.search(r"分子 (\d,\d{3}) 行 = 指标分子 \1 ✓", page(f"{ROWS}/numerator"))
    assert re.search(r"分母 (\d,\d{3}) 行 = 指标分母 \1 ✓", page(f"{ROWS}/denominator"))


def test_rows_that_count_for_more_than_one_are_summed(page: Page):
    text = page("/tlf/2023/payment_mean_delay/numerator")
    assert re.search(r"分子 \d+ 行，合计 \d+ 天 = 指标分子 \d+ ✓", text)
    assert "计入（天）" in text


def test_a_mean_over_months_says_by_what_it_is_divided(page: Page):
    text = page("/tlf/2023/cost_per_person/denominator")
    assert "分母 400 行，合计 400 人 ÷ 12 个月 = 指标分母 33.33 ✓" in text


def test_a_list_has_pages(page: Page):
    assert "第 1–50 行" in page(f"{ROWS}/numerator")
    assert "第 51–100 行" in page(f"{ROWS}/numerator?page=2")


@pytest.mark.parametrize("asked", ["99999", "0", "-3", "x", "９"])
def test_a_page_that_is_not_there_leads_to_one_that_is(page: Page, asked: str):
    assert "= 指标分子" in page(f"{ROWS}/numerator?page={asked}")


def test_a_figure_of_zero_has_no_rows(page: Page):
    assert "本期为0，无明细。" in page("/tlf/2023/work_order_undated_rate/numerator")


@pytest.mark.acceptance(18)
@pytest.mark.acceptance(17)
def test_the_download_has_all_rows_and_opens_in_a_spreadsheet(client: FlaskClient, page: Page):
    answer = client.get(f"{ROWS}/numerator.csv")
    lines = answer.get_data().decode("utf-8-sig").splitlines()
    said = re.search(r"分子 ([\d,]+) 行", page(f"{ROWS}/numerator"))
    assert said is not None
    assert len(lines) - 1 == int(said[1].replace(",", ""))
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert lines[0].startswith("对象,记录号,归属日期,计入,数量,进入系统,")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_the_way_leads_from_a_figure_to_the_line_of_the_file(page: Page):
    rows = page(f"{ROWS}/numerator")
    thing = page(_first(rows, r'href="(/tlf/things/call/[^"]+)"'))
    assert "话单_2023-08.csv</a> 第 " in thing
    event = page(_first(thing, r'href="(/tlf/events/\d+)"'))
    assert "call.ended" in event
    assert "上一条" in event
    delivery = page(_first(thing, r'href="(/tlf/deliveries/[^"]+)"'))
    assert re.search(r"[0-9a-f]{64}", delivery.replace("<wbr>", ""))
    assert "依据：文件名" in delivery


def _first(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, pattern
    return found[1]


def states(text: str) -> list[str]:
    return re.findall(r'<li class="told told-(\w+)">', text)


def test_a_timeline_shows_what_superseded_what(page: Page):
    """day told as 10, then 20, then 30 (voided by #5); 40 came last and spoke of an earlier state"""
    text = page("/small/things/day/2024-02-01")
    assert states(text) == ["superseded", "holds", "voided", "older"]
    assert re.search(r'已作废（<a href="/small/events/5">', text)
    assert re.search(r'过期版本，未采用（现有更新的 <a href="/small/events/2">', text)


def test_the_present_state_is_the_one_that_holds(page: Page):
    state = page("/small/things/day/2024-02-01").partition("当前信息")[2].partition("全部记录")[0]
    assert re.search(r"<dt>办件量</dt>\s*<dd>20</dd>", state)


def test_a_work_order_leads_to_its_call(page: Page):
    order = _first(
        page("/tlf/2023-08/work_orders_opened/numerator"), r'href="(/tlf/things/work_order/[^"]+)"'
    )
    assert re.search(r'href="/tlf/things/call/\d+">通话 \d+', page(order))


def test_an_event_shows_its_place_in_the_chain(page: Page):
    text = page("/small/events/1")
    assert "起点（全零）" in text
    assert "日志校验值（#7）" in text


def test_deliveries_are_listed_with_their_counts(page: Page):
    text = page("/tlf/deliveries/")
    assert "话单_2023-08.csv" in text
    assert "人员花名册.xlsx" in text


def test_a_centre_without_quarantined_rows_says_so(page: Page):
    assert "没有问题数据" in page("/tlf/quarantine/")


@pytest.mark.parametrize("address", [f"{ROWS}/numerator.csv", "/tlf/quarantine.csv"])
def test_a_long_file_comes_in_parts_and_gives_its_connection_back(site: Database, address: str):
    app = app_of(site)
    client = signed_in_client(app, "manager")
    whole = client.get(address).text.splitlines()
    answer = client.get(address, buffered=False)
    first = next(answer.iter_encoded())
    assert len(first) < len("\n".join(whole).encode()) or len(whole) < 100
    assert site.engine.pool.checkedout() == 1  # type: ignore[attr-defined]
    answer.close()
    assert site.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_the_file_of_an_earlier_figure_streams_its_own_rows(client: FlaskClient, page: Page):
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page(f"{ROWS}/figure"))
    assert code is not None
    lines = client.get(f"{ROWS}/numerator.csv?code={code[0]}").text.splitlines()
    assert len(lines) - 1 == len(client.get(f"{ROWS}/numerator.csv").text.splitlines()) - 1 > 1000
