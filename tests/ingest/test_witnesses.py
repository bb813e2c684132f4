"""Control totals and lists of recordings, as they are delivered."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.importing.import_file import ImportReport
from tests.ingest.facts import Facts
from tests.ingest.tables import csv_file, taken, workbook

TOTALS = "月份,核对项目,数值,单位,出具单位"
RECORDINGS = "通话流水号,录音开始时间,录音时长(秒),坐席工号"


def total(folder: Path, row: str, header: str = TOTALS) -> dict[str, Any]:
    found = taken(csv_file(folder, header, row))
    assert found.problems == []
    assert found.recognition.profile.name == "control_totals"
    return found.events[0]


def fault(folder: Path, row: str, header: str = TOTALS) -> tuple[str, str]:
    found = taken(csv_file(folder, header, row))
    assert found.events == []
    return found.problems[0].column, found.problems[0].sentence


@pytest.mark.parametrize("month", ["2023-05", "2023年5月", "2023/5", "202305", "2023-05-01", "2023年5月份"])
def test_a_total_of_a_month_is_read_however_the_month_is_written(tmp_path: Path, month: str) -> None:
    told = total(tmp_path, f'{month},账单通话数,"3,440",次,某某电信')
    assert (told["kind"], told["value"], told["unit"]) == ("telecom_calls", "3440", "通")
    assert (told["first_day"], told["end_day"]) == ("2023-05-01", "2023-06-01")
    assert (told["issued_by"], told["stated_by"], told["document"]) == ("某某电信", None, None)


def test_a_billing_span_across_months_is_read(tmp_path: Path) -> None:
    told = total(tmp_path, "2023-05-26至2023-06-25,省平台工单数,676,件,省平台")
    assert (told["first_day"], told["end_day"]) == ("2023-05-26", "2023-06-26")


def test_a_month_that_a_spreadsheet_made_a_date_is_the_month(tmp_path: Path) -> None:
    from datetime import date

    path = workbook(tmp_path, TOTALS.split(","), [date(2023, 5, 1), "社保人数", 33, "人", "社保局"])
    (told,) = taken(path).events
    assert (told["kind"], told["value"], told["end_day"]) == ("insured_heads", "33", "2023-06-01")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (TOTALS, "2023-05,银行流水,18.915833,万元,某某银行"),
        ("月份,核对项目,数值(万元),出具单位", "2023-05,银行流水,18.915833,某某银行"),
        ("月份,核对项目,数值,出具单位", "2023-05,银行流水,189158.33,某某银行"),
    ],
)
def test_money_is_kept_in_yuan_whatever_its_unit(tmp_path: Path, header: str, row: str) -> None:
    assert total(tmp_path, row, header)["value"] == "189158.33"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2023-13,账单通话数,1,通,某某电信", "月份"),
        ("2023-05-02,账单通话数,1,通,某某电信", "月份"),
        ("2023-06-25至2023-05-26,账单通话数,1,通,某某电信", "月份"),
        ("2023-05,猫的数量,1,通,某某电信", "核对项目"),
        ("2023-05,账单通话数,很多,通,某某电信", "数值"),
        ("2023-05,账单通话数,1.5,通,某某电信", "数值"),
        ("2023-05,账单通话数,-1,通,某某电信", "数值"),
        ("2023-05,账单通话数,1,元,某某电信", "数值"),
        ("2023-05,账单通话数,,通,某某电信", "数值"),
        ("2023-05,账单通话数,1,通,", "出具单位"),
        ("2028-05,账单通话数,1,通,某某电信", "月份"),
    ],
)
def test_a_total_that_cannot_be_is_held_back(tmp_path: Path, row: str, column: str) -> None:
    assert fault(tmp_path, row)[0] == column


def test_two_different_totals_of_one_body_for_one_month_are_not_both_taken(tmp_path: Path) -> None:
    rows = ("2023-05,账单通话数,1,通,某某电信", "2023-05,账单通话数,2,通,某某电信")
    found = taken(csv_file(tmp_path, TOTALS, *rows))
    assert ([event["value"] for event in found.events], found.problems[0].row) == (["1"], 3)


def test_a_list_of_recordings_is_read(tmp_path: Path) -> None:
    rows = ("c1,2023-05-01 08:00:12,1140,8001", ",2023-05-01 08:00:12,00:00:05,")
    found = taken(csv_file(tmp_path, RECORDINGS, *rows))
    assert found.recognition.profile.name == "recordings"
    assert [(event["call_id"], event["duration_ms"]) for event in found.events] == [
        ("c1", 1_140_000), (None, 5_000),
    ]  # fmt: skip


def test_both_become_facts_and_twice_the_same_file_is_nothing_new(
    imported: Callable[..., ImportReport], facts: Callable[..., Facts], tmp_path: Path
) -> None:
    totals = csv_file(tmp_path, TOTALS, "2023-05,账单通话数,3440,通,某某电信", name="对账.csv")
    recordings = csv_file(tmp_path, RECORDINGS, "c1,2023-05-01 08:00:12,1140,8001", name="录音.csv")
    imported(totals)
    imported(recordings)
    assert len(facts()["assertions"]) == len(facts()["recordings"]) == 1
    assert imported(totals).tables[0].delivery is None


def test_nobody_can_sign_that_there_was_no_recording() -> None:
    from ingest.records.zero_reports import SOURCES

    assert not {"recordings", "control_totals", "probes"} & SOURCES.keys()
