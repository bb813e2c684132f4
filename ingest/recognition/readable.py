"""Whether the cells of a column could be a field's values."""

from collections.abc import Sequence

from ingest.cells import CellParser, CellProblem, Column
from ingest.profiles.profile import Profile
from ingest.recognition.fields import Field
from tracker.tabular import Cell


def is_read(field: Field, cell: Cell, profile: Profile) -> bool:
    """Whether a field's reader understands a cell, an empty one too."""
    try:
        _compile_reader(field, profile)(cell)
    except CellProblem:
        return False
    return True


def measure_readable(field: Field, cells: Sequence[Cell], profile: Profile) -> float:
    """The share of filled cells, one at least, that are values of a field: 0 to 1."""
    parse, read = _compile_reader(field, profile), 0
    for cell in cells:
        try:
            read += parse(cell) is not None
        except CellProblem:
            continue
    return read / len(cells)


def _compile_reader(field: Field, profile: Profile) -> CellParser:
    column = Column(
        index=0, label=field.title, unit=profile.units.get(field.key), dates=profile.dates,
        zone=profile.zone, words=profile.words.get(field.key, {}), empties=profile.empties,
    )  # fmt: skip
    return field.read(column)
