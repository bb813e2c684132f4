"""One piece of work in the background: an upload, a file being made, a run of scheduled work."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from tracker.personal_text import mask_numbers

TRIAL, IMPORT = "trial", "import"  # an upload is a trial until a person has it imported
UPLOADS = (TRIAL, IMPORT)


class JobState(StrEnum):
    """How far a job has come."""

    WAITING = "waiting"  # an upload, for its person → QUEUED, GIVEN_UP
    QUEUED = "queued"  # for a worker with room → RUNNING
    RUNNING = "running"  # a worker's → one of the next four, WAITING; its worker gone → QUEUED, INTERRUPTED
    DONE = "done"  # a trial → QUEUED, WAITING, GIVEN_UP; a file → CLEARED; else the end
    NOTHING_DUE = "nothing_due"  # scheduled work that found nothing to do; the end
    FAILED = "failed"  # `problem` says why; an upload → QUEUED, WAITING, GIVEN_UP; else the end
    INTERRUPTED = "interrupted"  # nobody's any more; an upload → QUEUED, WAITING, GIVEN_UP; else the end
    GIVEN_UP = "given_up"  # a person dropped the upload, or nobody went on with it; the end
    CLEARED = "cleared"  # the file was kept long enough, its line stays; the end


_OF_FILES = {
    JobState.QUEUED: "生成中",
    JobState.RUNNING: "生成中",
    JobState.DONE: "可下载",
    JobState.FAILED: "未生成",
    JobState.INTERRUPTED: "中断，未生成",
    JobState.CLEARED: "已到期清理",
}
_OF_IMPORTS = {
    JobState.WAITING: "待核对",
    JobState.QUEUED: "导入中",
    JobState.RUNNING: "导入中",
    JobState.DONE: "已导入",
    JobState.FAILED: "读取失败",
    JobState.INTERRUPTED: "中断，未写入",
    JobState.GIVEN_UP: "已放弃",
}
_LABELS = {
    IMPORT: _OF_IMPORTS,
    TRIAL: {
        **_OF_IMPORTS,
        JobState.QUEUED: "试导入中",
        JobState.RUNNING: "试导入中",
        JobState.DONE: "待确认",
    },
}


@dataclass(frozen=True, kw_only=True)
class Job:
    """A row of the table of jobs; its fields are the columns."""

    key: str
    kind: str  # TRIAL, IMPORT, one of web/exports/kinds.py:KINDS, the name of one of kpi/jobs.py:JOBS
    title: str
    created_at: datetime
    center_id: str = ""  # empty: scheduled work, of all centres
    year: int | None = None  # of which a file is made
    login: str = ""  # who asked; empty: the schedule
    person: str = ""
    address: str = ""  # from where it was asked for
    asked: dict[str, Any] = field(default_factory=dict)  # what the person chose
    file_name: str = ""
    size: int = 0
    sha256: str = ""
    state: JobState = JobState.QUEUED
    phase: str = ""  # what is being done
    share: float = 0.0  # of the reading, 0 to 1
    result: dict[str, Any] = field(default_factory=dict)
    problem: str | None = None  # a sentence: what went wrong last
    started_at: datetime | None = None
    finished_at: datetime | None = None
    attempt: int = 0
    taken_again: bool = False
    worker: str | None = None
    beat_at: datetime | None = None

    def __post_init__(self) -> None:
        """No number of a person names a job, or the file on its way."""
        for name in ("title", "file_name"):
            masked = mask_numbers(getattr(self, name))
            if masked != getattr(self, name):
                object.__setattr__(self, name, masked.replace("*", "x"))  # as no file's name may have one

    @property
    def label(self) -> str:
        """The state in words, of an upload or a file."""
        return _LABELS.get(self.kind, _OF_FILES)[self.state]

    @property
    def running(self) -> bool:
        """Whether it was asked for and has not ended."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def open(self) -> bool:
        """Whether it is an upload whose mapping can be changed and that can be tried."""
        going = self.state in (JobState.WAITING, JobState.FAILED, JobState.INTERRUPTED)
        return self.kind in UPLOADS and (going or self.checked)

    @property
    def checked(self) -> bool:
        """Whether it is an upload that was tried and waits to be imported."""
        return (self.kind, self.state) == (TRIAL, JobState.DONE)

    def folder(self, home: Path) -> Path:
        """Where its files are kept."""
        return get_folder(home, str(self.center_id)) / self.key

    def path(self, home: Path) -> Path:
        """The file, under the name that it came with or is downloaded by."""
        return self.folder(home) / self.file_name


def make_key(now: datetime, drawn: Callable[[int], str] = secrets.token_hex) -> str:
    """A name for a job; names are in the order of their making, to the second."""
    return f"{now:%Y%m%d%H%M%S}-{drawn(3)}"


def get_folder(home: Path, center_id: str) -> Path:
    """Where the files of a centre's jobs are kept, a folder each, named by its key."""
    return home / "jobs" / center_id
