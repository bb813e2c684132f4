"""The search of the head: what it finds, and what it must not find for whom."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ingest.importing.import_file import import_file
from kpi.figures.indicators import INDICATORS
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.web.conftest import NOW, ROLES, add, app_of, grant, signed_in_client
from tests.web.desk import Desk, open_desk
from tests.web.routes import CALL
from tracker import centers
from tracker.database import Database
from web.access.rights import Role
from web.pages.analysis.tabs import TABS
from web.pages.documents import TABS as EVIDENCE_TABS
from web.search_words import INDICATOR_WORDS, PAGE_WORDS
from web.searching import find_indicators

_GROUP = re.compile(r'<h2 id="found-\d+">(\S+) .*?</h2>(.*?)</section>', re.DOTALL)
_RESULT = re.compile(r'<li><a href="([^"]+)">([^<]+)</a>')
ORDER = {"order_id": "G1", "accepted_at": "2023-05-09T08:00", "kind": "投诉", "channel": "电话"}
OF_2022 = ORDER | {"order_id": "G2", "accepted_at": "2022-05-09T08:00"}
SENTENCE = "可搜索：指标名称"


@pytest.fixture(scope="module")
def app(peopled: Database) -> Flask:
    return app_of(peopled)


def search(client: FlaskClient, typed: str, **where: str) -> dict[str, dict[str, str]]:
    """The addresses of what is found by title, by group."""
    answer = client.get("/-/search/", query_string={"q": typed, **where})
    assert answer.status_code == 200, typed
    return {
        title: {name: where for where, name in _RESULT.findall(results)}
        for title, results in _GROUP.findall(unescape(answer.text))
    }


def test_a_word_finds_every_indicator_that_is_called_so(client: FlaskClient):
    found = search(client, "接通率", center="tlf", year="2023")
    assert found["指标"]["热线电话接通率"] == "/tlf/2023/call_answer_rate"
    assert {"任意24小时接通率（最低）", "外呼接通率", "15秒接通率（占已接听）"} <= found["指标"].keys()
    assert "办结率" not in found["指标"]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("离职率", "staff_turnover_rate"),
        ("弃呼率", "call_abandon_rate"),
        ("ｃａｌｌ_answer_rate", "call_answer_rate"),
        ("接通率 外呼", "call_outbound_answer_rate"),
        ("15秒接通率(占已接听)", "call_answer_within_15s_of_answered_rate"),
        ("sla", "call_answer_within_15s_rate"),
    ],
)
def test_an_indicator_is_found_by_its_other_names(typed: str, key: str):
    assert key in [one.key for one in find_indicators(typed)]


def test_what_is_called_so_stands_before_what_is_only_known_as_such():
    found = [one.key for one in find_indicators("接通率")]
    assert found.index("call_outbound_answer_rate") < found.index("call_answer_of_inbound_rate")


def test_the_other_words_belong_to_indicators_and_pages_that_there_are(app: Flask):
    assert INDICATOR_WORDS.keys() <= INDICATORS.keys()
    text = signed_in_client(app, ROLES[Role.MANAGER]).get("/-/search/?q=&center=tlf").text
    assert SENTENCE in text
    menu = {"今日待办", "总览", "口径", "填报", "导入", "报送日历", "导入记录", "问题数据", "月度审核"}
    menu |= {"评分", "佐证材料", "核验", "导出"}
    assert PAGE_WORDS.keys() <= menu | {title for _, title in (*TABS, *EVIDENCE_TABS)}


def test_pages_are_found_that_the_person_may_open(app: Flask):
    manager, evaluator = (signed_in_client(app, ROLES[role]) for role in (Role.MANAGER, Role.EVALUATOR))
    assert search(manager, "导入", center="tlf")["页面"] == {
        "导入": "/tlf/imports/", "导入记录": "/tlf/deliveries/", "问题数据": "/tlf/quarantine/",
    }  # fmt: skip
    assert "导入" not in search(evaluator, "导入", center="tlf")["页面"]
    assert search(manager, "勾稽", center="tlf", year="2023")["页面"] == {
        "数据勾稽表": "/tlf/2023/controls/matrix"
    }


def test_the_search_stays_at_the_centre_and_year_of_the_page_it_was_typed_on(client: FlaskClient):
    page = client.get("/small/2024/").text
    assert (
        '<input type="hidden" name="center" value="small"><input type="hidden" name="year" value="2024">'
        in page
    )
    assert search(client, "外呼接通率", center="small", year="2024")["指标"] == {
        "外呼接通率": "/small/2024/call_outbound_answer_rate"
    }
    assert search(client, "外呼接通率", center="tlf")["指标"] == {
        "外呼接通率": "/tlf/2023/call_outbound_answer_rate"
    }


def test_the_number_of_a_call_is_found_in_its_centre(client: FlaskClient):
    number = CALL.partition("/")[2]
    assert search(client, number)["编号"] == {f"通话 {number}": f"/tlf/things/{CALL}"}


@pytest.mark.parametrize("typed", ["没有这样的东西", "%", "13800138000", "'; --", "_", "。"])
def test_where_nothing_is_found_the_page_says_what_can_be(client: FlaskClient, typed: str):
    answer = client.get("/-/search/", query_string={"q": typed, "center": "tlf"})
    assert answer.status_code == 200
    text = unescape(answer.text)
    assert f"没有找到“{typed}”。" in text
    assert SENTENCE in text


@pytest.mark.parametrize(
    "odd", [{"year": "99999"}, {"year": "0000"}, {"year": "二〇二三"}, {"center": "../x"}]
)
def test_odd_places_in_the_address_do_no_harm(client: FlaskClient, odd: dict[str, str]):
    assert "指标" in search(client, "外呼接通率", **odd)


def test_whoever_sees_no_centre_finds_nothing_and_no_fault(database: Database):
    add(database, "clerk", grant(Role.CLERK))
    answer = signed_in_client(app_of(database), "clerk").get("/-/search/?q=接通率")
    assert answer.status_code == 200
    assert "没有找到“接通率”" in answer.text


@pytest.fixture
def desk(database: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A centre with orders of 2022 and 2023, a call of 2023; clerks of 2022 alone, and of another centre."""
    desk = open_desk(database, home, monkeypatch)
    home.mkdir(exist_ok=True)
    with database.connect() as connection:
        centers.create_center(connection, "small", "小县12345热线", now=NOW)
    add(database, "of-2022", grant(Role.CLERK, "tlf", frozenset({2022})))
    add(database, "of-small", grant(Role.CLERK, "small"))
    path = csv_file(home, CALL_HEADER, CALL_1, name="话单_2023-05.csv")
    import_file(database, home, path, "tlf", now=NOW, vault=desk.app.extensions["hotline"].vault)
    for day, values in (("2023-05-09", ORDER), ("2022-05-09", OF_2022)):
        assert desk.client.post(f"/tlf/days/{day}/order", data=values).status_code == 302
    return desk


def test_orders_and_calls_of_other_years_and_centres_are_not_found(desk: Desk):
    of_2022, of_small = (signed_in_client(desk.app, login) for login in ("of-2022", "of-small"))
    assert search(desk.client, "g1")["编号"] == {"工单 G1": "/tlf/things/work_order/G1"}
    assert search(of_2022, "G2")["编号"] == {"工单 G2": "/tlf/things/work_order/G2"}
    for client, typed in ((of_2022, "G1"), (of_2022, "c1"), (of_small, "G1"), (of_small, "G2")):
        assert "编号" not in search(client, typed), typed
    assert "编号" in search(desk.client, "c1")


def test_a_year_beyond_the_grant_is_not_led_to(desk: Desk):
    found = search(signed_in_client(desk.app, "of-2022"), "外呼接通率", center="tlf", year="2023")
    assert found["指标"] == {"外呼接通率": "/tlf/2022/call_outbound_answer_rate"}
