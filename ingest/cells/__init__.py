"""Cells as typed values: one module a kind of value."""

from ingest.cells.column import CellProblem, Column, Notices, Parse, Reader
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
from ingest.cells.phones import phone, usual_phones
from ingest.cells.pieces import NULL, InPieces, Piece, Pieces, as_written, moments, recalled
from ingest.cells.spans import span
from ingest.cells.text import brief, halfwidth, identity, plain, repeated, text, unless, usual_identities
from ingest.cells.times import day, moment
from ingest.cells.words import Vocabulary

__all__ = [
    "MONEY_UNITS",
    "NULL",
    "TIME_UNITS",
    "CellProblem",
    "Column",
    "InPieces",
    "Notices",
    "Parse",
    "Piece",
    "Pieces",
    "Reader",
    "Vocabulary",
    "amount_fen",
    "as_written",
    "brief",
    "count",
    "day",
    "decimal",
    "duration_ms",
    "halfwidth",
    "identity",
    "masked",
    "moment",
    "moments",
    "phone",
    "plain",
    "quantity",
    "recalled",
    "repeated",
    "span",
    "text",
    "unless",
    "usual_identities",
    "usual_phones",
]
