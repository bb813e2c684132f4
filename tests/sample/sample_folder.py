"""Reading a drawn folder back with readers that the generator does not use, and counting it anew."""

import csv
import json
from bisect import bisect_right
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

Row = dict[str, Any]


def read_csv(path: Path, encoding: str) -> list[Row]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def read_sheet(path: Path) -> list[Row]:
    header, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def read_truth(folder: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return truth


def read_calls(folder: Path, pattern: str = "话单_*.csv") -> list[Row]:
    """Each call once, however often the files repeat it."""
    rows = [row for path in sorted(folder.glob(pattern)) for row in read_csv(path, "gb18030")]
    return list({row["流水号"]: row for row in rows}.values())


def read_orders(folder: Path) -> list[Row]:
    """Each order as the last file shows it."""
    rows = [row for path in sorted(folder.glob("工单_*.xlsx")) for row in read_sheet(path)]
    return list({row["工单编号"]: row for row in rows}.values())


def count_calls(rows: list[Row]) -> dict[str, dict[str, int]]:
    months = sorted({row["进入系统时间"][:7] for row in rows})
    return {
        month: _count_calls([row for row in rows if row["进入系统时间"][:7] == month]) for month in months
    }


def count_orders(rows: list[Row]) -> dict[str, dict[str, Any]]:
    months = sorted({row["受理时间"][:7] for row in rows})
    return {month: _count_orders([row for row in rows if row["受理时间"][:7] == month]) for month in months}


def count_orders_by_their_days(rows: list[Row]) -> dict[str, dict[str, int]]:
    """By month of the deadline and of the closing, and as it stood at the end of the month."""
    months = sorted({row["受理时间"][:7] for row in rows})
    ends = [
        *months[1:],
        f"{int(months[-1][:4]) + (months[-1][5:] == '12')}-{int(months[-1][5:]) % 12 + 1:02}",
    ]
    return {
        month: _count_orders_by_their_days(rows, month, end) for month, end in zip(months, ends, strict=True)
    }


def count_staff(roster: list[Row], posts: int, first: date, end: date) -> dict[str, Any]:
    months: dict[str, Any] = {}
    day = first
    while day < end:
        month = months.setdefault(f"{day:%Y-%m}", Counter(joined=0, left=0))
        month["in_post_month_end"] = _in_post(roster, day)
        month["person_days"] += _in_post(roster, day)
        month["joined"] += sum(row["入职日期"] == day for row in roster)
        month["left"] += sum(row["离职日期"] == day for row in roster)
        day += timedelta(days=1)
    mean = sum(month["in_post_month_end"] for month in months.values()) / len(months)
    leavers = sum(month["left"] for month in months.values())
    year = {
        "target": posts,
        "mean_month_end": mean,
        "in_post_rate": mean / posts,
        "leavers": leavers,
        "turnover_rate": leavers / posts,
        "ever_employed": len(roster),
        "education_verified": sum(bool(row["学历验证编号"]) for row in roster),
        "passed_pre_job": sum(bool(row["岗前考核成绩"]) for row in roster),
        "college": sum(row["学历"] in ("大专", "本科", "研究生") for row in roster),
    }
    return months | {"year": year}


def count_money(payments: list[Row], budget: list[Row]) -> dict[str, Any]:
    labour = [row for row in payments if row["费用项目"] == "劳务费"]
    sums = Counter[str]()
    for row in budget:
        sums[row["类型"]] += round(row["金额(万元)"] * 1_000_000)
    return {
        "labour_periods": len(labour),
        "labour_on_time": sum(row["实际支付日"] <= row["约定支付日"] for row in labour),
        "late_months": [row["约定支付日"].month for row in labour if row["实际支付日"] > row["约定支付日"]],
        "all_due": len(payments),
        "all_on_time": sum(row["实际支付日"] <= row["约定支付日"] for row in payments),
        "late_days": sum(max(0, (row["实际支付日"] - row["约定支付日"]).days) for row in payments),
        "paid_fen": sum(round(row["金额(元)"] * 100) for row in payments),
        "budget_fen": sums["预算批复"],
        "received_fen": sums["资金到位"],
        "returned_fen": sums["财政收回"],
    }


def _count_calls(rows: list[Row]) -> dict[str, int]:
    inbound = [row for row in rows if row["呼叫类型"] == "呼入"]
    offered = [row for row in inbound if row["进入队列时间"]]
    waits = [_seconds(row["进入队列时间"], row["坐席应答时间"]) for row in offered if row["坐席应答时间"]]
    return {
        "inbound": len(inbound),
        "offered": len(offered),
        "answered": len(waits),
        "answered_within_15s": sum(wait <= 15 for wait in waits),
        "abandoned_in_queue": sum(not row["坐席应答时间"] and not row["坐席振铃时间"] for row in offered),
        "wait_seconds_of_answered": sum(waits),
        "talk_seconds_inbound": sum(
            _seconds(row["坐席应答时间"], row["结束时间"]) for row in inbound if row["坐席应答时间"]
        ),
        "rated": sum(bool(row["满意度按键"]) for row in inbound if row["坐席应答时间"]),
        "rated_satisfied": sum(row["满意度按键"] == "1" for row in inbound if row["坐席应答时间"]),
        "outbound": len(rows) - len(inbound),
        "outbound_answered": sum(bool(row["坐席应答时间"]) for row in rows if row["呼叫类型"] == "呼出"),
        "days": len({row["进入系统时间"][:10] for row in rows}),
    }


def count_answering(rows: list[Row]) -> dict[str, dict[str, Any]]:
    """The lowest answer rate of 24 hours to a call, with 30 calls or more, and the days below 95 %."""
    offered = sorted(
        (datetime.fromisoformat(row["进入系统时间"]), bool(row["坐席应答时间"]))
        for row in rows
        if row["呼叫类型"] == "呼入" and row["进入队列时间"]
    )
    times = [at for at, _ in offered]
    answered = [0, *accumulate(taken for _, taken in offered)]
    windows = [
        (at.month, answered[end] - answered[start], end - start)
        for at in times
        for start, end in [(bisect_right(times, at - timedelta(hours=24)), bisect_right(times, at))]
    ]
    days = Counter(at.date() for at in times)
    taken = Counter(at.date() for at, was in offered if was)
    months = sorted({at.month for at in times})
    silent = {(at.month, at.day, at.hour) for at in times} - {
        (at.month, at.day, at.hour) for at, was in offered if was
    }

    def of(chosen: list[int]) -> dict[str, Any]:
        hours = sum(month in chosen for month, _, _ in silent)
        return _lowest(windows, days, taken, chosen) | {"hours_unanswered": hours}

    return {f"{times[0].year}-{month:02d}": of([month]) for month in months} | {"year": of(months)}


def _lowest(
    windows: list[tuple[int, int, int]], days: Counter[date], taken: Counter[date], months: list[int]
) -> dict[str, Any]:
    chosen = [one[1:] for one in windows if one[0] in months and one[2] >= 30]
    answered, offered = min(chosen, key=lambda one: one[0] / one[1], default=(None, None))
    below = sum(taken[day] * 100 < days[day] * 95 for day in days if day.month in months)
    return {"lowest_answered": answered, "lowest_offered": offered, "days_below_norm": below}


def _count_orders(rows: list[Row]) -> dict[str, Any]:
    reached = [row for row in rows if row["是否解决"] in ("已解决", "未解决")]
    complaints = [row for row in rows if row["诉求类型"] == "投诉"]
    handled = [row for row in rows if row["派单时间"] and row["办结时间"]]
    return {
        "opened": len(rows),
        "by_type": dict(Counter(row["诉求类型"] for row in rows)),
        "closed": sum(bool(row["办结时间"]) for row in rows),
        "closed_on_time": sum(bool(row["办结时间"]) and row["办结时间"] <= row["办结时限"] for row in rows),
        "followed_up": sum(bool(row["回访时间"]) for row in rows),
        "reached": len(reached),
        "solved": sum(row["是否解决"] == "已解决" for row in reached),
        "satisfied": sum(row["满意度"] in ("非常满意", "满意", "基本满意") for row in reached),
        "complaints": len(complaints),
        "complaints_reached": sum(row in reached for row in complaints),
        "complaints_solved": sum(row["是否解决"] == "已解决" for row in complaints),
        "answered_directly": sum(not row["派单时间"] and bool(row["办结时间"]) for row in rows),
        "dispatched": sum(bool(row["派单时间"]) for row in rows),
        "signed_in_time": sum(
            _seconds(row["派单时间"], row["签收时间"]) <= 24 * 3600
            for row in rows
            if row["派单时间"] and row["签收时间"]
        ),
        "redone": sum(row["重办次数"] > 0 for row in rows),
        "handled": len(handled),
        "handling_seconds": sum(_seconds(row["派单时间"], row["办结时间"]) for row in handled),
    }


def _count_orders_by_their_days(rows: list[Row], first: str, end: str) -> dict[str, int]:
    due = [row for row in rows if first <= row["办结时限"] < end]
    in_time = [row for row in due if row["办结时间"] and row["办结时间"] <= row["办结时限"]]
    closed = [row for row in rows if row["办结时间"] and first <= row["办结时间"] < end]
    still = [row for row in rows if row["受理时间"] < end and (not row["办结时间"] or row["办结时间"] >= end)]
    return {
        "due": len(due),
        "due_on_time": len(in_time),
        "due_first_pass": sum(row["重办次数"] == 0 for row in in_time),
        "due_dispatched": sum(bool(row["派单时间"]) for row in due),
        "due_dispatched_on_time": sum(bool(row["派单时间"]) for row in in_time),
        "closed": len(closed),
        "open_at_end": len(still),
        "overdue_at_end": sum(row["办结时限"] < end for row in still),
    }


def _seconds(start: str, end: str) -> int:
    return int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())


def _in_post(roster: list[Row], day: date) -> int:
    return sum(row["入职日期"] <= day and (not row["离职日期"] or day < row["离职日期"]) for row in roster)
