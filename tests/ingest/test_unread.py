"""Columns beside those that are read which decide: states, directions, sums paid and unpaid."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ingest.kinds import KINDS
from ingest.recognition.recognise import TableUnknown
from kpi.figures.figure import Figure, Status
from tests.centre import Centre
from tests.ingest.tables import csv_file, taken
from tracker.database import Database
from tracker.periods import Month, Year

MAY, YEAR = Month(2024, 5), Year(2024)
PAYMENTS = ("凭证号", "费用项目", "约定支付日", "实际支付日", "金额")
BUDGET = ("日期", "类型", "费用项目", "金额", "文号")
TRAINING = ("培训日期", "培训内容", "应到人数", "实到人数")
INSPECTIONS = ("质检日期", "流水号", "坐席工号", "质检结果")
ROSTER = ("工号", "姓名", "岗位", "入职日期", "离职日期")
ORDERS = ("工单编号", "受理时间", "诉求类型", "办结时间")
G1 = ("G1", "2024-05-01 09:00:00", "投诉", "")
PERSON = ("1", "甲", "话务员", "2024-01-01", "")
P1 = ("P1", "劳务费", "2024-05-15", "2024-05-14", "1000000")
P2 = ("P2", "劳务费", "2024-05-15", "2024-05-14", "1000")
UNPAID = ("P1", "劳务费", "2024-05-15", "", "1000000")


@pytest.fixture
def here(database: Database, home: Path) -> Centre:
    (home / "profiles").mkdir(parents=True)
    return Centre(database, home)


def payments(
    here: Centre, more: str, *rows: Sequence[str], name: str = "支付明细_2024-05.csv"
) -> dict[str, Figure]:
    here.take_in(name, (*PAYMENTS, *more.split(",")), rows)
    return here.figures(MAY, "payment_on_time_rate", "payment_on_time_amount_rate", "payment_overdue_amount")


def told(figure: Figure) -> tuple[Any, ...]:
    return figure.numerator, figure.denominator, figure.status


# Payments


@pytest.mark.parametrize("words", [("支付失败", "已退汇"), ("驳回", "银行退回"), ("失败", "退票")])
def test_a_payment_that_failed_or_came_back_is_not_paid(here: Centre, words: tuple[str, str]) -> None:
    found = payments(here, "支付状态", (*P1, words[0]), (*P2, words[1]))
    assert told(found["payment_on_time_rate"]) == (0, 2, Status.VERIFIABLE)
    assert told(found["payment_overdue_amount"]) == (1_001_000, None, Status.VERIFIABLE)


def test_a_void_payment_is_due_on_no_day(here: Centre) -> None:
    found = payments(here, "状态", (*UNPAID, "已作废"), (*P2, "正常"))
    assert told(found["payment_on_time_rate"]) == (1, 1, Status.VERIFIABLE)
    assert told(found["payment_overdue_amount"]) == (0, None, Status.VERIFIABLE)


def test_what_was_due_is_due_no_more_once_a_list_says_that_it_is_void_and_again_when_that_is_mended(
    here: Centre,
) -> None:
    assert payments(here, "状态", (*UNPAID, "待支付"))["payment_overdue_amount"].value == 1_000_000
    later = "支付明细_2024-05_更正_2024061{}.csv"
    assert payments(here, "状态", (*UNPAID, "撤销"), name=later.format(0))[
        "payment_overdue_amount"
    ].value in (0, None)
    again = payments(here, "状态", (*UNPAID, "正常"), name=later.format(1))
    assert told(again["payment_on_time_rate"]) == (0, 1, Status.VERIFIABLE)


@pytest.mark.parametrize(
    ("more", "row", "why"),
    [
        ("已付金额,未付金额", (*P1, "100", "999900"), "只付了一部分"),
        ("未付金额", (*P1, "999900"), "只付了一部分"),
        ("累计支付金额", (*UNPAID, "500000"), "只付了一部分"),
        ("支付状态", (*P1, "部分支付"), "只付了一部分"),
        ("已付金额", (*P1, "0"), "还没有支付"),
        ("支付状态", (*P1, "未支付"), "还没有支付"),
        ("支付状态", (*UNPAID, "已支付"), "实际支付日是空的"),
        ("已付金额,未付金额", (*P1, "100", "100"), "之和不等于"),
        ("已付金额", (*P1, "2000000"), "与应付的金额不符"),
        ("支付状态", (*P1, "已退款"), "看不出这一笔是否仍算支付"),
    ],
)
def test_a_sum_paid_in_part_or_of_which_the_columns_disagree_is_unknown(
    here: Centre, more: str, row: Sequence[str], why: str
) -> None:
    (report,) = [here.take_in("支付明细_2024-05.csv", (*PAYMENTS, *more.split(",")), [row])]
    assert why in report.tables[0].doubts[0].sentence
    found = here.figures(MAY, "payment_on_time_rate", "payment_overdue_amount")
    assert found["payment_on_time_rate"].status is Status.UNVERIFIABLE
    overdue = found["payment_overdue_amount"]
    assert (overdue.status, overdue.low, overdue.high) == (Status.PARTLY, 0, 1_000_000)


@pytest.mark.parametrize(
    ("more", "rows"),
    [
        ("已付金额,未付金额", [(*P1, "1000000", "0"), (*P2, "", "")]),
        ("支付状态,已付金额", [(*P1, "支付成功", "1000000"), (*P2, "已支付", "1000")]),
        ("合同金额,税额,发票状态", [(*P1, "9000000", "60000", "未开票"), (*P2, "", "60", "已开票")]),
        ("实付款额,备注", [(*P1, "1000000", "未作废的凭证见附件"), (*P2, "1000", "")]),
    ],
)
def test_columns_that_agree_or_are_of_other_things_ask_nothing(
    here: Centre, more: str, rows: list[Sequence[str]]
) -> None:
    assert told(payments(here, more, *rows)["payment_on_time_rate"]) == (2, 2, Status.VERIFIABLE)


def test_a_state_that_nobody_knows_holds_its_row_back(here: Centre) -> None:
    found = payments(here, "状态", (*P1, "挂账"), (*P2, "正常"))["payment_on_time_rate"]
    assert found.status is Status.PARTLY


# Budget and training


def test_the_direction_of_an_adjustment_may_stand_in_a_column_of_its_own(here: Centre) -> None:
    header = ("日期", "类型", "调整方向", "费用项目", "金额", "文号")
    rows = [
        ("2024-01-15", "预算批复", "", "热线费", "1000000", "财1"),
        ("2024-06-15", "预算调整", "调减", "热线费", "200000", "财2"),
        ("2024-02-15", "资金到位", "", "热线费", "800000", "财3"),
    ]
    here.take_in("预算_2024.csv", header, rows)
    figure = here.figures(YEAR, "funds_received_rate")["funds_received_rate"]
    assert told(figure) == (800_000, 800_000, Status.VERIFIABLE)


@pytest.mark.parametrize(
    ("movement", "direction", "amount", "fen"),
    [
        ("预算调整", "增加", "5", 500), ("调整", "压减", "-5", -500), ("调减", "减少", "5", -500),
        ("预算调整", "调增", "-5", None), ("资金到位", "减少", "5", None), ("调增", "调减", "5", None),
        ("预算调整", "平移", "5", None),
    ],
)  # fmt: skip
def test_a_direction_that_denies_the_movement_or_is_unknown_holds_the_row_back(
    tmp_path: Path, movement: str, direction: str, amount: str, fen: int | None
) -> None:
    row = f"2024-06-15,{movement},{direction},热线费,{amount},财2"
    found = taken(csv_file(tmp_path, "日期,类型,增减方向,费用项目,金额,文号", row))
    assert [event["amount_fen"] for event in found.events] == ([] if fen is None else [fen])
    assert bool(found.problems) == (fen is None)


@pytest.mark.parametrize("word", ["已取消", "延期", "未举办"])
def test_a_session_that_was_not_held_is_none(here: Centre, word: str) -> None:
    rows = [("2024-05-10", "礼仪", "40", "40", "已举办"), ("2024-05-20", "政策", "40", "0", word)]
    here.take_in("培训_2024-05.csv", (*TRAINING, "状态"), rows)
    figure = here.figures(MAY, "training_attendance_rate")["training_attendance_rate"]
    assert told(figure) == (40, 40, Status.VERIFIABLE)


def test_a_session_that_was_cancelled_and_attended_is_held_back(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, f"{','.join(TRAINING)},状态", "2024-05-10,礼仪,40,38,已取消"))
    assert (found.events, found.problems[0].column) == ([], "实到人数")


# What nothing reads


ASKED = [
    (BUDGET, "到位金额", ("2024-01-15", "预算批复", "热线费", "100", "财1", "80"), "80"),
    (BUDGET, "借贷方向", ("2024-01-15", "预算批复", "热线费", "100", "财1", "贷方"), "贷方"),
    (PAYMENTS, "退款金额", (*P1, "300"), "300"),
    (PAYMENTS, "扣款金额（元）", (*P1, "300"), "300"),
    (PAYMENTS, "审批状态", (*P1, "驳回"), "驳回"),
    (PAYMENTS, "是否作废", (*P1, "是"), "是"),
    (PAYMENTS, "作废日期", (*P1, "2024-05-20"), "2024-05-20"),
    (PAYMENTS, "备注", (*P1, "已作废"), "已作废"),
    (TRAINING, "审核结果", ("2024-05-10", "礼仪", "40", "38", "不通过"), "不通过"),
    (("生效日期", "岗位", "核定人数"), "核减人数", ("2024-01-01", "话务员", "30", "5"), "5"),
    (("生效日期", "岗位", "核定人数"), "批复状态", ("2024-01-01", "话务员", "30", "未批复"), "未批复"),
    (("日期", "发送短信数"), "发送失败数", ("2024-05-01", "100", "40"), "40"),
    (INSPECTIONS, "申诉状态", ("2024-05-01", "c1", "8001", "不合格", "撤销"), "撤销"),
    (ROSTER, "录用状态", (*PERSON, "取消"), "取消"),
    (ORDERS, "是否作废", (*G1, "是"), "是"),
    (ORDERS, "当前环节", (*G1, "作废"), "作废"),
    (ORDERS, "备注", (*G1, "本单已作废"), "本单已作废"),
    (ORDERS, "order_flag", (*G1, "Cancelled"), "Cancelled"),
    (ORDERS, "时区", (*G1, "UTC"), "UTC"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "title", "row", "word"), ASKED, ids=[one[1] for one in ASKED])
def test_a_column_that_nothing_reads_and_that_may_decide_is_asked_about_once(
    here: Centre, header: Sequence[str], title: str, row: Sequence[str], word: str
) -> None:
    with pytest.raises(TableUnknown) as asked:
        here.take_in("清单_2024-05.csv", (*header, title), [row])
    sentence = str(asked.value)
    for said in (f"“{title}”列没有采用", "1 行", f"“{word}”", "列对应关系", f'ignored = ["{title}"]'):
        assert said in sentence
    kind = next(kind.name for kind in KINDS if f'kind = "{kind.name}"' in sentence)
    lines = f'kind = "{kind}"\ndefault = true\nignored = ["{title}"]\n'
    (here.home / "profiles" / "centre.toml").write_text(lines, encoding="utf-8")
    assert here.take_in("清单_2024-05.csv", (*header, title), [row]).tables[0].accepted == 1


@pytest.mark.parametrize(
    ("header", "title", "row"),
    [
        (PAYMENTS, "审批状态", (*P1, "审批通过")),
        (PAYMENTS, "是否作废", (*P1, "否")),
        (PAYMENTS, "是否退款", (*P1, "未退款")),
        (PAYMENTS, "退款金额", (*P1, "0")),
        (PAYMENTS, "费用类型", (*P1, "退休返聘人员费")),
        (PAYMENTS, "异常情况", (*P1, "无异常")),
        (TRAINING, "培训类型", ("2024-05-10", "礼仪", "40", "38", "待岗人员培训")),
        (ORDERS, "审核状态", (*G1, "未审核")),
        (ORDERS, "当前环节", (*G1, "办理作废材料")),
        (ORDERS, "时区", (*G1, "UTC+8")),
        (ROSTER, "婚姻状况", (*PERSON, "未婚")),
    ],
)  # fmt: skip
def test_what_decides_nothing_is_not_asked_about(
    here: Centre, header: Sequence[str], title: str, row: Sequence[str]
) -> None:
    assert here.take_in("清单_2024-05.csv", (*header, title), [row]).tables[0].accepted == 1


def test_a_word_far_down_a_list_is_found_and_counted(here: Centre) -> None:
    rows = [
        (f"P{n}", "劳务费", "2024-05-15", "2024-05-14", "10", "驳回" if n % 400 == 399 else "通过")
        for n in range(900)
    ]
    with pytest.raises(TableUnknown, match="其中 2 行写着“驳回”"):
        here.take_in("支付明细_2024-05.csv", (*PAYMENTS, "审批状态"), rows)
