"""Trials and imports in the background of the serving process, a few at a time.

The file goes in within one transaction, so a process that ends meanwhile leaves nothing behind; what a page
then tells is asked of the log itself.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ingest.asking import Answer
from ingest.importing import FileRefused, Progress, Report, renew_statistics_after, take_in_file
from ingest.profile_files import ProfileProblem
from ingest.question_words import sentence_of
from ingest.reading_ahead import ReadingStopped
from ingest.stated import stated_of
from kpi.figures import results
from tracker import log
from tracker.calendar_files import CalendarProblem
from tracker.database import driver_of
from tracker.log.overlay import OverlayProblem, lay_over, settle
from web import background
from web.access.trail import Action, record
from web.imports.effects import live_figures, told_effects, told_months, told_question, told_tables
from web.imports.job import Job, State, drop_file, save
from web.instance import Instance

_TOLD_EVERY = 1.0  # seconds
_EXPECTED = (FileRefused, ProfileProblem, CalendarProblem, ReadingStopped, OverlayProblem)
_FAULT = "系统出错，没有写入任何内容。请重试；如再次出现，请把发生时间告诉系统管理员。"

logger = logging.getLogger(__name__)


def try_out(instance: Instance, job: Job) -> Job:
    """Starts the trial: everything is done and taken back."""
    return _start(instance, replace(job, state=State.CHECKING, trial=None), _try)


def import_now(instance: Instance, job: Job) -> Job:
    """Starts the import itself."""
    return _start(instance, replace(job, state=State.IMPORTING), _import)


def settled(instance: Instance, job: Job) -> Job:
    """A job whose process has gone, as it truly stands: its import is in the log, or nothing of it is."""
    if not job.orphaned:
        return job
    if job.state is State.IMPORTING and job.started_at and _recorded(instance, job):
        told = {"tables": (job.trial or {}).get("tables", []), "notes": [], "restarted": True}
        drop_file(instance.home, job)
        return save(instance.home, replace(job, state=State.IMPORTED, done=told, problem=None))
    problem = "服务在处理中途停止过，这份文件没有写入任何内容。请重新试导入。"
    return save(instance.home, replace(job, state=State.RECEIVED, problem=problem, process=None))


def _recorded(instance: Instance, job: Job) -> bool:
    """Whether the log has a delivery of that name from that moment."""
    with instance.database.connect() as connection:
        found = connection.execute(
            "SELECT 1 FROM deliveries WHERE center_id = %s AND imported_at = %s"
            " AND starts_with(file_name, %s)",
            (job.center, job.started_at, job.file_name),
        ).fetchone()
    return found is not None


def _start(instance: Instance, job: Job, work: Callable[[Instance, Job], Job]) -> Job:
    started = replace(
        job,
        process=background.PROCESS,
        started_at=instance.clock().isoformat(),
        phase="等待空位",
        share=0.0,
        problem=None,
    )
    save(instance.home, started)
    background.start(lambda: _attempt(instance, started, work))
    return started


def _attempt(instance: Instance, job: Job, work: Callable[[Instance, Job], Job]) -> None:
    job = save(instance.home, replace(job, phase="正在打开文件"))
    try:
        ended = work(instance, job)
    except _EXPECTED as problem:
        ended = _failed(instance, job, str(problem), State.REFUSED)
    except Exception:
        logger.exception("import job %s failed", job.key)
        ended = _failed(instance, job, _FAULT, State.RECEIVED)
    save(instance.home, replace(ended, finished_at=instance.clock().isoformat(), process=None))


def _failed(instance: Instance, job: Job, problem: str, state: State) -> Job:
    if job.state is State.IMPORTING:
        with instance.database.connect() as connection:
            _note(connection, instance, job, "failed", {"problem": problem})
    return replace(job, state=state, problem=problem)


def _try(instance: Instance, job: Job) -> Job:
    now = instance.clock()
    with instance.database.apart() as connection:
        lay_over(driver_of(connection), job.center, copied=results.CHANGED, written=results.ADDED_TO)
        seq = log.head(driver_of(connection), job.center).seq
        results.bring_up_to_date(connection, job.center, now)
        before = live_figures(connection, job.center)
        report = _taken(instance, job, connection, now, dry_run=True)
        save(instance.home, replace(job, phase="正在计算对指标的影响", share=1.0))
        settle(driver_of(connection), job.center)
        results.bring_up_to_date(connection, job.center, now)
        trial = {
            "tables": told_tables(report),
            "notes": list(report.notes),
            "question": told_question(report),
            "months": told_months(connection, job.center, report),
            "effects": told_effects(connection, job.center, before, live_figures(connection, job.center)),
            "size": report.size,
            "sha256": report.sha256,
            "seq": seq,
        }
        connection.rollback()
    return replace(job, state=State.CHECKED, trial=trial)


def _import(instance: Instance, job: Job) -> Job:
    now = datetime.fromisoformat(str(job.started_at))
    with instance.database.engine.begin() as connection:
        report = _taken(instance, job, connection, now, dry_run=False)
        if report.question is not None:  # something else came in between
            connection.rollback()
            return replace(job, state=State.RECEIVED, problem=f"{sentence_of(report.question)}请重新试导入。")
        _note(driver_of(connection), instance, job, "done", _audited(report))
    renew_statistics_after(instance.database, report)
    done = {
        "tables": told_tables(report),
        "notes": list(report.notes),
        "sha256": report.sha256,
        "months": (job.trial or {}).get("months", []),
    }
    drop_file(instance.home, job)
    imported = save(instance.home, replace(job, state=State.IMPORTED, done=done, process=None))
    with instance.database.engine.begin() as connection:
        results.bring_up_to_date(connection, job.center, instance.clock())
    return imported


def _taken(
    instance: Instance, job: Job, connection: sa.Connection, now: datetime, *, dry_run: bool
) -> Report:
    return take_in_file(
        driver_of(connection),
        instance.home,
        job.path(instance.home),
        job.center,
        as_of=None if job.as_of is None else datetime.fromisoformat(job.as_of),
        now=now,
        dry_run=dry_run,
        progress=_teller(instance, job),
        vault=instance.vault.fresh(),
        entered_by=job.person,
        encoding=job.encoding,
        stated=stated_of(**job.stated) if job.stated else None,
        answer=Answer.of(job.answer),
    )


def _teller(instance: Instance, job: Job) -> Callable[[Progress], None]:
    """Writes down how far the reading has come, once a second."""
    last = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= _TOLD_EVERY:
            last = time.monotonic()
            phase = f"正在读取和核对，已到第 {progress.row:,} 行"
            save(instance.home, replace(job, phase=phase, share=progress.share))

    return tell


def _note(connection: Any, instance: Instance, job: Job, result: str, details: dict[str, Any]) -> None:
    record(
        connection, Action.DELIVERED, login=job.login, address=job.address, now=instance.clock(),
        about=f"{job.center}：{job.file_name}", result=result, details=details,
    )  # fmt: skip


def _audited(report: Report) -> dict[str, Any]:
    return {"sha256": report.sha256, "rows": report.total("rows"), "quarantined": report.total("quarantined")}
