"""A file being imported: what its tables have in common, and how they are read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from ingest.changes.as_of import AsOf
from ingest.changes.repeated_numbers import QuestionAnswer
from ingest.importing import deliveries
from ingest.importing.declared_totals import DeclaredTotals
from ingest.importing.parallel_reader import ParallelReader, ReadingAssignment, is_worthwhile
from ingest.importing.row_batches import BatchReader, RowBatch, RowTally
from ingest.importing.row_compiler import RowReader
from ingest.kinds import Reading
from ingest.recognition.recognise import Recognition
from tracker.blob_store import StoredFile
from tracker.events.times import get_day
from tracker.tabular import Table
from tracker.vault import CenterVault
from tracker.workdays import Calendar


class ReadingProgress(NamedTuple):
    """How far the table being read has come."""

    row: int  # the last one handed to the log
    share: float  # of the table, 0 to 1


ProgressCallback = Callable[[ReadingProgress], None]


@dataclass(frozen=True, kw_only=True)
class FileContext:
    """A file being imported: what its tables have in common."""

    home: Path
    path: Path | None = None  # its plain bytes, while it is being imported; None: a form's
    kept: StoredFile
    file_name: str
    center: str
    as_of: AsOf
    now: datetime
    vault: CenterVault
    progress: ProgressCallback | None
    entered_by: str | None = None  # whoever brought it; None: a machine, or nobody said
    encoding: str | None = None  # of a text file; None: to be found out
    stated: DeclaredTotals | None = None  # what the letter with the file says
    answer: QuestionAnswer = field(
        default_factory=QuestionAnswer
    )  # to what the file asks; a form is a person's own word
    trial: bool = False  # laid over the log, and taken back
    covers_days: bool = True  # False: a form or an event tells of one thing, and nothing of its whole day
    form: str | None = None  # title of the form that was filled in; None: a file
    times: Mapping[int, datetime] = field(default_factory=dict)  # row → when its event happened


class TableReading(Protocol):
    """A table being read, here or in another process."""

    tally: RowTally  # complete after the last batch

    def batches(self) -> Iterator[RowBatch]: ...


def start_reading(delivered: FileContext, table: Table, recognition: Recognition) -> TableReading:
    """A long text file is read ahead; a workbook is in this process's memory already."""
    today = get_day(delivered.now)
    name = deliveries.make_base_id(delivered.kept.sha256, table.number)
    if table.sheet is None and delivered.path and is_worthwhile(delivered.path):
        assignment = ReadingAssignment(
            home=delivered.home,
            center=delivered.center,
            path=delivered.path,
            sheet=table.number,
            profile=recognition.profile.name,
            today=today,
            vault=delivered.vault,
            encoding=delivered.encoding,
            identity=recognition.profile.identity,
            name=name,
        )
        return ParallelReader(assignment)
    identity = recognition.profile.identity
    reader = make_row_reader(delivered, recognition)
    return BatchReader(reader, table, today, identity, name, delivered.times)


def make_row_reader(delivered: FileContext, recognition: Recognition) -> RowReader:
    reading = Reading(
        token=delivered.vault.token,
        rules=recognition.profile.rules,
        today=get_day(delivered.now),
        calendar=Calendar.load(delivered.home / "calendars"),
    )
    return RowReader(recognition, reading)
