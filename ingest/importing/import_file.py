"""A file into the log: one file is one transaction, whatever it holds."""

import gc
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Required, TypedDict, Unpack

import psycopg

from ingest.changes.as_of import find_as_of as as_of_file
from ingest.changes.as_of import find_latest_event
from ingest.changes.repeated_numbers import SPELLING, DayPair, DeliveryAsks, QuestionAnswer
from ingest.importing.at_a_glance import word_months
from ingest.importing.declared_totals import DeclaredTotals
from ingest.importing.event_types import find_kind
from ingest.importing.file_context import FileContext, ProgressCallback, ReadingProgress
from ingest.importing.file_paths import to_readable_name
from ingest.importing.import_table import TableImport
from ingest.importing.report import ImportReport, TableReport
from ingest.importing.sibling_tables import FileTables
from ingest.importing.trial import hide_replaced_facts, open_trial
from ingest.profiles.own_profile import remember_identity
from ingest.profiles.profile import Profile, candidates, load_profiles, named
from ingest.quarantine.row_days import list_rows_left_out
from ingest.questions.held_deliveries import hold_delivery, release_delivery, settle_question
from ingest.recognition.overlapping_tables import ask_about_overlap
from ingest.recognition.recognise import Recognition, TableUnknown, recognise
from tracker import centers
from tracker.blob_store import DELIVERIES, FileStore, StoredFile, describe_file
from tracker.database import Database
from tracker.facts import FACTS
from tracker.personal_text import mask_numbers, replace_numbers
from tracker.tabular import FileRefused, Table, cloud_events, open_tables
from tracker.vault import CenterVault, Vault, open_vault_of

__all__ = [
    "FileRefused",
    "ImportReport",
    "ReadingProgress",
    "TableReport",
    "import_file",
    "recognise_tables",
    "renew_statistics_after",
    "take_in_file",
]

logger = logging.getLogger(__name__)

_MANY = 20_000  # rows, after which the server's statistics may be far from what there is
RecognisedTable = tuple[Table, Recognition]


class ImportOptions(TypedDict, total=False):
    """What may be said of a file that is imported, beside where it is and what it is taken for."""

    now: Required[datetime]
    dry_run: bool  # does the same work and takes it back
    progress: ProgressCallback | None
    vault: Vault | None  # None: the instance's own
    entered_by: str | None  # whoever brought the file
    encoding: str | None  # of a text file; None: to be found out
    stated: DeclaredTotals | None  # what the letter with the file says of it, to be compared and kept
    answer: QuestionAnswer | None  # what a person says to the question that the file asked
    file_name: str | None  # its own, where it is kept under another


def import_file(
    database: Database,
    home: Path,
    path: Path,
    center: str,
    profile: str | None = None,
    as_of: datetime | None = None,
    **options: Unpack[ImportOptions],
) -> ImportReport:
    """Imports one file whole, or not at all.

    The same bytes again add nothing to the log, unless something changed meanwhile or they now speak of a
    later time. A file that would change what must not be changed unasked is stored and listed, and nothing of
    it is imported: the report has the question. The first file of an instance makes its centre.

    Raises: FileRefused, ProfileProblem, CalendarProblem, CenterProblem, OSError.
    """
    with open_trial(database, center) if options.get("dry_run") else database.connect() as connection:
        report = take_in_file(connection, home, path, center, profile, as_of, **options)
    if not report.dry_run:
        renew_statistics_after(database, report)
    return report


def renew_statistics_after(database: Database, report: ImportReport) -> None:
    """Keeps the server's plans sound after a large file, or the last of many small ones, was committed."""
    facts = [fact.name for fact in FACTS]
    large = sum(table.rows for table in report.tables) >= _MANY
    if stale := facts if large else database.find_outgrown(facts):
        database.renew_statistics(stale)


