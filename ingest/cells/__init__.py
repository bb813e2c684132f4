"""Cells as typed values: one module a kind of value."""

from ingest.cells.column import DATE_ORDERS, CellProblem, Column, DateOrder, Notices, Parse, Reader
from ingest.cells.json_columns import NULL, InPieces, Piece, Pieces, as_written, moments, recalled
from ingest.cells.masking import masked
from ingest.cells.numbers import (
    amount_fen,
    count,
    decimal,
    duration_ms,
    full_marks,
    measure_of,
    quantity,
    score,
    unit_in_cell,
)
from ingest.cells.phones import phone, usual_phones
from ingest.cells.spans import span
from ingest.cells.text import brief, halfwidth, identity, plain, repeated, text, unless, usual_identities
from ingest.cells.times import ToTheMinute, day, is_to_the_minute, moment, only_days, only_minutes, unmarked
from ingest.cells.units import CLOCKS, MEASURES, MONEY, TIME, Measure, UnitUnknown, unit_of_any
from ingest.cells.words import Vocabulary

__all__ = [
    "CLOCKS",
    "DATE_ORDERS",
    "MEASURES",
    "MONEY",
    "NULL",
    "TIME",
    "CellProblem",
    "Column",
    "DateOrder",
    "InPieces",
    "Measure",
    "Notices",
    "Parse",
    "Piece",
    "Pieces",
    "Reader",
    "ToTheMinute",
    "UnitUnknown",
    "Vocabulary",
    "amount_fen",
    "as_written",
    "brief",
    "count",
    "day",
    "decimal",
    "duration_ms",
    "full_marks",
    "halfwidth",
    "identity",
    "is_to_the_minute",
    "masked",
    "measure_of",
    "moment",
    "moments",
    "only_days",
    "only_minutes",
    "phone",
    "plain",
    "quantity",
    "recalled",
    "repeated",
    "score",
    "span",
    "text",
    "unit_in_cell",
    "unit_of_any",
    "unless",
    "unmarked",
    "usual_identities",
    "usual_phones",
]
