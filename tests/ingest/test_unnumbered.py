"""Things without a number: a row of a newer list is one told before, or another, or asked about."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from ingest.changes.repeated_numbers import ALIKE, QuestionAnswer
from ingest.importing.import_file import ImportReport
from tests.centre import Centre
from tests.ingest.test_identity import sort_asked
from tracker.database import Database

PAYMENTS = ("费用项目", "所属期间", "收款单位", "约定支付日", "实际支付日", "金额（元）")
TRAINING = ("培训日期", "培训内容", "应到人数", "实到人数")
BUDGET = ("日期", "类型", "费用项目", "金额（元）", "文号")
SAME, NEW = QuestionAnswer(same=True), QuestionAnswer(new=True)


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


LISTS = {
    "payments": (
        PAYMENTS,
        [
            ["办公费", "2023年5月", "甲公司", "2023-05-10", "2023-05-09", "5000"],
            ["物业费", "2023年5月", "乙公司", "2023-05-20", "", "700"],
        ],
        ["办公费", "2023年5月", "甲有限公司", "2023-05-10", "2023-05-09", "5000"],
        "SELECT count(*), sum(amount_fen)::bigint / 100 FROM payments",
        [(2, 5700), (3, 10700)],
    ),
    "training": (
        TRAINING,
        [["2023-05-10", "业务培训", "20", "20"], ["2023-05-20", "安全培训", "20", "18"]],
        ["2023-05-11", "业务培训", "20", "20"],
        "SELECT count(*), sum(attended)::bigint FROM trainings",
        [(2, 38), (3, 58)],
    ),
    "budget": (
        BUDGET,
        [["2023-03-01", "资金到位", "办公费", "10000", ""], ["2023-03-30", "资金到位", "物业费", "500", ""]],
        ["2023-03-01", "资金到位", "办公用品费", "10000", ""],
        "SELECT count(*), sum(amount_fen)::bigint / 100 FROM budget",
        [(2, 10500), (3, 20500)],
    ),
}  # fmt: skip
FIRST, LATER = "明细_2023-05-31.csv", "明细_2023-06-30.csv"


def total(here: Centre, sql: str) -> tuple[int, ...]:
    with here.database.connect() as connection:
        found = connection.execute(f"{sql} WHERE center_id = %s", (here.code,)).fetchone()
    assert found is not None
    return tuple(map(int, found))


def answered(here: Centre, answer: QuestionAnswer) -> ImportReport:
    (report,) = here.bring(here.home / "files" / here.code / LATER, answer=answer)
    return report


@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("answer", [SAME, NEW])
def test_a_row_corrected_in_one_thing_is_asked_about(here: Centre, kind: str, answer: QuestionAnswer) -> None:
    titles, rows, corrected, sql, (once, twice) = LISTS[kind]
    here.take_in(FIRST, titles, rows)
    assert sort_asked(here.take_in(LATER, titles, [corrected, *rows[1:]])) == ALIKE
    assert total(here, sql) == once
    assert answered(here, answer).question is None
    assert total(here, sql) == (once if answer.same else twice)
    assert sort_asked(here.take_in("再_2023-07-31.csv", titles, [corrected, *rows[1:]])) is None
    assert total(here, sql) == (once if answer.same else twice)


@pytest.mark.parametrize("kind", LISTS)
def test_what_is_added_or_said_again_asks_nothing(here: Centre, kind: str) -> None:
    titles, rows, added, sql, (_, twice) = LISTS[kind]
    here.take_in(FIRST, titles, rows)
    for _ in range(2):
        assert sort_asked(here.take_in(LATER, titles, [*rows, added])) is None
        assert total(here, sql) == twice


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_of_later_days_asks_nothing(here: Centre, kind: str) -> None:
    titles, rows, _, sql, _ = LISTS[kind]
    here.take_in(FIRST, titles, rows)
    following = {"-03-": "-04-", "-05-": "-06-"}
    later = [[re.sub("-0[35]-", lambda month: following[month[0]], cell) for cell in row] for row in rows]
    report = here.take_in(LATER, titles, later)
    assert (report.question, report.tables[0].problems) == (None, ())
    assert total(here, sql)[0] == 4


@pytest.mark.parametrize("numbered_first", [True, False])
@pytest.mark.parametrize("kind", ["payments", "budget"])
def test_a_number_that_comes_later_or_is_left_out_makes_no_second_thing(
    here: Centre, kind: str, numbered_first: bool
) -> None:
    titles, rows, _, sql, (once, _) = LISTS[kind]
    if kind == "payments":
        titles, rows = ("凭证号", *titles), [["", *row] for row in rows]
    place = 0 if kind == "payments" else 4
    numbered = [[*row[:place], f"{n}号", *row[place + 1 :]] for n, row in enumerate(rows)]
    lists: list[Sequence[list[str]]] = [numbered, rows] if numbered_first else [rows, numbered]
    here.take_in(FIRST, titles, lists[0])
    for month, n in ((6, 1), (7, 0), (8, 1)):
        assert sort_asked(here.take_in(f"明细_2023-{month:02}.csv", titles, lists[n])) is None
        assert total(here, sql) == once


def test_an_equal_sum_beside_one_with_a_voucher_is_another(here: Centre) -> None:
    titles, (row, _), *_ = LISTS["payments"]
    here.take_in(FIRST, ("凭证号", *titles), [["记-1", *row]])
    here.take_in(LATER, ("凭证号", *titles), [["记-1", *row], ["", *row]])
    assert total(here, "SELECT count(*) FROM payments") == (2,)


# People


@pytest.mark.parametrize("numbered_first", [True, False])
def test_somebody_listed_with_and_without_a_number_is_one_person(here: Centre, numbered_first: bool) -> None:
    titles = ("工号", "姓名", "岗位", "入职日期", "离职日期")
    numbered = [
        ["001", "甲", "话务员", "2020-01-01", ""],
        ["002", "乙", "话务员", "2021-01-01", "2023-03-01"],
    ]
    lists = [numbered, [["", *row[1:]] for row in numbered]]
    for month, n in ((6, 0), (7, 1), (8, 0), (9, 1)) if numbered_first else ((6, 1), (7, 0), (8, 1)):
        report = here.take_in(f"花名册_2023-{month:02}.csv", titles, lists[n])
        assert (report.question, report.tables[0].missing) == (None, ())
    with here.database.connect() as connection:
        sql = "SELECT staff_no, left_on::text FROM staff WHERE center_id = %s ORDER BY 1"
        found = connection.execute(sql, (here.code,)).fetchall()
    assert found == [("001", None), ("002", "2023-03-01")]


def test_two_of_one_name_and_day_of_joining_stay_apart(here: Centre) -> None:
    titles = ("工号", "姓名", "岗位", "入职日期", "离职日期")
    rows = [[number, "甲", "话务员", "2020-01-01", ""] for number in ("001", "002", "")]
    here.take_in("花名册_2023-06.csv", titles, rows[:2])
    here.take_in("花名册_2023-07.csv", titles, rows)
    assert total(here, "SELECT count(*) FROM staff") == (3,)
