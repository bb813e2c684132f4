"""Rows around the data: titles above, headers again, blanks, totals, notes."""

from datetime import date
from pathlib import Path

import pytest

from ingest.importing.row_errors import BLANK, NOTE, REPEATED_HEADER, TOTAL
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file, taken, workbook
from tracker.tabular import FileRefused

DAILY = "日期,发送短信数,办件量,接待人次"


def test_title_rows_above_the_header_are_passed_over(tmp_path: Path) -> None:
    found = taken(
        csv_file(tmp_path, "某市12345热线话单", "统计时间：2023年5月,制表：王", CALL_HEADER, CALL_1)
    )
    assert found.recognition.header.last_row == 3
    assert len(found.events) == 1


def test_a_header_repeated_in_the_middle_is_skipped_and_counted(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_HEADER, CALL_2))
    assert len(found.events) == 2
    assert found.skipped == {REPEATED_HEADER: 1}


def test_blank_rows_in_the_middle_are_skipped_and_counted(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, CALL_HEADER, CALL_1, "", ",,,,,,,,", " ,,", CALL_2))
    assert len(found.events) == 2
    assert found.skipped == {BLANK: 3}


@pytest.mark.parametrize("total", ["合计", "总计", "小计", "合 计", "1月小计", "本页合计：", "平均"])
def test_a_row_of_totals_is_skipped_and_counted(tmp_path: Path, total: str) -> None:
    found = taken(csv_file(tmp_path, DAILY, "2023-05-01,5,6,7", f"{total},5,6,7"))
    assert [event["messages"] for event in found.events] == [5]
    assert found.skipped == {TOTAL: 1}


def test_a_total_that_would_pass_as_a_post_is_no_post(tmp_path: Path) -> None:
    found = taken(
        csv_file(
            tmp_path,
            "生效日期,岗位,核定人数",
            "2023-01-01,引导员,30",
            "2023-01-01,班长,5",
            "2023-01-01,合计,35",
        )
    )
    assert [event["post"] for event in found.events] == ["引导员", "班长"]
    assert found.skipped == {TOTAL: 1}


PAYMENTS = "凭证号,费用项目,约定支付日,实际支付日,金额"
TOTAL_WORDS = [
    "合计", "本月合计", "本页合计", "5月合计", "2024年5月合计", "第二季度小计", "上半年合计", "本年累计",
    "总金额", "支出合计", "合计金额", "累计支付", "小计：", "合计（元）", "TOTAL", "Sum", "Sub Total", "共计",
    "总 计", "总人数", "总数", "平均",
]  # fmt: skip


@pytest.mark.parametrize("word", TOTAL_WORDS)
@pytest.mark.parametrize("row", ["{},劳务费,2024-05-31,2024-05-31,500", ",{},2024-05-31,,500"])
def test_a_row_of_totals_with_most_of_its_cells_filled_is_no_payment(
    tmp_path: Path, word: str, row: str
) -> None:
    found = taken(csv_file(tmp_path, PAYMENTS, "V1,劳务费,2024-05-10,2024-05-09,500", row.format(word)))
    assert (len(found.events), found.skipped, found.problems) == (1, {TOTAL: 1}, [])


@pytest.mark.parametrize("word", ["劳务费小计", "甲公司共计", "运维合计", "总费用", "本月合计"])
def test_what_may_be_a_total_or_a_payment_is_held_back(tmp_path: Path, word: str) -> None:
    found = taken(csv_file(tmp_path, PAYMENTS.replace("凭证号,", ""), "总费用,2024-05-31,2024-05-31,500"))
    assert ([one.column for one in found.problems], found.skipped) == (["费用项目"], {})
    found = taken(csv_file(tmp_path, PAYMENTS, f"V1,{word},2024-05-31,2024-05-31,500"))
    [problem] = found.problems
    assert (found.events, found.skipped, problem.column) == ([], {}, "费用项目")
    assert "合计" in problem.rule and problem.costs_row


@pytest.mark.parametrize("word", ["工资总额", "合同款", "计算机采购", "统计服务费", "Summit 会务", "平均奖"])
def test_an_item_is_no_total_for_a_syllable_of_its_name(tmp_path: Path, word: str) -> None:
    found = taken(csv_file(tmp_path, PAYMENTS, f"V1,{word},2024-05-31,2024-05-31,500"))
    assert [event["item"] for event in found.events] == [word]


def test_the_number_of_an_order_is_no_word_for_a_total(tmp_path: Path) -> None:
    found = taken(
        csv_file(tmp_path, "工单编号,受理时间,诉求类型,办结时限,办结时间", "本月合计,2024-05-31,,,")
    )
    assert (found.events, found.skipped) == ([], {TOTAL: 1})


@pytest.mark.parametrize(
    "note",
    [
        "备注：本表数据截至5月31日",
        "注:不含外呼",
        "制表人：张三,,,审核人：李四",
        "第1页",
        "2023年5月话单明细表",
        "共 1 条",
        "备注：以下空白",
    ],
)
def test_a_note_below_the_table_is_skipped_and_counted(tmp_path: Path, note: str) -> None:
    found = taken(csv_file(tmp_path, DAILY, "2023-05-01,5,6,7", note))
    assert found.skipped == {NOTE: 1}
    assert found.problems == []


