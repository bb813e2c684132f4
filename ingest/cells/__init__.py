"""Cells as typed values: one module a kind of value."""

from ingest.cells.column import CellProblem, Column, Notices, Parse, Reader, Unusual
from ingest.cells.masking import masked
from ingest.cells.numbers import (
    MONEY_UNITS,
    TIME_UNITS,
    amount_fen,
    count,
    decimal,
    duration_ms,
    quantity,
)
from ingest.cells.phones import phone
from ingest.cells.spans import span
from ingest.cells.text import brief, halfwidth, identity, plain, repeated, text, unless
from ingest.cells.times import day, moment, usual_moment
from ingest.cells.words import Vocabulary

__all__ = [
    "MONEY_UNITS",
    "TIME_UNITS",
    "CellProblem",
    "Column",
    "Notices",
    "Parse",
    "Reader",
    "Unusual",
    "Vocabulary",
    "amount_fen",
    "brief",
    "count",
    "day",
    "decimal",
    "duration_ms",
    "halfwidth",
    "identity",
    "masked",
    "moment",
    "phone",
    "plain",
    "quantity",
    "repeated",
    "span",
    "text",
    "unless",
    "usual_moment",
]
