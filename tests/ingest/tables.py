"""Writing small tables as vendors do, and reading them without a database."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import orjson

from ingest.importing.row_batches import BatchReader
from ingest.importing.row_compiler import RowReader
from ingest.importing.row_errors import Problem
from ingest.kinds import Reading
from ingest.profiles.profile import candidates, load_profiles, named
from ingest.recognition.recognise import Recognition, recognise
from tracker.tabular import open_tables
from tracker.workdays import Calendar

TODAY = date(2026, 11, 21)
LETTERS = str.maketrans("0123456789", "abcdefghij")

CALL_HEADER = "流水号,呼叫类型,主叫号码,进入系统时间,进入队列时间,坐席应答时间,结束时间,坐席工号,呼叫结果"
CALL_1 = (
    "c1,呼入,13800000001,2023-05-01 08:03:05,2023-05-01 08:03:10,2023-05-01 08:03:20,2023-05-01 08:05:00,"
    "8001,已接听"
)
CALL_2 = "c2,呼入,13800000002,2023-05-02 09:00:00,2023-05-02 09:00:07,,2023-05-02 09:00:30,,队列放弃"
ORDER_HEADER = (
    "工单编号,受理时间,诉求类型,承办单位,派单时间,办结时限,办结时间,回访时间,是否解决,满意度,重办次数"
)


@dataclass(frozen=True)
class Taken:
    """What became of a table's rows."""

    recognition: Recognition
    events: list[dict[str, Any]]  # payloads, with type and row beside
    problems: list[Problem]
    intake: BatchReader

    @property
    def skipped(self) -> Counter[str]:
        return self.intake.tally.skipped

    @property
    def notices(self) -> list[str]:
        return list(self.recognition.notices)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Payloads of one event type."""
        return [event for event in self.events if event["type"] == kind]


def taken(path: Path, profile: str | None = None, profiles: Path | None = None) -> Taken:
    """Reads the first table of a file as an import would; tokens are the values in angle brackets, with
    letters for digits, as no token holds a number."""
    known = load_profiles(profiles)
    tables, _ = open_tables(path)
    recognition = recognise(tables[0].head(), [named(known, profile)] if profile else candidates(known))
    reading = Reading(
        token=lambda kind, value: f"<{kind} {value.translate(LETTERS)}>",
        rules=recognition.profile.rules,
        today=TODAY,
        calendar=Calendar.load(),
    )
    intake = BatchReader(RowReader(recognition, reading), tables[0], TODAY)
    events: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for batch in intake.batches():
        events += [
            orjson.loads(ready.text) | {"type": ready.type, "row": ready.row} for ready in batch.events
        ]
        problems += batch.problems
    return Taken(recognition, events, problems, intake)


def csv_file(folder: Path, *lines: str, name: str = "表.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode(encoding))
    return path


def workbook(
    folder: Path, *rows: Sequence[Any], name: str = "表.xlsx", merged: Iterable[str] = (), sheet: str = "表"
) -> Path:
    book = openpyxl.Workbook()
    fill(book.active, rows, merged, sheet)
    book.save(folder / name)
    return folder / name


def fill(page: Any, rows: Iterable[Sequence[Any]], merged: Iterable[str] = (), title: str = "表") -> None:
    page.title = title
    for row in rows:
        page.append(row)
    for cells in merged:
        page.merge_cells(cells)
