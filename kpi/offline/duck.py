"""DuckDB as far as figures need a database: runs the statements that are declared for PostgreSQL."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, cast

import duckdb
import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData

from tracker.events.times import BEIJING

MEMORY = "3GB"  # beyond it DuckDB spills into its folder
_AT_ONCE = 20_000  # rows handed over at a time
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC).astimezone(BEIJING)
_ZONED = "TIMESTAMP WITH TIME ZONE"
_TYPES: tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...] = (
    (sa.BigInteger, "BIGINT"),
    (sa.Integer, "INTEGER"),
    (sa.Boolean, "BOOLEAN"),
    (sa.Date, "DATE"),
    (sa.TIMESTAMP, "TIMESTAMPTZ"),
    (sa.Numeric, "DECIMAL(38, 12)"),
    (sa.LargeBinary, "BLOB"),
    (sa.Text, "VARCHAR"),
)
_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
_DIALECT.cte_follows_insert = True  # DuckDB takes WITH behind INSERT INTO alone
# SQLAlchemy writes a timedelta as PostgreSQL's function, which DuckDB lacks.
_MAKE_INTERVAL = "CREATE MACRO make_interval(secs := 0) AS to_microseconds(CAST(round(secs * 1e6) AS BIGINT))"


class Duck:
    """A DuckDB database in memory, which reads in one folder, spills into another, and reaches no more."""

    def __init__(self, folder: Path, spill: Path, threads: int | None = None):
        config: dict[str, Any] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": MEMORY,
            "temp_directory": str(spill / "spilled"),
        } | ({} if threads is None else {"threads": threads})
        self._raw = duckdb.connect(":memory:", config=config)
        self._raw.execute("SET TimeZone = 'Asia/Shanghai'")
        self._raw.execute(f"SET allowed_directories = [{quote_str(str(folder))}]")
        self._raw.execute("SET enable_external_access = false")
        self._raw.execute(_MAKE_INTERVAL)

    def close(self) -> None:
        self._raw.close()

    @property
    def connection(self) -> sa.Connection:
        """Itself, for the functions that read figures' material from a connection."""
        return cast(sa.Connection, self)

    def execute(self, statement: sa.ClauseElement) -> sa.Result[Any]:
        """Runs a declared statement; its parameters are written into it."""
        text = str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
        return self._fetch(text, *declared) if (declared := _declared(statement)) else self.sql(text)

    def scalars(self, statement: sa.ClauseElement) -> sa.ScalarResult[Any]:
        return self.execute(statement).scalars()

    def scalar(self, statement: sa.ClauseElement) -> Any:
        return self.execute(statement).scalar()

    def sql(self, text: str, *parameters: object) -> sa.Result[Any]:
        """Runs a statement in DuckDB's own words; times come in Beijing time."""
        if not text.lstrip().startswith(("SELECT", "WITH")):
            self._raw.execute(text, parameters)
            return _build_result([], iter(()))
        described = self._raw.execute(f"DESCRIBE {text}", parameters).fetchall()
        zoned = [place for place, column in enumerate(described) if column[1] == _ZONED]
        return self._fetch(text, [column[0] for column in described], zoned, parameters)

    def _fetch(
        self, text: str, names: list[str], zoned: list[int], parameters: Sequence[object] = ()
    ) -> sa.Result[Any]:
        """The rows of a query; `zoned` are the places of its columns that hold times."""
        if zoned:  # DuckDB's own conversion needs a package more
            text = _cast_to_microseconds(text, len(names), zoned)
        rows = self._raw.execute(text, parameters).fetchall()
        return _build_result(names, (_parse_times(row, zoned) for row in rows))

    def stream(self, text: str, *parameters: object) -> Iterator[tuple[Any, ...]]:
        """Rows of a query without times, some thousand at a time; other statements may run meanwhile."""
        cursor = self._raw.cursor()
        cursor.execute(text, parameters)
        while page := cursor.fetchmany(_AT_ONCE):
            yield from page

    def create(self, table: sa.Table, name: str | None = None) -> None:
        """Makes a declared table, empty and without its keys."""
        columns = ", ".join(f"{quote_id(column.name)} {_find_type(column)}" for column in table.columns)
        self._raw.execute(f"CREATE TABLE {quote_id(name or table.name)} ({columns})")

    def write_parquet(self, table: sa.Table, order: str, path: Path) -> None:
        """The declared columns of a table of that name as a Parquet file: the same rows, the same bytes.

        `path` must lie in the folder that this database reads in."""
        self._raw.execute("SET threads = 1")  # several write their rows as they come
        rows = f"SELECT {list_typed_columns(table)} FROM {quote_id(table.name)} ORDER BY {order}"
        self._raw.execute(
            f"COPY ({rows}) TO {quote_str(str(path))}"
            " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
        )

    def read_parquet(self, table: sa.Table, path: Path) -> None:
        """Makes a declared table of the columns of its names in a Parquet file."""
        names = ", ".join(quote_id(column.name) for column in table.columns)
        self.create(table)
        self._raw.execute(
            f"INSERT INTO {quote_id(table.name)} ({names})"
            f" SELECT {names} FROM read_parquet({quote_str(str(path))})"
        )

    def insert(self, table: sa.Table, rows: Iterable[Sequence[Any]], name: str | None = None) -> None:
        """Adds rows of texts, numbers and truth values; days and times are told as ISO texts."""
        names = [str(column.name) for column in table.columns]
        shape = orjson.dumps([{str(column.name): _find_type(column) for column in table.columns}]).decode()
        statement = (
            f"INSERT INTO {quote_id(name or table.name)}"
            f" SELECT unnest(from_json($1, '{shape}'), recursive := true)"
        )
        remaining = iter(rows)
        while page := [dict(zip(names, row, strict=True)) for row in islice(remaining, _AT_ONCE)]:
            self._raw.execute(statement, [orjson.dumps(page).decode()])


