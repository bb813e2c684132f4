"""From a code back to its number; and pages as they were known on a day."""

import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape

import pytest
from flask.testing import FlaskClient
from markupsafe import escape

from kpi.figures import results
from tests.kpi.closing import LATER, MAY
from tests.web.closing import Room, locked, room_of
from tests.web.conftest import add, app_of, grant, signed_in_client
from tracker.database import Database
from web.access.rights import Role

LATE = "call 2023-05-03 08:00:00 id c3 queued 08:00:10 answered 08:00:20"
Page = Callable[[str], str]


def code_of(database: Database, key: str = "call_answer_rate") -> str:
    with database.engine.connect() as connection:
        found = results.find_figure(connection, "tlf", key, MAY)
    assert found is not None
    return found.code


def locked_before_a_late_call(room: Room) -> str:
    """Locks May, and records a call of it afterwards; gives the code of what was locked."""
    locked(room)
    code = code_of(room.database)
    room.at[0] = LATER
    room.record(LATE)
    return code


@pytest.fixture
def room(database: Database) -> Room:
    return room_of(database)


def test_a_code_typed_anyhow_opens_its_number(client: FlaskClient, page: Page):
    with client.application.app_context():
        code = page("/tlf/2023-08/call_answer_rate/figure").partition('<dd class="hash">')[2][:9]
    answer = client.get("/-/search/", query_string={"q": f" {code.replace('-', '').lower()} "})
    assert answer.headers["Location"] == f"/tlf/2023-08/call_answer_rate/figure?code={code}"
    text = page(answer.headers["Location"])
    assert "98.38%" in text
    assert "2,852" in text
    assert "第 1 版" in text
    assert "2023年8月的热线电话接通率尚未锁定，会随新报数据变动。下一步：话单待录入人员确认报齐。" in text


def test_a_code_that_no_figure_has_leads_to_the_search(client: FlaskClient):
    text = unescape(client.get("/-/search/", query_string={"q": "0000-0000"}).text)
    assert "没有找到“0000-0000”。没有这个溯源码，或您没有查看它的授权" in text
    assert 'value="0000-0000"' in text


def test_a_code_of_another_centre_reads_as_if_it_were_not_there(room: Room):
    add(
        room.database,
        "visitor",
        grant(Role.EVALUATOR, "tlf", frozenset({2022}), room.at[0].date()),
        at=room.at[0],
    )
    code = code_of(room.database)
    answer = room.browser("visitor").get("/-/search/", query_string={"q": code})
    assert answer.status_code == 200
    assert f"没有找到“{code}”。没有这个溯源码" in answer.text


def test_every_version_of_a_number_is_listed_and_can_be_opened(room: Room):
    first = locked_before_a_late_call(room)
    closing = "/tlf/2023-05/closing"
    room.post("zhang", f"{closing}/exceptions", reason="补报", last_day="2023-06-30", of="")
    room.post("lisi", f"{closing}/exceptions/1/approval")
    room.post("zhang", f"{closing}/corrections", why="计入补报")
    room.post("lisi", f"{closing}/corrections/approval")
    second = code_of(room.database)
    text = room.page("zhang", f"/tlf/2023-05/call_answer_rate/figure?code={first}")
    assert "最新版本" in text
    assert "张三（zhang）申请、李四（lisi）批准：计入补报" in text
    assert text.index(second) < text.rindex(first)
    assert "限期解锁" in text  # who may change it now
    rows = room.page("zhang", "/tlf/2023-05/call_answer_rate/numerator")
    assert "= 指标分子 2 ✓" in rows


def test_rows_that_came_after_the_lock_are_explained(room: Room):
    locked_before_a_late_call(room)
    text = room.page("zhang", "/tlf/2023-05/call_answer_rate/numerator")
    assert "≠ 指标分子 1 ✕" in text
    assert "2023年5月已锁定，数字以锁定时为准" in text


def test_the_rows_of_an_older_code_are_those_of_then(room: Room):
    first = locked_before_a_late_call(room)
    figure = room.page("zhang", f"/tlf/2023-05/call_answer_rate/figure?code={first}")
    assert f'href="/tlf/2023-05/call_answer_rate/numerator?code={first}"' in figure
    today = room.page("zhang", "/tlf/2023-05/call_answer_rate/denominator")
    assert f'/denominator?code={first}">查看锁定时明细</a>' in today
    then = room.page("zhang", f"/tlf/2023-05/call_answer_rate/denominator?code={first}")
    assert "分母 2 行 = 指标分母 2 ✓" in then
    assert "以下为历史明细" in then
    assert "第1版 50.00%" in then
    assert "通话 c2" in then
    assert "通话 c3" not in then
    assert f'href="/tlf/2023-05/call_answer_rate/numerator?code={first}"' in then
    file = room.page("zhang", f"/tlf/2023-05/call_answer_rate/denominator.csv?code={first}")
    assert file.count("通话 c") == 2


