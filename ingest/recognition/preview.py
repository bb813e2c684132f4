"""A table before it is imported: what it is taken for, which columns are used, what is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from ingest.cells import CellProblem, Vocabulary, mask_value, to_plain
from ingest.importing.row_batches import find_filled_columns
from ingest.importing.row_compiler import RowReader, RowUnfit
from ingest.importing.row_errors import (
    Problem,
    classify_no_data,
    list_doubts,
    list_problems,
    make_row_problem,
)
from ingest.kinds import KINDS, Reading, RowProblem
from ingest.profiles.profile import Profile
from ingest.recognition.column_matching import HeaderFit, fit_header
from ingest.recognition.column_values import check_columns
from ingest.recognition.header import Header, list_possible_headers
from ingest.recognition.kind_guess import guess_kind
from ingest.recognition.proposals import count_speaking
from ingest.recognition.recognise import BY_CHANCE, Recognition, TableUnknown, recognise
from ingest.recognition.table_unknown import ClockUnknown
from ingest.recognition.unread_columns import UnreadColumns, check_unread, word_unread
from ingest.recognition.without_header import (
    find_differences,
    fit_places,
    looks_headless,
    make_place_header,
)
from tracker.tabular import Cell, Row, Table
from tracker.workdays import Calendar

SHOWN_ROWS = 12
TRIED_ROWS = 400  # looked at for rows to show and for unknown words
_TOLD_WORDS = 12  # unknown spellings of one column


@dataclass(frozen=True)
class PreviewRow:
    """A data row as it would be read: only the columns that are used, personal values masked."""

    number: int
    cells: tuple[str, ...]  # in the order of Preview.titles
    problems: tuple[Problem, ...]

    def wrong(self, title: str) -> Problem | None:
        """What is wrong with a cell."""
        return next((one for one in self.problems if one.column == title), None)

    @property
    def other(self) -> tuple[Problem, ...]:
        """What is wrong with the row, and with what no column shows."""
        return tuple(one for one in self.problems if not one.column)


@dataclass(frozen=True)
class Preview:
    """A table and its first rows."""

    table: Table
    recognition: Recognition | None
    unknown: str | None  # why it is not recognised
    rows: tuple[PreviewRow, ...] = ()
    words: Mapping[str, tuple[str, ...]] | None = None  # field → spellings that its vocabulary does not know
    asks_clock: bool = False  # whether its hours may be those of a clock of 12
    unread: str = ""  # what columns say that nothing reads and that may decide

    @property
    def titles(self) -> list[str]:
        """The columns that are used, as printed, in the order of the fields; many of one field once."""
        found = self.recognition
        return list(dict.fromkeys(title for _, title in found.used)) if found else []


def preview_table(table: Table, profiles: Iterable[Profile], calendar: Calendar) -> Preview:
    """What a table would be taken for. Raises: FileRefused when it cannot be read."""
    head = table.head()
    try:
        recognition = check_columns(table, recognise(head, profiles))
    except TableUnknown as problem:
        return Preview(table, None, str(problem), asks_clock=isinstance(problem, ClockUnknown))
    unread = UnreadColumns(recognition)
    rows, words = _read(table, recognition, calendar, unread)
    try:
        check_unread(recognition, unread.found)
    except TableUnknown as problem:
        return Preview(table, None, str(problem), rows, words, unread=word_unread(unread.found))
    return Preview(table, recognition, None, rows, words)


def find_nearest(
    rows: Sequence[Row], profiles: Iterable[Profile], *, kind: str | None = None, header: int | None = None
) -> HeaderFit | None:
    """The fit that most columns speak for, perhaps of one kind and with the header in one row alone; `header`
    0: in none. Where nothing tells and the first row is made like those below it, there is none."""
    tried = [profile for profile in profiles if kind in (None, profile.kind.name)]
    fits = [
        fit_header(profile, candidate)
        for candidate in list_possible_headers(rows)
        if header in (None, candidate.last_row)
        for profile in tried
    ]
    best = max(fits, key=_get_likeness, default=None)
    if header is None and looks_headless(rows) and (best is None or best.matched <= BY_CHANCE):
        header = 0
    return _find_nearest_by_places(rows, tried) if header == 0 else best


def find_likeliest(
    names: Sequence[str], rows: Sequence[Row], profiles: Sequence[Profile]
) -> tuple[HeaderFit | None, str]:
    """The fit of the kind that a table most likely is, and the ground for it in Chinese, "" where it is
    recognised; (None, "") where a person must say what it is. `names`: of file and sheet."""
    nearest = find_nearest(rows, profiles)
    if nearest is None or not nearest.missing or nearest.header.last_row == 0:
        return nearest, ""
    header = nearest.header.last_row
    fits = {kind.name: find_nearest(rows, profiles, kind=kind.name, header=header) for kind in KINDS}
    kind, ground = guess_kind(names, rows, [found for found in fits.values() if found])
    return (fits[kind.name], ground) if kind else (None, "")


def _find_nearest_by_places(rows: Sequence[Row], profiles: Iterable[Profile]) -> HeaderFit | None:
    """The fit of a table without a header: that of a profile made for such ones, else of the kind for whose
    fields most of the cells speak."""
    header = make_place_header(rows)
    if header is None:
        return None
    of_places = [found for profile in profiles if (found := fit_places(profile, rows))]
    of_kinds = [fit_header(profile, header) for profile in profiles if not profile.signature]
    alike = [found for found in of_places if not find_differences(found, rows)]
    return next(
        iter(alike or of_places), max(of_kinds, key=lambda one: count_speaking(one, rows), default=None)
    )


def _get_likeness(found: HeaderFit) -> tuple[bool, int, bool, int]:
    """A vendor's profile whose signature the header does not bear comes after all others: what holds of its
    rows, such as that all are calls in, need not hold of these."""
    profile = found.profile
    ours = not profile.signature or profile.suits(found.header.titles)
    return ours, found.matched, not found.missing, found.header.width


def list_headers(rows: Sequence[Row], most: int = 15) -> list[Header]:
    """The first rows that could be the header, each once."""
    found = {header.last_row: header for header in list_possible_headers(rows)}
    return list(islice(found.values(), most))


def _read(
    table: Table, recognition: Recognition, calendar: Calendar, unread: UnreadColumns
) -> tuple[tuple[PreviewRow, ...], dict[str, tuple[str, ...]]]:
    """The first rows and, before them, the first that have a problem; and the words that are not known."""
    reading = Reading(
        token=lambda kind, value: f"{kind}-", rules=recognition.profile.rules, calendar=calendar
    )
    reader = RowReader(recognition, reading)
    good: list[PreviewRow] = []
    bad: list[PreviewRow] = []
    words: dict[str, dict[str, None]] = {}
    for number, cells in islice(
        table.rows(find_filled_columns(recognition)), recognition.header.last_row + TRIED_ROWS
    ):
        if number <= recognition.header.last_row:
            continue
        unread.look_through([(number, cells)])
        problems = _list_problems(reader, number, cells)
        if problems is None:
            continue
        _note_unknown(reader, cells, words)
        (bad if problems else good).append(
            PreviewRow(number, _mask_cells(recognition, cells), tuple(problems))
        )
    chosen = [*bad[:SHOWN_ROWS], *good[: max(3, SHOWN_ROWS - len(bad))]]
    unread_words = {key: tuple(list(found)[:_TOLD_WORDS]) for key, found in words.items()}
    return tuple(sorted(chosen, key=lambda one: one.number)), unread_words


def _list_problems(reader: RowReader, number: int, cells: Sequence[Cell]) -> list[Problem] | None:
    """None for a row that is no data."""
    try:
        _, doubts = reader.read(cells)
    except RowUnfit:
        if classify_no_data(reader, cells):
            return None
        return list_problems(reader, number, cells)
    except RowProblem as wrong:
        return [make_row_problem(reader, number, cells, wrong)]
    return list_doubts(reader, number, doubts)


def _note_unknown(reader: RowReader, cells: Sequence[Cell], words: dict[str, dict[str, None]]) -> None:
    for key, columns in reader.recognition.columns.items():
        vocabulary = reader.kind.by_key[key].read
        if not isinstance(vocabulary, Vocabulary) or columns[0].index >= len(cells):
            continue
        value = to_plain(cells[columns[0].index])
        try:
            vocabulary(columns[0])(value)
        except CellProblem:
            words.setdefault(key, {})[value[:40]] = None


def _mask_cells(recognition: Recognition, cells: Sequence[Cell]) -> tuple[str, ...]:
    by_key = recognition.profile.kind.by_key
    values: dict[str, str] = {}
    for field in recognition.profile.kind.fields:
        for column in recognition.columns.get(field.key, ()):
            value = to_plain(cells[column.index]) if column.index < len(cells) else ""
            values.setdefault(column.label, mask_value(value[:40], personal=by_key[field.key].personal))
    return tuple(values.values())
