"""What a later file changes of what stands: ordinary life asks nothing, what turns an outcome is asked."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest

from ingest.changes.repeated_numbers import MOVED, OUTDATED, OVERLAP, TURNED, WHO, QuestionAnswer
from ingest.importing.import_file import ImportReport
from ingest.importing.report_text import format_report
from kpi.figures.figure import Status
from tests.centre import Centre
from tests.ingest.tables import fill
from tests.ingest.test_identity import sort_asked
from tracker.database import Database
from tracker.periods import Month

MAY, JUNE = Month(2024, 5), Month(2024, 6)
DAYS = [date(2024, 5, 1) + timedelta(days=n) for n in range(31)]
CALLS = (
    "流水号", "呼叫类型", "进入系统时间", "进入队列时间", "坐席应答时间", "结束时间", "通话时长",
    "呼叫结果", "坐席工号",
)  # fmt: skip
ORDERS = ("工单编号", "受理时间", "诉求类型", "承办单位", "办结时限", "办结时间", "回访时间", "是否解决")
PAYMENTS = ("凭证号", "费用项目", "所属期间", "收款单位", "约定支付日", "实际支付日", "金额")
SAME, OUTDATED_ANSWER = QuestionAnswer(same=True), QuestionAnswer(outdated=True)


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def call(number: object, day: date, hour: int = 9, *, answered: bool = True) -> list[str]:
    at = f"{day} {hour:02}"
    late = [f"{at}:00:20", f"{at}:01:20", "60", "已接听", "A1"]
    gone = ["", f"{at}:01:20", "", "队列放弃", ""]
    return [str(number), "呼入", f"{at}:00:00", f"{at}:00:10", *(late if answered else gone)]


def calls(missed: Sequence[int] = (), days: Sequence[date] = DAYS) -> list[list[str]]:
    """Two a day, numbered from 1 within each month."""
    when = [(day, hour) for day in days for hour in (9, 10)]
    return [
        call(f"{day:%Y%m}{n:03}", day, hour, answered=n not in missed)
        for n, (day, hour) in enumerate(when, 1)
    ]


def without(title: str, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    place = titles.index(title)
    return [[*row[:place], *row[place + 1 :]] for row in (titles, *rows)]


def order(
    n: int, day: date, *, kind: str = "咨询", unit: str = "城管局", closed: int | None = 2
) -> list[str]:
    due, done = (f"{day + timedelta(days=days)} 10:00:00" if days is not None else "" for days in (5, closed))
    return [f"GD{n}", f"{day} 10:00:00", kind, unit, due, done, "", ""]


def answered(here: Centre, name: str, answer: QuestionAnswer) -> ImportReport:
    (report,) = here.bring(here.home / "files" / here.code / name, answer=answer)
    assert report.question is None, report.question
    return report


def parts(here: Centre, key: str, period: Month = MAY) -> tuple[object, object, Status]:
    figure = here.figures(period, key)[key]
    return figure.numerator, figure.denominator, figure.status


# ---- what is over


@pytest.mark.parametrize("number", [30, 1])
def test_calls_that_nobody_answered_and_somebody_did_are_asked_about_from_the_first(
    here: Centre, number: int
) -> None:
    missed = range(1, 2 * number, 2)
    here.take_in("话单_2024-05.csv", CALLS, calls(missed))
    report = here.take_in("话单_2024-05_二_20240610.csv", CALLS, calls())
    assert report.question is not None and report.question.counts == {TURNED: number}
    assert parts(here, "call_answer_rate")[:2] == (62 - number, 62)
    answered(here, "话单_2024-05_二_20240610.csv", SAME)
    assert parts(here, "call_answer_rate")[:2] == (62, 62)


def test_so_are_they_where_no_result_of_a_call_is_told(here: Centre) -> None:
    titles, *before = without("呼叫结果", CALLS, calls(range(1, 63)))
    here.take_in("话单_2024-05.csv", titles, before)
    _, *after = without("呼叫结果", CALLS, calls())
    report = here.take_in("话单_2024-05_二_20240610.csv", titles, after)
    assert report.question is not None and report.question.counts == {TURNED: 62}
    assert parts(here, "call_answer_rate")[0] == 0


def test_a_call_that_was_on_the_line_asks_nothing(here: Centre) -> None:
    on_the_line = call("1", DAYS[30], 23, answered=False)
    on_the_line[5:8] = ["", "", ""]
    here.take_in("话单_2024-05-31_233000.csv", CALLS, [on_the_line])
    assert sort_asked(here.take_in("话单_2024-06-01.csv", CALLS, [call("1", DAYS[30], 23)])) is None


@pytest.mark.parametrize("late", [15, 1])
def test_closings_after_the_deadline_that_are_in_time_now_are_asked_about(here: Centre, late: int) -> None:
    before = [order(n, day, closed=9 if n >= 31 - late else 2) for n, day in enumerate(DAYS)]
    here.take_in("工单_2024-05.csv", ORDERS, before)
    report = here.take_in(
        "工单_2024-05_二_20240620.csv", ORDERS, [order(n, day) for n, day in enumerate(DAYS)]
    )
    assert report.question is not None and report.question.counts == {TURNED: late}
    assert parts(here, "work_order_on_time_of_accepted_rate")[0] == 31 - late


def test_another_result_of_the_same_follow_up_is_asked_about_and_another_follow_up_is_not(
    here: Centre,
) -> None:
    first = [*order(1, DAYS[0])[:6], "2024-05-04 10:00:00", "未解决"]
    here.take_in("工单_2024-05.csv", ORDERS, [first])
    again = [*first[:6], "2024-05-20 10:00:00", "已解决"]
    assert sort_asked(here.take_in("工单_2024-06-10.csv", ORDERS, [again])) is None
    turned = [*again[:7], "未解决"]
    assert sort_asked(here.take_in("工单_2024-06-20.csv", ORDERS, [turned])) == TURNED


def test_an_open_order_that_is_closed_and_followed_up_later_asks_nothing(here: Centre) -> None:
    here.take_in("工单_2024-05.csv", ORDERS, [order(n, day, closed=None) for n, day in enumerate(DAYS)])
    closed = [[*order(n, day, closed=33)[:6], "2024-07-10 10:00:00", "已解决"] for n, day in enumerate(DAYS)]
    assert sort_asked(here.take_in("工单_2024-06.csv", ORDERS, closed)) is None


DUE, LATE = "2024-05-15", "2024-05-28"


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        ((DUE, LATE), ("2024-05-30", LATE), TURNED),  # the due day moves within its month
        ((DUE, LATE), (DUE, "2024-05-14"), TURNED),
        ((DUE, ""), (DUE, "2024-05-14"), TURNED),  # it was said to be overdue at the end of May
        ((DUE, ""), (DUE, "2024-06-03"), None),
        (("2024-06-15", ""), ("2024-06-15", "2024-06-14"), None),
    ],
)
def test_a_payment_late_stays_late_unless_somebody_says_otherwise(
    here: Centre, before: tuple[str, str], after: tuple[str, str], asked: str | None
) -> None:
    row = ["P1", "劳务费", "2024-05", "甲"]
    here.take_in("支付明细_2024-05.csv", PAYMENTS, [[*row, *before, "1000"]])
    report = here.take_in("支付明细_2024-05_二_20240701.csv", PAYMENTS, [[*row, *after, "1000"]])
    assert sort_asked(report) == asked
    if asked:
        shown = here.figures(MAY, "payment_on_time_rate")["payment_on_time_rate"]
        assert shown.numerator == 0 and shown.status is not Status.VERIFIABLE
        answered(here, "支付明细_2024-05_二_20240701.csv", SAME)
        assert parts(here, "payment_on_time_rate")[:2] == (1, 1)


# ---- what is older


def test_an_older_file_that_contradicts_a_newer_one_is_a_correction_or_outdated(here: Centre) -> None:
    april = [day - timedelta(days=31) for day in DAYS[1:]]
    here.take_in("话单_2024年上半年.csv", CALLS, [*calls(days=april), *calls()])
    name = "话单_2024-05_更正.csv"
    report = here.take_in(name, CALLS, calls((5,)))
    assert report.question is not None and report.question.counts == {OUTDATED: 1}
    assert "是更正，还是过期的？" in "\n".join(format_report(report))
    assert parts(here, "call_answer_rate")[2] is Status.PARTLY
    answered(here, name, OUTDATED_ANSWER)
    assert parts(here, "call_answer_rate") == (62, 62, Status.VERIFIABLE)
    assert sort_asked(here.take_in("又_2024-05.csv", CALLS, calls((5,)))) is None  # it is known


def test_a_correction_holds_whatever_its_file_is_called(here: Centre) -> None:
    rows = [
        [f"P{m}", "劳务费", f"2024-{m:02}", "甲", f"2024-{m:02}-15", f"2024-{m:02}-14", "1000"]
        for m in range(1, 13)
    ]
    here.take_in("支付明细_2024年.csv", PAYMENTS, rows)
    corrected = [*rows[4][:5], "2024-05-29", "1000"]
    assert sort_asked(here.take_in("支付明细_2024-05_更正.csv", PAYMENTS, [corrected])) == OUTDATED
    answered(here, "支付明细_2024-05_更正.csv", SAME)
    assert parts(here, "payment_on_time_rate") == (0, 1, Status.VERIFIABLE)


def test_an_older_list_that_is_merely_less_complete_asks_nothing(here: Centre) -> None:
    here.take_in("工单_2024-06.csv", ORDERS, [order(n, day) for n, day in enumerate(DAYS)])
    older = [order(n, day, closed=None) for n, day in enumerate(DAYS)]
    assert sort_asked(here.take_in("工单_2024-05.csv", ORDERS, older)) is None
    other = [order(3, DAYS[3], kind="投诉")]
    assert sort_asked(here.take_in("工单_2024-05-20.csv", ORDERS, other)) == OUTDATED


# ---- what is another thing


@pytest.mark.parametrize("differs", [{"kind": "投诉", "unit": "交警队"}, {"unit": "交警队"}])
def test_an_order_told_by_its_day_alone_is_known_by_more_than_the_day(
    here: Centre, differs: dict[str, str]
) -> None:
    def dated(row: list[str]) -> list[str]:
        return [row[0], row[1][:10], *row[2:]]

    here.take_in("工单_A_2024-05.csv", ORDERS, [dated(order(n, day)) for n, day in enumerate(DAYS)])
    other = [dated(order(n, DAYS[n], closed=9, **differs)) for n in range(10)]
    more = [dated(order(100 + n, day)) for n, day in enumerate(DAYS)]
    report = here.take_in("工单_B_2024-05.csv", ORDERS, [*other, *more])
    assert report.question is not None and report.question.counts == {WHO: 10}
    answered(here, "工单_B_2024-05.csv", QuestionAnswer(new=True, within=report.question.within))
    assert parts(here, "work_orders_opened")[0] == 31 + 10 + 31


def test_other_numbers_of_a_day_are_asked_about_from_the_first(here: Centre) -> None:
    titles = ("日期", "办件量")
    here.take_in("日报_窗口甲_2024-05.csv", titles, [[f"{day}", "100"] for day in DAYS])
    report = here.take_in("日报_窗口乙_2024-05.csv", titles, [[f"{day}", "50"] for day in DAYS[:9]])
    assert report.question is not None and report.question.counts == {TURNED: 9}
    assert parts(here, "cases_handled")[0] == 3100
    same = here.take_in("日报_2024-05.csv", titles, [[f"{day}", "100"] for day in DAYS])
    assert sort_asked(same) is None


@pytest.mark.parametrize("named", [True, False])
def test_questionnaires_numbered_anew_each_round_are_asked_about(here: Centre, named: bool) -> None:
    titles = ("问卷编号", "问卷名称", "填写日期", "是否知晓", "是否会使用", "是否满意")

    def answers(survey: str, month: int, word: str) -> list[list[str]]:
        rows = [[f"{n}", survey, f"2024-{month:02}-0{n}", word, "会", "满意"] for n in (1, 2, 3)]
        return rows if named else [[row[0], *row[2:]] for row in rows]

    titles = titles if named else (titles[0], *titles[2:])
    here.take_in("问卷_2024-03.csv", titles, answers("上半年", 3, "知道"))
    report = here.take_in("问卷_2024-09.csv", titles, answers("下半年", 9, "不知道"))
    assert report.question is not None
    assert (report.question.counts, report.question.within) == ({MOVED: 3}, "month")
    assert answers_by_word(here) == [(True, 3)]
    answered(here, "问卷_2024-09.csv", QuestionAnswer(new=True, within="month"))
    assert answers_by_word(here) == [(False, 3), (True, 3)]
    assert sort_asked(here.take_in("问卷_2024-10.csv", titles, answers("十月", 10, "知道"))) is None
    assert answers_by_word(here) == [(False, 3), (True, 6)]


def answers_by_word(here: Centre) -> list[tuple[bool, int]]:
    sql = "SELECT aware, count(*) FROM survey_answers WHERE center_id = %s GROUP BY 1 ORDER BY 1"
    with here.database.connect() as connection:
        return connection.execute(sql, (here.code,)).fetchall()


def test_a_questionnaire_that_says_otherwise_is_asked_about(here: Centre) -> None:
    titles = ("问卷编号", "填写日期", "是否知晓", "是否满意")
    rows = [[f"{n}", f"2024-03-0{n}", "知道", "满意"] for n in (1, 2, 3)]
    here.take_in("问卷_2024-03.csv", titles, rows)
    rows[1][2] = "不知道"
    assert sort_asked(here.take_in("问卷_2024-04.csv", titles, rows)) == TURNED


# ---- what refers to it


def test_a_number_given_again_each_month_means_the_call_of_the_month_wherever_it_stands(
    here: Centre,
) -> None:
    june = [day + timedelta(days=31) for day in DAYS[:30]]
    may_calls, june_calls = (
        [[str(n), *row[1:]] for n, row in enumerate(calls(days=days), 1)] for days in (DAYS, june)
    )
    here.take_in("话单_2024-05.csv", CALLS, may_calls)
    assert sort_asked(here.take_in("话单_2024-06.csv", CALLS, june_calls)) == MOVED
    answered(here, "话单_2024-06.csv", QuestionAnswer(new=True, within="month"))
    titles = ("质检日期", "流水号", "坐席工号", "质检结果")
    may = [["2024-05-10", n, "A1", "合格"] for n in ("1", "2")]
    here.take_in("质检_2024-05.csv", titles, may)
    here.take_in("质检_2024-06.csv", titles, [["2024-06-10", "7", "A1", "合格"]])
    assert parts(here, "call_inspection_rate")[:2] == (2, 62)
    assert parts(here, "call_inspection_rate", JUNE)[:2] == (1, 60)
    assert parts(here, "inspection_pass_rate", JUNE)[:2] == (1, 1)
    here.take_in(
        "录音_2024-06.csv", ("流水号", "录音开始时间", "录音时长"), [["7", f"{june[3]} 09:00:20", "60"]]
    )
    rows = [["G1", f"{june[3]} 09:02:00", "咨询", "7"]]
    here.take_in("工单_2024-06.csv", ("工单编号", "受理时间", "诉求类型", "通话流水号"), rows)
    with here.database.connect() as connection:
        for table in ("inspections", "recordings", "work_orders"):
            sql = f"SELECT call_subject FROM {table} WHERE center_id = %s ORDER BY 1 DESC LIMIT 1"
            assert connection.execute(sql, (here.code,)).fetchone() == ("call/7@2024-06",), table


# ---- sheets of one file


def book(here: Centre, name: str, sheets: dict[str, list[list[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        fill(made.create_sheet(title), rows, title=title)
    path = here.home / "files" / here.code / name
    path.parent.mkdir(parents=True)
    made.save(path)
    return path


MOVES: list[object] = ["日期", "类型", "费用项目", "金额"]
MONTHS: dict[str, list[list[object]]] = {
    f"{m}月": [
        [*PAYMENTS],
        [f"P{m}", "劳务费", f"2024-{m:02}", "甲", f"2024-{m:02}-15", f"2024-{m:02}-14", 1000],
    ]
    for m in (1, 2, 3)
}
DETAILS: dict[str, tuple[str, dict[str, list[list[object]]]]] = {
    "detail": (
        "预算_2024.xlsx",
        {
            "2024": [
                MOVES,
                ["2024-01-10", "年初预算", "热线费", 1000000],
                ["2024-01-10", "上年结转", "热线费", 100000],
            ],
            "其中明细": [
                MOVES,
                ["2024-01-10", "年初预算", "人员费", 700000],
                ["2024-01-10", "年初预算", "公用费", 300000],
            ],
        },
    ),
    "summary": (
        "支付明细_2024-03.xlsx",
        MONTHS | {"全年汇总": [
            [*PAYMENTS[1:]], ["劳务费", "2024年第一季度", "甲", "2024-03-31", "2024-03-30", 3000],
        ]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", DETAILS)
def test_a_detail_or_a_summary_beside_the_list_is_asked_about(here: Centre, kind: str) -> None:
    name, sheets = DETAILS[kind]
    path = book(here, name, sheets)
    (report,) = here.bring(path)
    assert sort_asked(report) == OVERLAP
    (report,) = here.bring(path, answer=QuestionAnswer(new=True))
    assert report.question is None


def test_sheets_of_several_months_are_one_list(here: Centre) -> None:
    (report,) = here.bring(book(here, "支付明细_2024-03.xlsx", MONTHS))
    assert report.question is None
    shown = here.figures(Month(2024, 1), "payment_on_time_rate")["payment_on_time_rate"]
    assert (shown.value, shown.denominator) == (Fraction(100), 1)
