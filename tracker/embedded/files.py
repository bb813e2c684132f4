"""What lies beside a data folder: the password, what the server was started with, and the locks."""

import json
import os
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import fasteners  # type: ignore[import-untyped]

from tracker.embedded.problem import EmbeddedServerProblem
from tracker.embedded.wheel import get_owner

_ONE_AT_A_TIME = threading.RLock()  # the locks of files are the process's, not the thread's


@dataclass(frozen=True)
class State:
    """What a server was started with."""

    identity: str  # random; the server says it when asked
    wanted: bool  # False once it was stopped on purpose
    inode: int  # of the data folder: a copy of the home has another
    host: str  # the folder of its socket, or an address
    port: int


@dataclass(frozen=True)
class ServerFiles:
    """The paths of one server; `data` is PostgreSQL's own folder."""

    data: Path

    @property
    def folder(self) -> Path:
        """Everything of ours, for nobody else to read."""
        return self.data.with_name(f"{self.data.name}.server")

    @property
    def unfinished(self) -> Path:
        """Is there while the very first start is under way."""
        return self.data.with_name(f"{self.data.name}.unfinished")

    @property
    def users(self) -> Path:
        """Locked, shared, by every process that uses the server."""
        return self.folder / "users"

    @property
    def running(self) -> Path:
        """Locked by the server's own processes; the lock goes with the last of them, however they end."""
        return self.folder / "running"

    @property
    def inode(self) -> int:
        """The data folder's number in its file system."""
        return self.data.stat().st_ino

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Nobody else starts, joins, leaves or stops this server meanwhile."""
        with _ONE_AT_A_TIME:
            try:
                self.folder.mkdir(mode=0o700, exist_ok=True)
                self.folder.chmod(0o700)
                lock = fasteners.InterProcessLock(self.folder / "lock")
                lock.acquire()
            except OSError as problem:
                raise EmbeddedServerProblem(
                    f"当前账号不能使用 {self.folder}：{problem.strerror}。请用当初启动内置数据库的账号运行。"
                ) from problem
            try:
                yield
            finally:
                lock.release()

    def read_password(self) -> str | None:
        """The owner's password; None before there is one."""
        path = self.folder / "password"
        return path.read_text().strip() if path.exists() else None

    def write_password(self, password: str) -> None:
        """Writes it where nobody else reads."""
        replace_file(self.folder / "password", password)

    def read_state(self) -> State | None:
        """What the server of this very folder was started with; None if there is none, or it is a copy's."""
        try:
            state = State(**json.loads((self.folder / "state.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return state if self.data.exists() and state.inode == self.inode else None

    def write_state(self, state: State) -> None:
        """Replaces what was known."""
        replace_file(self.folder / "state.json", json.dumps(asdict(state)))


def replace_file(path: Path, text: str, owner: int | None = None) -> None:
    """Writes a file for its owner's eyes alone, following no link that somebody put there."""
    handle, fresh = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        if owner is not None and sys.platform != "win32":
            os.fchown(handle, owner, -1)
        file.write(text)
    Path(fresh).replace(path)


def make_password() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_hex(32)


def is_private(folder: Path) -> bool:
    """Whether a folder is the server's account's own and nobody else can look into it."""
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    return (
        folder.is_dir()
        and not folder.is_symlink()
        and found.st_uid == get_owner()
        and not found.st_mode & 0o077
    )
