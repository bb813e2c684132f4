"""Tables without a header: their columns are called by their places, and known by what they hold."""

from collections.abc import Sequence
from itertools import zip_longest

from ingest.cells import Content, classify_cell, classify_column, mask_value, to_plain
from ingest.profiles.profile import Profile
from ingest.recognition.column_matching import HeaderFit, fit_header
from ingest.recognition.header import Header
from ingest.recognition.header_labels import name_columns
from ingest.recognition.readable import measure_readable
from tracker.tabular import Cell, Row

_FEWEST = 3  # columns of a table that is taken for one without a header
_HALF = 0.5  # of the filled cells
_EXAMPLE = 16  # characters
_LAST_ROW = 0  # of no header: data begin in the first row


def make_place_header(rows: Sequence[Row], width: int = 0) -> Header | None:
    """The columns of a table without a header as 第1列, 第2列 …, `width` of them at least; None where there
    is one alone."""
    titles = name_columns(max(width, len(describe_contents(rows))))
    return Header(_LAST_ROW, titles, titles, ()) if len(titles) > 1 else None


def describe_contents(rows: Sequence[Row]) -> tuple[Content, ...]:
    """What each column holds, from the left."""
    return tuple(map(classify_column, _list_columns(rows)))


def looks_headless(rows: Sequence[Row]) -> bool:
    """Whether the first row is made like the rows below it, which no row of titles is.

    Three columns or more, no cell of another sort than those below, and a moment, day, time of day, number or
    code among them."""
    if len(rows) < 2:
        return False
    first, below = [classify_cell(cell) for cell in rows[0][1]], describe_contents(rows[1:])
    pairs = [
        (one, other) for one, other in zip(first, below, strict=False) if Content.ANYTHING not in (one, other)
    ]
    return (
        len(pairs) >= _FEWEST
        and all(one is other for one, other in pairs)
        and any(one is not Content.TEXT for one, _ in pairs)
    )


def fit_places(profile: Profile, rows: Sequence[Row]) -> HeaderFit | None:
    """The fit of a profile that is made for tables without a header, of as many columns as this one has;
    columns behind the last filled one do not count."""
    expected, contents = profile.without_header, describe_contents(rows)
    behind = (*contents[len(expected) :], *expected[len(contents) :])
    if not expected or any(one is not Content.ANYTHING for one in behind):
        return None
    header = make_place_header(rows, len(expected))
    return fit_header(profile, header) if header else None


def find_differences(fit: HeaderFit, rows: Sequence[Row]) -> list[str]:
    """How a table differs from those that its profile was made for, a part of a sentence a column.

    The first row has to be one of data; a column may be empty, and never hold another thing than before."""
    columns, found = _list_columns(rows), []
    for place, (expected, cells) in enumerate(
        zip(fit.profile.without_header, columns, strict=False), start=1
    ):
        content, first = classify_column(cells), classify_cell(cells[0])
        other = first if expected is not Content.TEXT and content is expected else content
        if other not in (expected, Content.ANYTHING):
            filled = [cell for cell in cells if to_plain(cell)]
            example = next(to_plain(cell) for cell in filled if other in (classify_cell(cell), Content.TEXT))
            found.append(f"第 {place} 列原是“{expected}”，这里是“{other}”（如“{_mask(example)}”）")
    return found or _list_unread(fit, columns)


def _list_unread(fit: HeaderFit, columns: Sequence[Sequence[Cell]]) -> list[str]:
    """Columns more than half of whose cells are no values of the fields that they are taken for."""
    found = []
    for key in fit.profile.columns:
        field, place = fit.profile.kind.by_key[key], fit.places[key][0]
        cells = [cell for cell in columns[place] if to_plain(cell)] if place < len(columns) else []
        if cells and measure_readable(field, cells, fit.profile) < _HALF:
            example = _mask(to_plain(cells[0]))
            found.append(f"第 {place + 1} 列应是“{field.title}”，多半读不出来（如“{example}”）")
    return found


def _mask(value: str) -> str:
    """An example in which no number and no name can be made out."""
    return mask_value(value[:_EXAMPLE], personal=True)


def _list_columns(rows: Sequence[Row]) -> list[tuple[Cell, ...]]:
    return [*zip_longest(*(cells for _, cells in rows), fillvalue="")]
