"""A filled-in form into the log: read as the row of a file, kept as one, taken in as one."""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from ingest.cells import Column, NoticeCounts
from ingest.changes.as_of import FORM, AsOf
from ingest.changes.repeated_numbers import QuestionAnswer
from ingest.forms.form import Form, FormState, read_known
from ingest.identity.stints import find_current_stint
from ingest.importing import deliveries
from ingest.importing.file_context import FileContext
from ingest.importing.import_table import TableImport, lock_head
from ingest.importing.report import TableReport
from ingest.importing.row_compiler import RowReader, RowUnfit
from ingest.kinds import Reading, RowProblem, Rules, TableKind
from ingest.profiles.profile import Profile, candidates, load_profiles
from ingest.recognition.header import Header
from ingest.recognition.recognise import Recognition
from tracker.blob_store import StoredFile
from tracker.events import Event
from tracker.events.times import get_day
from tracker.file_writing import WorkingFolder
from tracker.tabular import Row
from tracker.vault import CenterVault, Vault
from tracker.workdays import Calendar

CLOCKS_DIFFER = timedelta(minutes=5)


class EntryProblem(ValueError):
    """表单里有要改的地方；`told` 按字段说明。"""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("；".join(errors.values()))
        self.told = errors


@dataclass(frozen=True)
class FormEntry:
    """What a form wrote."""

    events: tuple[Event, ...]
    report: TableReport

    @property
    def new(self) -> bool:
        """Whether it added anything: the same form again does not."""
        return self.report.delivery is not None


@dataclass
class FormTable:
    """The form as a table of a header and one row."""

    titles: tuple[str, ...]
    cells: tuple[str, ...]
    form: str = "表单"
    sheet: str | None = None
    number: int = 1
    encoding: str | None = None

    def head(self) -> list[Row]:
        return list(self.rows())

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        yield 1, self.titles
        yield 2, self.cells

    def share_read(self) -> float:
        return 1.0


def enter_form(
    connection: psycopg.Connection[Any],
    home: Path,
    center: str,
    form: Form,
    values: Mapping[str, str],
    *,
    by: str,
    now: datetime,
    vault: Vault,
    correcting: bool = False,
) -> FormEntry:
    """Writes a form's events in the caller's transaction. Raises: EntryProblem, CalendarProblem, OSError."""
    lock_head(connection, center)
    subject = form.subject(values)
    if subject.startswith("person/"):
        subject = find_current_stint(connection, center, subject)
    entered = FormState(read_known(connection, center, subject), now, correcting)
    kind = form.kind(entered)
    keys = [field.key for field in kind.fields if field.key in form.asks or values.get(field.key)]
    filled = {key: values.get(key, "").strip() for key in keys}
    recognition = _build_recognition(kind, keys, _load_rules(home, center, kind))
    own = vault.of(connection, center)
    reading = Reading(
        token=own.token,
        rules=recognition.profile.rules,
        today=get_day(now),
        calendar=Calendar.load(home / "calendars"),
    )
    try:
        events = _check_row(recognition, reading, filled, () if correcting else form.must, now)
        table = FormTable(recognition.header.titles, tuple(filled.values()))
        delivered = deliver_form(
            connection, home, center, table, title=form.title, by=by, now=now, vault=own,
            covers_days=form.whole_day,
        )  # fmt: skip
        taking = TableImport(connection, delivered, table, recognition, alone=True)
        return FormEntry(events, taking.take_in())
    finally:
        own.forget()


def deliver_form(
    connection: psycopg.Connection[Any], home: Path, center: str, table: FormTable, *, title: str, by: str,
    now: datetime, vault: CenterVault, covers_days: bool,
) -> FileContext:  # fmt: skip
    """A form as a delivery: its words are kept as a file of a header and one row."""
    return FileContext(
        home=home,
        kept=_keep(connection, home, table, vault),
        file_name=f"表单_{title}_{now:%Y-%m-%d_%H%M%S}.csv",
        center=center,
        as_of=AsOf(now, FORM),
        now=now,
        vault=vault,
        progress=None,
        entered_by=by,
        answer=QuestionAnswer(same=True),
        covers_days=covers_days,
        form=title,
    )


def _check_row(
    recognition: Recognition,
    reading: Reading,
    filled: Mapping[str, str],
    must: Collection[str],
    now: datetime,
) -> tuple[Event, ...]:
    """The events of the row. Raises: EntryProblem with a sentence for each field that is wrong."""
    kind, reader, cells = recognition.profile.kind, RowReader(recognition, reading), tuple(filled.values())
    titles = {key: kind.by_key[key].title for key in filled}
    errors = {key: f"{titles[key]}{one.rule}；{one.remedy}。" for key, _, one in reader.problems(cells)}
    empty = [key for key, cell in filled.items() if not cell]
    errors |= {
        key: f"请填写{titles[key]}。" for key in empty if kind.by_key[key].must_be_filled or key in must
    }
    if kind.one_of and not any(filled.get(key) for key in kind.one_of):
        errors[kind.one_of[0]] = "至少要填一项；确实没有的填 0。"
    if errors:
        raise EntryProblem(errors)
    try:
        events = tuple(reader.events(cells))
    except RowProblem as wrong:
        raise EntryProblem({wrong.key: f"{titles[wrong.key]}{wrong.rule}；{wrong.remedy}。"}) from wrong
    except RowUnfit as unfit:
        raise EntryProblem({next(iter(filled)): "这里不像一条数据，请核对。"}) from unfit
    at = events[0].occurred_at
    if kind.past and at is not None and at > now + CLOCKS_DIFFER:
        errors = {kind.dated_by: f"{titles[kind.dated_by]}在将来；只能登记已经发生的事，请核对年份和日期。"}
        raise EntryProblem(errors)
    return events


def _build_recognition(kind: TableKind, keys: Sequence[str], rules: Rules) -> Recognition:
    """The table as a form has it: each field under its own title."""
    titles, notices = tuple(kind.by_key[key].title for key in keys), NoticeCounts()
    columns = {
        key: (Column(index=index, label=titles[index], notices=notices),) for index, key in enumerate(keys)
    }
    return Recognition(
        profile=Profile(name="form", title="表单", kind=kind, rules=rules),
        header=Header(1, titles, titles, ()),
        columns=columns,
        unused=(),
        notices=notices,
    )


def _load_rules(home: Path, center: str, kind: TableKind) -> Rules:
    """The centre's rule for deadlines; others are about exports."""
    profiles = candidates(load_profiles(home / "profiles", center))
    found = (one.rules.deadline for one in profiles if one.kind.name == kind.name and not one.signature)
    return Rules(deadline=next(found, None))


def _keep(
    connection: psycopg.Connection[Any], home: Path, table: FormTable, vault: CenterVault
) -> StoredFile:
    """The form's words as a file of a header and one row: what its events are walked back to."""
    with WorkingFolder(home / "incoming") as own:
        path = own / "form.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([table.titles, table.cells])
        return deliveries.keep_delivery(connection, home, path, vault)
