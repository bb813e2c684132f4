"""Values that are not what they look like at first sight: such a value makes no figure 可核实."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from ingest.importing.import_file import ImportReport
from ingest.records.voiding import void_delivery, void_event
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.patterns.payment_days import PaidState, read_payment_days
from tests.centre import NOW, Centre
from tracker.database import Database
from tracker.periods import Month, Year

MAY = Month(2024, 5)
DAYS = [MAY.first_day + timedelta(days=n) for n in range(31)]
ROSTER = ("工号", "姓名", "岗位", "学历", "入职日期", "离职日期")


@pytest.fixture
def centre(database: Database, home: Path) -> Centre:
    return Centre(database, home)


# ---- calls

CALLS = (
    "流水号", "呼叫类型", "进入系统时间", "进入队列时间", "坐席应答时间", "结束时间", "通话时长", "呼叫结果",
    "坐席工号", "主叫号码", "被叫号码",
)  # fmt: skip


def call(number: int, day: date, **other: str) -> dict[str, str]:
    """A call of two minutes that an agent took; `other` cells instead of its own."""
    start = datetime.combine(day, time(9 + number % 2))
    queued, answered, ended = (start + timedelta(seconds=after) for after in (10, 20, 140))
    own = (
        f"2024{number:05}", "呼入", f"{start}", f"{queued}", f"{answered}", f"{ended}", "120", "已接听", "A1",
        f"1391000{number:04}", "",
    )  # fmt: skip
    return dict(zip(CALLS, own, strict=True)) | other


def unanswered(number: int, day: date, **other: str) -> dict[str, str]:
    """A call whose caller hung up in the queue."""
    none = dict.fromkeys(("坐席应答时间", "通话时长", "坐席工号"), "")
    return call(number, day, **none, **{"呼叫结果": "队列放弃"}, **other)


def two_a_day(make: Callable[..., dict[str, str]] = call, **other: str) -> list[dict[str, str]]:
    """The calls of May."""
    return [make(number, DAYS[number // 2], **other) for number in range(62)]


def take_in(centre: Centre, calls: list[dict[str, str]], *without: str) -> ImportReport:
    """Imports calls as one file, without some columns."""
    titles = [title for title in CALLS if title not in without]
    return centre.take_in("话单_2024-05.csv", titles, ([one[title] for title in titles] for one in calls))


def shown(centre: Centre, *keys: str) -> list[Figure]:
    """Figures of May."""
    found = centre.figures(MAY, *keys)
    return [found[key] for key in keys]


@pytest.mark.parametrize("written", ["00:02", "2", "0", "2.0"])
def test_a_talk_far_shorter_than_its_call_in_all_rows_is_of_another_unit(
    centre: Centre, written: str
) -> None:
    report = take_in(centre, two_a_day(通话时长=written))
    assert "通话时长" in report.tables[0].doubts[0].column
    [talk, rate] = shown(centre, "call_average_talk", "call_answer_rate")
    assert (talk.status, talk.value) == (Status.UNVERIFIABLE, None)
    assert "通话时长" in talk.reason
    assert (rate.status, rate.value) == (Status.VERIFIABLE, 100)


@pytest.mark.parametrize("written", ["120", "00:02:00", "2分钟", "115"])
def test_a_talk_as_long_as_its_call_is_believed(centre: Centre, written: str) -> None:
    take_in(centre, two_a_day(通话时长=written))
    [talk] = shown(centre, "call_average_talk")
    assert talk.status is Status.VERIFIABLE


def test_talks_of_few_seconds_without_a_time_of_the_end_are_of_another_unit(centre: Centre) -> None:
    take_in(centre, two_a_day(通话时长="2"), "结束时间")
    [talk] = shown(centre, "call_average_talk")
    assert talk.status is Status.UNVERIFIABLE


def test_a_bare_talk_beside_one_in_minutes_is_in_doubt(centre: Centre) -> None:
    calls = two_a_day(通话时长="2分钟")
    calls[7]["通话时长"] = "2"
    take_in(centre, calls)
    [talk] = shown(centre, "call_average_talk")
    assert (talk.status, talk.denominator) == (Status.PARTLY, 61)


@pytest.mark.parametrize("number", ["13800000000", "03121234567"])
def test_a_number_that_most_calls_bear_is_no_caller(centre: Centre, number: str) -> None:
    missed = [unanswered(n, DAYS[n // 2], 主叫号码=number) for n in range(1, 62, 2)]
    taken = [call(n, DAYS[n // 2], 主叫号码=number) for n in range(0, 62, 2)]
    back = [
        call(100 + n, day, 呼叫类型="呼出", 主叫号码="12345", 被叫号码=number) for n, day in enumerate(DAYS)
    ]
    take_in(centre, missed + taken + [one | {"进入队列时间": ""} for one in back])
    [rate, answered] = shown(centre, "missed_call_callback_rate", "call_answer_rate")
    assert rate.status is not Status.VERIFIABLE
    assert rate.status is Status.UNVERIFIABLE or (rate.low, rate.high) == (0, 100)
    assert (answered.status, answered.value) == (Status.VERIFIABLE, 50)


def test_a_number_that_is_made_up_is_no_caller(centre: Centre) -> None:
    missed = [unanswered(n, DAYS[n // 2]) for n in range(62)]
    missed[5]["主叫号码"] = "11111111111"
    back = [call(100 + n, DAYS[n], 呼叫类型="呼出", 被叫号码=missed[2 * n]["主叫号码"]) for n in range(31)]
    take_in(centre, missed + [one | {"进入队列时间": "", "主叫号码": "12345"} for one in back])
    [rate] = shown(centre, "missed_call_callback_rate")
    assert (rate.status, rate.denominator) == (Status.PARTLY, 59)  # two of the last day have no next day


@pytest.mark.parametrize("agent", ["机器人01", "IVR", "系统", "自动应答", "robot_2", "AI坐席"])
def test_an_agent_that_is_no_person_makes_no_answered_call(centre: Centre, agent: str) -> None:
    calls = two_a_day()
    for one in calls[::2]:
        one["坐席工号"] = agent
    take_in(centre, calls)
    [rate] = shown(centre, "call_answer_rate")
    assert (rate.status, rate.low, rate.high) == (Status.PARTLY, 50, 100)


def test_an_answer_at_which_nobody_talked_is_unclear_where_no_result_says_it(centre: Centre) -> None:
    calls = two_a_day()
    for one in calls[1::2]:
        one |= {"结束时间": one["坐席应答时间"], "通话时长": "0"}
    take_in(centre, calls, "呼叫结果")
    [rate, talk] = shown(centre, "call_answer_rate", "call_average_talk")
    assert (rate.status, rate.low, rate.high) == (Status.PARTLY, 50, 100)
    assert talk.status is not Status.VERIFIABLE


def test_an_answer_at_which_nobody_talked_is_one_where_its_result_says_so(centre: Centre) -> None:
    calls = two_a_day()
    for one in calls[1::2]:
        one |= {"结束时间": one["坐席应答时间"], "通话时长": "0"}
    take_in(centre, calls)
    [rate] = shown(centre, "call_answer_rate")
    assert (rate.status, rate.value) == (Status.VERIFIABLE, 100)


# ---- people


def people(*educations: str) -> Iterator[Sequence[str]]:
    """A person in post for each education."""
    for number, education in enumerate(educations, 1):
        yield str(number), f"张{number}", "话务员", education, "2023-01-01", ""


def test_an_education_that_was_not_finished_is_no_college_education(centre: Centre) -> None:
    words = ("大专以下", "大专结业", "大专（未取得毕业证）", "大学辍学", "非全日制大专在学")
    centre.take_in("花名册_2024-05.csv", ROSTER, people(*words))
    figure = centre.figures(MAY, "education_college_rate")["education_college_rate"]
    assert (figure.status, figure.value) == (Status.UNVERIFIABLE, None)


def test_it_leaves_those_whose_education_tells(centre: Centre) -> None:
    centre.take_in("花名册_2024-05.csv", ROSTER, people("大专", "本科", "高中", "大专结业"))
    figure = centre.figures(MAY, "education_college_rate")["education_college_rate"]
    assert (figure.status, figure.low, figure.high) == (Status.PARTLY, 50, 75)


@pytest.mark.parametrize("scores", [("0.95", "0.85"), ("4.5", "4.8"), ("130", "95"), ("0.6", "0")])
def test_scores_of_another_scale_than_100_are_unknown(centre: Centre, scores: tuple[str, str]) -> None:
    rows = [[*row, score] for row, score in zip(people("大专", "大专"), scores, strict=True)]
    report = centre.take_in("花名册_2024-05.csv", (*ROSTER, "岗前考核成绩"), rows)
    assert {one.column for one in report.tables[0].doubts} == {"岗前考核成绩"}
    [rate] = shown(centre, "pre_job_pass_rate")
    assert (rate.status, rate.value) == (Status.UNVERIFIABLE, None)


def test_low_scores_among_others_are_believed(centre: Centre) -> None:
    rows = [[*row, score] for row, score in zip(people("大专", "大专"), ("59", "95.5"), strict=True)]
    centre.take_in("花名册_2024-05.csv", (*ROSTER, "岗前考核成绩"), rows)
    [rate] = shown(centre, "pre_job_pass_rate")
    assert (rate.status, rate.value) == (Status.VERIFIABLE, 50)


# ---- money

BUDGET = ("日期", "类型", "费用项目", "金额", "文号")


@pytest.mark.parametrize(
    ("first", "second"), [("100万元", "100"), ("100", "100万元"), ("1000000元", "100万")]
)
def test_a_bare_amount_beside_one_with_a_unit_is_held_back(centre: Centre, first: str, second: str) -> None:
    rows = [
        ("2024-01-15", "预算批复", "热线费", first, "财1"),
        ("2024-02-15", "资金到位", "热线费", second, "财2"),
    ]
    report = centre.take_in("预算_2024.csv", BUDGET, rows)
    bare = "100" in (first, second)
    assert report.tables[0].quarantined == bare
    figure = centre.figures(Year(2024), "funds_received_rate")["funds_received_rate"]
    assert (figure.status is Status.VERIFIABLE) is not bare
    assert bare or figure.value == 100


PAYMENTS = ("凭证号", "费用项目", "所属期间", "收款单位", "约定支付日", "实际支付日", "金额")


@pytest.mark.parametrize(
    "others", [["P2", "电费", "2024-05", "乙", "2024-05-15", "2024-05-14", "800.00", ""], None]
)
def test_an_amount_split_at_its_comma_is_held_back(centre: Centre, others: list[str] | None) -> None:
    split = ["P1", "劳务费", "2024-05", "甲", "2024-05-15", "2024-05-20", "12", "500.00", ""]
    report = centre.take_in(
        "支付明细_2024-05.csv", (*PAYMENTS, "备注"), [split, *([others] if others else [])]
    )
    assert report.tables[0].quarantined == 1
    figures = centre.figures(MAY, "payment_on_time_rate", "payment_on_time_amount_rate")
    assert Status.VERIFIABLE not in {figure.status for figure in figures.values()}


def test_separators_that_end_every_row_are_none_of_its_cells(centre: Centre) -> None:
    rows = [[f"P{n}", "电费", "2024-05", "乙", "2024-05-15", "2024-05-14", "800.00", ""] for n in range(3)]
    report = centre.take_in("支付明细_2024-05.csv", PAYMENTS, rows)
    assert (report.tables[0].quarantined, report.tables[0].accepted) == (0, 3)


GROUP = (
    ("P1", "劳务费", "2024-05", "甲", "2024-05-15", "2024-05-14", "1000"),
    ("", "社保", "2024-05", "甲", "2024-05-15", "", "200"),
    ("", "管理费", "2024-05", "甲", "2024-05-15", "", "100"),
)


def test_cells_that_were_merged_leave_open_whether_the_lines_below_were_paid(centre: Centre) -> None:
    report = centre.take_in("支付明细_2024-05.csv", PAYMENTS, GROUP)
    [doubt] = report.tables[0].doubts
    assert (doubt.column, doubt.rows) == ("实际支付日", 2)
    [rate, overdue] = shown(centre, "payment_on_time_rate", "payment_overdue_amount")
    assert (rate.status, rate.value) == (Status.PARTLY, 100)
    assert overdue.status is not Status.VERIFIABLE


@pytest.mark.parametrize(
    ("title", "cell"), [("收款单位", "乙"), ("约定支付日", "2024-05-16"), ("实际支付日", "未支付")]
)
def test_lines_of_another_payee_or_day_or_said_to_be_unpaid_were_not_paid(
    centre: Centre, title: str, cell: str
) -> None:
    place = PAYMENTS.index(title)
    rows = [GROUP[0], *((*row[:place], cell, *row[place + 1 :]) for row in GROUP[1:])]
    centre.take_in("支付明细_2024-05.csv", PAYMENTS, rows)
    [rate] = shown(centre, "payment_on_time_rate")
    assert (rate.status, rate.numerator, rate.denominator) == (Status.VERIFIABLE, 1, 3)


def test_money_of_another_year_than_its_day_counts_in_neither(centre: Centre) -> None:
    rows = [
        ("2024-01-15", "预算批复", "热线费", "1000000", "财预〔2023〕1号"),
        ("2024-01-16", "上年结转", "2023年结转资金", "0", "财2"),
        ("2024-02-15", "资金到位", "热线费", "1000000", "财3"),
        ("2024-12-20", "资金到位", "热线费", "500000", "提前下达2025年财4"),
        ("2024-12-20", "预算调整", "提前下达2025年热线费", "500000", "财5"),
    ]
    centre.take_in("预算_2024.csv", BUDGET, rows)
    figure = centre.figures(Year(2024), "funds_received_rate")["funds_received_rate"]
    assert (figure.status, figure.numerator, figure.denominator) == (Status.PARTLY, 1_000_000, 1_000_000)
    assert "预算年度" in figure.reason


def test_money_of_the_year_of_its_day_needs_no_column_of_years(centre: Centre) -> None:
    rows = [
        ("2024-01-15", "预算批复", "2024年热线费", "1000000", "财预〔2023〕99号"),
        ("2024-01-16", "上年结转", "2023年结转资金", "1", "财2"),
        ("2024-02-15", "资金到位", "热线费", "1000000", "财预[2024]3号"),
    ]
    centre.take_in("预算_2024.csv", BUDGET, rows)
    figure = centre.figures(Year(2024), "funds_received_rate")["funds_received_rate"]
    assert figure.status is Status.VERIFIABLE


# ---- orders

ORDERS = (
    "工单编号", "受理时间", "诉求类型", "承办单位", "派单时间", "签收时间", "办结时限", "办结时间",
    "工单状态",
)  # fmt: skip


def order(number: int, **other: str) -> dict[str, str]:
    """An order of a day of May, closed two days after; `other` cells instead of its own."""
    at = datetime.combine(DAYS[number], time(10))
    steps = [at, at + timedelta(hours=1), at + timedelta(hours=2), at + timedelta(days=5, seconds=7)]
    accepted, dispatched, signed, due = (f"{step}" for step in steps)
    closed = f"{at + timedelta(days=2, seconds=5)}"
    own = (f"GD{number:04}", accepted, "咨询", "城管局", dispatched, signed, due, closed, "已办结")
    return dict(zip(ORDERS, own, strict=True)) | other


def one_a_day(**other: str) -> list[dict[str, str]]:
    """The orders of May."""
    return [order(number, **other) for number in range(31)]


def take_in_orders(centre: Centre, orders: list[dict[str, str]]) -> ImportReport:
    """Imports orders as one file."""
    return centre.take_in("工单_2024-05.csv", ORDERS, (tuple(one.values()) for one in orders))


def test_a_deadline_that_is_a_number_shown_as_a_date_is_unknown(centre: Centre) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(ORDERS)
    for one in one_a_day():
        sheet.append([*list(one.values())[:6], datetime(1900, 1, 5), *list(one.values())[7:]])
    path = centre.home / "工单_2024-05.xlsx"
    centre.home.mkdir(exist_ok=True)
    book.save(path)
    [report] = centre.bring(path)
    assert {one.column for one in report.tables[0].doubts} == {"办结时限"}
    [undated, on_time] = shown(centre, "work_order_undated_rate", "work_order_on_time_of_accepted_rate")
    assert Status.VERIFIABLE not in (undated.status, on_time.status)
    assert undated.value is None or (undated.low, undated.high) == (0, 100)


@pytest.mark.parametrize("written", ["1900-01-05", "1900/1/1", "1900-01-01 00:00:00"])
def test_a_deadline_of_1900_is_unknown_as_text_too(centre: Centre, written: str) -> None:
    take_in_orders(centre, one_a_day(办结时限=written))
    [undated] = shown(centre, "work_order_undated_rate")
    assert undated.status is not Status.VERIFIABLE


def to_the_minute(one: dict[str, str]) -> dict[str, str]:
    """An order whose times are written without seconds."""
    return {title: cell[:16] if cell.startswith("20") else cell for title, cell in one.items()}


@pytest.mark.parametrize("seconds", ["", ":00"])
def test_a_closing_in_the_minute_of_its_deadline_is_unknown_where_nobody_wrote_the_seconds(
    centre: Centre, seconds: str
) -> None:
    orders = [to_the_minute(one) for one in one_a_day()]
    for one in orders:
        one["办结时间"] = one["办结时限"]
        one |= {title: cell + seconds for title, cell in one.items() if cell.startswith("20")}
    take_in_orders(centre, orders)
    [on_time, closed] = shown(centre, "work_order_on_time_of_accepted_rate", "work_order_closing_rate")
    assert (on_time.status, on_time.value) == (Status.UNVERIFIABLE, None)
    assert (closed.status, closed.value) == (Status.VERIFIABLE, 100)


def test_a_closing_to_the_minute_before_its_deadline_is_in_time(centre: Centre) -> None:
    orders = [to_the_minute(one) for one in one_a_day()]
    orders[0]["办结时间"] = orders[0]["办结时限"]
    for one in orders[1:]:
        day = one["办结时限"][:10]
        one |= {"办结时限": f"{day} 23:59:59", "办结时间": f"{day} 23:59"}
    take_in_orders(centre, orders)
    [on_time] = shown(centre, "work_order_on_time_of_accepted_rate")
    assert (on_time.status, on_time.numerator, on_time.denominator) == (Status.PARTLY, 30, 30)


def test_a_column_that_closed_orders_must_have_filled_tells_nothing_where_it_is_empty(centre: Centre) -> None:
    report = take_in_orders(centre, one_a_day(派单时间="", 签收时间=""))
    assert any("派单时间" in notice and "整列是空的" in notice for notice in report.tables[0].notices)
    [directly, closed] = shown(centre, "work_order_answered_directly_rate", "work_order_closing_rate")
    assert (directly.status, directly.value) == (Status.UNVERIFIABLE, None)
    assert "派单时间" in directly.reason
    assert (closed.status, closed.value) == (Status.VERIFIABLE, 100)


def test_it_tells_where_some_have_it_or_the_profile_says_that_none_had(centre: Centre) -> None:
    orders = one_a_day(派单时间="", 签收时间="")
    orders[30] = order(30)
    take_in_orders(centre, orders)
    [directly] = shown(centre, "work_order_answered_directly_rate")
    assert (directly.status, directly.numerator) == (Status.VERIFIABLE, 30)


def test_orders_that_were_truly_never_handed_on_are_answered_directly(centre: Centre) -> None:
    profiles = centre.home / "profiles"
    profiles.mkdir(parents=True)
    text = 'kind = "work_orders"\ndefault = true\ntruly_empty = ["dispatched_at"]\n'
    (profiles / "不派单.toml").write_text(text, encoding="utf-8")
    take_in_orders(centre, one_a_day(派单时间="", 签收时间=""))
    [directly] = shown(centre, "work_order_answered_directly_rate")
    assert (directly.status, directly.value) == (Status.VERIFIABLE, 100)


def test_calls_of_which_none_has_a_caller_do_not_tell_whom_to_call_back(centre: Centre) -> None:
    take_in(centre, two_a_day(unanswered, 主叫号码=""))
    [rate] = shown(centre, "missed_call_callback_rate")
    assert (rate.status, rate.value) == (Status.UNVERIFIABLE, None)


# ---- what speaks against a figure


def test_what_was_taken_back_is_named_with_the_figure(centre: Centre) -> None:
    missed = {5, 6}
    rows = [(unanswered if n in missed else call)(n, DAYS[n // 2]) for n in range(62)]
    take_in(centre, rows)
    with centre.database.connect() as connection:
        found = connection.execute("SELECT seq FROM calls WHERE answered_at IS NULL ORDER BY seq").fetchall()
        for (seq,) in found:
            void_event(connection, centre.code, seq, reason="测试", by="张三", now=NOW)
    [rate] = shown(centre, "call_answer_rate")
    assert (rate.status, rate.numerator, rate.denominator) == (Status.VERIFIABLE, 60, 60)
    assert rate.reason.endswith("话单有2条记录已作废（理由：测试），不在其中。")
    june = centre.figures(Month(2024, 6), "call_answer_rate")["call_answer_rate"]
    assert "作废" not in june.reason


def test_a_delivery_taken_back_is_named_too(centre: Centre) -> None:
    take_in(centre, two_a_day())
    more = [unanswered(n, DAYS[n - 100]) for n in range(100, 103)]
    path = centre.home / "files" / centre.code / "话单_2024-05_补.csv"
    path.write_text(
        "\n".join(",".join(one) for one in (CALLS, *(row.values() for row in more))), encoding="utf-8"
    )
    [report] = centre.bring(path)
    with centre.database.connect() as connection:
        delivery = report.tables[0].delivery
        assert delivery is not None
        void_delivery(connection, centre.home, centre.code, delivery, reason="重复", by="张三", now=NOW)
    [rate] = shown(centre, "call_answer_rate")
    assert "话单有1次导入已作废（理由：重复）" in rate.reason


TOTALS = ("账期", "核对项目", "数值", "出具单位")


def test_another_count_that_is_far_from_ours_is_named_with_the_figure(centre: Centre) -> None:
    take_in(centre, two_a_day())
    centre.take_in("对账_2024-05.csv", TOTALS, [("2024-05", "运营商账单呼入通话数", "5000", "中国电信")])
    for figure in shown(centre, "calls_inbound", "call_answer_rate"):
        assert "中国电信2024-05的" in figure.reason and "是5,000通，本系统是62通" in figure.reason
    closing = centre.figures(MAY, "work_order_closing_rate")["work_order_closing_rate"]
    assert "中国电信" not in closing.reason


def test_another_count_that_is_near_ours_is_not(centre: Centre) -> None:
    take_in(centre, two_a_day())
    centre.take_in("对账_2024-05.csv", TOTALS, [("2024-05", "运营商账单呼入通话数", "64", "中国电信")])
    [rate] = shown(centre, "call_answer_rate")
    assert "中国电信" not in rate.reason


def test_a_payment_whose_day_of_paying_nobody_told_is_not_called_unpaid(centre: Centre):
    titles = ("凭证号", "费用项目", "所属期间", "收款单位", "约定支付日", "金额")
    centre.take_in(
        "支付明细_2024-05.csv", titles, [("V1", "劳务费", "2024-05", "甲公司", "2024-05-10", "100.00")]
    )
    with centre.database.engine.connect() as connection:
        [payment] = read_payment_days(connection, centre.code, MAY, NOW).payments
    assert (payment.state, payment.days_late) == (PaidState.UNKNOWN, None)


def rated_calls(word: str) -> list[tuple[str, ...]]:
    """A rated call on each day of May: five with this word as their result and bad marks, the others good."""
    rows = [one | {"满意度按键": "满意"} for one in two_a_day()[::2]]
    for row in rows[:5]:
        row |= {"呼叫结果": word, "满意度按键": "不满意"}
    return [tuple(row[title] for title in (*CALLS, "满意度按键")) for row in rows]


def test_a_result_that_nobody_understands_leaves_every_figure_as_wide_as_what_it_may_mean(
    database: Database, home: Path
):
    """It may say that an agent answered, that a machine did, or that nobody was let through: what is 可核实
    is the same in every such world."""
    keys = [key for key, one in INDICATORS.items() if "calls" in one.needs]
    told = {}
    for word in ("JQ-07", "已接听", "机器人应答", "拦截"):
        centre = Centre(database, home)
        centre.take_in("话单_2024-05.csv", (*CALLS, "满意度按键"), rated_calls(word))
        told[word] = centre.figures(MAY, *keys)
    unclear = told.pop("JQ-07")
    assert len({one["call_rating_satisfaction_rate"].value for one in told.values()}) == 2
    for key, figure in unclear.items():
        for world in told.values():
            if figure.status is Status.VERIFIABLE:
                assert (key, world[key].value) == (key, figure.value)
            elif figure.low is not None and figure.high is not None and world[key].value is not None:
                assert figure.low <= world[key].value <= figure.high, key