@pytest.mark.parametrize(
    ("header", "whole", "part"),
    [
        ("生效日期,岗位,核定人数", "2023-01-01,话务员,30", "2023-01-01,其中：夜班,10"),
        ("岗位,生效日期,核定人数", "话务员,2023-01-01,30", "其中夜班,2023-01-01,10"),
        (PAYMENTS, "V1,人员费,2024-05-10,2024-05-09,500", "V2,其中：社会保险,2024-05-10,2024-05-09,100"),
    ],
)
def test_a_row_that_is_part_of_one_above_is_held_back(
    tmp_path: Path, header: str, whole: str, part: str
) -> None:
    found = taken(csv_file(tmp_path, header, whole, part))
    assert len(found.events) == 1
    assert [(one.row, one.rule) for one in found.problems] == [(3, "像是上面一行的一部分")]


@pytest.mark.parametrize(
    "item", ["上月结转", "上年结余", "期初余额", "承前页", "过次页", "年初结转数", "结转下页", "本期余额"]
)
def test_a_row_that_carries_a_balance_over_is_no_payment(tmp_path: Path, item: str) -> None:
    carried = f",{item},2024-05-01,2024-05-01,500"
    found = taken(csv_file(tmp_path, PAYMENTS, carried, "V2,劳务费,2024-05-10,2024-05-09,100"))
    assert len(found.events) == 1
    assert [(one.row, one.rule) for one in found.problems] == [(2, "像是结转或余额行")]


def test_money_carried_over_is_a_movement_of_a_budget(tmp_path: Path) -> None:
    header = "发生日期,类型,预算项目,预算金额"
    found = taken(
        csv_file(tmp_path, header, "2024-01-02,上年结转,上年结转,500", "2024-01-05,批复,劳务费,100")
    )
    assert (len(found.events), found.problems) == (2, [])


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (
            "费用项目,约定支付日,实际支付日,金额",
            ["设备清单,待定,,50000", "劳务费,2024-05-15,2024-05-14,10"],
        ),
        ("培训内容,培训日期,应到人数,实到人数", ["统计台账：填写,5月上旬,40,3", "礼仪,2024-05-15,40,40"]),
    ],
)
def test_a_row_with_a_number_of_its_own_is_no_note(tmp_path: Path, header: str, rows: list[str]) -> None:
    found = taken(csv_file(tmp_path, header, *rows))
    assert (len(found.events), found.skipped, len({one.row for one in found.problems})) == (1, {}, 1)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("凭证号,费用项目,实际支付日,约定支付日,金额", "V2,劳务费,2024-05-20,2024-05-15,500"),
        ("凭证号,费用项目,约定支付日,实际支付日（计划）,金额", "V2,劳务费,2024-05-15,2024-05-20,500"),
        ("凭证号,约定支付日,实际支付日,费用项目,金额", "V2,2024-05-15,2024-05-20,劳务费,500"),
    ],
)
def test_another_header_among_the_rows_stops_the_file(tmp_path: Path, header: str, row: str) -> None:
    with pytest.raises(FileRefused, match=r"第 3 行又是表头.*拆成两张表"):
        taken(csv_file(tmp_path, PAYMENTS, "V1,劳务费,2024-05-10,2024-05-09,500", header, row))


def test_a_note_about_the_rows_below_it_stops_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="第 3 行写着“说明：以下款项尚未支付"):
        taken(
            csv_file(
                tmp_path,
                PAYMENTS,
                "V1,劳务费,2024-05-10,2024-05-09,500",
                "说明：以下款项尚未支付,,,,",
            )
        )


def test_a_cut_off_row_is_no_note(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, CALL_HEADER, CALL_1, "2023050100000002,呼入"))
    assert found.skipped == {}
    assert {problem.row for problem in found.problems} == {3}


def test_every_row_below_the_header_is_accounted_for(tmp_path: Path) -> None:
    lines = [CALL_1, "", CALL_2, CALL_HEADER, CALL_1.replace("呼入", "未知方向"), "合计,2", "注：无", CALL_2]
    found = taken(csv_file(tmp_path, CALL_HEADER, *lines))
    assert found.intake.tally.rows + found.skipped.total() == len(lines)
    assert (found.intake.tally.accepted, found.intake.tally.quarantined) == (3, 1)


def test_the_unit_above_the_table_is_the_amounts_unit(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        ["预算执行表", None, None, "单位：万元"],
        ["日期", "类型", "费用项目", "金额"],
        [date(2023, 1, 12), "预算批复", "劳务费", 229.49],
    )
    assert taken(path).events[0]["amount_fen"] == 229_490_000


@pytest.mark.parametrize("title", ["金额(万元)", "金额（万元）", "金额:万元", "金额/万元", "金额万元"])
def test_the_unit_in_the_title_is_the_amounts_unit(tmp_path: Path, title: str) -> None:
    path = csv_file(tmp_path, f"日期,类型,费用项目,{title}", "2023-01-12,资金到位,劳务费,229.49")
    assert taken(path).events[0]["amount_fen"] == 229_490_000
