"""The workbook that is handed over."""

from datetime import datetime
from random import Random

import openpyxl
import pytest

from kpi.evaluation.claims import ClaimOutcome
from kpi.evaluation.claims.layout import check_tables
from kpi.evaluation.claims.tables import read_tables
from kpi.figures import results
from kpi.figures.indicators import INDICATORS
from kpi.handover.workbook import write_workbook
from kpi.handover.xlsx_writer import open_book
from tests.kpi.closing import MAY_DATA, lock, reopen
from tests.kpi.drawn import quarter
from tests.kpi.given import record
from tracker.centers import Center
from tracker.events.times import BEIJING
from tracker.periods import Year

NOW = datetime(2025, 1, 2, 9, tzinfo=BEIJING)


@pytest.fixture
def book(connection, tmp_path):
    record(connection, quarter(Random(5)))
    results.bring_up_to_date(connection, "tlf", NOW)
    path = tmp_path / "out.xlsx"
    write_workbook(path, connection, Center("tlf", "=吐鲁番", "sha256"), Year(2024), NOW)
    return openpyxl.load_workbook(path)


def rows(sheet) -> list[dict]:
    header, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_it_has_indicators_gaps_definitions_and_notes(book):
    assert book.sheetnames == [
        "指标",
        "一览",
        "数据缺失",
        "月度审核",
        "限期解锁",
        "指标定义",
        "统计项定义",
        "说明",
    ]
    assert all(sheet.freeze_panes for sheet in book)


@pytest.mark.acceptance(6)
def test_every_indicator_stands_with_year_quarters_and_months(book):
    found = rows(book["指标"])
    assert len(found) == len(INDICATORS) * 17
    assert [row["统计期"] for row in found[:6]] == [
        "2024",
        "2024-Q1",
        "2024-Q2",
        "2024-Q3",
        "2024-Q4",
        "2024-01",
    ]


def test_numbers_are_numbers_and_equal_the_figures(book, connection):
    figures = results.read_year(connection, "tlf", 2024)
    for row in rows(book["指标"]):
        figure = next(one for period, one in figures[row["编码"]].items() if str(period) == row["统计期"])
        for title, number in (
            ("数值", figure.value),
            ("分子", figure.numerator),
            ("数据完整率", figure.coverage),
        ):
            assert (row[title] is None) == (number is None)
            assert number is None or row[title] == pytest.approx(float(number))
        assert row["数据状态"] == figure.status.value
        assert (row["锁定"], row["数据版本"], row["溯源码"]) == ("未锁定", 0, figure.code)


def test_gaps_say_what_is_missing_since_when_and_what_mends_it(book):
    gap = next(row for row in rows(book["数据缺失"]) if row["数据来源"] == "话单")
    assert gap["缺失"].startswith("3月23日至")
    assert gap["最早缺失"] == "2024-03-23"
    assert "热线电话接通率" in gap["影响指标"] and "补报" in gap["处理办法"]


@pytest.mark.acceptance(30)
def test_locked_months_and_lock_exceptions_are_listed(connection, tmp_path):
    record(connection, MAY_DATA)
    lock(connection)
    reopen(connection)
    write_workbook(tmp_path / "out.xlsx", connection, Center("tlf", "吐鲁番", "sha256"), Year(2023), NOW)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    (seal,), (exemption,) = rows(book["月度审核"]), rows(book["限期解锁"])
    assert (seal["月份"], seal["数据版本"], seal["申请人"], seal["批准人"]) == ("2023-05", 1, "张三", "王五")
    assert len(seal["日志校验值"]) == 64
    assert [exemption[name] for name in ("范围", "理由", "申请人", "批准人", "到期时间（不含）")] == [
        "全部来源", "补报", "张三", "李四", "2023-07-01 00:00",
    ]  # fmt: skip
    locked = {row["锁定"] for row in rows(book["指标"]) if row["统计期"] == "2023-05"}
    assert locked == {"已锁定"}


def test_definitions_have_every_card(book):
    assert [row["编码"] for row in rows(book["指标定义"])] == list(INDICATORS)


def test_no_cell_begins_like_a_formula(book):
    for sheet in book:
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type != "f"
                assert not str(cell.value or "").startswith(("=", "+", "@", "\t", "\r")), cell.coordinate
                assert not (isinstance(cell.value, str) and cell.value.startswith("-"))
    assert rows(book["说明"])[0]["内容"] == "'=吐鲁番（tlf）"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-x", "@cmd", "\tx", "\rx", "\nx", "＝1＋1", " \u200b=1"])
def test_text_that_begins_like_a_formula_is_neutralised(text, tmp_path):
    with open_book(tmp_path / "x.xlsx", "x", NOW) as book:
        book.sheet("x", ("列",), [[text]])
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").active["A2"].value[0] == "'"


def test_the_check_of_claims_agrees_with_every_figure_of_the_workbook(book, tmp_path):
    found = check_tables(read_tables(tmp_path / "out.xlsx"))
    assert len(found) > 300
    drawn = [one for one in found if one.outcome is ClaimOutcome.EXPLAIN]
    assert {one.kind for one in drawn} == {"percentage"}
    assert {one.outcome for one in found} == {ClaimOutcome.AGREES, ClaimOutcome.EXPLAIN}
