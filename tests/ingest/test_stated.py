"""报送单合计: the letter's rows and sums held against the file, kept with the delivery."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.importing.declared_totals import DeclaredTotals, DeclaredTotalsProblem, parse_declared_totals
from ingest.importing.import_file import FileRefused, ImportReport
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file
from tests.ingest.test_importing import delivery_events
from tracker.database import Database

HEADER = "凭证号,支付项目,收款单位,约定支付日,实际支付日,金额（元）"
PAYMENTS = ('P1,服务费,某公司,2023-05-10,2023-05-09,"1,000.10"', "P2,短信费,某公司,2023-06-10,,200.05")
TALK = f"{CALL_HEADER},通话时长（分钟）"


def payments(folder: Path, *rows: str) -> Path:
    return csv_file(folder, HEADER, *rows, name="支付明细.csv")


def sentences(report: ImportReport) -> list[str]:
    return [one.sentence for one in report.tables[0].stated]


def test_rows_and_a_sum_that_fit_are_told_and_kept(
    imported: Callable[..., ImportReport], database: Database, tmp_path: Path
):
    path = payments(tmp_path, *PAYMENTS, "合计,,,,,1200.15")
    report = imported(path, stated=parse_declared_totals("2", "金额（元）", "1,200.15"))
    assert sentences(report) == [
        "数据行数：报送单 2，读到 2，相符",
        "金额（元）：报送单 1,200.15，读到 1,200.15，相符",
    ]
    [event] = delivery_events(database)
    assert event["stated"][1] == {"item": "金额（元）", "told": "1200.15", "read": "1200.15"}


def test_the_difference_is_told_with_its_sign(imported: Callable[..., ImportReport], tmp_path: Path):
    report = imported(payments(tmp_path, *PAYMENTS), stated=parse_declared_totals("3", "金额（元）", "1000"))
    assert [one.difference for one in report.tables[0].stated] == [Decimal("-1"), Decimal("200.15")]
    assert "差 -1" in sentences(report)[0] and "差 +200.15" in sentences(report)[1]


def test_rows_that_are_held_back_count_and_cells_without_a_number_are_told(
    imported: Callable[..., ImportReport], tmp_path: Path
):
    path = payments(tmp_path, *PAYMENTS, "P3,服务费,某公司,不详,,5", "P4,服务费,某公司,2023-05-10,,约十元")
    report = imported(path, stated=parse_declared_totals("4", "金额（元）", "1205.15"))
    assert report.total("quarantined") == 2
    assert sentences(report)[1].endswith("读到 1,205.15，相符（有 1 格读不出数）")


def test_talking_time_is_summed_in_seconds(imported: Callable[..., ImportReport], tmp_path: Path):
    path = csv_file(tmp_path, TALK, f"{CALL_1},1.5", f"{CALL_2},00:00:20", name="话单_2023-05.csv")
    report = imported(path, stated=parse_declared_totals("", "通话时长（分钟）", "110秒"))
    assert [(one.told, one.read) for one in report.tables[0].stated] == [(110, 110)]


def test_a_plain_number_has_no_unit_and_a_line_of_totals_is_not_added(
    imported: Callable[..., ImportReport], tmp_path: Path
):
    path = csv_file(
        tmp_path, "问卷,发放日期,发放份数（份）", "甲,2023-05-01,100", "乙,2023-05-02,50",
        "合计,2023-05-02,150", "5月合计：,2023-05-02,150",
        name="问卷发放.csv",
    )  # fmt: skip
    report = imported(path, stated=parse_declared_totals("2", "发放份数（份）", "150"))
    assert sentences(report)[1] == "发放份数（份）：报送单 150，读到 150，相符"


def test_a_binding_letter_refuses_a_file_that_does_not_fit(
    imported: Callable[..., ImportReport], database: Database, tmp_path: Path
):
    with pytest.raises(FileRefused, match="与报送单不符，没有导入：数据行数：报送单 3，读到 2，差 -1"):
        imported(payments(tmp_path, *PAYMENTS), stated=DeclaredTotals(rows=3, binding=True))
    assert delivery_events(database) == []


def test_a_column_that_cannot_be_summed_is_refused_with_those_that_can(
    imported: Callable[..., ImportReport], tmp_path: Path
):
    with pytest.raises(FileRefused, match="可以求和的有：金额（元）"):
        imported(payments(tmp_path, *PAYMENTS), stated=parse_declared_totals("", "收款单位", "3"))


def test_a_delivery_without_a_letter_says_none(
    imported: Callable[..., ImportReport], database: Database, tmp_path: Path
):
    imported(payments(tmp_path, *PAYMENTS))
    [event] = delivery_events(database)
    assert event["stated"] is None


@pytest.mark.parametrize(
    ("rows", "column", "total", "sentence"),
    [
        ("三", "", "", "应写数字"),
        ("-1", "", "", "0 或正整数"),
        ("1.5", "", "", "0 或正整数"),
        ("", "金额", "", "要一起写"),
        ("", "", "5", "要一起写"),
        ("", "金额", "nan", "应写数字"),
    ],
)
def test_what_cannot_be_a_number_of_a_letter_is_told(rows: str, column: str, total: str, sentence: str):
    with pytest.raises(DeclaredTotalsProblem, match=sentence):
        parse_declared_totals(rows, column, total)
