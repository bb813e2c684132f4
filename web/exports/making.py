"""What a worker does to make a file; every one leaves a row in the audit trail."""

import hashlib
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kpi.evaluation.scheme_files import SchemeProblem, UnknownScheme
from kpi.handover.monthly.report import ReportProblem
from kpi.handover.package.building import PackageProblem
from kpi.handover.package.container import UnreadablePackage
from kpi.handover.package.keys import KeyProblem
from kpi.handover.recomputing import RecomputationProblem
from kpi.handover.templates.checking import TemplateProblem
from kpi.handover.verify.sampling import SampleProblem
from tracker import centers
from tracker.calendar_files import CalendarProblem
from tracker.centers import Center
from tracker.database import get_driver, is_database_lost
from tracker.file_writing import WorkingFolder, explain_lack_of_room, sync_folder
from tracker.periods import Year
from web.access.trail import Action, record
from web.downloads import format_stamp
from web.instance import Instance
from web.jobs import queue
from web.jobs.job import Job, JobState
from web.jobs.job_files import make_job_files
from web.jobs.queue import Overtaken

PACKAGED = "packaged"  # what a person chose who wants no template of the centre's own

Make = Callable[["ExportContext"], dict[str, Any]]


class NothingToExport(ValueError):
    """该文件目前无可生成的内容，原因见说明。"""


_EXPECTED = (
    CalendarProblem, KeyProblem, NothingToExport, PackageProblem, RecomputationProblem, ReportProblem,
    SampleProblem, SchemeProblem, TemplateProblem, UnknownScheme, UnreadablePackage,
)  # fmt: skip
_FAULT = "系统异常，文件未生成。请重试；仍未解决的，请将发生时间告知系统管理员。"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ExportContext:
    """What a file is made from, and where it goes."""

    instance: Instance
    job: Job
    center: Center
    now: datetime
    path: Path

    @property
    def year(self) -> Year:
        assert self.job.year is not None
        return Year(self.job.year)

    @property
    def folder(self) -> Path:
        """For what else is to be kept beside the file."""
        return self.path.parent

    @property
    def templates(self) -> Path | None:
        """Where the centre's own Word templates are; None where the packaged ones were asked for."""
        return None if self.job.asked.get("template") == PACKAGED else self.instance.home

    @property
    def stamp(self) -> str:
        """What a document says of who took it out."""
        return format_stamp(self.job.person, self.job.login, self.job.created_at, self.job.address)


def make_file(instance: Instance, job: Job, make: Make) -> None:
    """Makes it anew as a whole.

    Raises: Overtaken, and the file is another worker's; what the database raises that goes away, and the job
    is taken up again.
    """
    try:
        with WorkingFolder(job.folder(instance.home).parent) as draft:
            _make(instance, job, make, draft)
    except Overtaken:
        raise
    except _EXPECTED as problem:
        _fail(instance, job, str(problem))
    except Exception as problem:
        if is_database_lost(problem):
            raise
        logger.exception("export %s failed", job.key)
        _fail(instance, job, explain_lack_of_room(problem) or _FAULT)


def _make(instance: Instance, job: Job, make: Make, draft: Path) -> None:
    """A worker that was taken for gone keeps to its own draft; who ends the job puts its own in place."""
    plain, sealed, folder = draft / "plain", draft / "sealed", job.folder(instance.home)
    path = plain / job.file_name
    plain.mkdir(mode=0o700)
    sealed.mkdir(mode=0o700)
    with instance.database.connect() as connection:
        center = centers.find_center(connection, job.center_id)
        files = make_job_files(connection, instance, job)
    result = make(ExportContext(instance, job, center, instance.clock(), path))
    for one in plain.iterdir():
        with one.open("rb") as source:
            files.seal(source, sealed / one.name)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    made = replace(job, state=JobState.DONE, size=path.stat().st_size, sha256=sha256, result=result)
    with instance.database.engine.begin() as connection:
        _end(connection, instance, made, "done", {"sha256": sha256})
        shutil.rmtree(folder, ignore_errors=True)
        sealed.rename(folder)
        sync_folder(folder.parent)


def _fail(instance: Instance, job: Job, problem: str) -> None:
    with instance.database.engine.begin() as connection:
        failed = replace(job, state=JobState.FAILED, problem=problem)
        _end(connection, instance, failed, "failed", {"problem": problem})


def _end(
    connection: sa.Connection, instance: Instance, job: Job, result: str, details: dict[str, Any]
) -> None:
    now = instance.clock()
    queue.end(connection, replace(job, finished_at=now))
    record(
        get_driver(connection), Action.EXPORTED, login=job.login, address=job.address, now=now,
        about=f"{job.center_id}：{job.file_name}", result=result, details={"step": "生成", **details},
    )  # fmt: skip
