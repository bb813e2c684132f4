"""A delivered file opened at one of its lines: what it printed there, masked, and the lines around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from ingest.cells import mask_value, to_plain
from ingest.importing.deliveries import make_base_id
from ingest.importing.row_compiler import RowReader, RowUnfit
from ingest.importing.row_errors import classify_no_data
from ingest.kinds import Reading, RowProblem
from ingest.profiles.profile import ProfileProblem, load_profiles, named
from ingest.recognition.recognise import Recognition, TableUnknown, recognise
from tracker.blob_store import DELIVERIES, FileUnusable, find_store
from tracker.personal_numbers import TOKEN
from tracker.tabular import Cell, FileRefused, Row, Table, UnreadableRow, open_tables
from tracker.vault import Vault, VaultProblem
from tracker.vault_keys import KeyFileProblem
from tracker.workdays import Calendar

AROUND = 3  # lines before and after
ERASED = "（已删除）"  # also of a row that cannot be read, whose people nobody can look up
_SEARCHED, _LONGEST = 400, 60  # signs of a cell in which numbers are looked for, and that are shown
_TOKEN = re.compile(TOKEN)


class SourceUnreadable(Exception):
    """原件不能打开，原因见说明。"""


@dataclass(frozen=True)
class SourceColumn:
    """A column that the import used."""

    title: str  # as printed; of a table without a header, as the profile names it
    field: str  # key of the field that it feeds
    personal: bool


@dataclass(frozen=True)
class SourceLine:
    """One line; its cells in the order of the columns, each as printed and masked."""

    number: int  # as a spreadsheet or an editor shows it, from 1
    cells: tuple[str, ...]  # none where nothing of it is shown
    why_hidden: str = ""
    day: date | None = None  # that it counts on; None: no cell tells it


@dataclass(frozen=True)
class SourceExcerpt:
    """Some lines of one table of a delivered file."""

    form: str  # what the file is written as
    sheet: str | None  # None: the file holds just one table
    columns: tuple[SourceColumn, ...]  # in the order of the file
    left_out: int  # columns that the import did not use, which are not shown
    lines: tuple[SourceLine, ...]


def read_source_lines(
    connection: psycopg.Connection[Any], home: Path, vault: Vault, center: str, delivery: str, row: int
) -> SourceExcerpt:
    """The line of a delivery and those around it, from the bytes that were kept.

    Only columns that the import used are shown, and only of rows of data: what else stands in a file nobody
    has looked at. Personal values are masked whole, numbers of persons in other cells where they stand, and
    what was erased is not shown at all. The file is opened in a process of its own.

    Raises: SourceUnreadable."""
    sha256, name = _find_delivery(connection, center, delivery)
    try:
        store = find_store(connection, home, DELIVERIES, center, vault)
        with store.open_copy(sha256) as path:
            table = _find_table(path, sha256, delivery)
            profile = named(load_profiles(home / "profiles", center), name)
            recognition = recognise(table.head(), [profile])
            rows = _select_rows(table, recognition.header.last_row, row)
            masking = _LineMasking(connection, home, vault, center, recognition)
            lines = masking.show(rows)
            return SourceExcerpt(table.form, table.sheet, masking.columns, masking.left_out, lines)
    except (FileUnusable, VaultProblem, KeyFileProblem) as problem:
        raise SourceUnreadable(f"{problem}，不能打开到这一行。日志中的记录不受影响。") from problem
    except (TableUnknown, ProfileProblem) as problem:
        raise SourceUnreadable(
            "导入时所用的导入方案已变动，无法判断哪些列含个人信息，因此不显示原文。"
            "请向报送单位或业务主管调取原件核对。"
        ) from problem
    except (FileRefused, OSError) as problem:
        raise SourceUnreadable(f"原件现在读不出来：{problem}") from problem


def _find_delivery(connection: psycopg.Connection[Any], center: str, delivery: str) -> tuple[str, str]:
    """Hash and profile. Raises: SourceUnreadable."""
    found = connection.execute(
        "SELECT sha256, profile FROM deliveries WHERE center_id = %s AND delivery = %s AND form IS NULL",
        (center, delivery),
    ).fetchone()
    if found is None:
        raise SourceUnreadable("该记录由页面填报，没有来源文件。")
    return found[0], found[1]


def _find_table(path: Path, sha256: str, delivery: str) -> Table:
    """The table that was taken in as a delivery. Raises: SourceUnreadable, FileRefused, OSError."""
    base = delivery.partition("-")[0]
    for table in open_tables(path)[0]:
        if make_base_id(sha256, table.number) == base:
            return table
    raise SourceUnreadable("原件中找不到导入时的工作表。")


def _select_rows(table: Table, header: int, row: int) -> list[Row]:
    """The rows of data around one. Raises: FileRefused."""
    found: list[Row] = []
    for one in table.rows():
        if one[0] > row + AROUND:
            break
        if one[0] > max(header, row - AROUND - 1):
            found.append(one)
    return found


class _LineMasking:
    """Shows the lines of one table as the import understood them."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        home: Path,
        vault: Vault,
        center: str,
        recognition: Recognition,
    ) -> None:
        self._places = dict(sorted(_list_places(recognition)))
        self.columns = tuple(self._places.values())
        titled = sum(1 for title in recognition.header.titles if title)
        self.left_out = max(titled - len(self._places), 0)
        own = vault.find(connection, center)
        assert own is not None, "without the centre's key no file was opened"
        self._read_values = partial(vault.read_values, connection, center)
        rules, calendar = recognition.profile.rules, Calendar.load(home / "calendars")
        self._reader = RowReader(recognition, Reading(token=own.token, rules=rules, calendar=calendar))

    def show(self, rows: Sequence[Row]) -> tuple[SourceLine, ...]:
        tokens = [self._find_tokens(cells) for _, cells in rows]
        named = sorted({token for found in tokens for token in found or ()})
        values = self._read_values(named) if named else {}
        gone = {token for token, value in values.items() if value is None}
        return tuple(
            self._show_line(row, erased=found is None or not gone.isdisjoint(found))
            for row, found in zip(rows, tokens, strict=True)
        )

    def _find_tokens(self, cells: Sequence[Cell]) -> set[str] | None:
        """Who is named in a row; None where it cannot be read, so that nobody knows."""
        if isinstance(cells, UnreadableRow):
            return None
        try:
            events, _ = self._reader.read(cells)
        except (RowUnfit, RowProblem):
            return None
        return set(_TOKEN.findall(repr(events)))

    def _show_line(self, row: Row, *, erased: bool) -> SourceLine:
        number, cells = row
        if isinstance(cells, UnreadableRow):
            return SourceLine(number, (), why_hidden=cells.rule)
        if sort := classify_no_data(self._reader, cells):
            return SourceLine(number, (), why_hidden=sort)
        shown = (self._show_cell(cells, index, column, erased) for index, column in self._places.items())
        return SourceLine(number, tuple(shown), day=self._reader.find_time_and_thing(cells)[0])

    @staticmethod
    def _show_cell(cells: Sequence[Cell], index: int, column: SourceColumn, erased: bool) -> str:
        text = to_plain(cells[index])[:_SEARCHED] if index < len(cells) else ""
        if text and column.personal and erased:
            return ERASED
        return mask_value(text, personal=column.personal)[:_LONGEST]


def _list_places(recognition: Recognition) -> Iterator[tuple[int, SourceColumn]]:
    """Each place of a cell that the import used, with what its column is."""
    by_key = recognition.profile.kind.by_key
    for key, columns in recognition.columns.items():
        for column in columns:
            if column.index >= 0:
                yield column.index, SourceColumn(column.label, key, by_key[key].personal)
