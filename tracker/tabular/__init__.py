"""Delivered files as tables of rows, whatever they were written with."""

from pathlib import Path

from tracker.tabular.archive import open_archive
from tracker.tabular.opening import open_source
from tracker.tabular.source import FileSource
from tracker.tabular.table import HEAD_ROWS, Cell, FileRefused, Row, Table, UnreadableRow

__all__ = ["HEAD_ROWS", "Cell", "FileRefused", "Row", "Table", "UnreadableRow", "open_tables"]


def open_tables(path: Path, encoding: str | None = None) -> tuple[list[Table], list[str]]:
    """The tables of a file, told apart by its content and not by its name; with notes on what was left out.

    `encoding` is what a person says that a text file is in; None: it is found out.

    Raises: FileRefused for a file that is empty, broken, locked or of no kind that can be read."""
    found = open_archive(path, encoding)
    return open_source(FileSource(path), encoding) if found is None else found
