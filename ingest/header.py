"""Where a table's header may be: single rows, and pairs of rows with merged cells above."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.cells import plain
from tracker.tabular import Cell, Row


@dataclass(frozen=True)
class Header:
    """A row, or two, that could hold the titles of the columns."""

    last_row: int  # number of its lower row; data begin below
    titles: tuple[str, ...]  # as printed; "" for a column without
    fuller: tuple[str, ...]  # with the title merged above it, where there is one
    above: tuple[str, ...]  # texts of the rows above: titles, units

    @property
    def width(self) -> int:
        """Columns up to the last titled one."""
        return max((index + 1 for index, title in enumerate(self.titles) if title), default=0)


def possible_headers(rows: Sequence[Row]) -> Iterator[Header]:
    """Candidates from the top: each row with two different texts or more, alone and under the row above."""
    above: list[str] = []
    previous: tuple[str, ...] = ()
    for number, cells in rows:
        titles = tuple(_title(cell) for cell in cells)
        if len(set(titles) - {""}) >= 2:
            yield Header(number, titles, titles, tuple(above))
            if previous:
                yield _paired(number, previous, titles, above)
        above += [title for title in dict.fromkeys(titles) if title]
        previous = titles


def _paired(number: int, upper: tuple[str, ...], lower: tuple[str, ...], above: list[str]) -> Header:
    width = max(len(upper), len(lower))
    pairs = list(zip(_padded(upper, width), _padded(lower, width), strict=True))
    titles = tuple(under or over for over, under in pairs)
    fuller = tuple(over + under if over != under else under for over, under in pairs)
    return Header(number, titles, fuller, tuple(above))


def _padded(titles: tuple[str, ...], width: int) -> tuple[str, ...]:
    return titles + ("",) * (width - len(titles))


def _title(cell: Cell) -> str:
    """A cell as a title; numbers and dates are none."""
    return plain(cell).replace("\n", "") if isinstance(cell, str) else ""
