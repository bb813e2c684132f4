"""Reading a single cell, as a column of some title would."""

from typing import Any

import pytest

from ingest.cells import CellProblem, Column, ColumnReader, NoticeCounts
from tracker.tabular import Cell


def column(label: str = "列", **more: Any) -> Column:
    return Column(index=0, label=label, notices=NoticeCounts(), **more)


def read(reader: ColumnReader, cell: Cell, **more: Any) -> Any:
    """The value of a cell."""
    return reader(column(**more))(cell)


def problem(reader: ColumnReader, cell: Cell, **more: Any) -> CellProblem:
    """What is wrong with a cell."""
    with pytest.raises(CellProblem) as raised:
        read(reader, cell, **more)
    return raised.value


def notices(reader: ColumnReader, cell: Cell, **more: Any) -> list[str]:
    """What is told of a cell that was read."""
    of = column(**more)
    reader(of)(cell)
    return list(of.notices)
