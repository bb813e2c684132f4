"""Rows that were not imported, cell by cell, with the rule they break and what mends them.

The table is declared in `tracker/quarantine.py`, since closing a month counts its rows too.
"""

import csv
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from io import StringIO
from typing import Any

import psycopg

from ingest.importing.row_errors import Problem
from tracker.personal_numbers import may_hold_personal
from tracker.personal_text import mask_numbers
from tracker.spreadsheet_cells import escape_formula

_COLUMNS = (
    '"row", "column", value, rule, remedy, costs_row, day, moment, thing, file_name, delivery, recorded_at,'
    " settled_by"
)
_TITLES = ("文件", "行", "列", "值", "问题", "处理办法", "导入编号", "记录时间")


@dataclass(frozen=True)
class QuarantineEntry:
    """One entry of the quarantine."""

    row: int
    column: str
    value: str
    rule: str
    remedy: str
    costs_row: bool
    day: date | None
    moment: datetime | None
    thing: str | None
    file_name: str
    delivery: str
    recorded_at: datetime
    settled_by: str | None

    @property
    def problem(self) -> Problem:
        return Problem(self.row, self.column, self.value, self.rule, self.remedy, self.costs_row)


def hold_rows(
    connection: psycopg.Connection[Any],
    center: str,
    delivery: str,
    file_name: str,
    problems: Iterable[Problem],
    *,
    recorded_at: datetime,
) -> None:
    """Writes problems down; of several with one cell, the first."""
    copying = f"COPY quarantine (center_id, {_COLUMNS}) FROM STDIN"
    written: set[tuple[int, str]] = set()
    with connection.cursor().copy(copying) as copy:
        for problem in map(_mask, problems):
            if (problem.row, problem.column) not in written:
                written.add((problem.row, problem.column))
                copy.write_row((center, *_list_values(problem), file_name, delivery, recorded_at, None))


def _mask(problem: Problem) -> Problem:
    """The problem with personal numbers masked, in whatever words they stand."""
    words = problem.column, problem.value, problem.rule, problem.remedy
    if not may_hold_personal("\n".join(words)):
        return problem
    column, value, rule, remedy = map(mask_numbers, words)
    return replace(problem, column=column, value=value, rule=rule, remedy=remedy)


_LISTED = (
    f"SELECT {_COLUMNS} FROM quarantine WHERE center_id = %s AND delivery = coalesce(%s, delivery)"
    " AND (%s::text[] IS NULL OR delivery = ANY(%s))"
    ' ORDER BY recorded_at DESC, delivery, "row", "column"'
)


def _build_parameters(center: str, delivery: str | None, among: Collection[str] | None) -> tuple[Any, ...]:
    some = None if among is None else list(among)
    return center, delivery, some, some


def list_entries(
    connection: psycopg.Connection[Any],
    center: str,
    *,
    delivery: str | None = None,
    among: Collection[str] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[QuarantineEntry]:
    """The entries of a centre, of one delivery, or of some; the newest delivery first, by row."""
    parameters = (*_build_parameters(center, delivery, among), limit, offset)
    return [QuarantineEntry(*row) for row in connection.execute(f"{_LISTED} LIMIT %s OFFSET %s", parameters)]


def stream_entries(
    connection: psycopg.Connection[Any],
    center: str,
    *,
    delivery: str | None = None,
    among: Collection[str] | None = None,
) -> Iterator[QuarantineEntry]:
    """All of them in the same order, some at a time from the server's own cursor."""
    with connection.cursor(name="quarantined") as cursor:
        cursor.execute(_LISTED, _build_parameters(center, delivery, among))
        for row in cursor:
            yield QuarantineEntry(*row)


def count_entries(
    connection: psycopg.Connection[Any],
    center: str,
    *,
    delivery: str | None = None,
    among: Collection[str] | None = None,
) -> int:
    """Entries of a centre, of one delivery, or of some."""
    some = None if among is None else list(among)
    row = connection.execute(
        "SELECT count(*) FROM quarantine WHERE center_id = %s AND delivery = coalesce(%s, delivery)"
        " AND (%s::text[] IS NULL OR delivery = ANY(%s))",
        (center, delivery, some, some),
    ).fetchone()
    assert row is not None
    return int(row[0])


def format_csv_lines(entries: Iterable[QuarantineEntry], stamp: str | None = None) -> Iterator[str]:
    """For people: Chinese titles; cells that a spreadsheet would take for a formula get a leading '.

    `stamp` says in the header who took it out."""
    yield _format_line((*_TITLES, stamp) if stamp else _TITLES)
    for entry in entries:
        yield _format_line(
            [
                escape_formula(entry.file_name),
                entry.row,
                *map(escape_formula, (entry.column, entry.value, entry.rule, entry.remedy, entry.delivery)),
                entry.recorded_at.isoformat(" ", "seconds"),
            ]
        )


def _format_line(cells: Iterable[Any]) -> str:
    text = StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _list_values(problem: Problem) -> tuple[Any, ...]:
    return tuple(
        value.replace("\0", "") if isinstance(value := getattr(problem, field.name), str) else value
        for field in fields(problem)
    )
