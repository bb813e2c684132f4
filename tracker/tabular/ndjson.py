"""NDJSON: one JSON object a line; the names met anywhere in the file are its header, as row 0."""

from collections.abc import Iterator
from itertools import islice

import orjson

from tracker.tabular.json_records import ColumnNames, Record, flatten
from tracker.tabular.source import ByteSource
from tracker.tabular.table import HEAD_ROWS, FileRefused, Row, UnreadableRow, refuse_cut_off

_LONGEST_LINE = 1 << 20  # bytes
_TRIED_LINES = 5


class NdjsonTable:
    """The one table of an NDJSON file; a line that is no object is handed on as unreadable."""

    form = "JSON，每行一个对象"
    sheet: str | None = None
    number = 1
    encoding: str | None = None

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self._done = 0
        self._columns = ColumnNames(record for _, record in self._read_records())
        if not self._columns.names:
            raise FileRefused('文件中没有一行是 JSON 对象；请每行写一个对象，例如 {"call_id": "1", …}。')

    def head(self) -> list[Row]:
        return list(islice(self.rows(), HEAD_ROWS))

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        yield 0, self._columns.names
        for number, record in self._read_records():
            yield number, self._columns.cells(record)

    def share_read(self) -> float:
        return self._done / self._source.size

    def _read_records(self) -> Iterator[tuple[int, Record | UnreadableRow]]:
        self._done = 0
        for number, line in _read_lines(self._source):
            self._done += len(line)
            is_last = self._done == self._source.size and not line.endswith(b"\n")
            line = line.removeprefix(b"\xef\xbb\xbf").strip()
            if line:
                record = _parse_record(line)
                if is_last and number > 1 and line.startswith(b"{") and isinstance(record, UnreadableRow):
                    refuse_cut_off(number)
                yield number, record


def is_ndjson(source: ByteSource) -> bool:
    """Whether one of the first lines holds a whole object and there are others; no document is written so.

    A single line is a document: its object may be an answer that holds the records."""
    first = [line.removeprefix(b"\xef\xbb\xbf") for _, line in islice(_read_lines(source), _TRIED_LINES)]
    return sum(map(bool, map(bytes.strip, first))) > 1 and any(
        line.startswith(b"{") and not isinstance(_parse_record(line), UnreadableRow) for line in first
    )


def _read_lines(source: ByteSource) -> Iterator[tuple[int, bytes]]:
    with source.open() as file:
        yield from enumerate(iter(lambda: file.readline(_LONGEST_LINE), b""), 1)


def _parse_record(line: bytes) -> Record | UnreadableRow:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        record = None
    if isinstance(record, dict):
        return flatten(record)
    return UnreadableRow.because("这一行不是 JSON 对象", "请每行写一个完整的对象，不要换行")