def quote_id(name: str) -> str:
    """A name as DuckDB takes it."""
    return '"' + name.replace('"', '""') + '"'


def quote_str(text: str) -> str:
    """A text as it is written into a statement."""
    return "'" + text.replace("'", "''") + "'"


def list_typed_columns(table: sa.Table) -> str:
    """The declared columns for a SELECT, each made the type that it is declared with."""
    return ", ".join(
        f"CAST({quote_id(column.name)} AS {_find_type(column)}) AS {quote_id(column.name)}"
        for column in table.columns
    )


def _find_type(column: sa.Column[Any]) -> str:
    return next(name for kind, name in _TYPES if isinstance(column.type, kind))


def _declared(statement: sa.ClauseElement) -> tuple[list[str], list[int]] | None:
    """The names of a query's columns and the places of its times, where their types are all declared.

    To ask DuckDB takes half as long as to run what figures are summed by.
    """
    if not isinstance(statement, sa.SelectBase):
        return None
    columns = statement.selected_columns
    if any(isinstance(column.type, sa.types.NullType) for column in columns):
        return None
    zoned = [place for place, column in enumerate(columns) if isinstance(column.type, sa.DateTime)]
    return [str(getattr(column, "name", place)) for place, column in enumerate(columns)], zoned


def _cast_to_microseconds(text: str, columns: int, zoned: list[int]) -> str:
    names = [f"c{place}" for place in range(columns)]
    columns_text = ", ".join(
        f"epoch_us({name})" if place in zoned else name for place, name in enumerate(names)
    )
    return f"SELECT {columns_text} FROM ({text}) AS told({', '.join(names)})"


def _parse_times(row: tuple[Any, ...], zoned: list[int]) -> tuple[Any, ...]:
    if not zoned:
        return row
    values = list(row)
    for place in zoned:
        if values[place] is not None:
            values[place] = _EPOCH + timedelta(microseconds=values[place])
    return tuple(values)


def _build_result(names: list[str], rows: Iterator[tuple[Any, ...]]) -> sa.Result[Any]:
    return IteratorResult(SimpleResultMetaData(names), rows)
