"""A file being made for download, kept as a folder of HOTLINE_HOME: its state, and the file beside it."""

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from web.background import KEY, PROCESS, keys, read_state, write_state

KEPT = timedelta(days=30)  # after that the file goes, its line in the list stays
_MOST = 500  # folders looked through for a year's list


class State(StrEnum):
    """How far a file has come."""

    MAKING = "making"
    MADE = "made"
    FAILED = "failed"
    CUT_OFF = "cut_off"  # the process ended before the file was finished
    CLEARED = "cleared"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    State.MAKING: "生成中",
    State.MADE: "可下载",
    State.FAILED: "没有生成",
    State.CUT_OFF: "中断，没有生成",
    State.CLEARED: "已到期清理",
}


@dataclass(frozen=True, kw_only=True)
class Job:
    """One file. Times are texts with an offset."""

    key: str
    center: str
    year: int
    kind: str  # of web/exports/kinds.py:KINDS
    title: str  # what is made, in words
    login: str
    person: str
    address: str  # from where it was asked for
    stamp: str  # what a document says of who took it out
    asked_at: str
    asked: dict[str, Any] = field(default_factory=dict)  # what the person chose: month, scheme, seed
    state: State = State.MAKING
    process: str | None = None  # whose thread is at it
    problem: str | None = None  # a sentence
    finished_at: str | None = None
    file_name: str = ""
    size: int = 0
    sha256: str = ""
    told: dict[str, Any] = field(default_factory=dict)  # what there is to say of the file

    @property
    def running(self) -> bool:
        return self.state is State.MAKING

    @property
    def orphaned(self) -> bool:
        """Whether the process that was at it has gone."""
        return self.running and self.process != PROCESS

    @property
    def asked_on(self) -> datetime:
        return datetime.fromisoformat(self.asked_at)

    @property
    def finished_on(self) -> datetime | None:
        return None if self.finished_at is None else datetime.fromisoformat(self.finished_at)

    def folder(self, home: Path) -> Path:
        return folder_of(home, self.center) / self.key

    def path(self, home: Path) -> Path:
        """The file, under the name that it is downloaded by."""
        return self.folder(home) / self.file_name


def folder_of(home: Path, center: str) -> Path:
    return home / "exports" / center


def save(home: Path, job: Job) -> Job:
    write_state(job.folder(home), asdict(job))
    return job


def load(home: Path, center: str, key: str) -> Job | None:
    """As it truly stands; None where there is no such file at the centre."""
    told = read_state(folder_of(home, center) / key) if KEY.fullmatch(key) else None
    if told is None:
        return None
    job = Job(**told | {"state": State(told["state"])})
    if job.orphaned:
        problem = "服务在生成中途停止过，这份文件没有生成完。请重新生成。"
        return save(home, replace(job, state=State.CUT_OFF, problem=problem, process=None))
    if job.state is State.MADE and not job.path(home).is_file():
        return replace(job, state=State.CLEARED)
    return job


def listed(home: Path, center: str, year: int) -> list[Job]:
    """Everything asked for of a year, the newest first."""
    found = (load(home, center, key) for key in keys(folder_of(home, center))[:_MOST])
    return [job for job in found if job is not None and job.year == year]


def newest(jobs: list[Job], kind: str) -> Job | None:
    """The last one of a kind that can be downloaded."""
    return next((job for job in jobs if job.kind == kind and job.state is State.MADE), None)


def forget_old(home: Path, center: str, now: datetime) -> None:
    """Deletes the files of long ago."""
    for key in keys(folder_of(home, center)):
        job = load(home, center, key)
        if job is not None and job.state is State.MADE and now - job.asked_on > KEPT:
            job.path(home).unlink(missing_ok=True)
            save(home, replace(job, state=State.CLEARED))
