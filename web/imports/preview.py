"""An uploaded file as its page shows it: its tables, what they are taken for, their first rows."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ingest.importing.declared_totals import find_unit, list_summable
from ingest.kinds import KIND_NAMED
from ingest.profiles.profile import Profile, candidates, load_profiles
from ingest.recognition.column_matching import HeaderFit
from ingest.recognition.preview import Preview, find_likeliest, find_nearest, preview_table
from tracker.tabular import FileRefused, Row, Table, open_tables
from tracker.tabular.encoding import ENCODINGS
from tracker.workdays import Calendar
from web.jobs.job import Job

_ROWS_FOR_WORDS = 5000
_FOUND = ENCODINGS | {"utf-8": "UTF-8", "utf-8-sig": "UTF-8（带 BOM）", "utf-16": "UTF-16"}


@dataclass(frozen=True)
class FilePreview:
    """What a file holds; `refused` says why it cannot be read at all."""

    encoding: str  # found out; the person may say another
    text: bool  # whether there is an encoding that could be another
    previews: tuple[Preview, ...]
    notes: tuple[str, ...]
    refused: str | None = None

    @property
    def importable(self) -> bool:
        """Whether at least one table is recognised."""
        return any(preview.recognition for preview in self.previews)

    @property
    def summable(self) -> list[tuple[str, str]] | None:
        """Columns that a letter's sum can be held against, each with its unit; None where several tables are
        recognised, so that neither rows nor sums can be."""
        found = [preview.recognition for preview in self.previews if preview.recognition]
        if len(found) != 1:
            return None
        return [(title, find_unit(found[0], title)) for title in list_summable(found[0])]


def look_at(home: Path, job: Job, path: Path) -> FilePreview:
    """Opens the plain file and recognises its tables. Raises: ProfileProblem, CalendarProblem."""
    profiles, calendar = _list_profiles(home, job), Calendar.load(home / "calendars")
    try:
        tables, notes = open_tables(path, job.asked.get("encoding"))
        previews = tuple(preview_table(table, profiles, calendar) for table in tables)
    except FileRefused as refused:
        return FilePreview("", False, (), (), str(refused))
    return FilePreview(_describe_encoding(tables[0]), tables[0].encoding is not None, previews, tuple(notes))


def read_table(job: Job, path: Path, number: int) -> Table | None:
    """One table of the plain file, which is there as long as the table is read. Raises: FileRefused."""
    tables, _ = open_tables(path, job.asked.get("encoding"))
    return next((table for table in tables if table.number == number), None)


def read_first_rows(table: Table) -> list[Row]:
    """The first rows of a table, in which the words of its columns are looked for."""
    head = dict(table.head())
    return [(number, head.get(number, cells)) for number, cells in islice(table.rows(), _ROWS_FOR_WORDS)]


def propose_fit(
    home: Path, job: Job, table: Table, *, kind: str | None, header: int | None
) -> tuple[HeaderFit | None, str, Preview]:
    """The fit that the mapping form begins with: the recognised one, else that of the likeliest kind, None
    where a person must say it; the ground for the kind; and the preview."""
    profiles = _list_profiles(home, job)
    preview = preview_table(table, profiles, Calendar.load(home / "calendars"))
    found = preview.recognition
    chosen = profiles
    if found and kind in (None, found.profile.kind.name) and header in (None, found.header.last_row):
        chosen, kind, header = [found.profile], found.profile.kind.name, found.header.last_row
    elif kind in KIND_NAMED:
        chosen = [profile for profile in profiles if profile.kind.name == kind]
    if kind is None and header is None:
        return *find_likeliest([job.file_name, table.sheet or ""], table.head(), chosen), preview
    return find_nearest(table.head(), chosen, kind=kind, header=header), "", preview


def _list_profiles(home: Path, job: Job) -> list[Profile]:
    return candidates(load_profiles(home / "profiles", job.center_id))


def _describe_encoding(table: Table) -> str:
    found = table.encoding
    return table.form if found is None else _FOUND.get(found, found)
