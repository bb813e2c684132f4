"""Rosters, posts, money, probes, surveys, daily counts, training, inspections."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.kinds import KIND_NAMED
from tests.ingest.cells import read
from tests.ingest.tables import csv_file, taken

ROSTER = "工号,姓名,岗位,学历,学历验证编号,入职日期,离职日期,离职原因,岗前考核成绩"
PAYMENTS = "凭证号,费用项目,所属期间,收款单位,约定支付日,实际支付日,金额(元)"
BUDGET = "日期,类型,费用项目,金额(万元),文号"


def one(folder: Path, header: str, row: str) -> dict[str, Any]:
    found = taken(csv_file(folder, header, row))
    assert found.problems == []
    return found.events[0]


def column_at_fault(folder: Path, header: str, row: str) -> str:
    found = taken(csv_file(folder, header, row))
    assert found.events == []
    return found.problems[0].column


def unknown_of(folder: Path, header: str, row: str) -> tuple[list[str], str]:
    """What a row that is taken in does not tell, as its cell was not understood, and the column at fault."""
    found = taken(csv_file(folder, header, row))
    [event], [problem] = found.events, found.problems
    assert not problem.costs_row
    return event["unclear"], problem.column


def test_a_person_is_rostered_with_a_token_for_the_name(tmp_path: Path) -> None:
    person = one(tmp_path, ROSTER, "R1,张静,引导员,本科,XL1,2019-01-22,2023-01-17,个人原因,82")
    assert person["name"] == "<name 张静>"
    assert (person["joined_on"], person["left_on"]) == ("2019-01-22", "2023-01-17")
    assert person["pre_job_score"] == "82"


@pytest.mark.parametrize(
    "row", ["R1,张静,引导员,本科,未验证,2019-01-22,在职,,免考", "R1,张静,引导员,本科,,2019-01-22,,,"]
)
def test_words_for_nothing_are_none(tmp_path: Path, row: str) -> None:
    person = one(tmp_path, ROSTER, row)
    assert (person["education_check_no"], person["left_on"], person["pre_job_score"]) == (None, None, None)


@pytest.mark.parametrize(
    "word",
    ["√", "×", "不符", "正在验证", "已验证", "未通过", "是", "OK", "1", "无", "/", "—", "待验证", "未提供"],
)
def test_a_tick_or_a_word_is_no_number_of_a_check(tmp_path: Path, word: str) -> None:
    row = f"R1,张静,引导员,本科,{word},2019-01-22,,,"
    assert unknown_of(tmp_path, ROSTER, row) == (["education_check_no"], "学历验证编号")


@pytest.mark.parametrize(
    "word",
    [
        "待补20240601",
        "申请中2024",
        "000000000000",
        "９９９９９９",
        "查询中-2024-06",
        "2024年未办理",
        "pending2024",
    ],
)
def test_what_is_to_come_or_one_digit_over_and_over_is_no_number_of_a_check(
    tmp_path: Path, word: str
) -> None:
    """A word of waiting beside digits, or digits that tell nothing: neither checked nor unchecked."""
    row = f"R1,张静,引导员,本科,{word},2019-01-22,,,"
    assert unknown_of(tmp_path, ROSTER, row) == (["education_check_no"], "学历验证编号")


@given(
    number=st.from_regex(r"[A-Z]{0,4}[0-9]{2,14}|[A-Z]{12}|X1", fullmatch=True).filter(
        lambda number: not (number.isdigit() and len(set(number)) == 1)
    )
)
def test_a_number_of_a_check_is_kept(number: str) -> None:
    assert read(KIND_NAMED["roster"].by_key["education_check_no"].read, number) == number


def test_the_day_after_the_last_working_day_is_the_first_not_in_post(tmp_path: Path) -> None:
    assert one(tmp_path, "工号,入职日期,最后工作日", "R1,2019-01-22,2023-01-31")["left_on"] == "2023-02-01"


def test_of_who_leaves_before_joining_the_leaving_is_unknown(tmp_path: Path) -> None:
    row = "R1,张静,,,,2023-01-22,2022-01-17,,"
    assert unknown_of(tmp_path, ROSTER, row) == (["left_on"], "离职日期")


STATES = "工号,岗位,入职日期,离职日期,{}"


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("离职原因", "个人原因"), ("状态", "离职"), ("人员状态", "已离岗"), ("在职状态", "退休"),
        ("是否在职", "否"), ("是否离职", "是"), ("在岗情况", "不知道的说法"),
    ],
)  # fmt: skip
def test_who_is_said_to_have_left_without_a_day_is_not_in_post_for_sure(
    tmp_path: Path, title: str, word: str
) -> None:
    unclear, at_fault = unknown_of(tmp_path, STATES.format(title), f"R1,引导员,2019-01-22,,{word}")
    assert "left_on" in unclear and at_fault == title
    left = (
        one(tmp_path, STATES.format(title), f"R1,引导员,2019-01-22,2023-05-01,{word}")
        if word[0] != "不"
        else {}
    )
    assert left.get("left_on", "2023-05-01") == "2023-05-01"


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("离职原因", "在职"),
        ("状态", "在岗"),
        ("人员状态", "产假"),
        ("是否在职", "是"),
        ("是否离职", "否"),
        ("状态", ""),
    ],
)
def test_who_is_said_to_be_in_post_has_not_left(tmp_path: Path, title: str, word: str) -> None:
    person = one(tmp_path, STATES.format(title), f"R1,引导员,2019-01-22,,{word}")
    assert person["left_on"] is None and "unclear" not in person


def test_a_held_back_name_is_masked(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, ROSTER, f"R1,{'张静' * 150},,,,2023-01-22,,,"))
    assert "张静" not in found.problems[0].sentence


def test_an_unpaid_sum_is_kept(tmp_path: Path) -> None:
    payment = one(tmp_path, PAYMENTS, ",劳务费,2023-02,甲公司,2023-02-10,,189158.33")
    assert payment["paid_on"] is None
    assert payment["payment_id"] == "劳务费/2023-02/甲公司/2023-02-10"


def test_nothing_was_paid_in_a_year_to_come(tmp_path: Path) -> None:
    row = ",劳务费,2023-02,甲公司,2027-02-10,2027-02-09,100"
    assert unknown_of(tmp_path, PAYMENTS, row) == (["paid_on"], "实际支付日")


def test_two_sums_without_a_number_are_both_read(tmp_path: Path) -> None:
    rows = (",劳务费,2023-02,甲公司,2023-02-10,,100", ",劳务费,2023-02,甲公司,2023-02-10,,200")
    found = taken(csv_file(tmp_path, PAYMENTS, *rows))
    assert [event["amount_fen"] for event in found.events] == [10_000, 20_000]
    assert found.problems == []


def test_a_negative_payment_is_a_refund_of_the_day_it_came_back(tmp_path: Path) -> None:
    assert one(tmp_path, PAYMENTS, "V1,劳务费,,,2023-02-10,2023-02-12,-5")["amount_fen"] == -5_00
    assert column_at_fault(tmp_path, PAYMENTS, "V1,劳务费,,,2023-02-10,,-5") == "实际支付日"


@pytest.mark.parametrize(
    ("word", "movement"),
    [("预算批复", "approved"), ("资金到位", "received"), ("预算调整", "adjusted"), ("财政收回", "returned")],
)
def test_a_budget_movement_is_read(tmp_path: Path, word: str, movement: str) -> None:
    moved = one(tmp_path, BUDGET, f"2023-01-12,{word},劳务费,229.49,财行3号")
    assert (moved["movement"], moved["amount_fen"]) == (movement, 229_490_000)


def test_only_an_adjustment_may_be_negative(tmp_path: Path) -> None:
    assert one(tmp_path, BUDGET, "2023-06-01,预算调整,劳务费,-10,1号")["amount_fen"] == -10_000_000
    assert column_at_fault(tmp_path, BUDGET, "2023-12-29,财政收回,劳务费,-2.5,2号") == "金额(万元)"


@pytest.mark.parametrize(
    ("word", "amount", "moved"),
    [
        ("调减", "10", "-10"), ("预算调减", "-10", "-10"), ("核减", "10", "-10"), ("调增", "10", "10"),
        ("追加", "10", "10"), ("调整", "10", "10"), ("调整", "-10", "-10"),
    ],
)  # fmt: skip
def test_a_word_that_says_which_way_a_budget_is_adjusted_gives_the_sign(
    tmp_path: Path, word: str, amount: str, moved: str
) -> None:
    found = one(tmp_path, BUDGET, f"2023-06-01,{word},劳务费,{amount},1号")
    assert (found["movement"], found["amount_fen"]) == ("adjusted", int(moved) * 1_000_000)


def test_what_is_added_to_a_budget_is_not_negative(tmp_path: Path) -> None:
    assert column_at_fault(tmp_path, BUDGET, "2023-06-01,追加,劳务费,-10,1号") == "金额(万元)"


@pytest.mark.parametrize(("word", "up"), [("正常", True), ("异常", False), ("200", True), ("timeout", False)])
def test_a_probe_is_up_or_down(tmp_path: Path, word: str, up: bool) -> None:
    probe = one(tmp_path, "巡检时间,平台,状态", f"2023-01-01 00:00:00,12345平台,{word}")
    assert (probe["platform"], probe["up"]) == ("12345平台", up)


def test_a_zero_in_the_daily_report_is_a_zero_and_an_empty_cell_is_not(tmp_path: Path) -> None:
    day = one(tmp_path, "日期,发送短信数,办件量,接待人次", "2023-01-01,1536,0,")
    assert (day["messages"], day["cases"], day["visits"]) == (1536, 0, None)


def test_an_answer_is_kept_question_by_question(tmp_path: Path) -> None:
    header = "问卷编号,填写日期,您知道12345热线吗,您会使用热线吗,您对热线是否满意,您一般拨打热线是为了"
    answer = one(tmp_path, header, "1,2023-12-05,知道,不会,基本满意,咨询")
    assert (answer["aware"], answer["can_use"], answer["satisfied"]) == (True, False, True)
    assert answer["answers"]["您一般拨打热线是为了"] == "咨询"


def test_free_text_and_contacts_of_a_questionnaire_are_not_kept(tmp_path: Path) -> None:
    header = "问卷编号,填写日期,您是否满意,您的姓名,联系电话,您的意见建议,您的职业"
    found = taken(csv_file(tmp_path, header, "1,2023-12-05,满意,王小明,13800000001,请修路,教师13800000002"))
    kept = str(found.events)
    assert not any(personal in kept for personal in ("王小明", "13800000001", "请修路", "13800000002"))
    assert "不保存" in found.notices[0]


def test_a_round_of_questionnaires_cannot_return_more_than_went_out(tmp_path: Path) -> None:
    header = "问卷,发放日期,发放份数,回收份数"
    assert one(tmp_path, header, "满意度问卷,2023-12-05,100,95")["returned"] == 95
    assert unknown_of(tmp_path, header, "满意度问卷,2023-12-05,100,105") == (["returned"], "回收份数")


def test_more_people_than_were_due_cannot_attend(tmp_path: Path) -> None:
    header = "培训日期,培训内容,应到人数,实到人数,请假人数"
    assert one(tmp_path, header, "2023-04-07,人口业务,29,25,3")["attended"] == 25
    assert column_at_fault(tmp_path, header, "2023-04-07,人口业务,29,28,3") == "实到人数"


def test_an_inspected_call_passed_or_failed(tmp_path: Path) -> None:
    inspected = one(tmp_path, "质检日期,流水号,坐席工号,质检结果", "2023-02-01,c1,8006,不合格")
    assert (inspected["call_id"], inspected["passed"]) == ("c1", False)
