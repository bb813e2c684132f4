"""An uploaded file on its way to the log, kept as a folder of HOTLINE_HOME: the file and a state beside it.

Only the process that wrote a running state is at it; when that process has gone, the state says so.
"""

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from web.background import KEY, PROCESS, keys, read_state, write_state
from web.background import new_key as new_key

FORGOTTEN_AFTER = timedelta(days=7)  # an uploaded file that nobody went on with


class State(StrEnum):
    """How far an upload has come."""

    RECEIVED = "received"
    CHECKING = "checking"
    CHECKED = "checked"
    IMPORTING = "importing"
    IMPORTED = "imported"
    REFUSED = "refused"  # the file as a whole cannot be read
    GIVEN_UP = "given_up"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    State.RECEIVED: "待核对",
    State.CHECKING: "试导入中",
    State.CHECKED: "待确认",
    State.IMPORTING: "导入中",
    State.IMPORTED: "已导入",
    State.REFUSED: "读不了",
    State.GIVEN_UP: "已放弃",
}


@dataclass(frozen=True, kw_only=True)
class Job:
    """One uploaded file. Times are texts with an offset."""

    key: str
    center: str
    login: str
    person: str
    address: str  # from where it was uploaded
    file_name: str
    size: int
    uploaded_at: str
    state: State = State.RECEIVED
    as_of: str | None = None  # as the person said; None: by the file
    encoding: str | None = None  # as the person said; None: by the file
    stated: dict[str, str] | None = None  # rows, column, total: as the letter with the file has them
    answer: str = ""  # to what the file asks, as Answer.code; empty: nothing is answered
    problem: str | None = None  # a sentence: what went wrong last
    process: str | None = None  # whose thread is at it
    started_at: str | None = None
    finished_at: str | None = None
    phase: str = ""  # what is being done
    share: float = 0.0  # of the reading, 0 to 1
    trial: dict[str, Any] | None = None  # what the trial found
    done: dict[str, Any] | None = None  # what the import did

    @property
    def running(self) -> bool:
        return self.state in (State.CHECKING, State.IMPORTING)

    @property
    def orphaned(self) -> bool:
        """Whether the process that was at it has gone."""
        return self.running and self.process != PROCESS

    @property
    def open(self) -> bool:
        """Whether its mapping can be changed and it can be tried."""
        return self.state in (State.RECEIVED, State.CHECKED, State.REFUSED)

    @property
    def uploaded(self) -> datetime:
        return datetime.fromisoformat(self.uploaded_at)

    def folder(self, home: Path) -> Path:
        return folder_of(home, self.center) / self.key

    def path(self, home: Path) -> Path:
        """The uploaded file, under its own name."""
        return self.folder(home) / self.file_name


def folder_of(home: Path, center: str) -> Path:
    return home / "imports" / center


def save(home: Path, job: Job) -> Job:
    """Writes the state; whoever reads meanwhile sees the old one or the new one."""
    write_state(job.folder(home), asdict(job))
    return job


def load(home: Path, center: str, key: str) -> Job | None:
    """None where there is no such upload at the centre."""
    if not KEY.fullmatch(key):
        return None
    told = read_state(folder_of(home, center) / key)
    return None if told is None else Job(**told | {"state": State(told["state"])})


def listed(home: Path, center: str, most: int = 20) -> list[Job]:
    """The newest uploads first."""
    found = keys(folder_of(home, center))[:most]
    return [job for key in found if (job := load(home, center, key))]


def drop_file(home: Path, job: Job) -> None:
    """Deletes the uploaded file; its state stays."""
    job.path(home).unlink(missing_ok=True)


def give_up(home: Path, job: Job) -> Job:
    """Drops a file that is not to be imported."""
    drop_file(home, job)
    return save(home, replace(job, state=State.GIVEN_UP, problem=None))


def forget_old(home: Path, center: str, now: datetime) -> None:
    """Drops the files of uploads that were left lying, and folders that never got a state."""
    for path in _folders(home, center):
        job = load(home, center, path.name)
        if job is None:
            if now.timestamp() - path.stat().st_mtime > FORGOTTEN_AFTER.total_seconds():
                shutil.rmtree(path, ignore_errors=True)
        elif job.open and now - job.uploaded > FORGOTTEN_AFTER:
            give_up(home, job)


def _folders(home: Path, center: str) -> Iterator[Path]:
    folder = folder_of(home, center)
    yield from folder.iterdir() if folder.is_dir() else ()
