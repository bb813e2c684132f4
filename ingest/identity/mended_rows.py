"""Rows that come again with the cells mended that could not be read, known by all their other cells."""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from ingest.cells import to_plain
from ingest.importing.deliveries import make_base_id
from ingest.profiles.profile import Profile, ProfileProblem, load_profiles, named
from ingest.quarantine.export import ADDED
from ingest.recognition.recognise import recognise
from tracker.blob_store import DELIVERIES, FileUnusable, find_store
from tracker.tabular import FileRefused, Row, Table, UnreadableRow, open_tables

RowContent = frozenset[tuple[str, str]]  # titles and texts of the filled cells of a row


@dataclass(frozen=True, kw_only=True)
class PrintedTable:
    """A delivered table as it was printed."""

    titles: Sequence[str]
    table: Table
    header: int  # its last row
    wrong: Mapping[int, frozenset[str]]  # rows held back → titles of their cells that could not be read

    def rows(self) -> Iterator[Row]:
        """The rows below the header that can be told apart cell by cell."""
        return (
            row for row in self.table.rows() if row[0] > self.header and not isinstance(row[1], UnreadableRow)
        )

    def get_content(self, row: Row, wrong: frozenset[str]) -> RowContent:
        """What a row says but for its wrong cells, and for what a list of rows to be mended adds."""
        cells = zip(self.titles, map(to_plain, row[1]), strict=False)
        return frozenset((title, text) for title, text in cells if text and title not in wrong | {*ADDED})


def build_printed_table(
    connection: psycopg.Connection[Any], center: str, delivery: str, table: Table, profile: Profile
) -> PrintedTable:
    """A table that was taken in as a delivery. Raises: FileRefused."""
    quarantined = connection.execute(
        'SELECT "row", array_agg("column") FROM quarantine'
        " WHERE center_id = %s AND delivery = %s AND costs_row GROUP BY 1",
        (center, delivery),
    )
    header = recognise(table.head(), [profile]).header
    wrong = {row: frozenset(columns) for row, columns in quarantined.fetchall()}
    return PrintedTable(titles=header.titles, table=table, header=header.last_row, wrong=wrong)


@contextmanager
def open_kept_table(
    connection: psycopg.Connection[Any], home: Path, center: str, delivery: str
) -> Iterator[PrintedTable | None]:
    """The table of a delivery from the bytes that were kept, to be read within.

    None: they are gone, cannot be opened, or are read otherwise now."""
    row = connection.execute(
        "SELECT sha256, profile FROM deliveries WHERE center_id = %s AND delivery = %s", (center, delivery)
    ).fetchone()
    assert row is not None
    sha256, name = row
    base = delivery.partition("-")[0]
    with ExitStack() as copies:
        printed = None
        with suppress(FileUnusable, FileRefused, ProfileProblem):
            store = find_store(connection, home, DELIVERIES, center)
            tables, _ = open_tables(copies.enter_context(store.open_copy(sha256)))
            profile = named(load_profiles(home / "profiles", center), name)
            table = next((one for one in tables if make_base_id(sha256, one.number) == base), None)
            if table is not None:
                printed = build_printed_table(connection, center, delivery, table, profile)
        yield printed


def find_mended_rows(
    rows: Mapping[int, bool], before: PrintedTable, after: PrintedTable, *, again: bool
) -> frozenset[int]:
    """Those of the rows held back of one delivery that a later one has with their wrong cells mended.

    `rows`: numbers, and whether they tell their day or their thing; one that tells neither is looked for in
    its own place alone, in a file delivered `again`. Of rows alike the later delivery must have more than the
    earlier one had in order."""
    masks = {before.wrong[number] for number in rows if "" not in before.wrong.get(number, ("",))}
    here = _count(before, masks, rows)
    there = _count(after, masks, after.wrong.keys())
    held_rows = {number: cells for number, cells in before.rows() if number in rows}
    place = {number: cells for number, cells in after.rows() if rows.get(number) is False}
    found = []
    for number, cells in sorted(held_rows.items()):
        mask = before.wrong[number]
        if mask not in masks:
            continue
        alike = mask, before.get_content((number, cells), mask)
        if not rows[number]:
            in_place = again and number in place and number not in after.wrong
            if not (in_place and after.get_content((number, place[number]), mask) == alike[1]):
                continue
        if there[alike] > here[alike]:
            here[alike] += 1
            found.append(number)
    return frozenset(found)


def _count(
    printed: PrintedTable, masks: set[frozenset[str]], but: Container[int]
) -> Counter[tuple[frozenset[str], RowContent]]:
    """How many rows, but for some, say what, cells of the masks left out."""
    return Counter(
        (mask, printed.get_content(row, mask))
        for row in printed.rows()
        if row[0] not in but
        for mask in masks
    )
