"""JSON that is not one object a line: an array of objects, an answer that holds one, or objects in a row."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from math import isinf

from tracker.tabular import cloud_events
from tracker.tabular.encoding import detect_encoding
from tracker.tabular.json_records import ColumnNames, flatten
from tracker.tabular.source import ByteSource
from tracker.tabular.table import HEAD_ROWS, FileRefused, Row, UnreadableRow

LARGEST = 64 << 20  # bytes; all of it is in memory at once
_WRAPPERS = ("data", "rows", "records", "list", "items", "result", "results")  # what answers call their array
_WRAPPED_DEPTH = 3
_BETWEEN = re.compile(r"[\s,]*")


class JsonDocument:
    """The one table of a JSON document: a row for each object, numbered in order; the names are row 0.

    Of CloudEvents of one type, a row is what an event holds as its data; `sheet` is their type then.
    """

    form = "JSON"
    sheet: str | None = None
    number = 1
    encoding: str | None = None

    def __init__(self, source: ByteSource) -> None:
        """Raises: FileRefused for what is no JSON, or holds no objects."""
        records = _read(source)
        self.times: dict[int, str] = {}  # row → time of its event
        if (type_ := cloud_events.find_type(records)) is not None:
            self.form, self.sheet = cloud_events.FORM, type_
            self.times = cloud_events.list_times(records)
            records = [record["data"] for record in records if isinstance(record, dict)]
        self._read_records = [
            flatten(record) if isinstance(record, dict) else _make_unreadable() for record in records
        ]
        self._columns = ColumnNames(self._read_records)
        self._done = 0
        if not self._columns.names:
            raise FileRefused("JSON 里没有对象；请导出成对象的数组，或每行一个 JSON 对象。")

    def head(self) -> list[Row]:
        return list(islice(self.rows(), HEAD_ROWS))

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        yield 0, self._columns.names
        for number, record in enumerate(self._read_records, 1):
            self._done = number
            yield number, self._columns.cells(record)

    def share_read(self) -> float:
        return self._done / max(len(self._read_records), 1)


def _read(source: ByteSource) -> list[object]:
    """What are to be its objects. Raises: FileRefused."""
    if source.size > LARGEST:
        raise FileRefused(f"JSON 文件超过 {LARGEST >> 20} MB；请改成每行一个 JSON 对象（ndjson），不限长度。")
    with source.open() as file:
        text = file.read().decode(detect_encoding(source), "replace").removeprefix("\ufeff")
    try:
        found = list(_read_values(text))
    except json.JSONDecodeError as problem:
        raise FileRefused(
            f"第 {problem.lineno} 行起不是完整的 JSON；请重新导出，"
            '或每行写一个 JSON 对象，例如 {"call_id": "1", …}。'
        ) from problem
    except (RecursionError, ValueError) as problem:  # the latter for a number of thousands of digits
        raise FileRefused("JSON 里有套得太深的内容，或长得不合理的数；请重新导出。") from problem
    return _find_records(found[0]) if len(found) == 1 else found


def _read_values(text: str) -> Iterator[object]:
    """The values that follow each other in a text, commas between them or not."""
    decoder = json.JSONDecoder(parse_constant=str, parse_float=_read_float)
    at = _skip_separators(text, 0)
    while at < len(text):
        value, end = decoder.raw_decode(text, at)
        yield value
        at = _skip_separators(text, end)


def _skip_separators(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _read_float(text: str) -> float | str:
    """A number, or as it is written where it is larger than any: its row answers for it."""
    number = float(text)
    return text if isinf(number) else number


def _find_records(value: object, depth: int = 1) -> list[object]:
    """The array itself, the one that an answer wraps, or the object alone."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict) and depth <= _WRAPPED_DEPTH:
        inner = [value[name] for name in value if name.lower() in _WRAPPERS]
        if len(inner) == 1 and isinstance(inner[0], list | dict):
            return _find_records(inner[0], depth + 1)
    return [value]


def _make_unreadable() -> UnreadableRow:
    return UnreadableRow.because("这一条不是 JSON 对象", "请把每条记录写成一个对象")
