"""Personal data is in the vault, encrypted, and nowhere else."""

import csv
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.conftest import DATA, LATE_FILE, deliver
from tracker.database import Database


@pytest.fixture(scope="module")
def personal() -> set[str]:
    """Every telephone number and every name in the delivered files."""
    numbers = {
        row["主叫号码"]
        for path in DATA.glob("话单*.csv")
        for row in csv.DictReader(path.read_text("gb18030").splitlines())
    }
    roster = CalamineWorkbook.from_path(DATA / "人员花名册.xlsx").get_sheet_by_index(0).to_python()
    return numbers | {str(row[1]) for row in roster[1:]}


def pieces(text: str) -> Iterator[str]:
    """Runs of digits of a number's length, and runs of Chinese of a name's."""
    yield from re.findall(r"(?<!\d)1\d{10}(?!\d)", text)
    for run in re.findall(r"[一-鿿]{2,}", text):
        yield from (run[start : start + size] for size in (2, 3) for start in range(len(run) - size + 1))


def found(personal: set[str], text: str) -> set[str]:
    return personal.intersection(pieces(text))


def test_the_sample_does_hold_names_and_numbers(personal: set[str]):
    assert len(personal) > 30_000
    assert found(personal, f'"{next(iter(personal))}"')


@pytest.mark.slow
def test_no_table_holds_a_name_or_a_number(tlf_2023: Database, personal: set[str]):
    with tlf_2023.connect_as_owner() as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            held: set[str] = set()
            with connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                for row in copy:
                    held |= found(personal, bytes(row).decode())
            assert not held, f"{table}: {sorted(held)[:3]}"


def test_no_log_line_tells_a_name_or_a_number(
    tlf_2023: Database, home: Path, personal: set[str], caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.DEBUG):
        deliver(tlf_2023, home, LATE_FILE, DATA / "人员花名册.xlsx")
    assert caplog.text
    assert found(personal, caplog.text) == set()


def test_a_quarantined_number_or_name_is_masked(
    tlf_2023: Database, home: Path, tmp_path: Path, personal: set[str]
):
    header, row, *_ = LATE_FILE.read_text("gb18030").splitlines()
    cells = row.split(",")
    cells[0], cells[5] = "2023081200099999", "不是时间"
    broken = tmp_path / "话单_2023-08_坏行.csv"
    broken.write_text("\n".join([header, ",".join(cells)]))
    deliver(tlf_2023, home, broken)
    with tlf_2023.connect() as connection:
        rows = connection.execute("SELECT * FROM quarantine").fetchall()
    assert rows
    assert found(personal, str(rows)) == set()
