"""Claims: what a table states, recomputed."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import docx
import openpyxl
import pytest

from kpi.evaluation.claims import ClaimOutcome, ClaimResult, read_printed_number
from kpi.evaluation.claims.layout import check_tables
from kpi.evaluation.claims.rates import MeanClaim, OverallRateClaim, PercentageClaim, RatioClaim
from kpi.evaluation.claims.statements import (
    PeriodClaim,
    PrintedPlace,
    ReliabilityClaim,
    RepeatedClaim,
    SpendingClaim,
)
from kpi.evaluation.claims.sums import SeriesClaim, SeriesStep, TotalClaim, TotalPart
from kpi.evaluation.claims.tables import ClaimsProblem, read_tables


def ratio(numerator: object, denominator: object, stated: str) -> ClaimResult:
    (found,) = RatioClaim(
        of="率",
        numerator=read_printed_number(numerator),
        denominator=read_printed_number(denominator),
        stated=read_printed_number(stated),
    ).check()
    return found


@pytest.mark.parametrize(
    ("numerator", "denominator", "stated", "words"),
    [
        ("226.54万元", "239万元", "94.79%", "相符（四舍五入）"),
        (2, 3, "66.66%", "相符（截断）"),
        (2, 3, "66.67%", "相符（四舍五入）"),
        (1, 3, "33.33%", "相符（四舍五入、截断都相符）"),
        (1, 4, "25%", "印为25%，相符"),
        (1, 8, "12.5%", "印为12.5%，相符"),
        (61.99, 285, "21.8%", "相符（四舍五入）"),
        (402, 12, "33.5人", "33.5人，印为33.5人，相符"),
    ],
)
def test_a_ratio_agrees_half_up_or_truncated(numerator: object, denominator: object, stated: str, words: str):
    found = ratio(numerator, denominator, stated)
    assert (found.outcome, words in found.sentence) == (ClaimOutcome.AGREES, True)


def test_a_ratio_that_departs_says_by_how_much():
    found = ratio("249.99万元", "252.49万元", "100%")
    assert (found.outcome, found.difference) == (ClaimOutcome.DEPARTS, 1)
    assert found.sentence == "249.99万元÷252.49万元＝99.0099%，印为100%，相差＋1个百分点"


def test_a_division_by_nothing_cannot_be_checked():
    found = ratio(0, 0, "0%")
    assert found.outcome is ClaimOutcome.UNCHECKED
    assert "分母为0，不能相除" in found.sentence


def total(stated: str, *parts: str) -> ClaimResult:
    named = tuple(
        TotalPart(f"第{place}项", read_printed_number(part)) for place, part in enumerate(parts, start=1)
    )
    (found,) = TotalClaim(of="合计", parts=named, stated=read_printed_number(stated)).check()
    return found


def test_a_total_that_leaves_out_a_part_names_it():
    found = total("226.54万元", "209.62", "14.38", "10", "2.54")
    assert found.difference == -10
    assert "恰好等于“第3项”一项，可能漏计" in found.sentence


def test_rounded_parts_may_leave_a_rest_but_counts_may_not():
    assert total("68.06", "65.88", "2.17").outcome is ClaimOutcome.AGREES
    assert "尾差0.01" in total("68.06", "65.88", "2.17").sentence
    assert total("88.58万元", "45.51387", "22.14", "20.928").outcome is ClaimOutcome.AGREES
    assert total("28人", "24", "3").outcome is ClaimOutcome.DEPARTS


def test_a_series_goes_on_from_what_was_printed():
    steps = (
        SeriesStep("1月", Fraction(0), Fraction(1), Fraction(34)),
        SeriesStep("2月", Fraction(0), Fraction(1), Fraction(31)),
        SeriesStep("3月", None, Fraction(0), Fraction(35)),
        SeriesStep("4月", Fraction(0), Fraction(0), Fraction(35)),
    )
    found = SeriesClaim(of="人数", opening=Fraction(35), steps=steps).check()
    assert [one.outcome for one in found] == [
        ClaimOutcome.AGREES, ClaimOutcome.DEPARTS, ClaimOutcome.UNCHECKED, ClaimOutcome.AGREES,
    ]  # fmt: skip
    assert found[1].difference == -2


def test_an_overall_rate_is_not_the_mean_of_rates():
    rows = (
        (read_printed_number(99), read_printed_number(100)),
        (read_printed_number(80), read_printed_number(1000)),
    )
    (found,) = OverallRateClaim(of="总", rows=rows, stated=read_printed_number("53.5%")).check()
    assert "印出的是各行比率的平均" in found.sentence
    (found,) = OverallRateClaim(of="总", rows=rows, stated=read_printed_number("16.27%")).check()
    assert found.outcome is ClaimOutcome.AGREES


def test_a_mean_of_values_told_several_times():
    values = (
        (read_printed_number(100), 20),
        (read_printed_number(94.79), 1),
        (read_printed_number(21.8), 1),
        (read_printed_number(50.8), 1),
    )
    (found,) = MeanClaim(of="完成率", values=values, stated=read_printed_number("94.24%")).check()
    assert found.difference == Fraction(1, 100)


def test_a_share_over_a_hundred_per_cent_is_asked_about():
    (found,) = PercentageClaim(of="率", stated=read_printed_number("1000%")).check()
    assert "像是多写了一个0" in found.sentence
    assert PercentageClaim(of="率", stated=read_printed_number("100%")).check() == []
    assert PercentageClaim(of="件数", stated=read_printed_number("600件")).check() == []


def test_the_same_quantity_may_be_printed_with_fewer_places():
    def said(*texts: str) -> ClaimOutcome:
        places = tuple(PrintedPlace(read_printed_number(text), "") for text in texts)
        return RepeatedClaim(of="率", places=places).check()[0].outcome

    assert said("80%", "99%") is ClaimOutcome.DEPARTS
    assert said("98.95%", "99%") is ClaimOutcome.AGREES
    assert said("98.95%", "98.94%") is ClaimOutcome.DEPARTS


def test_a_statistic_of_a_year_cannot_rest_on_a_week():
    year = (date(2023, 1, 1), date(2023, 12, 31))
    (found,) = PeriodClaim(of="办件", period=year, sample=(date(2023, 10, 27), date(2023, 11, 2))).check()
    assert "只有2023-10-27至2023-11-02共7天（占1.92%）" in found.sentence
    assert PeriodClaim(of="办件", period=year, sample=year).check()[0].outcome is ClaimOutcome.AGREES


@pytest.mark.parametrize(
    ("alpha", "outcome"),
    [
        ("0", ClaimOutcome.EXPLAIN),
        ("0.69", ClaimOutcome.EXPLAIN),
        ("0.7", ClaimOutcome.AGREES),
        ("1.2", ClaimOutcome.DEPARTS),
    ],
)
def test_reliability(alpha: str, outcome: ClaimOutcome):
    assert ReliabilityClaim(of="问卷", alpha=Fraction(alpha)).check()[0].outcome is outcome


def test_full_marks_beside_a_third_of_the_money_are_asked_about():
    def outcome(score: int, used: str) -> ClaimOutcome:
        claim = SpendingClaim(
            of="项目", score=Fraction(score), full=Fraction(100), used=read_printed_number(used)
        )
        return claim.check()[0].outcome

    assert outcome(100, "32.09%") is ClaimOutcome.EXPLAIN
    assert (outcome(100, "94.79%"), outcome(80, "32.09%")) == (ClaimOutcome.AGREES, ClaimOutcome.AGREES)


TABLE = [
    ["2023年核对表"],
    [
        "名称",
        "期间",
        "数值",
        "单位",
        "分子",
        "分母",
        "所属合计",
        "序列",
        "期初",
        "增加",
        "减少",
        "期末",
        "位置",
    ],
    ["预算执行率", "2023", "94.79", "%", "226.54", "239", "", "", "", "", "", "", "第3页"],
    ["执行数", "2023", "226.54万元"],
    ["服务费", "2023", "224", "万元", "", "", "执行数"],
    ["短信费", "2023", "10", "万元", "", "", "执行数"],
    ["光纤费", "2023", "2.54", "万元", "", "", "执行数"],
    ["及时率", "2022", "80%"],
    ["及时率", "2022", "99%"],
    ["满意率", "", "53.5%"],
    ["甲区", "", "99%", "", "99", "100", "满意率"],
    ["乙区", "", "8%", "", "80", "1000", "满意率"],
    ["在岗人数", "1月", "", "人", "", "", "", "人数", "35", "0", "1", "34"],
    ["在岗人数", "2月", "", "人", "", "", "", "人数", "33", "0", "1", "32"],
    ["坏数", "", "很多", "", "1", "2"],
    ["孤数", "", "12"],
    ["部分", "", "1", "", "", "", "不存在的合计"],
]
EXPECTED = [
    ("ratio", "预算执行率 2023", ClaimOutcome.AGREES),
    ("ratio", "甲区", ClaimOutcome.AGREES),
    ("ratio", "乙区", ClaimOutcome.AGREES),
    ("unreadable", "坏数", ClaimOutcome.UNCHECKED),
    ("total", "执行数 2023", ClaimOutcome.DEPARTS),
    ("overall", "满意率", ClaimOutcome.DEPARTS),
    ("total", "不存在的合计", ClaimOutcome.UNCHECKED),
    ("series", "人数", ClaimOutcome.AGREES),  # January
    ("series", "人数", ClaimOutcome.DEPARTS),  # February does not open with what January closed with
    ("series", "人数", ClaimOutcome.AGREES),
    ("repeated", "及时率 2022", ClaimOutcome.DEPARTS),
    ("left_over", "孤数", ClaimOutcome.UNCHECKED),
]


def kinds(path: Path) -> list[tuple[str, str, ClaimOutcome]]:
    return [(one.kind, one.of, one.outcome) for one in check_tables(read_tables(path))]


def as_csv(path: Path, encoding: str) -> Path:
    path.write_text("\n".join(",".join(row) for row in TABLE), encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_documented_layout_as_csv(encoding: str, tmp_path: Path):
    assert kinds(as_csv(tmp_path / "核对.csv", encoding)) == EXPECTED


def test_the_documented_layout_as_xlsx_and_docx(tmp_path: Path):
    book = openpyxl.Workbook()
    document = docx.Document()
    document.add_paragraph("正文")
    table = document.add_table(rows=len(TABLE), cols=len(TABLE[1]))
    for place, row in enumerate(TABLE):
        book.active.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in row])
        for column, cell in enumerate(row):
            table.rows[place].cells[column].text = cell
    book.save(tmp_path / "核对.xlsx")
    document.save(str(tmp_path / "核对.docx"))
    as_text = kinds(as_csv(tmp_path / "核对.csv", "utf-8"))
    assert kinds(tmp_path / "核对.xlsx") == as_text
    assert kinds(tmp_path / "核对.docx") == as_text


def test_a_place_in_the_report_is_told_beside_the_row(tmp_path: Path):
    found = check_tables(read_tables(as_csv(tmp_path / "核对.csv", "utf-8")))
    assert found[0].where == "第3行，第3页"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"%PDF-1.7", "a.pdf：这是PDF 文件"),
        ("a.csv", b"", "a.csv：文件是空的"),
        ("a.xlsx", b"no book", "没有找到可核对的表"),
        ("a.xlsx", b"PK\x03\x04 no book", "已损坏"),
        ("a.csv", "甲,乙\n".encode() * 9 + b"\xc3\xff,1\n", "编码读不出来"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "没有找到可核对的表：表头要有“名称”"),
    ],
)
def test_a_file_that_cannot_be_checked_says_why(name: str, content: bytes, words: str, tmp_path: Path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ClaimsProblem, match=words):
        check_tables(read_tables(tmp_path / name))
    with pytest.raises(ClaimsProblem, match="没有文件"):
        read_tables(tmp_path / "none.csv")
