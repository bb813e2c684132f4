"""Spans of days: a month, or a first and a last day."""

import re
from datetime import date, timedelta

from ingest.cells.column import CellParser, CellProblem, Column
from ingest.cells.text import NOTHING, to_halfwidth, to_plain
from ingest.cells.times import read_day
from tracker.periods import Month, PeriodProblem
from tracker.tabular import Cell

_MONTH = re.compile(r"(\d{4})(?:[-/.年])?(\d{1,2})月?(?:份)?")
_BETWEEN = re.compile(r"至|到|~|——|--")
_REMEDY = "请写成 2023-05，跨月的账期写成 2023-05-26至2023-06-25"


def read_span(column: Column) -> CellParser:
    """First day and end day (exclusive) of a month, or of a first and last day with 至 between them.

    A spreadsheet turns 2023-05 into the first of May: such a date is the month."""
    parse_day = read_day(column)

    def parse(cell: Cell) -> tuple[date, date] | None:
        written = to_halfwidth(to_plain(cell)).replace(" ", "") if isinstance(cell, str) else ""
        if isinstance(cell, str) and (written in NOTHING or written in column.empties):
            return None
        parts = _BETWEEN.split(written)
        if len(parts) == 2:
            first, last = parse_day(parts[0]), parse_day(parts[1])
            if first is None or last is None or last < first:
                raise CellProblem("不是起止日期", _REMEDY)
            return first, last + timedelta(days=1)
        return _parse_month(written) or _expand_month(parse_day(cell))

    return parse


def _parse_month(written: str) -> tuple[date, date] | None:
    found = _MONTH.fullmatch(written)
    if found is None:
        return None
    try:
        month = Month(int(found[1]), int(found[2]))
    except PeriodProblem:
        raise CellProblem("不是月份", _REMEDY) from None
    return month.first_day, month.end_day


def _expand_month(first: date | None) -> tuple[date, date]:
    if first is None or first.day != 1:
        raise CellProblem("不是月份", _REMEDY)
    month = Month.of(first)
    return month.first_day, month.end_day
