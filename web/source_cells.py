"""What a record says beside what its line in the delivered file printed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from ingest.records.source_lines import SourceExcerpt, SourceLine
from web.formatting import cell


class Origin(StrEnum):
    """How a recorded value came from the file."""

    AS_PRINTED = "照录"
    CONVERTED = "换算"
    MASKED = "脱敏"
    DERIVED = "推得"


@dataclass(frozen=True)
class RecordedCell:
    """One field of a record, and the cell that it was read from."""

    name: str  # of the event's field
    value: Any
    title: str  # of the column; "" where no column tells it
    printed: str
    origin: Origin


def compare_cells(
    excerpt: SourceExcerpt, line: SourceLine | None, fields: Mapping[str, Any]
) -> list[RecordedCell]:
    """Each field of a record that says something, beside its cell."""
    if line is None or not line.cells:
        return []
    return [_compare(excerpt, line, name, value) for name, value in fields.items() if value is not None]


def find_converted(excerpt: SourceExcerpt, cells: list[RecordedCell]) -> frozenset[str]:
    """Keys of the fields whose cells say another thing than the record, or were masked in it."""
    marked = {one.name for one in cells if one.origin in (Origin.CONVERTED, Origin.MASKED)}
    return frozenset(marked & {column.field for column in excerpt.columns})


def _compare(excerpt: SourceExcerpt, line: SourceLine, name: str, value: Any) -> RecordedCell:
    places = [place for place, column in enumerate(excerpt.columns) if column.field == name]
    title = " + ".join(excerpt.columns[place].title for place in places)
    printed = " ".join(line.cells[place] for place in places if line.cells[place])
    if not printed:
        return RecordedCell(name, value, title, printed, Origin.DERIVED)
    if any(excerpt.columns[place].personal for place in places):
        return RecordedCell(name, value, title, printed, Origin.MASKED)
    same = printed == cell(value, name) or says_the_same(printed, value)
    return RecordedCell(name, value, title, printed, Origin.AS_PRINTED if same else Origin.CONVERTED)


def says_the_same(printed: str, value: Any) -> bool:
    """Whether a cell reads as the record has it, but for how a moment or a number is written."""
    if printed == str(value):
        return True
    if isinstance(value, bool):
        return False
    if isinstance(value, str) and (moment := _MOMENT.fullmatch(value)):
        digits = re.sub(r"\D", "", printed)
        whole = re.sub(r"\D", "", moment[1])
        return len(digits) >= _DAY and whole.startswith(digits) and not whole[len(digits) :].strip("0")
    try:
        return Decimal(printed.replace(",", "")) == Decimal(str(value))
    except InvalidOperation:
        return False


_DAY = 8  # digits
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?)(?:[+-]\d\d:\d\d|Z)?")
