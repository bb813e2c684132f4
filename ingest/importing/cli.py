"""The command that takes files in."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click
import psycopg

from ingest.changes.full_lists import list_missing_people
from ingest.changes.repeated_numbers import QuestionAnswer
from ingest.identity.numbers import SCOPES
from ingest.importing.declared_totals import DeclaredTotals, parse_declared_totals
from ingest.importing.file_paths import list_files, to_readable_name
from ingest.importing.import_file import FileRefused, ImportReport, ReadingProgress, import_file, take_in_file
from ingest.importing.report_text import format_missing, format_report
from ingest.importing.trial import open_trial
from ingest.records.cli import deliveries, name, quarantine, void, zero_report
from ingest.records.declarations_cli import declare
from tracker import centers
from tracker.database import Database, open_database
from tracker.events.times import BEIJING, get_day_start, parse_moment
from tracker.file_writing import explain_failure
from tracker.periods import PeriodProblem, parse_period
from tracker.settings import Settings
from tracker.tabular.encoding import ENCODINGS
from tracker.vault import Vault, open_vault

FIRST_CENTER = "main"
_LONG_FILE = 2 << 20  # bytes; shorter ones are done before a bar is of use


@click.command("ingest")
@click.argument("files", nargs=-1, required=True)
@click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
@click.option("--profile", metavar="名称", help="导入方案；不指明时按表头识别。")
@click.option(
    "--as-of", "as_of", metavar="时间", help="数据截至何时，如 2023-08-31 或 2023-08；不指明时由文件名推断。"
)
@click.option("--dry-run", is_flag=True, help="试导入：照样读取和核对，但不写入。")
@click.option("--encoding", type=click.Choice(list(ENCODINGS)), help="文本文件的编码；不指明时自动识别。")
@click.option("--rows", metavar="行数", default="", help="报送单上写的数据行数；不符则不导入。")
@click.option(
    "--sum", "total", metavar="列=合计", default="",
    help="报送单上写的一列合计，如 金额=1,234.56；金额以元计，时长以秒计；不符则不导入。",
)  # fmt: skip
@click.option(
    "--same", is_flag=True, help="回答导入时的问题：是更正，同一编号还是同一件事；没有列出的已经取消。"
)
@click.option("--new", is_flag=True, help="回答导入时的问题：编号重新起用，是另外的事；没有列出的仍然有效。")
@click.option("--outdated", is_flag=True, help="回答导入时的问题：是过期的，以数据截至时间更晚的文件为准。")
@click.option(
    "--within", type=click.Choice(list(SCOPES)),
    help="与 --new 连用：编号每年、每月、每天或每个文件重新编；记入本中心的导入方案，以后不再问。",
)  # fmt: skip
def ingest(
    files: tuple[str, ...],
    center: str | None,
    profile: str | None,
    as_of: str | None,
    dry_run: bool,
    encoding: str | None,
    rows: str,
    total: str,
    same: bool,
    new: bool,
    outdated: bool,
    within: str | None,
) -> None:
    """导入话单、工单、花名册等文件；FILES 可以是文件、文件夹或通配符。

    同一文件重复导入不会重复计数；读不懂的行未导入，并说明原因和处理办法。
    文件会动已有编号的日期、身份、内容或结果时，整份保留、不写入，先问是编号重新起用、更正还是过期；
    用 --same、--new 或 --outdated 回答，或以后用 hotline questions 回答。
    有文件被拒收，或有问题待答时，退出码为 1；否则，有工作表没有采用，
    或一张表的数据行全部未导入时，退出码为 3（只导入了一部分）；全部导入为 0。
    """
    settings = Settings.read()
    paths, passed_over = list_files(files)
    until = _parse_as_of(as_of) if as_of else None
    stated = _read_totals(rows, total, alone=len(paths) == 1, binding=not dry_run)
    if same + new + outdated > 1 or (within and not new):
        raise click.UsageError("--same、--new 和 --outdated 只能选一样；--within 要与 --new 连用。")
    answer = QuestionAnswer(same=same, new=new, outdated=outdated, within=within)
    how = _ImportOptions(profile, until, encoding, stated, answer)
    database = open_database(settings)
    code = center or settings.center or _find_only_center(database)
    vault = open_vault(settings)
    taken = _ImportOutcome()
    with open_trial(database, code) if dry_run else nullcontext() as trial:
        for path in paths:
            take_in = partial(_import, database, settings, vault, path, code, how, trial)
            _take_in(taken, path, take_in, alone=len(paths) == 1)
        for path in passed_over:
            click.echo(f"{to_readable_name(path)}：不是表格文件，未导入。")
        if taken.missing:
            with database.connect() if trial is None else nullcontext(trial) as connection:
                click.echo("\n".join(format_missing(list_missing_people(connection, code), code)))
    refused, questions, in_part = taken.refused, taken.asked, taken.in_part
    if refused:
        click.echo(f"{len(paths)} 个文件中有 {refused} 个被拒收。", err=True)
    if questions:
        click.echo(f"{len(paths)} 个文件中有 {questions} 个有问题待答，没有写入。", err=True)
    if in_part:
        click.echo(f"{len(paths)} 个文件中有 {in_part} 个只导入了一部分。", err=True)
    if refused or questions or in_part:
        raise SystemExit(1 if refused or questions else 3)


@dataclass
class _ImportOutcome:
    """What became of files."""

    refused: int = 0
    asked: int = 0
    in_part: int = 0
    missing: bool = False  # whether a list lacks people, as far as one can see before the others are read


def _take_in(taken: _ImportOutcome, path: Path, take_in: Callable[[], ImportReport], *, alone: bool) -> None:
    """Takes in one file and prints its report; whom a list lacks only where no other file may name them."""
    try:
        report = take_in()
        if not alone:
            taken.missing |= any(table.missing for table in report.tables)
            report = replace(report, tables=tuple(replace(table, missing=()) for table in report.tables))
        click.echo("\n".join(format_report(report, path)))
        taken.asked += report.question is not None
        taken.in_part += report.in_part
    except (FileRefused, OSError) as problem:
        taken.refused += 1
        click.echo(f"{to_readable_name(path)}\n  拒收：{explain_failure(problem) or problem}", err=True)


@dataclass(frozen=True)
class _ImportOptions:
    """How files are to be taken in."""

    profile: str | None
    as_of: datetime | None
    encoding: str | None
    stated: DeclaredTotals
    answer: QuestionAnswer


def _import(
    database: Database,
    settings: Settings,
    vault: Vault,
    path: Path,
    center: str,
    how: _ImportOptions,
    trial: psycopg.Connection[Any] | None,
) -> ImportReport:
    """One file, in a trial upon those before it; with a bar where it takes long and someone watches."""
    length = 1000
    hidden = path.stat().st_size < _LONG_FILE
    with click.progressbar(length=length, label=path.name, show_pos=False, hidden=hidden) as bar:

        def show(progress: ReadingProgress) -> None:
            bar.update(int(progress.share * length) - bar.pos)

        import_one = partial(import_file, database) if trial is None else partial(take_in_file, trial)
        return import_one(
            settings.home,
            path,
            center,
            how.profile,
            how.as_of,
            now=datetime.now(BEIJING),
            dry_run=trial is not None,
            progress=show,
            vault=vault,
            encoding=how.encoding,
            stated=how.stated,
            answer=how.answer,
        )


def _read_totals(rows: str, total: str, *, alone: bool, binding: bool) -> DeclaredTotals:
    """What the letter says. Raises: StatedProblem; click.UsageError for several files."""
    column, _, number = total.rpartition("=")
    if total and not (column and number):
        raise click.BadParameter("请写成 列=合计，如 金额=1,234.56。", param_hint="--sum")
    stated = parse_declared_totals(rows, column, number)
    if stated and not alone:
        raise click.UsageError("报送单上的行数和合计（--rows、--sum）一次只能核对一个文件。")
    return replace(stated, binding=binding)


def _find_only_center(database: Database) -> str:
    """The only centre; the name of the first one to be when there is none. Raises: CenterProblem."""
    with database.connect() as connection:
        return (
            centers.find_center(connection, None).center_id
            if centers.list_known_centers(connection)
            else FIRST_CENTER
        )


def _parse_as_of(text: str) -> datetime:
    """A moment, or the end of a day or period. Raises: click.BadParameter."""
    try:
        return get_day_start(parse_period(text).end_day)
    except PeriodProblem:
        pass
    try:
        moment = parse_moment(text)
    except ValueError:
        raise click.BadParameter(
            "请写成 2023-08-31、2023-08-31T18:00 或 2023-08。", param_hint="--as-of"
        ) from None
    if len(text.strip()) <= len("2023-08-31"):
        moment += timedelta(days=1)
    return moment


COMMANDS = (ingest, deliveries, quarantine, void, zero_report, name, declare)
