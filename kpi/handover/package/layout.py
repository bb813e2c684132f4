"""Where things lie in a package, and how its small files are written: the same words, the same bytes."""

from collections.abc import Iterable, Sequence
from csv import writer
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any

import orjson

from tracker.spreadsheet_cells import escape_formula

FORMAT = 2  # rises when a verifier of the older format could not read it

ABOUT = "data/package.json"
EVENTS = "data/events.parquet"
BATCHES = "data/batches.parquet"
FACTS = "data/facts"
DEFINITIONS = "data/definitions.json"
FIGURES = "data/figures.json"
FIGURES_TABLE = "data/figures.csv"
NET = "data/net-figures.json"
EXCLUSIONS = "data/exclusions.csv"
VINTAGES = "data/vintages.csv"
EXCEPTIONS = "data/lock-exceptions.csv"
DELIVERIES = "data/deliveries.csv"
COMMITMENTS = "data/commitments.parquet"
CALENDARS = "data/calendar"
DOCUMENTS = "data/documents"
PAPERS = "data/documents.csv"
WORKBOOK = "data/workbook.xlsx"
EVIDENCE = "data/evidence-index.csv"
CRATE = "data/ro-crate-metadata.json"
PAGE = "index.html"
READ_ME = "README.txt"
SIGNATURE = "signature.json"

_DECIDING = ("duckdb", "sqlalchemy", "xlsxwriter", "orjson")


def describe_software() -> str:
    """What makes packages and verifies them, with the packages that decide a byte of one: another version may
    write otherwise."""
    return "; ".join(f"{name} {version(name)}" for name in ("hotline", *_DECIDING))


def write_json(path: Path, content: object) -> None:
    """An object, its keys in order, one line a value."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dump_json(content))


def dump_json(content: object) -> bytes:
    """An object as UTF-8 JSON, its keys in order, one line a value, with a newline at the end."""
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"


def dump_csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table that a spreadsheet shows in Chinese at a double click, and takes no cell of for a formula."""
    text = StringIO()
    table = writer(text)
    table.writerow(map(_write_cell, header))
    for row in rows:
        table.writerow(map(_write_cell, row))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _write_cell(cell: Any) -> Any:
    if cell is None:
        return ""
    return escape_formula(cell) if isinstance(cell, str) else cell