def take_in_file(
    connection: psycopg.Connection[Any],
    home: Path,
    path: Path,
    center: str,
    profile: str | None = None,
    as_of: datetime | None = None,
    *,
    now: datetime,
    dry_run: bool = False,
    progress: ProgressCallback | None = None,
    vault: Vault | None = None,
    entered_by: str | None = None,
    encoding: str | None = None,
    stated: DeclaredTotals | None = None,
    answer: QuestionAnswer | None = None,
    file_name: str | None = None,
) -> ImportReport:
    """Imports one file in the caller's transaction, as `import_file` does in one of its own.

    A caller who imports on trial lays a dry run over the log before, and takes it back after.

    Raises: FileRefused, ProfileProblem, CalendarProblem, CenterProblem, OSError.
    """
    answer, file_name = answer or QuestionAnswer(), file_name or to_readable_name(path)
    profiles = load_profiles(home / "profiles", center)
    chosen = [named(profiles, profile)] if profile else candidates(profiles)
    with (
        _open_vault(connection, home, center, vault, now) as own,
        _keep(connection, home, path, own, dry_run=dry_run) as (file, plain),
    ):
        tables, notes = open_tables(plain, encoding)
        understood, left_out = recognise_tables(tables, chosen)
        if stated and len(understood) > 1:
            raise FileRefused("报送单合计只能核对一张表；这份文件有几张，请拆开，或不写报送单合计。")
        times = cloud_events.read_times(tables, min(as_of or now, now))
        stated_as_of = (
            find_latest_event(times.values(), now)
            if times
            else as_of_file(plain, file_name, given=as_of, now=now)
        )
        file_name = replace_numbers(file_name, own.token)
        for table, _ in understood:
            table.sheet = table.sheet and replace_numbers(table.sheet, own.token)
        delivered = FileContext(
            home=home,
            path=plain,
            kept=file,
            file_name=file_name,
            center=center,
            as_of=stated_as_of,
            times=times,
            covers_days=not times,
            now=now,
            vault=own,
            progress=progress,
            entered_by=entered_by,
            encoding=encoding,
            stated=stated,
            answer=answer,
            trial=dry_run,
        )
        with _pause_collection():
            reports, asks, understood = _take_in_or_ask(connection, delivered, understood)
        question_id = None
        if not dry_run:
            if asks:
                question_id = _hold(connection, delivered, asks, understood, profile, as_of)
            else:
                _remember(connection, delivered, [found.profile for _, found in understood])
    for report in reports:
        logger.info("delivery %s: %s rows, %s quarantined", report.delivery, report.rows, report.quarantined)
    return ImportReport(
        file_name=file_name,
        sha256=file.sha256,
        size=file.size,
        center=center,
        dry_run=dry_run,
        tables=reports,
        notes=tuple(map(mask_numbers, (*notes, *left_out))),
        left_out=len(left_out),
        question=asks.question if asks else None,
        held=question_id,
    )


@contextmanager
def _keep(
    connection: psycopg.Connection[Any], home: Path, path: Path, vault: CenterVault, *, dry_run: bool
) -> Iterator[tuple[StoredFile, Path]]:
    """The file as it is kept, and its plain bytes to be read within.

    After an exception nothing is changed, and it is kept for others alone."""
    if dry_run:
        with connection.transaction():
            yield describe_file(path), path
        return
    store = FileStore(home, DELIVERIES, vault.center, vault)
    file = store.keep(connection, path)
    try:
        with store.open_copy(file.sha256) as plain, connection.transaction():
            yield file, plain
    except BaseException:
        store.discard(connection, file.sha256)
        raise


def recognise_tables(tables: list[Table], profiles: list[Profile]) -> tuple[list[RecognisedTable], list[str]]:
    """Each table with what it is; sheets that are like nothing known are left out, with a note.

    Raises: FileRefused when no table is known, or one looks known but is not whole."""
    understood: list[RecognisedTable] = []
    notes: list[str] = []
    unknown: TableUnknown | None = None
    for table in tables:
        try:
            understood.append((table, recognise(table.head(), _select_profiles(table, profiles))))
        except TableUnknown as problem:
            unknown = unknown or problem
            if problem.near and len(tables) > 1:
                raise FileRefused(f"工作表“{table.sheet}”：{problem}") from problem
            notes.append(f"工作表“{table.sheet}”未采用：{problem}")
    if not understood:
        raise unknown or FileRefused("文件里没有表格。")
    return understood, notes


def _select_profiles(table: Table, profiles: list[Profile]) -> list[Profile]:
    """Those of the kind that the table says it is, as events do. Raises: FileRefused for an unknown type."""
    if table.form != cloud_events.FORM:
        return profiles
    kind = find_kind(table.sheet or "")
    return [profile for profile in profiles if profile.kind is kind]


def _take_in_or_ask(
    connection: psycopg.Connection[Any], delivered: FileContext, tables: list[RecognisedTable]
) -> tuple[tuple[TableReport, ...], DeliveryAsks | None, list[RecognisedTable]]:
    """The file taken in, or what it asks, with nothing changed; and the tables as they were read."""
    within = delivered.answer.within if delivered.answer.new else None
    if within:
        tables = [(table, _set_identity(found, within=within)) for table, found in tables]
    try:
        with connection.transaction():
            release_delivery(
                connection,
                delivered.center,
                delivered.kept.sha256,
                _format_answer(delivered),
                by=delivered.entered_by,
                now=delivered.now,
            )
            return _take_in_all(connection, delivered, tables), None, tables
    except DeliveryAsks as asks:
        delivered.vault.forget()
        if delivered.answer.same and asks.question.code == SPELLING:
            folded = [(table, _set_identity(found, fold_spelling=True)) for table, found in tables]
            if folded != tables:
                return _take_in_or_ask(connection, delivered, folded)
        return (), asks, tables


