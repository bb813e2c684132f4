"""A month of a centre that nobody knows, as its people keep it: seven workbooks with title lines above the
header, titles of their own, codes, a day and a time in two columns, durations, money in 万元.

The truth is counted while the rows are drawn, by the rules of the indicators' cards and none of the
product's code.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl

FIRST, DAYS = date(2024, 1, 1), 31
Rows = list[list[object]]


@dataclass
class Month:
    """The workbooks' paths and what is true: indicator → (numerator, denominator), one of 1 for a number."""

    paths: dict[str, Path] = field(default_factory=dict)
    truth: dict[str, tuple[float, float]] = field(default_factory=dict)


def draw_month(folder: Path, seed: int = 7) -> Month:
    """Writes the seven workbooks of January 2024 into a folder."""
    drawn, month = random.Random(seed), Month()
    for name, titles, header, rows in (
        _calls(drawn, month), _orders(drawn, month), _people(month), _posts(), _payments(month),
        _checks(drawn, month), _daily(drawn, month),
    ):  # fmt: skip
        month.paths[name] = _write(folder / f"{name}_2024-01.xlsx", titles, header, rows)
    return month


def _write(path: Path, titles: Sequence[str], header: Sequence[str], rows: Rows) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in titles:
        sheet.append([line])
        sheet.merge_cells(
            start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=len(header)
        )
    sheet.append(list(header))
    for row in rows:
        sheet.append(row)
    book.save(path)
    return path


def _days() -> Iterator[date]:
    yield from (FIRST + timedelta(days=number) for number in range(DAYS))


Workbook = tuple[str, Sequence[str], Sequence[str], Rows]


def _calls(drawn: random.Random, month: Month) -> Workbook:
    """Day and time apart, durations in place of moments, codes in place of words."""
    rows: Rows = []
    count: Counter[str] = Counter()
    for day in _days():
        for _ in range(24):
            number = len(rows) + 1
            clock = f"{drawn.randint(7, 21):02}:{drawn.randint(0, 59):02}:{drawn.randint(0, 59):02}"
            end = drawn.choices(("A1", "Q2", "V3", "R4"), (80, 8, 7, 5))[0]
            wait, ring, talk = drawn.randint(1, 40), drawn.randint(2, 9), drawn.randint(20, 400)
            if end == "V3":
                wait = ring = talk = 0
            elif end == "Q2":
                ring = talk = 0
            elif end == "R4":
                talk = 0
            agent = f"{drawn.randint(3101, 3112)}" if end in ("A1", "R4") else ""
            out = drawn.random() < 0.1
            if out:
                end, wait, ring, agent = "A1", 0, 5, "3101"
                talk = talk or 30
            else:
                count["in"] += 1
                count["queued"] += end != "V3"
                count["answered"] += end == "A1"
            rows.append(
                [number, f"LH{day:%m%d}{number:05}", "主动外拨" if out else "市民打入",
                 f"{day:%Y/%m/%d}", clock, wait, ring, talk, end, agent]
            )  # fmt: skip
    month.truth["calls_inbound"] = (count["in"], 1)
    month.truth["calls_offered"] = (count["queued"], 1)
    month.truth["calls_answered"] = (count["answered"], 1)
    month.truth["call_answer_rate"] = (count["answered"], count["queued"])
    header = (
        "序号",
        "来话号",
        "话务属性",
        "来电日",
        "来电钟点",
        "排队秒数",
        "振铃秒数",
        "人工通话秒数",
        "处理结论",
        "接线员代号",
    )
    return "话务流水", ("某市政务服务热线话务流水", "统计区间：2024年1月1日至31日"), header, rows


