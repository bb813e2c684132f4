"""Files that appear whole or not at all, and working folders that do not outlive their process.

What is being written lies beside its place under a name of its own, locked by its process. A process that was
killed leaves it there without a lock: whoever next writes into that folder, or starts, deletes it.
"""

import errno
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

if sys.platform != "win32":
    import fcntl

_PREFIX, _SUFFIX = ".hotline-", ".part"
_FOLDERS = "hotline-"
_OWNER = ".owner"  # a working folder's file that its process has locked
_FULL = {errno.ENOSPC, errno.EDQUOT}
_NO_ROOM = _FULL | {errno.EROFS}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM}
_SENTENCES = {
    errno.EROFS: "{file}所在的磁盘是只读的，写不进去。请检查磁盘，或换一个位置。",
    errno.EIO: "读写{file}时磁盘出错。请检查磁盘，换一个位置再做一次。",
    errno.EFBIG: "{file}超过了这个磁盘允许的文件大小。请换一个位置。",
    errno.ENAMETOOLONG: "{file}的名字太长。请改短。",
    errno.ENOENT: "找不到{file}所在的文件夹，或它已不在。请核对位置。",
    errno.ENOTDIR: "{file}的位置里有一段不是文件夹。请核对位置。",
    errno.EISDIR: "{file}是文件夹，这里要的是文件。请换一个名字。",
    errno.EMFILE: "同时打开的文件太多。请稍后再做一次；如再次出现，请告诉系统管理员。",
}


@contextmanager
def write_whole(path: Path, *, private: bool = False, replace: bool = True) -> Iterator[Path]:
    """Gives an empty file beside `path` to write to; it takes that name once the block has ended well.

    Until then, and after any exception, `path` is what it was. `private`: only its owner reads it. Without
    `replace` an existing file stays, and FileExistsError is raised. What is no regular file (a terminal, a
    pipe) is written to as it is. Raises: OSError.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        yield path
        return
    clear_parts(path.parent)
    part, file = _begin_part(path.parent, 0o600 if private else 0o666)
    try:
        yield part
        os.fsync(file)
        _put_in_place(part, path, file, replace=replace)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        with suppress(OSError):
            os.close(file)
    sync_folder(path.parent)


def write_bytes(path: Path, content: bytes, *, private: bool = False, replace: bool = True) -> None:
    """Writes a file that is there whole, or as it was before. Raises: as `write_whole`."""
    with write_whole(path, private=private, replace=replace) as part:
        part.write_bytes(content)


def copy_file(source: Path, path: Path) -> None:
    """Copies a file that is there whole, or as it was before. Raises: as `write_whole`."""
    with write_whole(path) as part:
        shutil.copyfile(source, part)


def sync_folder(folder: Path) -> None:
    """Has the disk remember the names in a folder; where the system can."""
    if sys.platform == "win32":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    except OSError as problem:
        if problem.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EACCES):  # file systems that cannot
            raise
    finally:
        os.close(file)


def clear_parts(folder: Path) -> None:
    """Deletes what killed processes left unfinished in a folder."""
    for part in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with suppress(OSError):
            _delete_unowned(part, part)


class WorkingFolder:
    """A folder of this process's own, deleted when the block ends, or when it is closed."""

    def __init__(self, above: Path | None = None) -> None:
        """In `above`, by default where the system keeps what is temporary. Raises: OSError."""
        above = above or Path(tempfile.gettempdir())
        above.mkdir(parents=True, exist_ok=True, mode=0o700)
        clear_working_folders(above)
        self._whole, self._file = _begin_folder(above)
        self.path = self._whole / "work"
        self.path.mkdir(mode=0o700)

    def close(self) -> None:
        """Deletes it with all that is in it."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
            shutil.rmtree(self._whole, ignore_errors=True)

    def __enter__(self) -> Path:
        return self.path

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def clear_working_folders(above: Path) -> None:
    """Deletes the working folders whose processes have gone."""
    for owner in above.glob(f"{_FOLDERS}*/{_OWNER}"):
        with suppress(OSError):
            _delete_unowned(owner, owner.parent)


def explain_lack_of_room(problem: BaseException) -> str | None:
    """What a person at a browser is told where the server can write nothing; None: it is something else."""
    for one in _walk_causes(problem):
        if _is_database_full(one) or (isinstance(one, OSError) and one.errno in _NO_ROOM):
            return "服务器的磁盘已满或不可写，没有写入任何内容。请告诉系统管理员；腾出空间后，再做一次。"
    return None


def explain_failure(problem: BaseException) -> str | None:
    """What a person is told of a file or database that could not be written; None: it is something else."""
    for one in _walk_causes(problem):
        if _is_database_full(one):
            return "数据库所在的磁盘已满，没有写入任何内容。请腾出空间，再做一次。"
        if isinstance(one, OSError) and one.errno is not None:
            return _explain_os_error(one)
    return None


def _explain_os_error(problem: OSError) -> str | None:
    file = f"“{problem.filename}”" if problem.filename else "文件"
    if problem.errno in _FULL:
        return f"磁盘已满，{file}写不下，没有留下写了一半的文件。请腾出空间，再做一次。"
    if problem.errno in _NOT_ALLOWED:
        return f"没有读写{file}的权限。请换一个位置，或请管理员给予权限。"
    sentence = _SENTENCES.get(problem.errno or 0)
    return None if sentence is None else sentence.format(file=file)


def _walk_causes(problem: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [problem]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, *(arg for arg in one.args if isinstance(arg, BaseException))]


def _is_database_full(problem: BaseException) -> bool:
    state = getattr(problem, "sqlstate", None) or getattr(getattr(problem, "orig", None), "sqlstate", None)
    return state == "53100"


def _begin_part(folder: Path, mode: int) -> tuple[Path, int]:
    """An empty file of a new name, locked."""
    while True:
        part = folder / f"{_PREFIX}{secrets.token_hex(6)}{_SUFFIX}"
        file = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)
        with suppress(OSError):
            _lock(file)
            if _is_same(part, file):
                return part, file
        os.close(file)  # taken for a leftover before it was locked


def _begin_folder(above: Path) -> tuple[Path, int]:
    """A folder of a new name, and its owner's file, locked."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_FOLDERS, dir=above))
        owner = folder / _OWNER
        file = os.open(owner, os.O_RDWR | os.O_CREAT, 0o600)
        with suppress(OSError):
            _lock(file)
            if _is_same(owner, file):
                return folder, file
        os.close(file)


def _put_in_place(part: Path, path: Path, file: int, *, replace: bool) -> None:
    if sys.platform == "win32":
        os.close(file)  # an open file cannot be renamed there
    if replace:
        part.replace(path)
    elif sys.platform == "win32":
        part.rename(path)
    else:
        path.hardlink_to(part)
        part.unlink()


def _delete_unowned(marker: Path, path: Path) -> None:
    """Deletes a file or folder whose marker no living process has locked. Raises: OSError where one has."""
    file = os.open(marker, os.O_RDWR)
    try:
        _lock(file)
        if sys.platform != "win32":
            _delete(path)
    finally:
        os.close(file)
    if sys.platform == "win32":
        _delete(path)


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _is_same(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file))
    except FileNotFoundError:
        return False


def _lock(file: int) -> None:
    """Raises: OSError where another process has it. On Windows an open file cannot be deleted anyway."""
    if sys.platform != "win32":
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
