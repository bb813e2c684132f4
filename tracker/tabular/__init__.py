"""Delivered files as tables of rows, whatever they were written with."""

from tracker.tabular.sandboxed_tables import open_tables
from tracker.tabular.table import HEAD_ROWS, Cell, FileRefused, Row, Table, UnreadableRow

__all__ = ["HEAD_ROWS", "Cell", "FileRefused", "Row", "Table", "UnreadableRow", "open_tables"]
