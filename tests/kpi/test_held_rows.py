"""Rows that were not taken in: of which days they are missing, and what makes them missing no more."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.changes.repeated_numbers import QuestionAnswer
from ingest.importing.import_file import ImportReport
from ingest.questions.answering import answer_question, drop_question
from ingest.records.voiding import void_delivery
from kpi.figures import results
from kpi.figures.figure import Figure, Status
from kpi.offline import replay
from tests.centre import NOW, Centre
from tests.drawing import examples
from tests.kpi.test_never_surer import CALL_TITLES, DAYS, JUNE, MAY, Call, hold, true_of_calls
from tracker import log
from tracker.database import Database
from tracker.periods import Month

APRIL = Month(2023, 4)
FIGURES = ("call_answer_rate", "call_abandon_rate", "calls_inbound", "calls_answered")
ORDER_TITLES = ("工单编号", "受理时间", "办结时限", "办结时间", "是否接通", "是否解决", "满意度")
PAYMENT_TITLES = ("凭证号", "费用项目", "约定支付日", "实际支付日", "金额")


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    return Centre(database, home)


def rows_of(calls: Sequence[Call], first: int = 0, mark: str = "N") -> list[list[str]]:
    return [[row["流水号"].replace("N", mark), *list(row.values())[1:]]
            for row in (call.row(n) for n, call in enumerate(calls, first))]  # fmt: skip


def order(number: int, accepted: str, day: date, solved: str = "是") -> list[str]:
    closed = f"{day + timedelta(days=1)} 10:00"
    return [f"G{number}", accepted, f"{day + timedelta(days=3)} 18:00", closed, "是", solved, "满意"]


def delivery_of(report: ImportReport) -> str:
    name = report.tables[0].delivery
    assert name is not None
    return name


def void(here: Centre, report: ImportReport) -> None:
    with here.database.connect() as connection:
        void_delivery(
            connection, here.home, here.code, delivery_of(report), reason="导错", by="张三", now=NOW
        )


def offline(here: Centre, year: int, key: str, month: Month) -> Figure:
    with here.database.connect() as connection:
        events = list(log.stream_events(connection, here.code, first=1, last=2**62))
    with replay(events, here.code) as made:
        return made.figures(year, NOW)[key][month]


def seen(here: Centre, month: Month, key: str) -> Status:
    """The status as computed now, as brought up to date, and as replayed from the log: one and the same."""
    shown = here.figures(month, key)[key]
    with here.database.engine.begin() as connection:
        results.bring_up_to_date(connection, here.code, NOW)
        stored = results.find_figure(connection, here.code, key, month)
    replayed = offline(here, month.first_day.year, key, month)
    assert stored is not None
    assert {(one.status, one.value, one.reason, one.low, one.high) for one in (stored, replayed)} == {
        (shown.status, shown.value, shown.reason, shown.low, shown.high)
    }
    return shown.status


# ---- what settles them

damage = st.sets(st.sampled_from(["流水号", "呼叫类型", "进入系统时间"]), min_size=1, max_size=2)
lost = st.lists(st.tuples(st.sampled_from(DAYS[:4]), damage, st.booleans()), min_size=1, max_size=6)


@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(lost, st.sampled_from(["话单_2023-05.csv", "补报.csv"]), st.integers(0, 40), st.booleans())
def test_nothing_settles_a_row_but_the_row_itself_or_the_file_anew(
    database: Database,
    home: Path,
    drawn: list[tuple[date, set[str], bool]],
    name: str,
    others: int,
    same_days: bool,
) -> None:
    """A later file holds some of the lost rows, and other calls, of the same days or of others: while a row
    that neither it nor anything else told of is missing, the figure does not say that it is sure."""
    here = Centre(database, home)
    good = [Call(day, 5, 60) for day in DAYS]
    spoilt = [replace(Call(day, None, 9), spoilt=next(iter(sorted(columns)))) for day, columns, _ in drawn]
    here.take_in("话单_2023-05.csv", CALL_TITLES, rows_of([*good, *spoilt]))
    came = [n for n, (_, _, comes) in enumerate(drawn) if comes]
    more = [Call(day, 5, 60) for day in (DAYS[:4] if same_days else DAYS[10:14]) for _ in range(others)]
    mended = [rows_of([replace(spoilt[n], spoilt="")], 31 + n)[0] for n in came]
    if not mended and not more:
        return
    report = here.take_in(name, CALL_TITLES, [*mended, *rows_of(more, 1000, "M")])
    made = [*good, *(replace(one, spoilt="") for one in spoilt), *more]
    truth = true_of_calls(made)
    shown = here.figures(MAY, *FIGURES)
    known = all(spoilt[n].spoilt != "流水号" for n in came)
    if len(came) < len(spoilt):
        assert {figure.status for figure in shown.values()} == {Status.PARTLY}
    elif known:
        assert {figure.status for figure in shown.values()} == {Status.VERIFIABLE}
    if known:
        hold(shown, truth)
    void(here, report)
    assert {figure.status for figure in here.figures(MAY, *FIGURES).values()} == {Status.PARTLY}


def test_a_file_of_the_same_name_with_another_month_settles_nothing(here: Centre) -> None:
    april = [Call(APRIL.first_day + timedelta(days=n), 5, 60) for n in range(30)]
    bad = [replace(call, spoilt="流水号", wait=None) for call in april[:5]]
    here.take_in("话单.csv", CALL_TITLES, rows_of([*april, *bad]))
    here.take_in("话单.csv", CALL_TITLES, rows_of([Call(day, 5, 60) for day in DAYS * 2], 100))
    assert seen(here, APRIL, "call_answer_rate") is Status.PARTLY
    assert here.figures(MAY, *FIGURES)["call_answer_rate"].status is Status.VERIFIABLE
    here.take_in("话单.csv", CALL_TITLES, rows_of([*april, *(replace(call, spoilt="") for call in bad)]))
    assert seen(here, APRIL, "call_answer_rate") is Status.VERIFIABLE


def test_a_number_given_again_next_month_settles_nothing(here: Centre) -> None:
    made = [Call(day, 5, 60) for day in DAYS]
    bad = Call(DAYS[2], None, 9, spoilt="呼叫类型")
    here.take_in("话单_2023-05.csv", CALL_TITLES, rows_of([*made, bad]))
    june = [replace(call, day=call.day + timedelta(days=31)) for call in made[:30]]
    here.take_in("话单_2023-06.csv", CALL_TITLES, rows_of([*june, replace(june[0], wait=3)], 100))
    here.take_in("补_2023-06.csv", CALL_TITLES, rows_of([replace(june[1], wait=3)], 31))
    assert seen(here, MAY, "call_answer_rate") is Status.PARTLY


def test_another_call_of_the_number_on_the_same_day_settles_nothing(here: Centre) -> None:
    made = [Call(day, 5, 60) for day in DAYS]
    here.take_in(
        "A_话单_2023-05.csv", CALL_TITLES, rows_of([*made, Call(DAYS[2], None, 9, spoilt="呼叫类型")])
    )
    here.take_in(
        "B_话单_2023-05.csv", CALL_TITLES, [in_the_afternoon(rows_of([Call(DAYS[2], 5, 60)], 31)[0])]
    )
    assert seen(here, MAY, "call_answer_rate") is Status.PARTLY


def in_the_afternoon(row: list[str]) -> list[str]:
    return [*row[:2], *(cell.replace(" 09:", " 15:") for cell in row[2:])]


@pytest.mark.parametrize("third", ["before", "after"])
@pytest.mark.parametrize("whole", [True, False])
def test_a_third_file_settles_what_a_voided_one_had(here: Centre, third: str, whole: bool) -> None:
    """Whether it came before or after that: as a whole new version of the file, or by the rows alone."""
    made = [Call(day, 5, 60) for day in DAYS]
    spoilt = Call(DAYS[2], None, 9, spoilt="流水号" if whole else "呼叫类型")
    here.take_in("话单_2023-05.csv", CALL_TITLES, rows_of([*made, spoilt]))
    mended = rows_of([*(made if whole else ()), replace(spoilt, spoilt="")], 0 if whole else 31)
    name = "话单_2023-05.csv" if whole else "补_2023-05.csv"
    second = here.take_in(name, CALL_TITLES, mended)
    more = rows_of([Call(DAYS[3], 5, 60)], 1000)
    if third == "before":
        here.take_in(name, CALL_TITLES, [*mended, *more])
    void(here, second)
    if third == "after":
        assert seen(here, MAY, "call_answer_rate") is Status.PARTLY
        here.take_in(name, CALL_TITLES, [*mended, *more])
    assert seen(here, MAY, "call_answer_rate") is Status.VERIFIABLE
    assert here.figures(MAY, "calls_inbound")["calls_inbound"].value == 33


def test_a_flow_log_settles_no_order_and_its_own_lost_rows_concern_the_order(here: Centre) -> None:
    orders = [order(n, f"{day} 09:00", day) for n, day in enumerate(DAYS)]
    here.take_in("工单_2023-05.csv", ORDER_TITLES, [*orders, order(99, "5月初", DAYS[0], "否")])
    titles = ("工单编号", "环节", "操作时间")
    here.take_in("工单流转_2023-06.csv", titles, [["G99", "签收", "2023-05-02 09:00"]])
    assert seen(here, MAY, "work_order_resolution_rate") is Status.PARTLY
    here.take_in("工单_2023-06-01.csv", ORDER_TITLES, [*orders, order(99, f"{DAYS[0]} 09:00", DAYS[0], "否")])
    assert seen(here, MAY, "work_order_resolution_rate") is Status.VERIFIABLE
    here.take_in(
        "工单流转_2023-07.csv", titles, [["G3", "退回重办", "6月底"], ["G3", "督办", "2023-06-09 09:00"]]
    )
    assert seen(here, MAY, "work_order_closing_rate") is Status.PARTLY


@pytest.mark.parametrize("name", ["支付明细_2023-05.csv", "支付明细_2023-05-更正.csv"])
@pytest.mark.parametrize("numbered", [True, False])
def test_other_rows_in_their_place_settle_no_payments(here: Centre, name: str, numbered: bool) -> None:
    """A file of the same name and length in which a sum of 50,000 元 is gone, and one of 10 元 is new."""
    rows = [
        ["P1", "劳务费", "2023-05-15", "2023-05-14", "1000"],
        ["P2", "设备款", "待定", "", "50000"],
        ["P3", "电费", "2023-05-20", "2023-05-20", "10"],
    ]
    titles, rows = (PAYMENT_TITLES, rows) if numbered else (PAYMENT_TITLES[1:], [row[1:] for row in rows])
    here.take_in("支付明细_2023-05.csv", titles, rows[:2])
    here.take_in(name, titles, [rows[0], rows[2]])
    assert seen(here, MAY, "payment_on_time_rate") is Status.PARTLY
    mended = [cell.replace("待定", "2023-05-25") for cell in rows[1]]
    here.take_in(name, titles, [rows[0], mended, rows[2]])
    in_its_place = numbered or name == "支付明细_2023-05.csv"
    status = Status.VERIFIABLE if in_its_place else Status.PARTLY
    assert seen(here, MAY, "payment_on_time_rate") is status
    assert here.figures(MAY, "payment_on_time_rate")["payment_on_time_rate"].denominator == 3


@pytest.mark.parametrize("spoilt", ["呼叫类型", "流水号"])
def test_other_calls_in_their_place_settle_no_calls(here: Centre, spoilt: str) -> None:
    """Five calls that nobody answered are gone, and as many that were answered stand in the same lines."""
    made = [Call(day, 5, 60) for day in DAYS for _ in range(2)]
    lost = [Call(DAYS[2], None, 9, spoilt=spoilt)] * 5
    here.take_in("话单_2023-05.csv", CALL_TITLES, rows_of([*made, *lost]))
    others = rows_of([Call(DAYS[8], 5, 60)] * 5, 1000)
    here.take_in("话单_2023-05.csv", CALL_TITLES, [*rows_of(made), *others])
    assert seen(here, MAY, "call_answer_rate") is Status.PARTLY
    mended = rows_of([replace(call, spoilt="") for call in lost], len(made))
    here.take_in("补_2023-05.csv", CALL_TITLES, mended[:4])
    assert seen(here, MAY, "call_answer_rate") is Status.PARTLY
    here.take_in("再补_2023-05.csv", CALL_TITLES, mended[4:])
    assert seen(here, MAY, "call_answer_rate") is Status.VERIFIABLE


def test_a_day_of_a_report_is_settled_by_the_day_mended_and_by_no_other(here: Centre) -> None:
    titles = ("日期", "办件量")
    days = [[f"{day}", "100"] for day in DAYS]
    here.take_in("日报_2023-05.csv", titles, [*days[:4], [days[4][0], "约50"], *days[5:]])
    assert seen(here, MAY, "cases_handled") is Status.PARTLY
    here.take_in("日报_2023-05.csv", titles, [*days[:4], days[5], *days[6:], ["2023-06-01", "9"]])
    here.bring(here.home / "files" / here.code / "日报_2023-05.csv", answer=QuestionAnswer(new=True))
    assert seen(here, MAY, "cases_handled") is Status.PARTLY
    here.take_in("日报_2023-05.csv", titles, [*days[:4], [days[4][0], "50"], *days[5:]])
    assert seen(here, MAY, "cases_handled") is Status.VERIFIABLE


# ---- of which days they are


@pytest.mark.parametrize("day", ["5月初", "2023-06-02 09:00"])
def test_a_row_on_a_known_order_is_missing_from_the_day_of_the_order(here: Centre, day: str) -> None:
    orders = [order(n, f"{on} 09:00", on) for n, on in enumerate(DAYS)]
    here.take_in("工单_2023-05.csv", ORDER_TITLES, orders)
    june = [JUNE.first_day + timedelta(days=n) for n in range(30)]
    news = [order(100 + n, f"{on} 09:00", on) for n, on in enumerate(june)]
    lost = [order(n, day, on, "否") for n, on in enumerate(DAYS[:20])]
    for row in lost:
        row[3] = "2023-04-01 10:00"  # closed before it was accepted
    here.take_in("工单_2023-06.csv", ORDER_TITLES, [*news, *lost])
    assert seen(here, MAY, "work_order_resolution_rate") is Status.PARTLY
    shown = here.figures(MAY, "work_order_resolution_rate")["work_order_resolution_rate"]
    assert (shown.status, shown.low, shown.high) == (Status.PARTLY, None, None), shown.reason


def test_a_row_on_an_order_that_becomes_known_later_is_missing_from_the_day_of_the_order(
    here: Centre,
) -> None:
    june = [JUNE.first_day + timedelta(days=n) for n in range(30)]
    lost = order(0, "6月", JUNE.first_day, "否")
    here.take_in(
        "工单_2023-06.csv",
        ORDER_TITLES,
        [*(order(100 + n, f"{on} 09:00", on) for n, on in enumerate(june)), lost],
    )
    orders = [order(n, f"{on} 09:00", on) for n, on in enumerate(DAYS)]
    here.take_in("工单_2023-05.csv", ORDER_TITLES, orders)
    assert seen(here, MAY, "work_order_resolution_rate") is Status.PARTLY
    shown = here.figures(MAY, "work_order_resolution_rate")["work_order_resolution_rate"]
    assert (shown.low, shown.high) == (None, None), shown.reason
    mended = order(0, f"{DAYS[0]} 09:00", JUNE.first_day, "否")
    here.take_in("补_2023-07.csv", ORDER_TITLES, [mended])
    assert seen(here, MAY, "work_order_resolution_rate") is Status.VERIFIABLE
    assert seen(here, JUNE, "work_order_resolution_rate") is Status.VERIFIABLE


def test_a_row_on_a_known_payment_is_missing_from_its_month(here: Centre) -> None:
    paid = [f"记-{n}" for n in range(1, 6)]
    may = [[number, "人员经费", "2023-05-20", "2023-05-19", "100"] for number in paid]
    here.take_in("支付明细_2023-05.csv", PAYMENT_TITLES, may)
    june = [["记-9", "人员经费", "2023-06-20", "2023-06-19", "100"]]
    late = [[number, "人员经费", "月底", "2023-06-30", "100"] for number in paid]
    here.take_in("支付明细_2023-06.csv", PAYMENT_TITLES, [*june, *late])
    assert seen(here, MAY, "payment_on_time_rate") is Status.PARTLY


# ---- what they may take away


@settings(
    max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.booleans(), min_size=31, max_size=31), st.sets(st.integers(0, 30), max_size=8), st.booleans()
)
def test_what_a_lost_row_says_of_a_counted_thing_lies_within_what_is_shown(
    database: Database, home: Path, solved: list[bool], lost: set[int], readable: bool
) -> None:
    """Orders are told again, some of them otherwise, and those rows are lost; one that is new is lost too."""
    here = Centre(database, home)
    words = {True: "是", False: "否"}
    before = [order(n, f"{day} 09:00", day, words[solved[n]]) for n, day in enumerate(DAYS)]
    here.take_in("工单_2023-05-30.csv", ORDER_TITLES, before)
    again = [
        order(n, "5月" if n in lost else f"{day} 09:00", day, words[solved[n] != (n in lost)])
        for n, day in enumerate(DAYS)
    ]
    for row in again if not readable else ():
        if row[1] == "5月":
            row[0] = ""
    here.take_in("工单_2023-05-31.csv", ORDER_TITLES, again)
    count = sum(is_solved != (n in lost) for n, is_solved in enumerate(solved))
    hold(
        here.figures(MAY, "work_order_resolution_rate"),
        {"work_order_resolution_rate": Fraction(100 * count, 31)},
    )


# ---- files that ask


def asking(here: Centre) -> int:
    """Two platforms with the same numbers; gives the number of the question."""
    here.take_in("A_话单_2023-05.csv", CALL_TITLES, rows_of([Call(day, 5, 60) for day in DAYS]))
    assert seen(here, MAY, "call_answer_rate") is Status.VERIFIABLE
    other = [in_the_afternoon(row) for row in rows_of([Call(day, None, 9) for day in DAYS])]
    report = here.take_in("B_话单_2023-05.csv", CALL_TITLES, other)
    assert report.held is not None
    return report.held


ANSWERS: dict[str, Callable[[Centre, int], object]] = {
    "same": lambda here, number: _answer(here, number, QuestionAnswer(same=True)),
    "new": lambda here, number: _answer(here, number, QuestionAnswer(new=True, within="file")),
    "dropped": lambda here, number: _drop(here, number),
}


def _answer(here: Centre, number: int, answer: QuestionAnswer) -> object:
    return answer_question(here.database, here.home, here.code, number, answer, by="张三", now=NOW)


def _drop(here: Centre, number: int) -> None:
    with here.database.connect() as connection:
        drop_question(connection, here.code, number, by="张三", now=NOW)


@pytest.mark.parametrize(("answer", "rate"), [("same", "0"), ("new", "50"), ("dropped", "100")])
def test_a_file_that_asks_is_missing_until_somebody_answers(here: Centre, answer: str, rate: str) -> None:
    number = asking(here)
    shown = here.figures(MAY, "call_answer_rate")["call_answer_rate"]
    assert (shown.low, shown.high) == (None, None)
    assert shown.reason.startswith("话单有31行在待答的文件里，没有计入。")
    assert seen(here, MAY, "call_answer_rate") is Status.PARTLY
    ANSWERS[answer](here, number)
    assert seen(here, MAY, "call_answer_rate") is Status.VERIFIABLE
    assert here.figures(MAY, "call_answer_rate")["call_answer_rate"].value == Fraction(rate)


def test_a_file_that_would_move_calls_is_missing_from_both_months(here: Centre) -> None:
    here.take_in("话单_2023-05.csv", CALL_TITLES, rows_of([Call(day, 5, 60) for day in DAYS]))
    june = [Call(JUNE.first_day + timedelta(days=n), None, 9) for n in range(30)]
    assert here.take_in("话单_2023-06.csv", CALL_TITLES, rows_of(june)).held is not None
    assert seen(here, MAY, "calls_inbound") is Status.PARTLY
    assert seen(here, JUNE, "calls_inbound") is Status.UNVERIFIABLE