def _orders(drawn: random.Random, month: Month) -> Workbook:
    rows: Rows = []
    count: Counter[str] = Counter()
    kinds = ("咨询类", "求助类", "投诉类", "举报类", "建议类")
    for day in _days():
        for _ in range(6):
            number = len(rows) + 1
            at = datetime(day.year, day.month, day.day, drawn.randint(8, 20), drawn.randint(0, 59))
            due = at + timedelta(days=7)
            done = at + timedelta(days=drawn.choice((1, 3, 5, 6, 8, 10)), hours=1)
            void = drawn.random() < 0.03
            view = drawn.choice(("很好", "还行", "不行", ""))
            kind = drawn.choice(kinds)
            rows.append(
                [f"GD2401{number:04}", kind, drawn.choice(("电话", "微信", "网站")), at,
                 at + timedelta(hours=1), drawn.choice(("住建局", "城管局", "人社局")),
                 due, done, view, "已撤" if void else "在册"]
            )  # fmt: skip
            count["orders"] += 1  # whether it was taken back later or not
            count["satisfied"] += view in ("很好", "还行")
            count["asked"] += view != ""
            if not void:
                count["due"] += due.month == 1
                count["on time"] += due.month == 1 and done <= due
    month.truth["work_orders_opened"] = (count["orders"], 1)
    month.truth["work_order_on_time_rate"] = (count["on time"], count["due"])
    month.truth["work_order_satisfaction_rate"] = (count["satisfied"], count["asked"])
    header = (
        "件号",
        "诉求性质",
        "来件渠道",
        "来件时刻",
        "派发时刻",
        "经办部门",
        "限办时刻",
        "办毕时刻",
        "回访评价",
        "件的状况",
    )
    return "诉求件总表", ("诉求件总表（2024年1月）",), header, rows


def _people(month: Month) -> Workbook:
    rows: Rows = [
        [
            f"31{number:02}",
            f"员{number:02}",
            "话务员" if number < 13 else "质检员",
            date(2022, 3, number),
            None,
        ]
        for number in range(1, 15)
    ]
    rows[3][4], rows[8][4] = date(2024, 1, 15), date(2024, 1, 20)
    month.truth["staffing_in_post_rate"] = (12, 15)
    month.truth["staff_turnover_rate"] = (2, 15)
    return (
        "在册人员",
        ("在册人员名单", "截至2024年2月1日"),
        ("工牌号", "人员姓名", "所在岗", "到岗日", "离岗日"),
        rows,
    )


def _posts() -> Workbook:
    rows: Rows = [
        [date(2024, 1, 1), "话务员", 13, "编〔2023〕9号"],
        [date(2024, 1, 1), "质检员", 2, "编〔2023〕9号"],
    ]
    return "岗位编制", ("岗位编制表",), ("起算日", "岗", "编制人数", "文件"), rows


def _payments(month: Month) -> Workbook:
    rows: Rows = [
        ["P-01", "人员工资", date(2024, 1, 10), date(2024, 1, 9), 12.5],
        ["P-02", "社会保险", date(2024, 1, 15), date(2024, 1, 18), 3.25],
        ["P-03", "线路租赁", date(2024, 1, 20), date(2024, 1, 20), 0.86],
        ["P-04", "平台运维", date(2024, 1, 31), date(2024, 1, 30), 4.4],
    ]
    month.truth["payment_on_time_rate"] = (3, 4)
    return (
        "资金拨付台账",
        ("资金拨付台账", "单位：万元"),
        ("拨付单号", "款项", "应拨日", "实拨日", "拨付金额（万元）"),
        rows,
    )


def _checks(drawn: random.Random, month: Month) -> Workbook:
    rows: Rows = []
    bad = 0
    for day in _days():
        for hour in range(24):
            down = drawn.random() < 0.01
            bad += down
            rows.append([datetime(day.year, day.month, day.day, hour), "话务平台", "断" if down else "通"])
    month.truth["platform_uptime_rate"] = (len(rows) - bad, len(rows))
    return "平台点检", ("平台逐时点检记录",), ("点检时刻", "受检系统", "通断"), rows


def _daily(drawn: random.Random, month: Month) -> Workbook:
    rows: Rows = [[day, drawn.randint(100, 200), drawn.randint(0, 9), drawn.randint(0, 5)] for day in _days()]
    month.truth["messages_sent"] = (sum(int(str(row[1])) for row in rows), 1)
    return "逐日业务量", ("逐日业务量登记",), ("登记日", "外发短信条数", "代办件数", "来访人次数"), rows