def _set_identity(found: Recognition, **identity: Any) -> Recognition:
    """A table whose numbers identify what a person says, where its kind can have it so."""
    if "within" in identity and found.profile.kind.marks is None:
        return found
    profile = replace(found.profile, identity=replace(found.profile.identity, **identity))
    return replace(found, profile=profile)


def _hold(
    connection: psycopg.Connection[Any],
    delivered: FileContext,
    asks: DeliveryAsks,
    tables: list[RecognisedTable],
    profile: str | None,
    as_of: datetime | None,
) -> int:
    row_spans = [
        span
        for table, found in tables
        for span in list_rows_left_out(delivered, table, found, *_count_by_days(asks, table))
    ]
    return hold_delivery(
        connection,
        delivered.center,
        sha256=delivered.kept.sha256,
        file_name=delivered.file_name,
        table_number=asks.table,
        profile=asks.profile,
        question=asks.question,
        row_spans=row_spans,
        named_profile=profile,
        as_of=as_of,
        encoding=delivered.encoding,
        now=delivered.now,
    )


def _count_by_days(asks: DeliveryAsks, table: Table) -> tuple[Mapping[DayPair, int], Mapping[str, int]]:
    """What a table would move from one day to another, and what it leaves out, by days."""
    return (asks.moved, asks.gone) if table.number == asks.table else ({}, {})


def _remember(connection: psycopg.Connection[Any], delivered: FileContext, used: list[Profile]) -> None:
    """Notes the answer, and what it says of the numbers of the vendor's next files."""
    center, home = delivered.center, delivered.home
    for profile in used if delivered.answer != QuestionAnswer() else ():
        remember_identity(home, center, profile)
    settle_question(
        connection,
        center,
        delivered.kept.sha256,
        _format_answer(delivered),
        by=delivered.entered_by,
        now=delivered.now,
    )


def _format_answer(delivered: FileContext) -> str:
    """What answers the file's open question, if there is one."""
    return delivered.answer.code or "unasked"


def _take_in_all(
    connection: psycopg.Connection[Any], delivered: FileContext, tables: list[RecognisedTable]
) -> tuple[TableReport, ...]:
    alone, of_file = len(tables) == 1, FileTables.of(found.profile.kind.name for _, found in tables)
    taking = [
        TableImport(connection, delivered, table, recognition, alone=alone, of_file=of_file)
        for table, recognition in tables
    ]
    reports = [one.take_in() for one in taking]
    if not delivered.answer.new and (question := ask_about_overlap([one.sums for one in taking])):
        table, recognition = next(one for one in tables if one[1].profile.kind.name == question.kind)
        raise DeliveryAsks(question, recognition.profile.name, table.number, {}, {})
    with hide_replaced_facts(connection, delivered):
        center, as_of = delivered.center, delivered.as_of.at
        glances = [
            word_months(connection, center, found.profile.kind, report.days, as_of)
            for report, (_, found) in zip(reports, tables, strict=True)
        ]
    return tuple(replace(report, glance=glance) for report, glance in zip(reports, glances, strict=True))


@contextmanager
def _open_vault(
    connection: psycopg.Connection[Any], home: Path, center: str, vault: Vault | None, now: datetime
) -> Iterator[CenterVault]:
    """The centre's part of the vault, the centre and its data key made if it is the first; after an exception
    neither was. Raises: CenterProblem, VaultProblem, KeyFileProblem."""
    connection.execute("SELECT 1")  # begins a transaction, which the end of the block else would commit
    with connection.transaction():
        _open_center(connection, center, now)
        yield (vault or open_vault_of(connection, home)).of(connection, center)


def _open_center(connection: psycopg.Connection[Any], center: str, now: datetime) -> None:
    """Raises: CenterProblem for a centre that does not exist while others do."""
    if not centers.list_known_centers(connection):
        centers.hold_centers(connection)  # of two first imports one waits, and finds the other's centre
    if centers.list_known_centers(connection):
        centers.find_center(connection, center)
    else:
        centers.create_center(connection, center, center, now=now)


@contextmanager
def _pause_collection() -> Iterator[None]:
    """No automatic garbage collection: it would walk a batch's events over and over, for a third of the time.

    Rows and events form no cycles, so memory stays flat."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
