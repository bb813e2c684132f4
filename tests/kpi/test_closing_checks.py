"""What is found in a month's data before it is closed."""

from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from ingest.importing.import_file import import_file
from kpi.closing import rules
from kpi.closing.acts import refresh_status
from kpi.closing.checklist import read_held_back
from kpi.closing.rule_violations import UnknownRule, read_violations
from kpi.closing.rules import RULES, RuleCounts
from kpi.closing.states import list_needed_sources
from kpi.closing.status import read_status
from kpi.figures import results
from tests.conftest import IMPORTED
from tests.kpi.closing import MAY, NOW
from tests.kpi.given import record
from tracker import centers
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.periods import Month

KEPT = RuleCounts(2, 5, 4, 3, 0, 10, 2, 1, 11, 0, 0, 0, 0, 0, 0, 0)


def broken(counted: RuleCounts) -> dict[str, str]:
    return {rule.key: told for rule in RULES if (told := rule.broken(counted)) is not None}


def test_data_that_keeps_every_rule():
    assert broken(KEPT) == {}


@pytest.mark.parametrize(
    ("wrong", "rule", "told"),
    [
        ({"orders_closed": 5}, "orders_balance", "期初未结2+本期受理5=7，而本期办结5+期末未结3=8，两边不等"),
        ({"staff_after": 12}, "staff_balance", "期初在岗10+入职2−离职1=11人，而期末在岗12人，两边不等"),
        (
            {"orders_closed_before_accepted": 1},
            "orders_closed_before_accepted",
            "1件工单的办结时间早于受理时间",
        ),
        (
            {"orders_due_before_accepted": 2},
            "orders_due_before_accepted",
            "2件工单的办结时限早于受理时间",
        ),
        (
            {"orders_followed_up_before_closed": 2},
            "orders_followed_up_before_closed",
            "2件工单的回访时间早于办结时间",
        ),
        ({"calls_answered_before_queued": 1200}, "calls_order", "1,200通电话的应答时间早于进入队列"),
        ({"calls_ended_before_entered": 1}, "calls_end", "1通电话的结束时间早于进入系统"),
        ({"inspections_without_call": 3}, "inspections_known", "3条质检找不到对应的话单"),
        ({"trainings_overfull": 1}, "training_attendance", "1场培训的实到人数多于应到人数"),
        ({"surveys_overfull": 1}, "survey_returns", "1次发放的回收份数多于发放份数"),
    ],
)
def test_a_rule_that_is_not_kept_says_so(wrong: dict[str, int], rule: str, told: str):
    assert broken(KEPT._replace(**wrong)) == {rule: told}


def test_every_rule_has_a_source_and_a_remedy():
    assert {rule.source for rule in RULES} <= set(list_needed_sources())
    assert all(rule.remedy.endswith("。") for rule in RULES)
    assert len({rule.key for rule in RULES}) == len(RULES)


def counted(connection: sa.Connection, month: Month = MAY) -> RuleCounts:
    return rules.count_by_month(connection, "tlf", [month])[month]


def test_the_counts_of_a_month(given):
    """
    order A1 accepted 2023-04-20 投诉 closed 2023-05-02
    order A2 accepted 2023-05-03 投诉 closed 2023-05-04
    order A3 accepted 2023-05-05 投诉 closed 2023-06-04
    order A4 accepted 2023-06-01 投诉
    order A5 accepted 2023-04-01 投诉 closed 2023-04-02
    person R1 joined 2022-01-01
    person R2 joined 2023-05-01
    person R3 joined 2022-01-01 left 2023-05-31
    person R4 joined 2022-01-01 left 2023-06-01
    person R5 joined 2023-06-01
    inspected c1 2023-05-03
    training 2023-05-07 9 of 8"""
    found = counted(given)
    assert found[:5] == (1, 2, 2, 1, 0)
    assert (found.staff_before, found.staff_joined, found.staff_left, found.staff_after) == (3, 1, 1, 3)
    assert (found.inspections_without_call, found.trainings_overfull) == (1, 1)
    assert broken(found).keys() == {"inspections_known", "training_attendance"}


def test_an_order_closed_before_it_was_accepted_breaks_both_rules(given):
    """
    order A1 accepted 2023-05-03 投诉 closed 2023-04-20"""
    assert broken(counted(given)).keys() == {"orders_balance", "orders_closed_before_accepted"}


def test_a_person_who_left_before_joining_breaks_the_balance(given):
    """
    person R1 joined 2023-05-03 left 2023-04-20"""
    assert broken(counted(given)).keys() == {"staff_balance"}


