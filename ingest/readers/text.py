"""Delimited text (CSV) of any length, read row by row."""

import csv
import io
import os
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

from ingest.readers.encoding import encoding_of
from ingest.readers.table import HEAD_ROWS, FileRefused, Row

_DELIMITERS = ",\t;|"
_BUFFER = 1 << 18


class TextTable:
    """The one table of a text file. Bytes that are no character become U+FFFD; their cell complains."""

    sheet: str | None = None
    number = 1

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        """`encoding`: what a person said; None: it is found out."""
        self._path = path
        self._encoding = encoding or encoding_of(path)
        self._size = max(path.stat().st_size, 1)
        self._raw: io.BufferedReader | None = None
        self._delimiter = _delimiter(self._lines())

    def head(self) -> list[Row]:
        return list(islice(self.rows(), HEAD_ROWS))

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        numbers = count(1)
        with self._open() as text:
            reader = csv.reader(text, delimiter=self._delimiter, strict=True)
            try:
                yield from zip(numbers, reader)  # noqa: B905 - in this order: the row that fails is counted
            except csv.Error as problem:
                failed = next(numbers) - 1
                raise FileRefused(
                    f"第 {failed} 行起读不下去：引号没有配对，或一个单元格长得不合理（{problem}）。"
                    "请在导出系统重新导出，或检查这一行的引号。"
                ) from problem

    def share_read(self) -> float:
        return 1.0 if self._raw is None or self._raw.closed else self._raw.tell() / self._size

    def _open(self) -> io.TextIOWrapper:
        self._raw = io.BufferedReader(io.FileIO(os.fspath(self._path)), _BUFFER)
        return io.TextIOWrapper(self._raw, encoding=self._encoding, errors="replace", newline="")

    def _lines(self) -> list[str]:
        with self._open() as text:
            return [line[:4000] for line in islice(text, HEAD_ROWS)]


def _delimiter(lines: list[str]) -> str:
    """The separator that the first lines hold most of."""
    return max(_DELIMITERS, key=lambda mark: sum(line.count(mark) for line in lines))
