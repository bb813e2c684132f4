"""One number, one thing: what a delivery says again, what it says anew, and what it must ask first."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.changes.full_lists import IN_POST, ListProblem, list_missing_people, record_in_post, record_left
from ingest.changes.repeated_numbers import (
    EMPTIED,
    FEW,
    GONE,
    LINE,
    MOVED,
    REPLACED,
    SPELLING,
    WHO,
    QuestionAnswer,
)
from ingest.importing.import_file import ImportReport, import_file
from ingest.importing.report_text import format_report
from ingest.questions.answering import QuestionProblem, answer_question, drop_question
from ingest.questions.held_deliveries import list_open_questions
from tests.drawing import examples
from tests.ingest.conftest import NOW, Import
from tests.ingest.tables import csv_file
from tracker import centers
from tracker.database import Database

CALLS = "流水号,呼叫类型,进入系统时间,进入队列时间,坐席应答时间,结束时间,主叫号码"
ORDERS = "工单编号,受理时间,诉求类型,承办单位,办结时限,办结时间"
PAYMENTS = "凭证号,费用项目,所属期间,收款单位,约定支付日,实际支付日,金额（元）"
UNNUMBERED = PAYMENTS.removeprefix("凭证号,")
ROSTER = "工号,姓名,岗位,学历,入职日期,离职日期"

SAME, NEW = QuestionAnswer(same=True), QuestionAnswer(new=True)
QUICK = settings(
    max_examples=examples(15), deadline=None, database=None, suppress_health_check=list(HealthCheck)
)  # an example is several imports into PostgreSQL


def call(number: str, at: str, *, answered: bool = True, caller: str = "13800000001") -> str:
    entered = datetime.fromisoformat(at)
    times = [entered, entered, entered + timedelta(seconds=9), entered + timedelta(seconds=60)]
    words = [f"{one:%Y-%m-%d %H:%M:%S}" for one in times]
    words[2] = words[2] if answered else ""
    return ",".join((number, "呼入", *words, caller))


def query(database: Database, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(sql, values).fetchall()


def questions(database: Database, center: str = "c1") -> list[str]:
    with database.connect() as connection:
        return [held.question.code for held in list_open_questions(connection, center)]


def sort_asked(report: ImportReport) -> str | None:
    return report.question.code if report.question else None


# Numbers that start again


def test_serials_that_start_again_each_day_are_asked_about_and_remembered(
    imported: Import, database: Database, home: Path, tmp_path: Path
) -> None:
    first = csv_file(tmp_path, CALLS, call("0001", "2023-05-10 10:01"), name="话单_2023-05-10.csv")
    second = csv_file(
        tmp_path, CALLS, call("0001", "2023-05-11 10:01", answered=False), name="话单_2023-05-11.csv"
    )
    imported(first)
    report = imported(second)
    assert report.question is not None
    assert (report.question.code, report.question.within, report.tables) == (MOVED, "day", ())
    assert query(database, "SELECT subject, entered_on FROM calls") == [("call/0001", date(2023, 5, 10))]
    assert questions(database) == [MOVED]

    assert report.held is not None
    answered = answer_question(
        database, home, "c1", report.held, QuestionAnswer(new=True, within="day"), by="张三", now=NOW
    )
    assert answered.question is None
    assert query(database, "SELECT subject FROM calls ORDER BY 1") == [
        ("call/0001",),
        ("call/0001@2023-05-11",),
    ]
    assert questions(database) == []
    third = csv_file(tmp_path, CALLS, call("0001", "2023-05-12 10:01"), name="话单_2023-05-12.csv")
    assert imported(third).question is None
    assert query(database, "SELECT count(*) FROM calls") == [(3,)]
    assert not imported(first).changed_anything  # what came before the answer is the same thing still


def test_order_numbers_that_start_again_each_month_are_asked_about(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    january = csv_file(
        tmp_path, ORDERS, "W1,2023-01-03 09:00:00,投诉,甲局,2023-01-10 18:00:00,", name="工单_2023-01.csv"
    )
    february = csv_file(
        tmp_path, ORDERS, "W1,2023-02-01 09:00:00,投诉,乙局,2023-02-08 18:00:00,2023-02-03 10:00:00",
        name="工单_2023-02.csv",
    )  # fmt: skip
    imported(january)
    report = imported(february)
    assert report.question is not None
    assert (report.question.code, report.question.within) == (MOVED, "month")
    imported(february, answer=QuestionAnswer(new=True, within="month"))
    rows = query(database, "SELECT accepted_on, closed_at IS NOT NULL FROM work_orders ORDER BY 1")
    assert rows == [(date(2023, 1, 3), False), (date(2023, 2, 1), True)]


def test_the_older_file_coming_last_is_asked_about_as_well(imported: Import, tmp_path: Path) -> None:
    imported(csv_file(tmp_path, CALLS, call("1", "2023-05-11 10:00"), name="话单_2023-05-11.csv"))
    report = imported(csv_file(tmp_path, CALLS, call("1", "2023-05-10 10:00"), name="话单_2023-05-10.csv"))
    assert sort_asked(report) == MOVED


def test_a_correction_is_taken_as_one_when_a_person_says_so(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    imported(csv_file(tmp_path, CALLS, call("1", "2023-05-10 10:00"), name="话单_2023-05-10.csv"))
    corrected = csv_file(tmp_path, CALLS, call("1", "2023-05-11 10:00"), name="话单_2023-05-11.csv")
    assert sort_asked(imported(corrected)) == MOVED
    assert imported(corrected, answer=SAME).question is None
    assert query(database, "SELECT entered_on FROM calls") == [(date(2023, 5, 11),)]


def test_numbers_again_far_down_in_one_file_are_treated_as_near_ones(
    imported: Import, tmp_path: Path
) -> None:
    day = datetime(2023, 5, 10)
    filler = [call(f"x{n}", f"{day + timedelta(seconds=n)}") for n in range(25_000)]
    moved = [call("1", "2023-05-10 10:00"), *filler, call("1", "2023-05-11 10:00")]
    assert sort_asked(imported(csv_file(tmp_path, CALLS, *moved, name="a.csv"), dry_run=True)) == MOVED
    said_otherwise = [call("1", "2023-05-10 10:00"), *filler, call("1", "2023-05-10 10:00", answered=False)]
    (table,) = imported(csv_file(tmp_path, CALLS, *said_otherwise, name="b.csv"), dry_run=True).tables
    assert (table.quarantined, table.accepted, sum(table.days.values())) == (1, 25_001, 25_001)
    assert table.problems[0].row == 25_003


def test_a_trial_asks_and_holds_nothing(imported: Import, database: Database, tmp_path: Path) -> None:
    imported(csv_file(tmp_path, CALLS, call("1", "2023-05-10 10:00"), name="a.csv"))
    report = imported(csv_file(tmp_path, CALLS, call("1", "2023-05-11 10:00"), name="b.csv"), dry_run=True)
    assert (sort_asked(report), report.held, questions(database)) == (MOVED, None, [])


def test_the_report_says_what_is_asked_and_both_commands(imported: Import, tmp_path: Path) -> None:
    imported(csv_file(tmp_path, CALLS, call("1", "2023-05-10 10:00"), name="a.csv"))
    report = imported(csv_file(tmp_path, CALLS, call("1", "2023-05-11 10:00"), name="b.csv"))
    text = "\n".join(format_report(report))
    assert "编号重新起用，还是更正？" in text
    assert f"hotline questions answer {report.held} --center c1 --same" in text
    assert f"hotline questions answer {report.held} --center c1 --new --within day" in text
    assert "1380000" not in text


def test_a_question_is_answered_once(
    imported: Import, database: Database, home: Path, tmp_path: Path
) -> None:
    imported(csv_file(tmp_path, CALLS, call("1", "2023-05-10 10:00"), name="a.csv"))
    report = imported(csv_file(tmp_path, CALLS, call("1", "2023-05-11 10:00"), name="b.csv"))
    assert report.held is not None
    with database.connect() as connection:
        drop_question(connection, "c1", report.held, by="张三", now=NOW)
    with pytest.raises(QuestionProblem, match="已于"):
        answer_question(database, home, "c1", report.held, SAME, by="张三", now=NOW)
    assert query(database, "SELECT answer FROM held_deliveries") == [("dropped",)]


# Other things that are asked


def test_another_caller_under_a_known_number_is_asked_about(imported: Import, tmp_path: Path) -> None:
    imported(csv_file(tmp_path, CALLS, call("1", "2023-05-10 10:00"), name="a.csv"))
    other = call("1", "2023-05-10 10:00", caller="13800000002")
    assert sort_asked(imported(csv_file(tmp_path, CALLS, other, name="b.csv"))) == WHO


def test_what_was_filled_and_is_empty_now_is_asked_about(imported: Import, tmp_path: Path) -> None:
    imported(csv_file(tmp_path, CALLS, call("1", "2023-05-10 10:00"), name="a.csv"))
    emptied = call("1", "2023-05-10 10:00", answered=False)
    assert sort_asked(imported(csv_file(tmp_path, CALLS, emptied, name="b.csv"))) == EMPTIED


def test_a_file_that_changes_most_of_what_is_known_is_asked_about_and_a_few_rows_are_not(
    imported: Import, tmp_path: Path
) -> None:
    def orders(kind: str, number: int) -> list[str]:
        return [
            f"W{n},2023-01-03 09:00:00,{kind},甲局,2023-01-10 18:00:00,"
            if n < number
            else f"W{n},2023-01-03 09:00:00,投诉,甲局,2023-01-10 18:00:00,"
            for n in range(FEW + 5)
        ]

    imported(csv_file(tmp_path, ORDERS, *orders("投诉", 0), name="工单_2023-01.csv"))
    few = csv_file(tmp_path, ORDERS, *orders("咨询", FEW), name="工单_2023-02.csv")
    assert imported(few).question is None
    most = csv_file(tmp_path, ORDERS, *orders("求助", FEW + 1), name="工单_2023-03.csv")
    assert sort_asked(imported(most)) == REPLACED


def test_ordinary_monthly_corrections_ask_nothing(imported: Import, tmp_path: Path) -> None:
    before = [f"W{n},2023-01-03 09:00:00,投诉,甲局,2023-01-10 18:00:00," for n in range(40)]
    after = [row + "2023-01-09 10:00:00" for row in before]
    after[3] = after[3].replace("投诉", "咨询")
    after[4] = after[4].replace("2023-01-10 18", "2023-01-20 18")
    imported(csv_file(tmp_path, ORDERS, *before, name="工单_2023-01.csv"))
    report = imported(csv_file(tmp_path, ORDERS, *after, name="工单_2023-02.csv"))
    assert (report.question, report.total("changed")) == (None, 2)


def test_numbers_that_differ_by_capital_letters_are_asked_about_or_folded(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    at = "2023-05-10 10:00"
    path = csv_file(tmp_path, CALLS, call("A001", at), call("a001", at), name="a.csv")
    assert sort_asked(imported(path)) == SPELLING
    assert imported(path, answer=SAME).question is None
    assert query(database, "SELECT subject FROM calls") == [("call/A001",)]
    more = csv_file(tmp_path, CALLS, call("b1", at), call("B1", at), name="b.csv")
    assert imported(more).question is None


SPELLINGS = [("GD-1", "gd1"), ("7", "0007"), ("A-007", "A007"), ("X1/2", "x1-02")]


@pytest.mark.parametrize(("one", "other"), [*SPELLINGS, *((other, one) for one, other in SPELLINGS)])
def test_one_number_in_another_spelling_in_a_later_file_is_asked_about_once(
    imported: Import, database: Database, tmp_path: Path, one: str, other: str
) -> None:
    def orders(name: str, *numbers: str) -> Path:
        rows = [f"{number},2023-01-03 09:00:00,投诉,甲局,2023-01-10 18:00:00," for number in numbers]
        return csv_file(tmp_path, ORDERS, *rows, name=name)

    imported(orders("工单_2023-01.csv", one, f"{one}5"))
    second = orders("工单_2023-02.csv", other, f"{other}6")
    report = imported(second)
    assert report.question is not None and report.question.counts == {SPELLING: 1}
    assert sort_asked(imported(second, answer=SAME)) is None
    numbers = "SELECT subject FROM work_orders ORDER BY 1"
    expected = {f"work_order/{number}" for number in (one, f"{one}5", f"{other}6")}
    assert {subject for (subject,) in query(database, numbers)} == expected
    (table,) = imported(orders("工单_2023-03.csv", other, one, f"{one}6")).tables
    assert (table.quarantined, len(query(database, numbers))) == (0, 3)


def test_numbers_that_are_said_to_be_two_are_asked_about_no_more(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    at = "2023-05-10 10:00"
    imported(csv_file(tmp_path, CALLS, call("GD-1", at), name="a.csv"))
    second = csv_file(tmp_path, CALLS, call("gd1", at), name="b.csv")
    assert sort_asked(imported(second)) == SPELLING
    imported(second, answer=NEW)
    third = csv_file(tmp_path, CALLS, call("gd1", at), call("gd2", at), name="c.csv")
    assert sort_asked(imported(third)) is None
    assert query(database, "SELECT count(*) FROM calls") == [(3,)]


@pytest.mark.parametrize(
    "numbers",
    [
        [f"{n}" for n in range(1, 120)],
        [f"{n:03}" for n in range(1, 1200)],
        [f"2023-{month}-{n}" for month in (1, 11) for n in (1, 12, 112)],
        [f"WX{n}" for n in range(9)] + [f"{n}" for n in range(9)],
    ],
    ids=["growing", "filled up, and beyond", "by date", "two series"],
)
def test_ordinary_numbers_ask_nothing(
    imported: Import, database: Database, tmp_path: Path, numbers: list[str]
) -> None:
    half = len(numbers) // 2
    for name, some in (("a.csv", numbers[:half]), ("b.csv", numbers[half:])):
        rows = [call(number, "2023-05-10 10:00") for number in some]
        assert imported(csv_file(tmp_path, CALLS, *rows, name=name)).question is None
    assert query(database, "SELECT count(*) FROM calls") == [(len(numbers),)]


# Lines of a voucher, and rows alike


def test_a_voucher_number_given_again_next_month_is_another_voucher(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    may = csv_file(
        tmp_path, PAYMENTS,
        "记-1,平台服务费,2023年5月,甲公司,2023-05-10,2023-05-10,50000",
        "记-2,劳务费,2023年5月,乙公司,2023-05-15,2023-05-15,30000",
        "记-3,工资,2023年5月,职工,2023-05-15,2023-05-15,20000",
        "记-3,社会保险费,2023年5月,社保,2023-05-15,2023-05-20,8000",
        name="支付明细_2023-05-31.csv",
    )  # fmt: skip
    june = csv_file(
        tmp_path, PAYMENTS,
        "记-1,平台服务费,2023年6月,甲公司,2023-06-10,2023-06-20,50000",
        "记-2,劳务费,2023年6月,乙公司,2023-06-15,,30000",
        name="支付明细_2023-06-30.csv",
    )  # fmt: skip
    for path in (may, june, may, june):
        assert imported(path).question is None
    rows = query(
        database,
        "SELECT to_char(due_on, 'MM'), count(*), count(*) FILTER (WHERE on_time), sum(amount_fen)::bigint"
        " FROM payments GROUP BY 1 ORDER BY 1",
    )
    assert rows == [("05", 4, 3, 10_800_000), ("06", 2, 0, 8_000_000)]


def test_a_line_that_takes_the_place_of_another_is_asked_about(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    row = "记-1,劳务费,2023年5月,甲公司,2023-05-10,,50000"
    imported(csv_file(tmp_path, PAYMENTS, row, name="支付明细_2023-05-31.csv"))
    renamed = csv_file(
        tmp_path, PAYMENTS, row.replace("甲公司", "甲有限公司"), name="支付明细_2023-06-30.csv"
    )
    assert sort_asked(imported(renamed)) == LINE
    imported(renamed, answer=SAME)
    assert query(database, "SELECT payee, amount_fen FROM payments") == [("甲有限公司", 5_000_000)]


def test_a_sum_put_off_to_another_month_is_asked_about(imported: Import, tmp_path: Path) -> None:
    row = "记-1,劳务费,2023年5月,甲公司,2023-05-10,,50000"
    imported(csv_file(tmp_path, PAYMENTS, row, name="支付明细_2023-05-31.csv"))
    later = row.replace("2023-05-10", "2023-06-10")
    assert sort_asked(imported(csv_file(tmp_path, PAYMENTS, later, name="b.csv"))) == MOVED


def test_a_sum_that_gets_its_voucher_later_is_the_same_sum(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    row = ",劳务费,2023年5月,甲公司,2023-05-10,,50000"
    paid = "ZF1,劳务费,2023年5月,甲公司,2023-05-10,2023-06-09,50000"
    imported(csv_file(tmp_path, PAYMENTS, row, name="支付明细_2023-05-31.csv"))
    for name in ("支付明细_2023-06-30.csv", "支付明细_2023-07-31.csv"):
        imported(csv_file(tmp_path, PAYMENTS, paid, name=name))
    assert query(database, "SELECT paid_on FROM payments") == [(date(2023, 6, 9),)]


@pytest.mark.parametrize(
    ("header", "rows", "sql", "total"),
    [
        (
            UNNUMBERED,
            [
                "办公费,2023年5月,丁公司,2023-05-10,2023-05-10,5000",
                "办公费,2023年5月,丁公司,2023-05-10,2023-05-10,5000",
                "办公费,2023年5月,丁公司,2023-05-10,2023-05-12,7000",
            ],
            "SELECT sum(amount_fen)::bigint FROM payments",
            1_700_000,
        ),
        (
            "培训日期,培训内容,应到人数,实到人数,请假人数",
            [
                "2023-05-10,业务培训,20,20,0",
                "2023-05-10,业务培训,20,20,0",
                "2023-05-11,安全培训,20,20,0",
                "2023-05-11,安全培训,20,15,5",
            ],
            "SELECT sum(attended)::bigint FROM trainings",
            75,
        ),
        (
            "日期,类型,费用项目,金额（元）,文号",
            ["2023-03-01,资金到位,办公费,10000,", "2023-03-01,资金到位,办公费,10000,"],
            "SELECT sum(amount_fen)::bigint FROM budget",
            2_000_000,
        ),
    ],
)
def test_equal_rows_of_one_delivery_are_as_many_things(
    imported: Import,
    database: Database,
    tmp_path: Path,
    header: str,
    rows: Sequence[str],
    sql: str,
    total: int,
) -> None:
    for name in ("a_2023-06-30.csv", "b_2023-07-31.csv"):  # the second delivery says the same
        imported(csv_file(tmp_path, header, *rows, name=name))
        assert query(database, sql) == [(total,)]


def test_a_row_with_a_number_of_its_own_said_twice_is_one_thing(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    row = call("1", "2023-05-10 10:00")
    imported(csv_file(tmp_path, CALLS, row, row, name="a.csv"))
    voucher = "记-1,劳务费,2023年5月,甲公司,2023-05-10,,50000"
    imported(csv_file(tmp_path, PAYMENTS, voucher, voucher, name="支付明细_2023-05-31.csv"))
    assert query(database, "SELECT count(*) FROM calls") == [(1,)]
    assert query(database, "SELECT count(*) FROM payments") == [(1,)]


# Stints of people


def stints(database: Database) -> list[tuple[Any, ...]]:
    return query(database, "SELECT staff_no, joined_on, left_on FROM staff ORDER BY joined_on, staff_no")


FIRST = ("001", date(2020, 1, 1), date(2022, 6, 30))


def test_a_rehire_is_a_second_stint_in_whatever_order_the_lists_come(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    old = csv_file(tmp_path, ROSTER, "001,张三,话务员,本科,2020-01-01,2022-06-30", name="花名册_2022-06.csv")
    new = csv_file(tmp_path, ROSTER, "001,张三,话务员,本科,2024-03-01,", name="花名册_2024-03.csv")
    for center, files in (("c1", (old, new)), ("c2", (new, old))):
        with database.connect() as connection:
            centers.create_center(connection, center, center, now=NOW)
        for path in files:
            assert imported(path, center=center).question is None
        rows = query(
            database,
            "SELECT staff_no, joined_on, left_on FROM staff WHERE center_id = %s ORDER BY joined_on",
            center,
        )
        assert rows == [FIRST, ("001", date(2024, 3, 1), None)]


def test_two_stints_in_one_list_are_two(imported: Import, database: Database, tmp_path: Path) -> None:
    rows = ("001,张三,话务员,本科,2020-01-01,2022-06-30", "001,张三,话务员,本科,2023-03-01,")
    (table,) = imported(csv_file(tmp_path, ROSTER, *rows)).tables
    assert (table.quarantined, stints(database)) == (0, [FIRST, ("001", date(2023, 3, 1), None)])


def test_one_number_for_two_names_is_asked_about(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    rows = ("001,张三,话务员,本科,2020-01-01,", "001,李四,话务员,本科,2021-01-01,")
    path = csv_file(tmp_path, ROSTER, *rows)
    assert (sort_asked(imported(path)), stints(database)) == (WHO, [])
    imported(path, answer=NEW)
    assert len(stints(database)) == 2


def test_another_day_of_joining_is_a_correction_or_asked_about(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    imported(csv_file(tmp_path, ROSTER, "001,张三,话务员,本科,2020-01-01,", name="花名册_2023-05.csv"))
    later = csv_file(tmp_path, ROSTER, "001,张三,话务员,本科,2020-02-01,", name="花名册_2023-06.csv")
    assert sort_asked(imported(later)) == MOVED
    imported(later, answer=SAME)
    assert stints(database) == [("001", date(2020, 2, 1), None)]


# The rules, over drawn deliveries


@st.composite
def restarting(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """How long numbers last, and a file a day of a few days on both sides of a month's end."""
    within = draw(st.sampled_from(("day", "month", "file")))
    days = sorted(draw(st.sets(st.dates(date(2023, 4, 27), date(2023, 5, 4)), min_size=1, max_size=4)))
    last: dict[str, int] = {}
    files = []
    for day in days:
        scope = {"day": f"{day}", "month": f"{day:%Y-%m}", "file": f"{day}"}[within]
        rows = []
        for _ in range(draw(st.integers(1, 3))):
            last[scope] = last.get(scope, 0) + 1
            rows.append(call(f"{last[scope]:04}", f"{day} 10:{last[scope]:02}"))
        files.append(rows)
    return within, files


