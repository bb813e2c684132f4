"""What every reader hands on: tables of numbered rows, and a refusal that says why."""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from typing import NoReturn, Protocol

Cell = str | int | float | bool | date | time | timedelta  # a datetime is a date; "" is an empty cell
Row = tuple[int, Sequence[Cell]]  # number as Excel or a text editor shows it, from 1

HEAD_ROWS = 60  # rows looked at for a header


class FileRefused(Exception):
    """整份文件不予导入，原因见说明；数据库不变。"""


def refuse_cut_off(row: int) -> NoReturn:
    """Refuses a file that breaks off within its last row: nobody knows what followed. Raises: FileRefused."""
    raise FileRefused(
        f"文件在第 {row} 行中间断了，多半没有传完，后面缺多少行无从知道。"
        "请重新导出或重新传送整份文件；确实到此为止的，请把这一行补全。"
    )


class NoTable(FileRefused):
    """里面没有表格，可以不理会。"""


class UnreadableRow(tuple[Cell, ...]):
    """Stands for a row that could not be taken apart; has no cells, and says why."""

    rule: str
    remedy: str

    @classmethod
    def because(cls, rule: str, remedy: str) -> "UnreadableRow":
        row = cls()
        row.rule, row.remedy = rule, remedy
        return row


class Table(Protocol):
    """One table of a file: a text file has one, a workbook one per sheet."""

    form: str  # what it is written as, in words for people
    sheet: str | None  # None where a file holds just one
    number: int  # of the sheet, from 1
    encoding: str | None  # of a text; None for what is none

    def head(self) -> list[Row]:
        """The first rows, merged cells repeated over their whole range. Raises: FileRefused."""

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        """All rows in order, blank ones too; vertically merged cells are repeated in the columns named.

        Raises: FileRefused when the file breaks off or cannot be read further."""

    def share_read(self) -> float:
        """How much of the table the running `rows` has gone through, 0 to 1."""
