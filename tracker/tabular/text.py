"""Delimited text (CSV) of any length, read row by row."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import count, islice
from typing import BinaryIO

from tracker.tabular.encoding import detect_encoding
from tracker.tabular.source import ByteSource
from tracker.tabular.table import HEAD_ROWS, Cell, FileRefused, Row, refuse_cut_off

_DELIMITERS = ",\t;|"
_QUOTED = re.compile(r'"[^"]*"')
_DIGITS, _LETTERS = re.compile(r"\d+"), re.compile(r"[^\W\d_]+")
_LINE_END = 4  # bytes: of a line feed, in UTF-16 too, with another sign behind it
_ENOUGH_ROWS = 2  # none of which is as short as the last one
_PADDING = re.compile(r"\t+(?=[,;|]|$)|(?<=[,;|])\t+")


class TextTable:
    """The one table of a text file. Bytes that are no character become U+FFFD; their cell complains."""

    form = "文本"
    sheet: str | None = None
    number = 1

    def __init__(self, source: ByteSource, encoding: str | None = None) -> None:
        """`encoding`: what a person said; None: it is found out."""
        self.source = source
        self.encoding: str | None = encoding or detect_encoding(source)
        self._raw: BinaryIO | None = None
        lines = self._lines()
        self._delimiter = _detect_delimiter(lines)
        self._width = max((len(line.split(self._delimiter)) for line in lines), default=0)

    def head(self) -> list[Row]:
        return list(islice(self.rows(), HEAD_ROWS))

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        """Raises: FileRefused for a file that breaks off within its last line: nobody knows what followed."""
        if self._is_complete():
            yield from self._rows()
            return
        before, shortest, begins, last = 0, 0, "", None  # a row is handed on when the next one has come
        for number, cells in self._rows():
            if last is not None:
                yield last
                if last[1]:
                    begins = _describe_shape(last[1])
                    shortest = min(shortest or len(last[1]), len(last[1]))
                    before += 1
            last = number, cells
        if last is not None:
            cut_off = (
                before >= _ENOUGH_ROWS and 1 < len(last[1]) < shortest and begins == _describe_shape(last[1])
            )
            if cut_off:
                refuse_cut_off(last[0])
            yield last

    def _is_complete(self) -> bool:
        """Whether the last line has an end."""
        end = self.source.end(_LINE_END)
        return b"\n" in end or b"\r" in end

    def _rows(self) -> Iterator[Row]:
        numbers = count(1)
        with self._open() as text:
            reader = csv.reader(text, delimiter=self._delimiter, strict=True)
            line = 0
            try:
                for number, cells in zip(numbers, reader):  # noqa: B905 - the row that fails is counted
                    if reader.line_num > line + 1:
                        self._check_quotes(number, cells)
                    line = reader.line_num
                    yield number, cells
            except csv.Error:
                failed = next(numbers) - 1
            else:
                return
        yield from self._read_mended_rows(failed)

    def _read_mended_rows(self, first: int) -> Iterator[Row]:
        """The rows from this one on, their sloppy quotes made good. Raises: FileRefused."""
        with self._open() as text:
            lines = (_repair_quotes(line, self._delimiter) for line in text)
            numbered = enumerate(csv.reader(lines, delimiter=self._delimiter, strict=True), 1)
            number = first
            try:
                for number, cells in islice(numbered, first - 1, None):
                    self._check_quotes(number, cells)
                    yield number, cells
                    number += 1
            except csv.Error as problem:
                raise FileRefused(
                    f"第 {number} 行起读不下去：引号没有配对，或一个单元格长得不合理（{problem}）。"
                    "请在导出系统重新导出，或检查这一行的引号。"
                ) from problem

    def _check_quotes(self, number: int, cells: Sequence[str]) -> None:
        """Raises: FileRefused where stray quotes have made one cell of what stands in several rows."""
        begins = _describe_shape(cells)
        for cell in cells:
            lines = cell.splitlines()[1:]
            inner = sum(line.count(self._delimiter) for line in cell.splitlines())
            if (
                "9" in begins
                and inner + len(cells) > self._width
                and any(_describe_shape([line.partition(self._delimiter)[0]]) == begins for line in lines)
            ):
                raise FileRefused(f"第 {number} 行里有一格夹着后面的几行：引号没有配对。请改正，或重新导出。")

    def share_read(self) -> float:
        return 1.0 if self._raw is None or self._raw.closed else self._raw.tell() / self.source.size

    def _open(self) -> io.TextIOWrapper:
        self._raw = self.source.open()
        return io.TextIOWrapper(self._raw, encoding=self.encoding, errors="replace", newline="")

    def _lines(self) -> list[str]:
        with self._open() as text:
            return [line[:4000] for line in islice(text, HEAD_ROWS)]


def _describe_shape(cells: Sequence[Cell]) -> str:
    """The shape of a row's first cell: GD2024050031 is A9."""
    return _DIGITS.sub("9", _LETTERS.sub("A", str(cells[0]).strip())) if cells else ""


def _detect_delimiter(lines: list[str]) -> str:
    """The separator that most of the first lines have, of several such the one that they hold most of.

    Not counted is what stands within quotes, and tabs beside another separator, which pad cells."""
    bare = [_PADDING.sub("", _QUOTED.sub("q", line.strip("\r\n"))) for line in lines]
    return max(
        _DELIMITERS,
        key=lambda mark: (sum(mark in line for line in bare), sum(line.count(mark) for line in bare)),
    )


def _repair_quotes(line: str, delimiter: str) -> str:
    """A line whose cells go on behind a closing quote ("User 10" <114>), so written that none is in doubt.

    Others stay as they are, and those that are not whole by themselves."""
    if '"' not in line or line.count('"') % 2:
        return line
    try:
        deque(csv.reader([line], delimiter=delimiter, strict=True), maxlen=0)
    except csv.Error:
        [cells] = csv.reader([line], delimiter=delimiter)
        return delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells) + "\r\n"
    return line