def test_numbers_that_start_again_lose_no_call_or_are_asked_about(database: Database, tmp_path: Path) -> None:
    @QUICK
    @given(restarting(), st.booleans())
    def holds(drawn: tuple[str, list[list[str]]], one_file: bool) -> None:
        within, days = drawn
        if one_file and within == "file":
            within = "day"
        files = [[row for rows in days for row in rows]] if one_file else days
        center = f"c{uuid.uuid4().hex[:20]}"
        with database.connect() as connection:
            centers.create_center(connection, center, center, now=NOW)
        for place, rows in enumerate(files):
            path = csv_file(tmp_path, CALLS, *rows, name=f"{center}_{place}.csv")
            before = log_length(database, center)
            report = import_file(database, tmp_path / "home", path, center, now=NOW)
            if report.question is not None:
                assert log_length(database, center) == before
                answer = QuestionAnswer(new=True, within=within)
                report = import_file(database, tmp_path / "home", path, center, now=NOW, answer=answer)
            assert report.question is None
        true = sum(map(len, days))
        assert query(database, "SELECT count(*) FROM calls WHERE center_id = %s", center) == [(true,)]
        for place in range(len(files)):  # and each file again says nothing new
            import_file(database, tmp_path / "home", tmp_path / f"{center}_{place}.csv", center, now=NOW)
        assert query(database, "SELECT count(*) FROM calls WHERE center_id = %s", center) == [(true,)]

    holds()


