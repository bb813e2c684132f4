"""truth.json equals a recount of the files."""

from datetime import date
from pathlib import Path

from tests.sample.sample_folder import (
    count_answering,
    count_calls,
    count_money,
    count_orders,
    count_orders_by_their_days,
    count_staff,
    read_calls,
    read_csv,
    read_orders,
    read_sheet,
    read_truth,
)


def test_truth_counts_every_call_once(drawn: Path) -> None:
    truth = read_truth(drawn)["calls"]
    year = truth.pop("year")
    assert truth == count_calls(read_calls(drawn))
    assert year == {name: sum(month[name] for month in truth.values()) for name in year}


def test_truth_tells_the_worst_24_hours_and_the_days_below_the_norm(drawn: Path) -> None:
    assert read_truth(drawn)["answering"] == count_answering(read_calls(drawn))


def test_truth_before_the_late_file_leaves_its_calls_out(drawn: Path) -> None:
    early = read_calls(drawn, "话单_????-??.csv")
    assert read_truth(drawn)["calls_before_late_file"] == count_calls(early)


def test_the_days_that_come_late_are_missing_from_the_first_files(drawn: Path) -> None:
    early = {row["进入系统时间"][:10] for row in read_calls(drawn, "话单_????-??.csv")}
    everything = {row["进入系统时间"][:10] for row in read_calls(drawn)}
    assert read_truth(drawn)["missing_call_days"] == sorted(everything - early)


def test_truth_shows_orders_as_last_exported(drawn: Path) -> None:
    truth = read_truth(drawn)["orders_by_opened_month"]
    year = truth.pop("year")
    assert truth == count_orders(read_orders(drawn))
    plain = [name for name in year if name != "by_type"]
    assert {name: year[name] for name in plain} == {
        name: sum(month[name] for month in truth.values()) for name in plain
    }
    assert sum(year["by_type"].values()) == year["opened"]


def test_truth_shows_orders_by_their_deadline_their_closing_and_as_they_stood(drawn: Path) -> None:
    truth = read_truth(drawn)["orders_by_their_days"]
    year, at_end = truth.pop("year"), ("open_at_end", "overdue_at_end")
    assert truth == count_orders_by_their_days(read_orders(drawn))
    *_, last = truth.values()
    sums = {name: sum(month[name] for month in truth.values()) for name in year}
    assert year == sums | {name: last[name] for name in at_end}


def test_truth_counts_people_by_real_days(drawn: Path) -> None:
    truth = read_truth(drawn)["staffing"]
    end = date(2027, 1, 1) if "2026-12" in truth else date(2026, 11, 1)
    (post,) = read_csv(drawn / "岗位核定.csv", "utf-8-sig")
    roster = read_sheet(drawn / "人员花名册.xlsx")
    assert truth == count_staff(roster, int(post["核定人数"]), date(2026, 1, 1), end)


def test_truth_counts_money_in_fen(drawn: Path) -> None:
    recount = count_money(read_sheet(drawn / "支付明细.xlsx"), read_sheet(drawn / "预算.xlsx"))
    assert read_truth(drawn)["payments"] == recount


def test_truth_counts_probes_and_the_hours_without_one(drawn: Path) -> None:
    probes = read_csv(drawn / "平台巡检.csv", "utf-8-sig")
    truth = read_truth(drawn)
    up = sum(row["状态"] == "正常" for row in probes)
    expected = 24 * truth["calls"]["year"]["days"]
    assert truth["platform"] == {
        "probes": len(probes),
        "up": up,
        "hours_expected": expected,
        "hours_without_probe": expected - len({row["巡检时间"] for row in probes}),
        "down_hours": len(probes) - up,
    }


def test_truth_counts_the_survey(drawn: Path) -> None:
    answers = read_csv(drawn / "满意度问卷.csv", "utf-8-sig")
    (issue,) = read_csv(drawn / "问卷发放.csv", "utf-8-sig")
    assert int(issue["回收份数"]) == len(answers)
    assert read_truth(drawn)["survey"] == {
        "issued": int(issue["发放份数"]),
        "valid": len(answers),
        "aware": sum(row["您知道12345服务热线吗"] == "知道" for row in answers) / len(answers),
        "satisfied": sum(row["您对热线解决问题是否满意"] == "满意" for row in answers) / len(answers),
    }


def test_truth_sums_the_daily_counts(drawn: Path) -> None:
    rows = read_csv(drawn / "日报.csv", "gb18030")
    columns = {"sms": "发送短信数", "cases": "办件量", "visits": "接待人次"}
    recount = {name: sum(int(row[column]) for row in rows) for name, column in columns.items()}
    assert read_truth(drawn)["daily"] == recount


def test_truth_counts_training_and_inspections(drawn: Path) -> None:
    sessions = read_sheet(drawn / "培训记录.xlsx")
    inspections = read_sheet(drawn / "话务质检.xlsx")
    truth = read_truth(drawn)
    assert truth["training"] == {
        "sessions": len(sessions),
        "due": sum(row["应到人数"] for row in sessions),
        "attended": sum(row["实到人数"] for row in sessions),
    }
    assert truth["quality"] == {
        "sampled": len(inspections),
        "passed": sum(row["质检结果"] == "合格" for row in inspections),
    }