def test_a_locked_number_is_taken_apart_as_it_was_then(room: Room):
    first = locked_before_a_late_call(room)
    parts = "/tlf/2023-05/call_answer_rate/parts"
    today = room.page("zhang", f"{parts}?by=agent")
    assert "≠ 指标 1 ÷ 2 ✕" in today
    assert f'href="{parts}?by=agent&code={first}">查看锁定时的构成</a>' in today
    assert "hotline jobs run" not in today
    then = room.page("zhang", f"{parts}?by=agent&code={first}")
    assert "各项合计 1 ÷ 2 = 指标 1 ÷ 2 ✓" in then
    assert "以下为历史构成" in then
    assert f'href="{parts}?by=day&code={first}"' in then
    link = re.search(r'href="([^"]+denominator\?by=agent[^"]*)"', then)
    assert link is not None
    assert f"code={first}" in link[1]
    rows = room.page("zhang", link[1])
    assert "= 本项分母" in rows
    assert f"by=agent&code={first}" in rows  # the way back


def test_the_rows_of_a_code_that_the_number_never_had_are_not_there(room: Room):
    other = code_of(room.database, "calls_offered")
    address = "/tlf/2023-05/call_answer_rate/numerator"
    answer = room.browser("zhang").get(f"{address}?code={other}")
    assert answer.status_code == 404
    assert f"这个数字没有溯源码为 {other} 的版本" in answer.text
    assert room.browser("zhang").get(f"{address}?code=abc").status_code == 404


def test_the_way_down_from_a_day_in_the_past_stays_on_that_day(room: Room):
    room.at[0] = datetime.fromisoformat("2023-07-01T09:00+08:00")
    room.record(LATE)
    day = "as_of=2023-06-10"
    indicator = room.page("zhang", f"/tlf/2023/call_answer_rate?{day}")
    assert f'href="/tlf/2023-05/call_answer_rate/denominator?{day}"' in indicator
    rows = room.page("zhang", f"/tlf/2023-05/call_answer_rate/denominator?{day}")
    assert "分母 2 行 = 指标分母 2 ✓" in rows
    assert f'href="/tlf/2023-05/call_answer_rate?{day}"' in rows
    month = room.page("zhang", f"/tlf/2023-05/?{day}")
    assert "查看历史时点时，未读取该期数字，不作比较。" in month
    assert "没有计算过的数字" not in month
    parts = room.page("zhang", f"/tlf/2023-05/call_answer_rate/parts?by=agent&{day}")
    assert "各项合计 1 ÷ 2 = 指标 1 ÷ 2 ✓" in parts
    assert f"/tlf/2023-05/call_answer_rate/denominator?by=agent&{day}" in parts
    early = room.browser("zhang").get("/tlf/2023-05/call_answer_rate/denominator?as_of=2023-01-01")
    assert early.status_code == 404
    assert "截至2023-01-01，尚无2023年5月的该项数字" in early.text


def test_a_day_on_which_nothing_was_computed_is_counted_from_the_events_up_to_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    """Recorded on the first day of 2030, computed in June."""
    monkeypatch.setattr("tests.web.closing.NOW", datetime.fromisoformat("2030-06-01T09:00+08:00"))
    room = room_of(database)
    text = room.page("zhang", "/tlf/2023-05/?as_of=2030-03-01")
    assert "按截至当日的数据补算，不生成溯源码" in text
    assert "50.00%" in text
    rows = room.page("zhang", "/tlf/2023-05/call_answer_rate/numerator?as_of=2030-03-01")
    assert "当时未计算过，按截至当时的数据补算：50.00%" in rows
    assert "分子 1 行 = 指标分子 1 ✓" in rows
    assert "截至该日尚未报送数据" in room.page("zhang", "/tlf/2023/?as_of=2029-01-01")


def test_a_page_shows_what_was_known_on_a_day(room: Room):
    locked(room)
    room.at[0] = datetime.fromisoformat("2023-07-01T09:00+08:00")
    room.record(LATE)
    text = room.page("zhang", "/tlf/2023/?as_of=2023-06-10")
    assert "以下为截至2023-06-10的数据" in text
    assert 'href="/tlf/2023-05/?as_of=2023-06-10"' in text
    for address in ("/tlf/2023-05/?as_of=2023-06-10", "/tlf/2023/call_answer_rate?as_of=2023-06-10"):
        assert "50.00%" in room.page("zhang", address)
    assert "截至该日尚未报送数据" in room.page("zhang", "/tlf/2023/?as_of=2023-01-01")


@pytest.mark.parametrize("day", ["2999-01-01", date.max.isoformat(), ""])
def test_a_day_that_is_not_over_shows_the_present(page: Page, day: str):
    assert "以下为截至" not in page(f"/tlf/2023/?as_of={day}")


def test_who_cannot_see_figures_has_no_search(database: Database):
    room_of(database)
    add(database, "admin", grant(Role.SYSTEM_ADMIN), at=LATER)
    text = signed_in_client(app_of(database, clock=lambda: LATER), "admin", LATER).get("/-/system/").text
    assert 'role="search"' not in text


@pytest.mark.parametrize("written", ["heute", "2023-13-01", "1999-12-31", "2023-06", "<b>1</b>"])
def test_what_is_no_day_is_not_answered_with_what_is_known_now(room: Room, written: str):
    zhang, figure = room.browser("zhang"), "2023-05/call_answer_rate"
    for page in (
        "2023/", "2023-05/", "2023/call_answer_rate", f"{figure}/parts", f"{figure}/denominator",
        f"{figure}/denominator.csv", "2023/evaluation/turpan-2022/rehearsal",
    ):  # fmt: skip
        answer = zhang.get(f"/tlf/{page}", query_string={"as_of": written})
        assert answer.status_code == 400, page
        assert f"日期“{escape(written)}”无效；请填写不早于" in answer.text
