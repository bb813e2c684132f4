"""Between gross and net: each row left out of assessment, on a page whose counts tie."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kpi.figures import results
from tests.centre import NOW, Centre
from tests.web.conftest import add, app_of, grant, signed_in_client
from tracker.database import Database
from tracker.periods import Month
from web.access.rights import Role

ORDERS = ("工单编号", "受理时间", "诉求类型", "办结时限", "办结时间")
APPEALS = ("工单编号", "申诉日期", "申诉单位", "申诉理由", "审核结果", "审核日期", "审核人")
KEY = "work_order_on_time_rate"


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    """An order each day, April to June; of 1 May late. Two are left out, one waits."""
    centre = Centre(database, home)
    rows = []
    for number in range(91):
        day = Month(2023, 4).first_day + timedelta(days=number)
        closed = day + timedelta(days=5 if number == 30 else 1)
        rows.append([f"W{number}", f"{day} 08:00:01", "投诉", f"{day + timedelta(days=3)} 18:00:00",
                     f"{closed} 10:00:01"])  # fmt: skip
    centre.take_in("工单.csv", ORDERS, rows)
    centre.take_in("考核申诉.csv", APPEALS, [
        ["W30", "2023-05-20", "乙局", "不合理诉求", "同意剔除", "2023-05-25", "李四"],
        ["W40", "2023-05-20", "丙局", "重复诉求", "同意剔除", "2023-05-26", "李四"],
        ["W41", "2023-05-21", "丙局", "重复诉求", "待审核", "", ""],
    ])  # fmt: skip
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, centre.code, NOW)
    return centre


@pytest.fixture
def browser(here: Centre) -> FlaskClient:
    add(here.database, "manager", grant(Role.MANAGER), at=NOW)
    return signed_in_client(app_of(here.database, clock=lambda: NOW), "manager", NOW)


@pytest.fixture
def read(here: Centre, browser: FlaskClient) -> Callable[[str], str]:
    def read(address: str) -> str:
        answer = browser.get(f"/{here.code}/2023-05/{KEY}{address}")
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    return read


def test_each_row_between_gross_and_net_is_listed_and_the_counts_tie(read: Callable[[str], str]):
    text = read("/net")
    assert "分子：剔除前 30 − 同意剔除 1 − 未定 1 = 剔除后 28 ✓" in text
    assert "分母：剔除前 31 − 同意剔除 2 − 未定 1 = 剔除后 28 ✓" in text
    late = text.partition("工单 W30</a>")[2].partition("</tr>")[0]
    for told in ("乙局", "2023-05-20", "不合理诉求", "同意剔除", "李四", "2023-05-25"):
        assert told in late
    waits = text.partition("工单 W41</a>")[2].partition("</tr>")[0]
    assert "未定" in waits and "同意剔除" not in waits


def test_each_row_leads_to_the_line_of_its_file(read: Callable[[str], str], browser: FlaskClient):
    line = read("/net").partition("工单 W30</a>")[2].partition("</tr>")[0]
    appeal = next(part for part in line.split('"') if "/things/appeal/" in part)
    told = unescape(browser.get(appeal).text)
    assert "考核申诉.csv</a> 第 2 行" in told


def test_the_download_has_every_row_with_both_sides(read: Callable[[str], str]):
    header, *lines = read("/net.csv").lstrip("\ufeff").splitlines()
    assert header.startswith("对象,记录号,归属日期,计入分子,计入分母,结果,申诉单位,")
    assert [line.split(",")[0] for line in lines] == ["工单 W30", "工单 W40", "工单 W41"]
    assert [line.split(",")[3:6] for line in lines] == [
        ["0", "1", "同意剔除"], ["1", "1", "同意剔除"], ["1", "1", "未定"]
    ]  # fmt: skip


def test_the_pages_of_the_figure_and_of_its_definitions_lead_there(read: Callable[[str], str]):
    for page in ("/figure", "/compare"):
        assert f'/2023-05/{KEY}/net"' in read(page)


def test_a_month_without_a_list_of_appeals_says_how_to_get_one(database: Database, home: Path):
    centre = Centre(database, home)
    centre.take_in("工单.csv", ORDERS, [["W1", "2023-05-01 08:00:01", "投诉", "2023-05-04 18:00:00", ""]])
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, centre.code, NOW)
    add(database, "manager", grant(Role.MANAGER), at=NOW)
    client = signed_in_client(app_of(database, clock=lambda: NOW), "manager", NOW)
    text = client.get(f"/{centre.code}/2023-05/{KEY}/net").text
    assert "剔除后的数无法计算" in text and "处理办法：请" in text


def test_what_is_never_left_out_of_assessment_has_no_such_page(browser: FlaskClient, here: Centre):
    answer = browser.get(f"/{here.code}/2023-05/staff_turnover_rate/net")
    assert answer.status_code == 404 and "不按考核申诉剔除" in answer.text


def test_the_page_asks_the_server_few_questions(read: Callable[[str], str], statements: list[str]):
    read("/net")
    assert len(statements) <= 10, len(statements)
