"""Merged cells: what a cell that spans several rows or columns says of each of them."""

from collections.abc import Iterable, Iterator, Sequence

from tracker.tabular.table import HEAD_ROWS, Cell, FileRefused, Row

Corner = tuple[int, int]  # row and column, from 0
CellRange = tuple[Corner, Corner]  # top left, bottom right

_LONGEST = 1000  # rows; longer merges are decoration
_MOST_ROWS = 2_000_000  # rows of all vertical merges together


class MergedRanges:
    """The merged ranges of one table, which begins at column `left` of its sheet."""

    def __init__(self, ranges: Iterable[CellRange], left: int = 0) -> None:
        self._ranges = [
            ((top, first - left), (bottom, last - left)) for (top, first), (bottom, last) in ranges
        ]

    def spread(self, rows: Sequence[list[Cell]]) -> None:
        """Repeats merged cells over their whole range, in place: for rows that may be titles."""
        width = max(map(len, rows), default=0)
        for (top, left), (bottom, right) in self._ranges:
            if top >= len(rows) or not 0 <= left < len(rows[top]):
                continue
            value, end = rows[top][left], min(right + 1, width)
            for row in rows[top : bottom + 1]:
                row += [""] * (end - len(row))
                row[left:end] = [value] * (end - left)

    def fill_down(self, rows: Iterable[list[Cell]], columns: frozenset[int]) -> Iterator[Row]:
        """The rows numbered from 1, vertically merged cells repeated in these columns, in place.

        Raises: FileRefused when there are too many merges to be true."""
        merged, values = self._group_by_row(columns), dict[int, Cell]()
        for number, cells in enumerate(rows, 1):
            for column, first in merged.get(number, ()):
                cells += [""] * (column + 1 - len(cells))
                if first:
                    values[column] = cells[column]
                else:
                    cells[column] = values[column]
            yield number, cells

    def _group_by_row(self, columns: frozenset[int]) -> dict[int, list[tuple[int, bool]]]:
        """Row number → columns in a vertical merge there, and whether it is the merge's first row."""
        found: dict[int, list[tuple[int, bool]]] = {}
        count = 0
        for (top, column), (bottom, _) in self._ranges:
            if column in columns and 0 < bottom - top < _LONGEST:
                count += bottom - top
                if count > _MOST_ROWS:
                    raise FileRefused("表格里合并的单元格多得不合理；请取消合并、另存为 CSV 后导入。")
                for row in range(top, bottom + 1):
                    found.setdefault(row + 1, []).append((column, row == top))
        return found


class MemoryTable:
    """A table whose rows are all in memory."""

    def __init__(
        self,
        form: str,
        rows: Sequence[list[Cell]],
        merges: Sequence[CellRange],
        sheet: str | None,
        number: int,
    ) -> None:
        self.form = form
        self.encoding: str | None = None
        self.sheet = sheet
        self.number = number
        self._rows = rows
        self._merges = MergedRanges(merges)
        self._done = 0

    def head(self) -> list[Row]:
        rows = [list(cells) for cells in self._rows[:HEAD_ROWS]]
        self._merges.spread(rows)
        return list(enumerate(rows, 1))

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        for row in self._merges.fill_down((list(cells) for cells in self._rows), fill_down):
            self._done = row[0]
            yield row

    def share_read(self) -> float:
        return self._done / max(len(self._rows), 1)
