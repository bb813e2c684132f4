"""The file with the vault's key: written whole or not at all, and never taken for a key when it is none."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tracker.file_writing import write_bytes

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
            with suppress(FileExistsError):  # another process was faster
                _write(path, [secrets.token_bytes(_SHORTEST)], replace=False)
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
        _write(path, keys, replace=True)
    except OSError as problem:
        raise KeyFileProblem(f"写不了密钥文件 {path}：{problem}。请检查磁盘空间和权限。") from problem


def _write(path: Path, keys: Sequence[bytes], *, replace: bool) -> None:
    content = "".join(f"{key.hex()}\n" for key in keys).encode()
    write_bytes(path, content, private=True, replace=replace)


def _parse(line: str) -> bytes | None:
    try:
        key = bytes.fromhex(line)
    except ValueError:
        return None
    return key if _SHORTEST <= len(key) <= _LONGEST else None
