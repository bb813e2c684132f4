"""A mapping tried on a file before it is saved: what would be read, and what not. Nothing is imported."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from ingest.importing.import_file import recognise_tables
from ingest.importing.row_batches import BatchReader
from ingest.importing.row_compiler import RowReader
from ingest.importing.row_errors import ProblemTally
from ingest.kinds import Reading
from ingest.profiles.profile import Profile
from ingest.recognition.column_values import check_columns
from ingest.recognition.recognise import Recognition
from ingest.recognition.unread_columns import word_unread
from tracker.database import execute
from tracker.facts.deliveries import deliveries
from tracker.periods import Month
from tracker.tabular import FileRefused, Table, open_tables
from tracker.workdays import Calendar

MOST_ROWS = 20_000  # read while somebody waits for the page
_SHOWN = 8  # problems
_AT_ONCE = 2_000  # events


@dataclass(frozen=True)
class TableTrial:
    """What a mapping makes of one table."""

    sheet: str
    rows: int
    accepted: int
    held_back: int
    doubtful: int  # of the accepted, those with a cell that was not understood
    months: Mapping[Month, int]  # rows accepted, by the month they count on
    skipped: Mapping[str, int]  # rows that are no data, by sort
    problems: tuple[str, ...]
    notices: tuple[str, ...]
    whole: bool  # whether it was read to its end


@dataclass(frozen=True)
class MappingTrial:
    """What a mapping makes of a file; `refused` says why it cannot be read by it."""

    file_name: str
    tables: tuple[TableTrial, ...] = ()
    notes: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class EarlierFile:
    """A file that the centre has imported."""

    sha256: str
    file_name: str


def list_earlier_files(
    connection: psycopg.Connection[Any],
    center: str,
    source: str,
    seen: list[str] | None,
    most: int = 12,
) -> list[EarlierFile]:
    """The files of a source that were imported last, each once, the newest first; `seen` None: of all."""
    table = deliveries.c
    rows = (
        sa.select(table.sha256, table.file_name)
        .where(table.center_id == center, table.source == source, table.form.is_(None), ~table.voided)
        .where(sa.true() if seen is None else table.delivery.in_(seen))
        .order_by(table.imported_at.desc())
    )
    found = dict(reversed(execute(connection, rows).fetchall()))
    return [EarlierFile(*one) for one in [*found.items()][: -most - 1 : -1]]


def try_mapping(
    profile: Profile, path: Path, file_name: str, encoding: str | None, today: date, calendar: Calendar
) -> MappingTrial:
    """Reads the first rows of each table of a file by a profile, and keeps nothing."""
    try:
        tables, notes = open_tables(path, encoding)
        understood, left_out = recognise_tables(tables, [profile])
        trials = tuple(_try_table(table, found, today, calendar) for table, found in understood)
    except (FileRefused, OSError) as problem:
        return MappingTrial(file_name, refused=str(problem))
    return MappingTrial(file_name, trials, (*notes, *left_out))


def _try_table(table: Table, recognition: Recognition, today: date, calendar: Calendar) -> TableTrial:
    """Raises: FileRefused for a table that breaks off."""
    recognition = check_columns(table, recognition)
    reading = Reading(
        token=lambda kind, value: f"{kind}-", rules=recognition.profile.rules, today=today, calendar=calendar
    )
    reader, problems = BatchReader(RowReader(recognition, reading), table, today), ProblemTally()
    tally, enough, whole = reader.tally, False, True
    for batch in reader.batches(_AT_ONCE):
        for problem in batch.problems:
            problems.add(problem)
        if enough and (batch.events or batch.problems):
            whole = False
            break
        enough = tally.rows >= MOST_ROWS
    months = Counter[Month]()
    for day, rows in tally.days.items():
        months[Month.of(day)] += rows
    unread = word_unread(tally.unread)
    return TableTrial(
        sheet=table.sheet or "",
        rows=tally.rows,
        accepted=tally.accepted,
        held_back=tally.quarantined,
        doubtful=tally.doubtful,
        months=dict(sorted(months.items())),
        skipped=dict(tally.skipped),
        problems=tuple(one.sentence for one in problems.first(_SHOWN)),
        notices=(*recognition.notices, *([unread] if unread else [])),
        whole=whole,
    )