def test_equal_rows_are_counted_as_often_as_they_stand(database: Database, tmp_path: Path) -> None:
    @QUICK
    @given(st.lists(st.tuples(st.sampled_from("甲乙"), st.sampled_from((5, 7))), min_size=1, max_size=8))
    def holds(rows: list[tuple[str, int]]) -> None:
        center = f"c{uuid.uuid4().hex[:20]}"
        with database.connect() as connection:
            centers.create_center(connection, center, center, now=NOW)
        lines = [f"办公费,2023年5月,{payee},2023-05-10,,{amount}" for payee, amount in rows]
        for name in ("x_2023-05-31.csv", "y_2023-06-30.csv"):
            path = csv_file(tmp_path, UNNUMBERED, *lines, name=name)
            import_file(database, tmp_path / "home", path, center, now=NOW)
        found = query(
            database, "SELECT sum(amount_fen)::bigint, count(*) FROM payments WHERE center_id = %s", center
        )
        assert found == [(100 * sum(amount for _, amount in rows), len(rows))]

    holds()


def test_a_shorter_roster_asks_about_everybody_who_is_missing(database: Database, tmp_path: Path) -> None:
    people = st.sets(st.integers(1, 6), min_size=1)

    @QUICK
    @given(st.lists(people, min_size=1, max_size=4))
    def holds(lists: list[set[int]]) -> None:
        center = f"c{uuid.uuid4().hex[:20]}"
        with database.connect() as connection:
            centers.create_center(connection, center, center, now=NOW)
        for month, numbers in enumerate(lists, 1):
            rows = [f"{n:03},甲{n},话务员,本科,2020-01-01," for n in sorted(numbers)]
            path = csv_file(tmp_path, ROSTER, *rows, name=f"花名册_2023-{month:02}.csv")
            import_file(database, tmp_path / "home", path, center, now=NOW)
        with database.connect() as connection:
            found = {
                one.staff_no: one.last_listed_on.month for one in list_missing_people(connection, center)
            }
        true = {
            f"{n:03}": max(month for month, numbers in enumerate(lists, 1) if n in numbers)
            for n in set.union(*lists) - lists[-1]
        }
        assert found == true

    holds()


