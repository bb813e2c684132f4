"""Starts the making of a file and tells how it ended; every one leaves a row in the audit trail."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from kpi.evaluation.scheme_files import SchemeProblem, UnknownScheme
from kpi.handover.monthly.report import ReportProblem
from kpi.handover.package.building import PackageProblem
from kpi.handover.package.container import Unreadable
from kpi.handover.package.keys import KeyProblem
from kpi.handover.recomputing import RecomputationProblem
from kpi.handover.verify.sampling import SampleProblem
from tracker import centers
from tracker.calendar_files import CalendarProblem
from tracker.centers import Center
from tracker.periods import Year
from web import background
from web.access.trail import Action, record
from web.exports.job import Job, State, save
from web.instance import Instance

Make = Callable[["Making"], dict[str, Any]]


class NothingToMake(ValueError):
    """这份文件现在没有可生成的内容，原因见说明。"""


_EXPECTED = (
    CalendarProblem, KeyProblem, NothingToMake, PackageProblem, RecomputationProblem, ReportProblem,
    SampleProblem, SchemeProblem, UnknownScheme, Unreadable,
)  # fmt: skip
_FAULT = "系统出错，这份文件没有生成。请重试；如再次出现，请把发生时间告诉系统管理员。"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Making:
    """What a file is made from, and where it goes."""

    instance: Instance
    job: Job
    center: Center
    now: datetime
    path: Path

    @property
    def year(self) -> Year:
        return Year(self.job.year)

    @property
    def folder(self) -> Path:
        """For what else is to be kept beside the file."""
        return self.path.parent


def start(instance: Instance, job: Job, make: Make) -> None:
    """Begins; the page shows the state from now on."""
    started = save(instance.home, replace(job, process=background.PROCESS))
    background.start(lambda: _attempt(instance, started, make))


def _attempt(instance: Instance, job: Job, make: Make) -> None:
    try:
        ended = _made(instance, job, make)
    except _EXPECTED as problem:
        ended = _failed(instance, job, str(problem))
    except Exception:
        logger.exception("export %s failed", job.key)
        ended = _failed(instance, job, _FAULT)
    save(instance.home, replace(ended, finished_at=instance.clock().isoformat(), process=None))


def _made(instance: Instance, job: Job, make: Make) -> Job:
    path = job.path(instance.home)
    with instance.database.connect() as connection:
        center = centers.find(connection, job.center)
    told = make(Making(instance, job, center, instance.clock(), path))
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    made = replace(job, state=State.MADE, size=path.stat().st_size, sha256=sha256, told=told)
    _note(instance, made, "done", {"sha256": sha256})
    return made


def _failed(instance: Instance, job: Job, problem: str) -> Job:
    job.path(instance.home).unlink(missing_ok=True)
    _note(instance, job, "failed", {"problem": problem})
    return replace(job, state=State.FAILED, problem=problem)


def _note(instance: Instance, job: Job, result: str, details: dict[str, Any]) -> None:
    with instance.database.connect() as connection:
        record(
            connection, Action.EXPORTED, login=job.login, address=job.address, now=instance.clock(),
            about=f"{job.center}：{job.file_name}", result=result, details={"step": "生成", **details},
        )  # fmt: skip
