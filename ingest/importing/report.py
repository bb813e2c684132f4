"""What an import did, for the person who started it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ingest.changes.as_of import AsOf
from ingest.changes.full_lists import MissingPerson
from ingest.changes.repeated_numbers import DeliveryQuestion
from ingest.importing.declared_totals import TotalComparison
from ingest.importing.row_errors import Problem

SHOWN_PROBLEMS = 5


@dataclass(frozen=True, kw_only=True)
class TableReport:
    """One table of a file: what was recognised, and what became of its rows."""

    sheet: str | None
    number: int  # of the table in its file, from 1
    kind: str  # title of the kind
    source: str
    profile: str
    used: tuple[tuple[str, str], ...]  # field title, column title
    unused: tuple[str, ...]  # titles of columns that nothing reads
    delivery: str | None  # None: nothing was added to the log
    as_of: AsOf
    rows: int  # data rows: accepted and quarantined
    accepted: int
    quarantined: int
    doubtful: int  # accepted, with a field that was not understood and is unknown now
    skipped: Mapping[str, int]  # rows that are no data, by sort
    new: int  # the four in statements, of which a row may make several
    changed: int
    same: int
    stale: int
    problems: tuple[Problem, ...]  # of rows held back, the first few
    doubts: tuple[Problem, ...]  # of rows taken in, what was not understood in them; the first few
    days: Mapping[date, int]  # rows accepted, by the day they count on
    notices: Mapping[str, int]
    lacking: tuple[tuple[str, str], ...] = ()  # field without a column, the indicators that this costs
    glance: tuple[str, ...] = ()  # what its months come to, for a look
    stated: tuple[TotalComparison, ...] = ()  # what the letter with the file says, beside what was read
    missing: tuple[MissingPerson, ...] = ()  # people in post whom the newest full list does not hold


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """One file."""

    file_name: str
    sha256: str
    size: int
    center: str
    dry_run: bool
    tables: tuple[TableReport, ...]
    notes: tuple[str, ...]  # on how the file was read, and on parts of it that were left out
    left_out: int = 0  # its sheets of which nothing was taken in
    question: DeliveryQuestion | None = None  # why nothing was taken in until somebody answers
    held: int | None = None  # the question's number in the list; None: nothing is held

    @property
    def in_part(self) -> bool:
        """Whether a whole sheet, or every row of one, was kept out."""
        return bool(self.left_out) or any(table.quarantined and not table.accepted for table in self.tables)

    @property
    def changed_anything(self) -> bool:
        return any(table.delivery is not None for table in self.tables)

    def total(self, count: str) -> int:
        """The sum over the tables of rows, accepted, quarantined, new, changed, same or stale."""
        return sum(int(getattr(table, count)) for table in self.tables)


def word_lacking_column(title: str, cost: str) -> str:
    """What a column that is not there costs."""
    return f"没有“{title}”列：{cost}无法核实。"