def test_people_missing_from_the_list_left_or_did_not(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    rows = [f"{n:03},甲{n},话务员,本科,2020-01-01," for n in range(1, 4)]
    imported(csv_file(tmp_path, ROSTER, *rows, name="花名册_2024-05.csv"))
    report = imported(csv_file(tmp_path, ROSTER, *rows[:1], name="花名册_2024-06.csv"))
    assert [one.staff_no for one in report.tables[0].missing] == ["002", "003"]
    assert "名单里少了 2 人：离职了，还是没有导出？" in "\n".join(format_report(report))
    with database.connect() as connection:
        record_left(connection, "c1", ["002"], date(2024, 6, 11), "辞职", now=NOW)
        record_in_post(connection, "c1", [], IN_POST, by="张三", now=NOW)
        with pytest.raises(ListProblem, match="没有少人"):
            record_in_post(connection, "c1", [], IN_POST, by="张三", now=NOW)
    listed = query(database, "SELECT staff_no, left_on, last_listed_on FROM staff ORDER BY 1")
    assert listed == [("001", None, None), ("002", date(2024, 6, 11), None), ("003", None, None)]


def test_a_roster_that_comes_late_leaves_the_newer_one_in_force(
    imported: Import, database: Database, tmp_path: Path
) -> None:
    rows = [f"{n:03},甲{n},话务员,本科,2020-01-01," for n in range(1, 3)]
    imported(csv_file(tmp_path, ROSTER, *rows[:1], name="花名册_2024-06.csv"))
    imported(csv_file(tmp_path, ROSTER, *rows, name="花名册_2024-05.csv"))
    listed = query(database, "SELECT staff_no, last_listed_on FROM staff ORDER BY 1")
    assert listed == [("001", None), ("002", date(2024, 5, 31))]


def test_a_list_of_calls_exported_again_with_fewer_rows_is_asked_about(
    imported: Import, tmp_path: Path
) -> None:
    rows = [call(f"d{n}", f"2023-05-10 10:0{n}") for n in range(3)]
    imported(csv_file(tmp_path, CALLS, *rows, name="话单_2023-05-10.csv"))
    fewer = csv_file(tmp_path, CALLS, *rows[:2], name="话单_2023-05-12.csv")
    assert sort_asked(imported(fewer)) == GONE
    (table,) = imported(fewer, answer=NEW).tables
    assert [notice for notice in table.notices if "少 1 个来电" in notice]


def log_length(database: Database, center: str) -> int:
    """Events of a centre, but for those that say which files ask."""
    counted = "SELECT count(*) FROM events WHERE center_id = %s AND subject NOT LIKE 'held_delivery/%%'"
    return int(query(database, counted, center)[0][0])


def test_the_log_keeps_what_was_answered(imported: Import, database: Database, tmp_path: Path) -> None:
    imported(csv_file(tmp_path, CALLS, call("0001", "2023-05-10 10:01"), name="话单_2023-05-10.csv"))
    second = csv_file(tmp_path, CALLS, call("0001", "2023-05-11 10:01"), name="话单_2023-05-11.csv")
    imported(second, answer=QuestionAnswer(new=True, within="day"))
    said = "SELECT data::json ->> 'ruling' FROM events WHERE type = 'delivery.imported' ORDER BY seq"
    assert query(database, said) == [(None,), ("new day",)]
