"""Voiding a statement or a delivery, and signing that there was nothing."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.records.voiding import VoidProblem, void_delivery, void_event
from ingest.records.zero_reports import ZeroReportProblem, sign_nothing
from tests.ingest.conftest import NOW, Import
from tests.ingest.facts import Facts
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file
from tracker import log
from tracker.database import Database

SAID: Any = {"reason": "供应商误导出", "by": "王主任", "now": NOW}


def test_a_voided_delivery_counts_no_more_and_stays_readable(
    imported: Import, database: Database, home: Path, facts: Callable[[], Facts], tmp_path: Path
) -> None:
    delivery = imported(csv_file(tmp_path, CALL_HEADER, CALL_1)).tables[0].delivery
    assert delivery is not None
    with database.connect() as connection:
        void_delivery(connection, home, "c1", delivery, **SAID)
    assert facts() == {}
    with database.connect() as connection:
        assert log.read_timeline(connection, "c1", "call/c1")[0].data["agent"] == "8001"
        void = log.read_timeline(connection, "c1", f"delivery/{delivery}")[-1].data
    assert (void["reason"], void["voided_by"]) == ("供应商误导出", "王主任")


def test_voiding_a_correction_brings_the_old_value_back(
    imported: Import, database: Database, home: Path, facts: Callable[[], Facts], tmp_path: Path
) -> None:
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1, name="话单_2023-05.csv"))
    before = facts()
    changed = csv_file(tmp_path, CALL_HEADER, CALL_1.replace("8001", "8002"), name="话单_2023-06.csv")
    delivery = imported(changed).tables[0].delivery
    with database.connect() as connection:
        void_delivery(connection, home, "c1", delivery or "", **SAID)
    assert facts() == before


def test_one_statement_can_be_voided(
    imported: Import, database: Database, facts: Callable[[], Facts], tmp_path: Path
) -> None:
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2))
    with database.connect() as connection:
        seq = log.read_timeline(connection, "c1", "call/c1")[0].seq
        void_event(connection, "c1", seq, **SAID)
    assert len(facts()["calls"]) == 1


def test_a_voided_file_can_be_imported_again(
    imported: Import, database: Database, home: Path, facts: Callable[[], Facts], tmp_path: Path
) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1)
    delivery = imported(path).tables[0].delivery
    before = facts()
    with database.connect() as connection:
        void_delivery(connection, home, "c1", delivery or "", **SAID)
    again = imported(path)
    assert again.tables[0].delivery == f"{delivery}-2"
    assert facts() == before


def test_voiding_needs_a_reason_a_name_and_something_to_void(
    imported: Import, database: Database, home: Path, tmp_path: Path
) -> None:
    delivery = imported(csv_file(tmp_path, CALL_HEADER, CALL_1)).tables[0].delivery or ""
    with database.connect() as connection:
        for said in ({"reason": " "}, {"by": ""}):
            with pytest.raises(VoidProblem, match="理由和经办人"):
                void_delivery(connection, home, "c1", delivery, **(SAID | said))
        with pytest.raises(VoidProblem, match="没有编号"):
            void_delivery(connection, home, "c1", "0" * 16, **SAID)
        with pytest.raises(VoidProblem, match="没有第 99 号"):
            void_event(connection, "c1", 99, **SAID)
        with pytest.raises(VoidProblem, match="日志自己的记录"):
            void_event(connection, "c1", 2, **SAID)
        void_event(connection, "c1", 1, **SAID)
        with pytest.raises(VoidProblem, match="已经作废"):
            void_event(connection, "c1", 1, **SAID)
        void_delivery(connection, home, "c1", delivery, **SAID)
        with pytest.raises(VoidProblem, match="已经作废"):
            void_delivery(connection, home, "c1", delivery, **SAID)


def sign(database: Database, source: str, first: date, end: date, by: str = "王主任") -> None:
    with database.connect() as connection:
        sign_nothing(connection, "c1", source, first, end, by=by, remark=None, now=NOW)


def test_a_signed_day_without_data_is_covered(imported: Import, database: Database, tmp_path: Path) -> None:
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1))
    sign(database, "calls", date(2023, 5, 2), date(2023, 5, 4))
    with database.connect() as connection:
        days = connection.execute("SELECT day, rows FROM covered_days WHERE source = 'calls' ORDER BY day")
        assert days.fetchall() == [(date(2023, 5, 1), 1), (date(2023, 5, 2), 0), (date(2023, 5, 3), 0)]


@pytest.mark.parametrize(
    ("source", "first", "end", "by", "why"),
    [
        ("calls", date(2023, 5, 1), date(2023, 5, 2), "王", "已导入 1 行"),
        ("faxes", date(2023, 5, 2), date(2023, 5, 3), "王", "没有“faxes”"),
        ("calls", date(2023, 5, 2), date(2023, 5, 3), " ", "确认人"),
        ("calls", date(2026, 11, 21), date(2026, 11, 22), "王", "已经过完"),
        ("calls", date(2023, 5, 3), date(2023, 5, 3), "王", "已经过完"),
    ],
)
def test_nothing_cannot_be_signed_where_there_is_something(
    imported: Import,
    database: Database,
    tmp_path: Path,
    source: str,
    first: date,
    end: date,
    by: str,
    why: str,
) -> None:
    imported(csv_file(tmp_path, CALL_HEADER, CALL_1))
    with pytest.raises(ZeroReportProblem, match=why):
        sign(database, source, first, end, by)