EVERY_RULE = """
    call 2023-05-02 08:00:00  queued 08:01:00  answered 08:00:30  ended 08:02:00
    call 2023-05-02 09:00:00  queued 09:00:05  ended 08:59:00
    order A1 accepted 2023-05-03 投诉 closed 2023-04-20
    order A2 accepted 2023-05-03 投诉 due 2023-05-02 closed 2023-05-09 followed 2023-05-08 solved
    order A3 accepted 2023-05-03 投诉 due 2023-05-09 closed 2023-05-08 followed 2023-05-09 solved
    person R1 joined 2023-05-03 left 2023-04-20
    inspected c9 2023-05-03
    training 2023-05-07 9 of 8"""


def test_the_rows_that_break_a_rule_are_as_many_as_the_rule_counted(connection):
    record(connection, EVERY_RULE)
    n = counted(connection)
    many = {rule.key: read_violations(connection, "tlf", MAY, rule.key, limit=9) for rule in RULES}
    assert {key: found.count for key, found in many.items()} == {
        "calls_order": n.calls_answered_before_queued,
        "calls_end": n.calls_ended_before_entered,
        "orders_balance": 1,
        "orders_closed_before_accepted": n.orders_closed_before_accepted,
        "orders_due_before_accepted": n.orders_due_before_accepted,
        "orders_followed_up_before_closed": n.orders_followed_up_before_closed,
        "staff_balance": 1,
        "training_attendance": n.trainings_overfull,
        "inspections_known": n.inspections_without_call,
        "survey_returns": n.surveys_overfull,
    }
    assert broken(n).keys() == {key for key, found in many.items() if found.count}
    for found in many.values():
        assert len(found.rows) == found.count
        assert all(len(row.cells) == len(found.columns) for row in found.rows)
    assert [row.subject for row in many["orders_balance"].rows] == ["work_order/A1"]
    assert [row.subject for row in many["orders_due_before_accepted"].rows] == ["work_order/A2"]
    assert [row.subject for row in many["orders_followed_up_before_closed"].rows] == ["work_order/A2"]
    with pytest.raises(UnknownRule, match="calls_order"):
        read_violations(connection, "tlf", MAY, "nothing", limit=9)


def test_a_month_that_runs_is_checked_as_far_as_it_is_over(given):
    """
    call 2023-05-01 08:00:00
    delivered calls 2023-05-01..2023-05-02 as of 2023-05-03
    delivered calls 2023-05-04..2023-05-04 as of 2023-05-05"""
    now = datetime(2023, 5, 6, 12, tzinfo=BEIJING)
    row = refresh_status(given, "tlf", MAY, now).by_source["calls"]
    assert [one.text for one in row.checked.findings] == ["待报5月3日、5月5日"]


def test_more_than_expected_is_shown_and_not_capped(given):
    """
    probe 2023-05-01 03:00"""
    results.bring_up_to_date(given, "tlf", NOW)
    given.exec_driver_sql("UPDATE daily_measures SET value = 800 WHERE measure = 'probe_hours'")
    row = next(one for one in refresh_status(given, "tlf", MAY, NOW).rows if one.source.key == "probes")
    assert row.coverage is not None
    assert row.coverage > 1
    assert row.checked.findings[-1].text == "数据完整率超过100%：应报744小时，实报800"


HEADER = "流水号,呼叫类型,进入系统时间,进入队列时间,接听时间,结束时间,通话时长(秒),呼叫结果,坐席工号"


def test_rows_held_back_are_open_until_the_file_comes_again(database: Database, home: Path, tmp_path: Path):
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番", now=IMPORTED)

    def take_in(*rows: str) -> dict[str, int]:
        path = tmp_path / "话单_2023-05.csv"
        path.write_text("\n".join((HEADER, *rows)), encoding="utf-8")
        import_file(database, home, path, "tlf", now=IMPORTED)
        with database.engine.connect() as connection:
            found = read_held_back(connection, "tlf", MONTHS)
            held = {month: by_source.get("calls", []) for month, by_source in found.items()}
            return {str(month): sum(one.rows for one in rows) for month, rows in held.items()}

    times = "2023-05-01 08:00:10,2023-05-01 08:00:20,2023-05-01 08:01:00,40,已接听,8001"
    good, bad = f"c1,呼入,2023-05-01 08:00:00,{times}", f"c2,呼入,不是时间,{times}"
    assert take_in(good, bad) == {"2023-04": 0, "2023-05": 1, "2023-06": 0}
    assert take_in(good, good.replace("c1", "c2")) == {"2023-04": 0, "2023-05": 0, "2023-06": 0}


MONTHS = (Month(2023, 4), MAY, Month(2023, 6))


def test_the_check_takes_few_statements(given, monkeypatch):
    """
    call 2023-05-01 08:00:00"""
    results.bring_up_to_date(given, "tlf", NOW)
    sent: list[str] = []

    def sending(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    sa.event.listen(given, "before_cursor_execute", sending)
    read_status(given, "tlf", MAY, NOW)
    assert len(sent) <= 20, sent
