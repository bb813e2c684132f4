"""Rows as COPY takes them in, made here: psycopg's `write_row` asks anew how each value is written."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

import orjson
import psycopg
from psycopg import sql

# A JSON array of texts, numbers, booleans and null, without its brackets, is a line of such CSV.
# Source: PostgreSQL manual, COPY, "CSV Format"
CSV = sql.SQL(r"(FORMAT csv, ESCAPE '\', NULL 'null')")
_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_LINES = 256  # handed to the server at a time, while the next ones are made


def format_csv_fields(values: Sequence[object]) -> bytes:
    """Values as the fields of a line of CSV, which is to end with a newline.

    Raises: TypeError for what has no exact text.
    """
    written = orjson.dumps(values, _to_text)[1:-1]
    # what JSON writes as \n, \u0007 and the like stands in CSV as it is; \" and \\ are the same in both
    return written if b"\\" not in written else b",".join(map(_format_csv_field, values))


def _format_csv_field(value: object) -> bytes:
    if not isinstance(value, str):
        return orjson.dumps(value, _to_text)
    return b'"%b"' % value.replace("\\", r"\\").replace('"', r"\"").encode()


def _to_text(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not copied: {value!r}")


def escape_text(text: str | None) -> str:
    """A text as a field of COPY's own format. Source: PostgreSQL manual, COPY, "Text Format"."""
    if text is None:
        return _NULL
    return text if text.isalnum() else text.translate(_ESCAPES)


def copy_lines(
    connection: psycopg.Connection[Any], statement: str | sql.Composed, lines: Iterable[bytes]
) -> None:
    """Copies lines, each with its newline, by a `COPY … FROM STDIN`."""
    lines = iter(lines)
    with connection.cursor().copy(statement) as copy:
        while block := b"".join(islice(lines, _LINES)):
            copy.write(block)
