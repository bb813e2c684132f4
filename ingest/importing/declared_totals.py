"""报送单合计: what the letter that came with a file says of it, held against what was read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ingest.cells import CellProblem, ColumnReader, read_amount_fen, read_duration_ms
from ingest.cells.text import to_halfwidth
from ingest.importing.row_batches import find_filled_columns
from ingest.importing.row_compiler import RowReader
from ingest.importing.row_errors import classify_no_data
from ingest.recognition.fields import Field
from ingest.recognition.header_labels import parse_label
from ingest.recognition.recognise import Recognition
from tracker.tabular import Cell, FileRefused, Table

ROWS = "数据行数"
_UNITS: dict[ColumnReader, tuple[str, int]] = {
    read_amount_fen: ("元", 100),
    read_duration_ms: ("秒", 1000),
}  # reader → unit people write, its size
_WRITTEN_UNIT = re.compile(r"(行|条|元|秒)$")


class DeclaredTotalsProblem(ValueError):
    """报送单合计写得不对。"""


@dataclass(frozen=True)
class DeclaredTotals:
    """What the letter says; a sum is in 元 or 秒 where the column holds money or time."""

    rows: int | None = None  # data rows, held back ones included
    column: str | None = None  # title as printed
    total: Decimal | None = None
    binding: bool = False  # a file that does not fit is refused

    def __bool__(self) -> bool:
        return self.rows is not None or self.total is not None


@dataclass(frozen=True)
class TotalComparison:
    """One number of the letter beside the file's own."""

    item: str  # with its unit
    told: Decimal
    read: Decimal
    unread: int = 0  # cells of the column that hold no number that can be read

    @property
    def fits(self) -> bool:
        return self.told == self.read

    @property
    def difference(self) -> Decimal:
        return self.read - self.told

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the delivery."""
        return {"item": self.item, "told": f"{self.told:f}", "read": f"{self.read:f}"}

    @property
    def sentence(self) -> str:
        numbers, read = (
            f"{self.item}：报送单 {self.told:,f}，读到 {self.read:,f}",
            f"差 {self.difference:+,f}",
        )
        unread = f"（有 {self.unread:,} 格读不出数）" if self.unread else ""
        return f"{numbers}，{'相符' if self.fits else read}{unread}"


def parse_declared_totals(rows: str, column: str, total: str) -> DeclaredTotals:
    """As people write it; empty: not stated. Raises: StatedProblem."""
    number = _parse_number(rows, "行数")
    if number is not None and (number < 0 or number != number.to_integral_value()):
        raise DeclaredTotalsProblem(f"报送单上的行数应是 0 或正整数，不能是“{rows.strip()}”。")
    if bool(column.strip()) != bool(total.strip()):
        raise DeclaredTotalsProblem("报送单上的合计，列和数要一起写：是哪一列，合计是多少。")
    amount = _parse_number(total, "合计")
    return DeclaredTotals(None if number is None else int(number), column.strip() or None, amount)


def list_summable(recognition: Recognition) -> list[str]:
    """Titles of the columns that can be summed, as printed."""
    by_key = recognition.profile.kind.by_key
    found = [
        columns[0].label
        for key, columns in recognition.columns.items()
        if by_key[key].additive and not by_key[key].many
    ]
    return list(dict.fromkeys(found))


def find_unit(recognition: Recognition, title: str) -> str:
    """元, 秒, or empty for plain numbers."""
    field, _ = _find_column(recognition, title)
    return _UNITS.get(field.read, ("", 1))[0]


def compare_totals(
    stated: DeclaredTotals, table: Table, reader: RowReader, rows: int
) -> tuple[TotalComparison, ...]:
    """Each number of the letter beside the table's; `rows` were read. Goes through the table for a sum.

    Raises: FileRefused for a column that is not there or cannot be summed, or where the letter is binding."""
    found = []
    if stated.rows is not None:
        found.append(TotalComparison(ROWS, Decimal(stated.rows), Decimal(rows)))
    if stated.total is not None and stated.column is not None:
        found.append(_sum_column(stated.column, stated.total, table, reader))
    apart = [one.sentence for one in found if not one.fits]
    if stated.binding and apart:
        raise FileRefused(
            f"与报送单不符，没有导入：{'；'.join(apart)}。请核对文件是否完整，或不写报送单合计。"
        )
    return tuple(found)


def compare_sum(
    title: str, totals: Sequence[Cell], table: Table, reader: RowReader
) -> TotalComparison | None:
    """What a printed line of totals says of a column beside the sum of its rows; None: it says nothing."""
    field, column = _find_column(reader.recognition, title)
    try:
        value = field.read(column)(totals[column.index]) if column.index < len(totals) else None
    except CellProblem:
        value = None
    if value is None:
        return None
    return _sum_column(title, _to_decimal(value) / _UNITS.get(field.read, ("", 1))[1], table, reader)


def _sum_column(title: str, stated: Decimal, table: Table, reader: RowReader) -> TotalComparison:
    """Over all data rows, held back ones included; printed total rows are no data."""
    recognition = reader.recognition
    field, column = _find_column(recognition, title)
    unit, size = _UNITS.get(field.read, ("", 1))
    parse, total, unread = field.read(column), Decimal(0), 0
    needed = [
        columns[0].index for key, columns in recognition.columns.items() if reader.kind.by_key[key].required
    ]
    for number, cells in table.rows(find_filled_columns(recognition)):
        if number <= recognition.header.last_row:
            continue
        if _is_doubtful(reader, cells, needed) and classify_no_data(reader, cells):
            continue
        try:
            value = None if len(cells) <= column.index else parse(cells[column.index])
        except CellProblem:
            if classify_no_data(reader, cells) is None:
                unread += 1
            continue
        total += _to_decimal(value)
    item = f"{title}（以{unit}计）" if unit and parse_label(title).unit != unit else title
    return TotalComparison(item, stated, total / size, unread)


def _is_doubtful(reader: RowReader, cells: Sequence[Cell], needed: Sequence[int]) -> bool:
    """Whether a row may be no data: to look closely at every row would take longer than to read it."""
    if len(cells) <= max(needed, default=0) or any(cells[index] == "" for index in needed):
        return True
    return reader.is_total(cells)


def _to_decimal(value: Any) -> Decimal:
    if value is None:
        return Decimal(0)
    return Decimal(value[0] if isinstance(value, tuple) else value)


def _find_column(recognition: Recognition, title: str) -> tuple[Field, Any]:
    by_key = recognition.profile.kind.by_key
    for key, columns in recognition.columns.items():
        if by_key[key].additive and any(one.label == title for one in columns):
            return by_key[key], next(one for one in columns if one.label == title)
    offered = "、".join(list_summable(recognition)) or "没有这样的列，只能核对行数"
    raise FileRefused(f"报送单合计里的“{title}”不是能求和的列；可以求和的有：{offered}。")


def _parse_number(text: str, what: str) -> Decimal | None:
    written = _WRITTEN_UNIT.sub("", to_halfwidth(text).replace(",", "").replace(" ", ""))
    if not written:
        return None
    try:
        number = Decimal(written)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= 10**17:
        raise DeclaredTotalsProblem(
            f"报送单上的{what}应写数字，如 3404 或 1,234.56，不能是“{text.strip()[:40]}”。"
        )
    return number
