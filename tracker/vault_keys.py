"""The file with the vault's key: written whole or not at all, and never taken for a key when it is none."""

import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

_SHORTEST, _LONGEST = 32, 64  # bytes of a key


class KeyFileProblem(RuntimeError):
    """密钥文件不能用，原因见说明。"""


def locate_key_file(home: Path) -> Path:
    """Where an instance keeps its key."""
    return home / "keys" / "vault.key"


def read_keys(home: Path) -> list[bytes]:
    """The instance's key, made when there is none; while it is being changed, the former ones after it.

    Whichever process comes first makes it, and all read the same. Raises: KeyFileProblem."""
    path = locate_key_file(home)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        if not path.exists():
            _create(path, [secrets.token_bytes(_SHORTEST)])
        lines = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeError) as problem:
        raise KeyFileProblem(f"读写不了密钥文件 {path}：{problem}。请检查磁盘空间和权限。") from problem
    keys = [_parse(line) for line in lines]
    if not keys or any(key is None for key in keys):
        raise KeyFileProblem(
            f"密钥文件 {path} 是空的或不完整，没有用它：没有原来的密钥，已存的号码和姓名解不开。"
            "请从备份恢复这个文件；确实还没有导入过任何数据的，删去它再运行。"
        )
    return [key for key in keys if key is not None]


def write_keys(home: Path, keys: Sequence[bytes]) -> None:
    """Puts keys in the place of those in the file, all at once. Raises: KeyFileProblem."""
    path = locate_key_file(home)
    try:
        _write_beside(path, keys).replace(path)
        _sync_folder(path.parent)
    except OSError as problem:
        raise KeyFileProblem(f"写不了密钥文件 {path}：{problem}。请检查磁盘空间和权限。") from problem


def _create(path: Path, keys: Sequence[bytes]) -> None:
    """Makes the file unless there is one. A link to what is whole is made at once, and by one."""
    written = _write_beside(path, keys)
    try:
        with suppress(FileExistsError):
            os.link(written, path)
            _sync_folder(path.parent)
    finally:
        written.unlink()


def _write_beside(path: Path, keys: Sequence[bytes]) -> Path:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:  # 0600
        try:
            file.write("".join(f"{key.hex()}\n" for key in keys).encode())
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink()
            raise
    return Path(file.name)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # Windows opens no folder
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _parse(line: str) -> bytes | None:
    try:
        key = bytes.fromhex(line)
    except ValueError:
        return None
    return key if _SHORTEST <= len(key) <= _LONGEST else None
