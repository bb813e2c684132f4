"""NDJSON: one JSON object a line; the names met anywhere in the file are its header, as row 0."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import orjson

from ingest.readers.table import HEAD_ROWS, Cell, FileRefused, Row, Unreadable

_LONGEST_LINE = 1 << 20  # bytes


class JsonTable:
    """The one table of an NDJSON file; a line that is no object is handed on as unreadable."""

    sheet: str | None = None
    number = 1

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = max(path.stat().st_size, 1)
        self._done = 0
        self._names = self._read_names()

    def head(self) -> list[Row]:
        return list(islice(self.rows(), HEAD_ROWS))

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        yield 0, self._names
        empty = dict.fromkeys(self._names, None)
        for number, record in self._records():
            if isinstance(record, dict):
                yield number, [_cell(value) for value in (empty | record).values()]
            else:
                yield number, record

    def share_read(self) -> float:
        return self._done / self._size

    def _read_names(self) -> list[str]:
        names: dict[str, None] = {}
        for _, record in self._records():
            if isinstance(record, dict):
                names.update(dict.fromkeys(record))
        if not names:
            raise FileRefused('文件中没有一行是 JSON 对象；请每行写一个对象，例如 {"call_id": "1", …}。')
        return list(names)

    def _records(self) -> Iterator[tuple[int, dict[str, object] | Unreadable]]:
        self._done = 0
        with self._path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE), b""), 1):
                self._done += len(line)
                line = line.removeprefix(b"\xef\xbb\xbf").strip()
                if line:
                    yield number, _object(line)


def _object(line: bytes) -> dict[str, object] | Unreadable:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        record = None
    if isinstance(record, dict):
        return record
    return Unreadable.because("这一行不是 JSON 对象", "请每行写一个完整的对象，不要换行")


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str | int | float):
        return value
    return orjson.dumps(value).decode()
