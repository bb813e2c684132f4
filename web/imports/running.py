"""What a worker does with an upload: its trial, its import.

The file goes in within one transaction, so a process that ends meanwhile leaves nothing behind, and either
can be done again.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import psycopg
import sqlalchemy as sa

from ingest.changes.repeated_numbers import QuestionAnswer
from ingest.importing.declared_totals import parse_declared_totals
from ingest.importing.import_file import (
    FileRefused,
    ImportReport,
    ReadingProgress,
    renew_statistics_after,
    take_in_file,
)
from ingest.importing.parallel_reader import ReadingStopped
from ingest.profiles.toml_profiles import ProfileProblem
from ingest.questions.wording import word_question
from kpi.figures import results
from tracker import log
from tracker.blob_store import FileUnusable
from tracker.calendar_files import CalendarProblem
from tracker.database import get_driver, is_database_lost
from tracker.events.times import get_day
from tracker.file_writing import explain_lack_of_room
from tracker.log.dry_run_tables import OverlayProblem, overlay_tables, settle_overlay
from tracker.signatures import format_signature
from web.access.people import read_person
from web.access.rights import Right
from web.access.trail import Action, record
from web.access.written_years import explain_years_beyond, find_years_beyond, read_last
from web.imports.effects import (
    compute_live_figures,
    describe_effects,
    describe_months,
    describe_question,
    describe_tables,
)
from web.instance import Instance
from web.jobs import queue
from web.jobs.job import Job, JobState
from web.jobs.job_files import find_job_files
from web.jobs.keeping import drop_file
from web.jobs.queue import Overtaken

_TOLD_EVERY = 1.0  # seconds


class YearsRefused(ValueError):
    """这份文件里有上传人授权以外的年度。"""


_EXPECTED = (
    FileRefused, FileUnusable, YearsRefused, ProfileProblem, CalendarProblem, ReadingStopped, OverlayProblem,
)  # fmt: skip
_FAULT = "未写入任何内容：系统异常。请重试；仍未解决的，请将发生时间告知系统管理员。"

logger = logging.getLogger(__name__)


def try_out(instance: Instance, job: Job) -> None:
    """The trial: everything is done and taken back.

    Raises: what the database raises that goes away; the job is left, and taken up again.
    """
    try:
        trial = _try_import(instance, job)
    except _EXPECTED as problem:
        _end(instance, job, JobState.FAILED, problem=str(problem))
    except Exception as problem:
        if is_database_lost(problem):
            raise
        logger.exception("trial %s failed", job.key)
        _end(instance, job, JobState.WAITING, problem=explain_lack_of_room(problem) or _FAULT)
    else:
        _end(instance, job, JobState.DONE, result={"trial": trial})


def import_file(instance: Instance, job: Job) -> None:
    """The import itself; the log and the job's end are one transaction.

    Raises: Overtaken, what the database raises that goes away; all is undone, and the job taken up again.
    """
    try:
        report = _run_import(instance, job)
    except Overtaken:
        raise
    except _EXPECTED as problem:
        _fail(instance, job, JobState.FAILED, str(problem))
    except Exception as problem:
        if is_database_lost(problem):
            raise
        logger.exception("import %s failed", job.key)
        _fail(instance, job, JobState.WAITING, explain_lack_of_room(problem) or _FAULT)
    else:
        if report is not None:
            _compute(instance, job, report)


def _try_import(instance: Instance, job: Job) -> dict[str, Any]:
    now, center_id = instance.clock(), job.center_id
    with instance.database.apart() as connection:
        overlay_tables(get_driver(connection), center_id, copied=results.CHANGED, written=results.ADDED_TO)
        seq = log.read_head(get_driver(connection), center_id).seq
        results.bring_up_to_date(connection, center_id, now)
        before = compute_live_figures(connection, center_id)
        report = _take_in(instance, job, connection, now, dry_run=True)
        _check_years(get_driver(connection), job, seq, get_day(now))
        _tell(instance, job, "正在计算对指标的影响", 1.0)
        settle_overlay(get_driver(connection), center_id)
        results.bring_up_to_date(connection, center_id, now)
        trial = {
            "tables": describe_tables(report),
            "notes": list(report.notes),
            "question": describe_question(report),
            "months": describe_months(connection, center_id, report),
            "effects": describe_effects(
                connection, center_id, before, compute_live_figures(connection, center_id)
            ),
            "size": report.size,
            "sha256": report.sha256,
            "seq": seq,
        }
        connection.rollback()
    return trial


def _run_import(instance: Instance, job: Job) -> ImportReport | None:
    """None where the file asks what it did not ask before: something else came in between."""
    assert job.started_at is not None
    with instance.database.engine.begin() as connection:
        report = _take_in(instance, job, connection, job.started_at, dry_run=False)
        if report.question is not None:
            connection.rollback()
            problem = f"{word_question(report.question)}请重新试导入。"
            _end(instance, job, JobState.WAITING, problem=problem)
            return None
        with instance.database.connect() as other:
            before = read_last(other, job.center_id)
        _check_years(get_driver(connection), job, before, get_day(job.started_at))
        _note(connection, instance, job, "done", _describe_report(report))
        done = {
            "tables": describe_tables(report),
            "notes": list(report.notes),
            "sha256": report.sha256,
            "months": _list_months(connection, job, report),
        }
        ended = replace(job, state=JobState.DONE, result=job.result | {"done": done})
        queue.end(connection, replace(ended, finished_at=instance.clock()))
    return report


def _check_years(connection: psycopg.Connection[Any], job: Job, before: int, today: date) -> None:
    """Raises: YearsRefused where the file speaks of years that whoever brought it may not write."""
    if not job.login:
        return
    years = read_person(connection, job.login, today).years(Right.LOG, job.center_id)
    if years is None:
        return
    if beyond := find_years_beyond(connection, job.center_id, before, years):
        raise YearsRefused(explain_years_beyond(beyond, years))


def _list_months(connection: sa.Connection, job: Job, report: ImportReport) -> list[dict[str, Any]]:
    """The months that it speaks of, as they stood before; a file that a machine sent had no trial."""
    if "trial" in job.result:
        return list(job.result["trial"]["months"])
    return describe_months(connection, job.center_id, report)


def _compute(instance: Instance, job: Job, report: ImportReport) -> None:
    """Clears up after an import that is in the log; what fails here the scheduled work makes good."""
    try:
        drop_file(instance.home, job)
        renew_statistics_after(instance.database, report)
        with instance.database.engine.begin() as connection:
            results.bring_up_to_date(connection, job.center_id, instance.clock())
    except Exception:
        logger.exception("figures after import %s failed", job.key)


def _fail(instance: Instance, job: Job, state: JobState, problem: str) -> None:
    with instance.database.engine.begin() as connection:
        _note(connection, instance, job, "failed", {"problem": problem})
        queue.end(connection, replace(job, state=state, problem=problem, finished_at=instance.clock()))


def _end(instance: Instance, job: Job, state: JobState, **columns: Any) -> None:
    with instance.database.engine.begin() as connection:
        queue.end(connection, replace(job, state=state, finished_at=instance.clock(), **columns))


def _tell(instance: Instance, job: Job, phase: str, share: float) -> None:
    with instance.database.engine.begin() as connection:
        queue.report_progress(connection, job, phase, share)


def _take_in(
    instance: Instance, job: Job, connection: sa.Connection, now: datetime, *, dry_run: bool
) -> ImportReport:
    choices = job.asked
    with find_job_files(get_driver(connection), instance, job).open_copy() as path:
        return take_in_file(
            get_driver(connection),
            instance.home,
            path,
            job.center_id,
            as_of=datetime.fromisoformat(choices["as_of"]) if choices.get("as_of") else None,
            now=now,
            dry_run=dry_run,
            progress=_make_teller(instance, job),
            vault=instance.vault,
            entered_by=format_signature(job.person, job.login) if job.login else None,
            encoding=choices.get("encoding"),
            stated=parse_declared_totals(**choices["stated"]) if choices.get("stated") else None,
            answer=QuestionAnswer.of(choices.get("answer", "")),
        )


def _make_teller(instance: Instance, job: Job) -> Callable[[ReadingProgress], None]:
    """Writes down how far the reading has come, once a second."""
    last = time.monotonic()

    def tell(progress: ReadingProgress) -> None:
        nonlocal last
        if time.monotonic() - last >= _TOLD_EVERY:
            last = time.monotonic()
            _tell(instance, job, f"正在读取和核对，已到第 {progress.row:,} 行", progress.share)

    return tell


def _note(
    connection: sa.Connection, instance: Instance, job: Job, result: str, details: dict[str, Any]
) -> None:
    details |= {"token": job.asked["token"]} if "token" in job.asked else {}
    record(
        get_driver(connection), Action.DELIVERED, login=job.login or None, address=job.address,
        now=instance.clock(), about=f"{job.center_id}：{job.file_name}", result=result, details=details,
    )  # fmt: skip


def _describe_report(report: ImportReport) -> dict[str, Any]:
    return {"sha256": report.sha256, "rows": report.total("rows"), "quarantined": report.total("quarantined")}
