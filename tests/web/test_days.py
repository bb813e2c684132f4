"""The daily log: what a day lacks, and what is entered by hand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kpi.figures import results
from kpi.figures.coverage_reading import read_backing
from kpi.figures.sources import SOURCES, Rhythm
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.kept_files import read_kept
from tests.web.conftest import NOW, SETTINGS, add, app_of, grant, signed_in_client
from tracker import centers
from tracker.database import Database
from tracker.events.closing import MonthSealed
from tracker.periods import Month
from tracker.vault import Vault
from web.access.rights import Role
from web.pages import days

DAY = date(2024, 3, 10)  # the day of NOW
YESTERDAY = date(2024, 3, 9)
ORDER = {"order_id": "G1", "accepted_at": "2024-03-09T08:00", "kind": "投诉", "channel": "电话"}


@dataclass
class Log:
    """A clerk at the daily log."""

    app: Flask
    client: FlaskClient
    database: Database
    home: Path
    time: list[datetime]

    def send(self, form: str, day: date = DAY, **values: str) -> str:
        """The page after a form that was taken."""
        answer = self.client.post(f"/tlf/days/{day}/{form}", data=values)
        assert answer.status_code == 302, unescape(answer.text)
        return unescape(self.client.get(answer.headers["Location"]).text)

    def refused(self, form: str, day: date = DAY, **values: str) -> str:
        """The form as it comes back."""
        answer = self.client.post(f"/tlf/days/{day}/{form}", data=values)
        assert answer.status_code == 422
        return unescape(answer.text)

    def page(self, there: str) -> str:
        answer = self.client.get(there)
        assert answer.status_code == 200
        return unescape(answer.text)

    def rows(self, sql: str, *values: Any) -> list[Any]:
        with self.database.connect() as connection:
            return connection.execute(sql, values).fetchall()

    def told(self, kind: str) -> list[Mapping[str, Any]]:
        """The payloads of a type, the oldest first."""
        return [
            orjson.loads(data)
            for (data,) in self.rows("SELECT data FROM events WHERE type = %s ORDER BY seq", kind)
        ]

    def last(self, kind: str) -> int:
        return int(self.rows("SELECT max(seq) FROM events WHERE type = %s", kind)[0][0])

    def backed(self, source: str, day: date) -> bool:
        """Whether the day, or its month, of a source has backing."""
        month, today = Month.of(day), self.time[0].date()
        with self.database.engine.connect() as connection:
            backing = read_backing(connection, "tlf", month.first_day, month.end_day, today)
        daily = SOURCES[source].rhythm is Rhythm.DAILY
        if daily:
            return backing.count_delivered(SOURCES[source], day) > 0
        return backing.has_month(SOURCES[source], month)


@pytest.fixture
def book(database: Database, home: Path) -> Log:
    time = [NOW]
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
    add(database, "clerk", grant(Role.CLERK), name="李录入")
    add(database, "manager", grant(Role.MANAGER), name="王经理")
    app = app_of(database, settings=replace(SETTINGS, home=home), clock=lambda: time[0])
    return Log(app, signed_in_client(app, "clerk"), database, home, time)


def field_told(page: str, key: str) -> str:
    """What stands below a field."""
    found = re.search(rf'id="{key}-told">(.*?)</p>', page, re.S)
    return found[1] if found else ""


def test_an_empty_centre_says_how_to_begin_and_what_the_day_expects(book: Log):
    page = book.page(f"/tlf/days/{YESTERDAY}")
    assert "本中心尚无数据" in page
    for title in ("话单", "工单", "平台巡检", "业务日报（办件量）", "支付明细"):
        assert title in page
    assert (page.count("○ 待报"), page.count("✕ 缺")) == (6, 5)  # of March, which runs, and of February
    assert "当日暂无手工录入" in page
    assert book.client.get("/tlf/today").headers["Location"] == "/tlf/days/2024-03-03"


def test_a_day_without_data_does_not_say_0(book: Log):
    page = book.page(f"/tlf/days/{YESTERDAY}")
    assert page.count(">尚无数据<") == 7
    assert "呼入 0 通" not in page
    assert "0 小时" not in page


def test_a_form_is_a_delivery_of_its_own_kind_that_leads_back_to_what_was_typed(book: Log):
    page = book.send("order", **ORDER)
    assert "已保存：工单受理，工单 G1" in page
    [accepted] = book.told("work_order.accepted")
    assert (accepted["kind"], accepted["at"]) == ("投诉", "2024-03-09T08:00:00+08:00")
    [delivery] = book.told("delivery.imported")
    assert (delivery["as_of_basis"], delivery["profile"], delivery["entered_by"]) == (
        "form",
        "form",
        "李录入（clerk）",
    )
    assert delivery["file_name"] == "表单_工单受理_2024-03-10_093000.csv"
    kept = read_kept(book.database, book.home, "tlf", delivery["sha256"]).decode("utf-8-sig")
    assert "G1,2024-03-09T08:00,投诉" in kept.replace(",,", ",")
    assert book.rows('SELECT delivery, "row" FROM events WHERE type = %s', "work_order.accepted") == [
        (delivery["delivery"], 2)
    ]
    assert book.rows("SELECT action FROM audit WHERE action = 'logged'") == [("logged",)]


def test_the_same_form_twice_is_entered_once(book: Log):
    book.send("order", **ORDER)
    page = book.refused("order", **ORDER)
    assert "已有这个编号的工单" in field_told(page, "order_id")
    book.send("inspection", call_id="c1", inspected_on="2024-03-09", passed="合格")
    assert "未重复保存" in book.send("inspection", call_id="c1", inspected_on="2024-03-09", passed="合格")
    assert len(book.told("call.inspected")) == 1


def test_nothing_is_lost_when_something_is_wrong(book: Log):
    page = book.refused(
        "order", **{**ORDER, "order_id": "", "accepted_at": "2025-03-09T08:00", "topic": "供暖"}
    )
    assert "请填写工单编号" in field_told(page, "order_id")
    assert 'value="供暖"' in page and 'value="2025-03-09T08:00"' in page
    assert re.search(r'id="order_id"[^>]*autofocus', page, re.S)
    assert book.told("work_order.accepted") == []
    page = book.refused("order", **{**ORDER, "accepted_at": "2025-03-09T08:00"})
    assert "在将来" in field_told(page, "accepted_at")


def step(action: str, at: str, **more: str) -> dict[str, str]:
    return {"order_id": "G1", "action": action, "at": f"2024-03-09T{at}", **more}


def test_a_work_order_is_not_closed_before_it_was_dispatched(book: Log):
    book.send("order", **ORDER)
    page = book.refused("step", **step("办结", "10:00"))
    assert "环节“办结”不能在派单之前；请先填“派单”" in field_told(page, "action")
    book.send("step", **step("派单", "09:00", unit="住建局"))
    book.send("step", **step("办结", "10:00", unit="住建局"))
    assert book.rows("SELECT unit, closed_at IS NOT NULL FROM work_orders") == [("住建局", True)]


@pytest.mark.parametrize(
    ("steps", "wrong", "key", "told"),
    [
        ([], ("派单", "07:00"), "at", "早于受理时间（2024-03-09 08:00）"),
        ([], ("签收", "09:00"), "action", "“签收”不能在派单或改派之前"),
        ([], ("回访", "09:00"), "action", "“回访”不能在办结之前"),
        ([("派单", "09:00")], ("办结", "08:30"), "at", "早于派单的时间（2024-03-09 09:00）"),
        ([("派单", "09:00"), ("办结", "10:00")], ("退单", "11:00"), "action", "这张工单已经办结"),
        ([("派单", "09:00"), ("办结", "10:00")], ("办结", "11:00"), "action", "请先填“重办”"),
    ],
)
def test_the_life_of_an_order_is_explained(
    book: Log, steps: list[tuple[str, str]], wrong: tuple[str, str], key: str, told: str
):
    book.send("order", **ORDER)
    for done in steps:
        book.send("step", **step(*done))
    assert told in field_told(book.refused("step", **step(*wrong)), key)


def test_an_order_that_was_sent_back_is_closed_a_second_time(book: Log):
    book.send("order", **ORDER)
    for done in (("派单", "09:00"), ("办结", "10:00"), ("重办", "11:00"), ("办结", "12:00")):
        book.send("step", **step(*done))
    [(closed, first, redone)] = book.rows("SELECT closed_at, first_closed_at, redone FROM work_orders")
    assert (closed.hour, first.hour, redone) == (12, 10, 1)


def test_a_step_of_an_order_that_nobody_accepted_is_refused(book: Log):
    page = book.refused("step", **step("派单", "09:00"))
    assert "请先填“工单受理”" in field_told(page, "order_id")


def test_a_correction_supersedes_and_keeps_its_thing(book: Log):
    book.send("order", **ORDER)
    book.send("step", **step("派单", "09:00", unit="住建局"))
    seq = book.last("work_order.dispatched")
    page = book.page(f"/tlf/days/{DAY}/step?event={seq}")
    assert 'value="住建局"' in page and 'value="2024-03-09T09:00"' in page
    corrected = step("派单", "09:30", unit="城管局") | {"order_id": "G2", "event": str(seq), "step": "F1"}
    book.send("step", **corrected)
    assert book.rows("SELECT subject, unit, dispatched_at::text FROM work_orders") == [
        ("work_order/G1", "城管局", "2024-03-09 09:30:00+08")
    ]
    assert [told["step"] for told in book.told("work_order.dispatched")] == ["F1", "F1"]
    assert book.rows("SELECT action FROM audit ORDER BY seq DESC LIMIT 1") == [("corrected",)]


def test_what_a_file_brought_is_corrected_by_a_manager(book: Log, tmp_path: Path):
    from ingest.importing.import_file import import_file

    path = csv_file(tmp_path, "工单编号,受理时间", "G9,2024-03-08 10:00:00", name="工单_2024-03.csv")
    import_file(book.database, book.home, path, "tlf", now=NOW)
    there = f"/tlf/days/{DAY}/order?event={book.last('work_order.accepted')}"
    assert book.client.get(there).status_code == 403
    assert signed_in_client(book.app, "manager").get(there).status_code == 200


def test_people_come_move_rest_and_go(book: Log):
    book.send(
        "joining", staff_no="8001", name="张三丰", post="话务员", joined_on="2024-01-02", pre_job_score="88.5"
    )
    book.send("transfer", staff_no="8001", moved_on="2024-02-01", post="质检员")
    book.send("leave", staff_no="8001", leave="病假", first_day="2024-02-05", last_day="2024-02-06")
    book.send("leaving", staff_no="8001", left_on="2024-03-01", leaving_reason="个人原因")
    [(post, left_on, score, name)] = book.rows("SELECT post, left_on, pre_job_score, name FROM staff")
    assert (left_on, str(score)) == (date(2024, 3, 1), "88.5")
    assert post == "质检员"
    assert name.startswith("name-")
    with book.database.connect() as connection:
        assert Vault(b"k" * 32).read_values(connection, "tlf", [name]) == {name: "张三丰"}
    assert [told["end_day"] for told in book.told("person.on_leave")] == ["2024-02-07"]
    everything = " ".join(str(row) for row in book.rows("SELECT data FROM events"))
    assert "张三丰" not in everything


def test_a_renamed_post_is_entered_and_put_right(book: Log):
    book.send("name", sort="岗位", known_as="话务员", way="改名", becomes="接线员", first_day="2024-02-01")
    corrected = str(book.last("name.changed"))
    page = book.page(f"/tlf/days/{DAY}/name?event={corrected}")
    assert 'value="2024-02-01"' in page and "话务员" in page
    book.send("name", event=corrected, way="改名", becomes="热线接线员", first_day="2024-01-01")
    rows = book.rows("SELECT known_as, first_day, called FROM names ORDER BY 1, 2")
    assert {(known_as, called) for known_as, day, called in rows if day == date(2024, 1, 1)} == {
        ("话务员", "热线接线员"), ("热线接线员", "热线接线员"),
    }  # fmt: skip
    refused = book.refused("name", sort="岗位", known_as="甲", way="新设", becomes="乙")
    assert "新设的名称没有改成别的名称" in refused


def test_a_transfer_outlasts_a_departure(book: Log):
    book.send("joining", staff_no="8001", name="张三丰", post="话务员", joined_on="2024-01-02")
    book.send("transfer", staff_no="8001", moved_on="2024-02-01", post="质检员")
    book.send("leaving", staff_no="8001", left_on="2024-03-01")
    assert book.rows("SELECT post FROM staff") == [("质检员",)]


@pytest.mark.parametrize(
    ("form", "values", "key", "told"),
    [
        ("leaving", {"staff_no": "9", "left_on": "2024-03-01"}, "staff_no", "不在花名册里"),
        ("leaving", {"staff_no": "8001", "left_on": "2023-03-01"}, "left_on", "早于入职日期"),
        ("joining", {"staff_no": "8001", "name": "李四", "post": "甲", "joined_on": "2024-03-01"}, "staff_no",
         "已在花名册里"),
        ("joining", {"staff_no": "8002", "joined_on": "2024-03-01"}, "name", "请填写姓名"),
        ("leave", {"staff_no": "8001", "leave": "事假", "first_day": "2024-03-05", "last_day": "2024-03-04"},
         "last_day", "早于起始日"),
        ("payment", {"item": "话务费", "due_on": "2024-03-05", "amount_fen": "-5"}, "paid_on", "金额是负数"),
        ("payment", {"item": "话务费", "due_on": "三月", "amount_fen": "5"}, "due_on", "不是时间"),
        ("counts", {"counted_on": "2024-03-09"}, "messages", "至少要填一项"),
        ("counts", {"counted_on": "2024-03-11", "cases": "1"}, "counted_on", "在将来"),
        ("call-tally", {"counted_on": "2024-03-09", "inbound": "5", "offered": "6"}, "offered",
         "比呼入量还多"),
        ("outage", {"down_at": "2024-03-09T10:00", "up_at": "2024-03-09T09:00"}, "up_at", "早于停机开始"),
        ("inspection", {"call_id": "c1", "inspected_on": "2024-03-09", "passed": "凑合"}, "passed",
         "取值不在可选范围"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field(
    book: Log, form: str, values: dict[str, str], key: str, told: str
):
    book.send("joining", staff_no="8001", name="张三丰", post="话务员", joined_on="2024-01-02")
    assert told in field_told(book.refused(form, **values), key)


def test_a_payment_is_entered_unpaid_and_paid_later(book: Log):
    book.send("payment", item="话务费", payee="某公司", due_on="2024-03-05", amount_fen="1,234.5")
    seq = book.last("payment.recorded")
    page = book.page(f"/tlf/days/{DAY}/payment?event={seq}")
    assert 'value="1234.50"' in page
    book.send(
        "payment",
        item="话务费",
        payee="某公司",
        due_on="2024-03-06",
        paid_on="2024-03-06",
        amount_fen="1234.50",
        event=str(seq),
    )
    assert book.rows("SELECT due_on, paid_on, amount_fen FROM payments") == [
        (date(2024, 3, 6), date(2024, 3, 6), 123450)
    ]


def test_counts_back_their_day_once_it_has_ended(book: Log):
    counts = {"counted_on": str(DAY), "messages": "0", "cases": "12"}
    page = book.send("counts", **counts)
    assert "次日须再确认" in page
    book.time[0] += timedelta(days=1)
    book.client = signed_in_client(book.app, "clerk", book.time[0])
    assert not book.backed("cases", DAY)
    book.send("counts", **counts)
    assert book.backed("cases", DAY)
    assert book.backed("messages", DAY)
    assert not book.backed("visits", DAY)


def test_one_order_or_payment_by_hand_does_not_vouch_for_a_day_or_month(book: Log):
    book.send("order", **ORDER)
    book.send("payment", item="话务费", due_on="2024-02-05", amount_fen="5")
    assert not book.backed("work_orders", YESTERDAY)
    assert not book.backed("payments", date(2024, 2, 5))
    book.send("zero-report", source="payments", first="2024-02-01", last="2024-02-29")
    assert book.backed("payments", date(2024, 2, 5))


def test_a_zero_report_is_signed_by_whoever_is_signed_in(book: Log):
    page = book.send(
        "zero-report", YESTERDAY, source="calls", first=str(YESTERDAY), last=str(YESTERDAY), remark="停线"
    )
    assert "已确认零报告：话单" in page and "0 零报告" in page
    [signed] = book.told("source.nothing_to_report")
    assert (signed["signed_by"], signed["end_day"]) == ("李录入（clerk）", str(DAY))
    page = book.refused("zero-report", source="calls", first=str(DAY), last=str(DAY), remark="今天")
    assert "只能确认已经过完的日子" in field_told(page, "source")
    assert 'value="今天"' in page


def test_the_platforms_daily_report_is_held_against_the_calls(book: Log, tmp_path: Path):
    import_calls(book, tmp_path, CALL_1)
    page = book.send(
        "call-tally", YESTERDAY, counted_on=str(YESTERDAY), inbound="3", offered="1", answered="1"
    )
    assert "话务日报与话单核对" in page
    assert "✕ 差 2" in page and page.count("✓ 一致") == 2
    with book.database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", NOW)
    assert book.rows("SELECT count(*) FROM calls") == [(1,)]


def import_calls(book: Log, tmp_path: Path, *lines: str, header: str = CALL_HEADER) -> None:
    """Imports calls of yesterday."""
    from ingest.importing.import_file import import_file

    told = [line.replace("2023-05-01", "2024-03-09") for line in lines]
    path = csv_file(tmp_path, header, *told, name="话单_2024-03-09.csv")
    import_file(book.database, book.home, path, "tlf", now=NOW)


def test_the_days_page_counts_what_the_figures_count(book: Log, tmp_path: Path):
    blocked = "c2,呼入,13800000002,2023-05-01 08:03:05,,,2023-05-01 08:03:06,,黑名单拦截"
    import_calls(book, tmp_path, CALL_1, blocked)
    with book.database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", NOW)
        found = results.read_period(connection, "tlf", Month.of(YESTERDAY))
    figures = {one.indicator: one.numerator for one in found}
    page = book.page(f"/tlf/days/{YESTERDAY}")
    assert f"呼入 {figures['calls_inbound']} 通，接听 {figures['calls_answered']} 通" in page
    assert (figures["calls_inbound"], book.rows("SELECT count(*) FROM calls")) == (1, [(2,)])


def test_calls_that_do_not_show_whether_they_count_are_not_0(book: Log, tmp_path: Path):
    unqueued = "c1,呼入,13800000001,2023-05-01 08:03:05,,,2023-05-01 08:05:00,"
    import_calls(book, tmp_path, unqueued, header=CALL_HEADER.removesuffix(",呼叫结果"))
    page = book.send("call-tally", YESTERDAY, counted_on=str(YESTERDAY), inbound="1")
    assert "呼入 不明（1 通无法判断是否计入）" in page and "呼入 0 通" not in page
    assert "? 无法核对" in page and "✕ 差" not in page


def test_what_is_entered_of_a_locked_month_goes_to_the_late_register_and_says_so(book: Log):
    seal = MonthSealed(
        month="2024-02", vintage=1, figures=[], replaced=[], head_seq=0, head_hash="", sealed_by="甲",
        approved_by="乙", sealed_at=NOW, reason=None, caused_by=[], exception=None,
    )  # fmt: skip
    from tracker import log

    with (
        book.database.connect() as connection,
        log.appending(connection, "tlf", delivery=None, as_of=NOW, recorded_at=NOW) as appending,
    ):
        appending.add([(seal, None)])
    page = book.send("inspection", call_id="c1", inspected_on="2024-02-09", passed="合格")
    assert "2024年2月已经锁定：这一条进入锁定后变动，锁定的数字不变" in page


def test_entries_of_the_day_are_listed_with_who_and_where_from(book: Log):
    book.send(
        "outage", platform="受理平台", down_at="2024-03-10T01:00", up_at="2024-03-10T02:00", planned="是"
    )
    page = book.page(f"/tlf/days/{DAY}")
    assert "停机 受理平台/2024-03-10T01:00:00+08:00" in page
    assert "李录入" in page
    assert f"event={book.last('platform.down')}" in page
    deliveries = book.page("/tlf/deliveries/")
    assert "表单_平台停机" not in deliveries
    assert "表单_平台停机" in book.page("/tlf/deliveries/?forms=1")


@pytest.mark.parametrize("address", ["", "/order", "/step?order_id=G1", "/zero-report"])
def test_the_pages_take_few_statements(book: Log, statements: list[str], address: str):
    book.send("order", **ORDER)
    book.page(f"/tlf/days/{DAY}{address}")
    statements.clear()
    book.page(f"/tlf/days/{DAY}{address}")
    assert len(statements) <= 9, statements


def test_a_day_of_orders_entered_by_hand_is_backed_when_somebody_says_that_it_is_all(book: Log):
    book.send("order", **ORDER)
    page = book.page(f"/tlf/days/{YESTERDAY}")
    assert "确认当日工单已录完" in page
    answer = book.client.post(f"/tlf/days/{YESTERDAY}/complete", follow_redirects=True)
    assert "工单共 1 件，全部录入" in unescape(answer.text)
    assert book.backed("work_orders", YESTERDAY)
    assert "已经确认过录完" in unescape(
        book.client.post(f"/tlf/days/{YESTERDAY}/complete", follow_redirects=True).text
    )
    confirmed = book.told("delivery.imported")[-1]
    assert (confirmed["days"], confirmed["entered_by"]) == ({str(YESTERDAY): 1}, "李录入（clerk）")
    kept = read_kept(book.database, book.home, "tlf", confirmed["sha256"]).decode("utf-8-sig")
    assert "G1,2024-03-09T08:00:00+08:00" in kept


@pytest.mark.parametrize(("day", "told"), [(DAY, "还没有过完"), (date(2024, 3, 1), "没有登记过工单")])
def test_a_day_is_not_confirmed_too_soon_or_without_orders(book: Log, day: date, told: str):
    book.send("order", **ORDER)
    assert told in unescape(book.client.post(f"/tlf/days/{day}/complete", follow_redirects=True).text)


def test_a_form_waits_for_a_running_import_only_so_long_and_loses_nothing(
    book: Log, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(days, "PATIENCE_S", 1)
    with book.database.connect() as importing:
        importing.execute("SELECT FROM heads WHERE center_id = 'tlf' FOR UPDATE")
        answer = book.client.post(f"/tlf/days/{DAY}/order", data=ORDER)
        assert answer.status_code == 503
        page = unescape(answer.text)
        assert "未提交：有文件正在导入" in page and 'value="G1"' in page
        zero = {"source": "calls", "first": str(YESTERDAY), "last": str(YESTERDAY), "remark": "停线"}
        answer = book.client.post(f"/tlf/days/{DAY}/zero-report", data=zero)
        assert answer.status_code == 503 and 'value="停线"' in unescape(answer.text)
    assert "已保存" in book.send("order", **ORDER)
