"""Parquet files, as data platforms export them, through DuckDB."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from glob import escape
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

from tracker.tabular.source import ByteSource, FileSource
from tracker.tabular.table import HEAD_ROWS, Cell, FileRefused, Row

if TYPE_CHECKING:
    import duckdb

MOST_CELLS = 100_000_000
MAGIC = b"PAR1"
_MEMORY = "1GB"
_ROWS = 1_000  # at once
_MOMENT = "TIMESTAMP WITH TIME ZONE"
_EPOCH = datetime(1970, 1, 1)
_DAMAGED = "Parquet 文件已损坏，打不开；请重新导出，或导出成 CSV。"


class ParquetTable:
    """The one table of a file; the names of its columns are row 0. Moments come in UTC and say so."""

    form = "Parquet"
    sheet: str | None = None
    number = 1
    encoding: str | None = None

    def __init__(self, source: ByteSource) -> None:
        """Raises: FileRefused for what is damaged, too large, or packed in an archive."""
        if not isinstance(source, FileSource):
            raise FileRefused("压缩包里的 Parquet 文件不能直接读；请解压后导入。")
        self._path = escape(str(source.path))  # else a name with a star would be a pattern
        self._done = 0
        with closing(_connect()) as connection:
            described = _execute(connection, "DESCRIBE SELECT * FROM read_parquet(?)", self._path).fetchall()
            counted = _execute(connection, "SELECT count(*) FROM read_parquet(?)", self._path).fetchone()
        self._types: list[tuple[str, str]] = [(name, kind) for name, kind, *_ in described]
        self._count: int = counted[0] if counted else 0
        if self._count * len(self._types) > MOST_CELLS:
            raise FileRefused(
                f"Parquet 文件有 {self._count:,} 行、{len(self._types):,} 列，"
                f"超过 {MOST_CELLS:,} 个单元格的上限；请按月拆开后分别导入。"
            )

    def head(self) -> list[Row]:
        return list(islice(self.rows(), HEAD_ROWS))

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        """Raises: FileRefused when it cannot be read further."""
        yield 0, [name for name, _ in self._types]
        columns = ", ".join(_select(name, kind) for name, kind in self._types)
        with closing(_connect()) as connection:
            found = _execute(connection, f"SELECT {columns} FROM read_parquet(?)", self._path)
            number = 0
            while rows := _fetch(found):
                for row in rows:
                    number += 1
                    self._done = number
                    yield (
                        number,
                        [_make_cell(value, kind) for value, (_, kind) in zip(row, self._types, strict=True)],
                    )

    def share_read(self) -> float:
        return self._done / max(self._count, 1)


def _connect() -> "duckdb.DuckDBPyConnection":
    import duckdb  # takes a tenth of a second, and few files are Parquet

    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": _MEMORY,
        "temp_directory": "",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    return duckdb.connect(":memory:", config=settings)


def _execute(connection: "duckdb.DuckDBPyConnection", query: str, path: str) -> "duckdb.DuckDBPyConnection":
    """Raises: FileRefused."""
    import duckdb

    try:
        return connection.execute(query, [path])
    except duckdb.Error as problem:
        raise FileRefused(_DAMAGED) from problem


def _fetch(found: "duckdb.DuckDBPyConnection") -> list[tuple[Any, ...]]:
    """Raises: FileRefused."""
    import duckdb

    try:
        return found.fetchmany(_ROWS)
    except duckdb.OutOfMemoryException as problem:
        raise MemoryError from problem
    except duckdb.Error as problem:
        raise FileRefused(_DAMAGED) from problem


def _select(name: str, kind: str) -> str:
    """A column as it is asked for: a moment as its microseconds, for which no table of zones is needed."""
    quoted = '"' + name.replace('"', '""') + '"'
    return f"epoch_us({quoted})" if kind == _MOMENT else quoted


def _make_cell(value: Any, kind: str) -> Cell:
    match value:
        case None:
            return ""
        case int() if kind == _MOMENT:
            return f"{_EPOCH + timedelta(microseconds=value):%Y-%m-%dT%H:%M:%S}Z"
        case str() | bool() | int() | float() | date() | time() | timedelta():
            return value
        case Decimal():
            return f"{value:f}"
        case bytes():
            return value.decode("utf-8", "replace")
        case _:
            return orjson.dumps(value, str).decode()
