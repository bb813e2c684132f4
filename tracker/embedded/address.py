"""Where a server listens: a socket in a folder that only its account can enter; on Windows, a port.

The path of a socket is limited to some hundred bytes. Where the data folder's is longer, a fresh folder among
the temporary files takes the socket.
"""

import os
import socket
import sys
import tempfile
from pathlib import Path

from tracker.embedded.files import ServerFiles, is_private
from tracker.embedded.problem import EmbeddedServerProblem
from tracker.embedded.wheel import get_account, get_owner

LOOPBACK = "127.0.0.1"
PORT = 5432  # of a socket, no more than a part of its name
_PREFIX = "hotline-socket-"
LONGEST = 103  # bytes of a socket's path: macOS's limit, the lowest


def choose_address(files: ServerFiles) -> tuple[str, int]:
    """Host and port for a server that is about to start: those of its last start, if they will do.

    Raises: EmbeddedServerProblem where no folder's path is short enough.
    """
    state = files.read_state()
    if sys.platform == "win32":
        return LOOPBACK, _find_port(state.port if state else 0)
    if _fits(files.data):
        return str(files.data), PORT
    if state and state.host != str(files.data) and is_private(Path(state.host)):
        return state.host, PORT
    return str(_make_socket_folder()), PORT


def clear_socket_folder(host: str) -> None:
    """Removes what a server that has ended left there: its note may name a process that is another's now."""
    if host != LOOPBACK:
        for left in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
            Path(host, left).unlink(missing_ok=True)


def check_socket_folder(host: str) -> None:
    """Raises: EmbeddedServerProblem for a folder that others could have put their socket into."""
    if host != LOOPBACK and not is_private(Path(host)):
        raise EmbeddedServerProblem(
            f"内置数据库的套接字目录 {host} 不在了，或者别的账号也能进入。请运行 hotline stop，然后重试。"
        )


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST


def _make_socket_folder() -> Path:
    for above in _list_temporary_folders():
        if _fits(above / f"{_PREFIX}12345678"):
            folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=above))
            if sys.platform != "win32":
                os.chown(folder, get_owner(), -1)
            return folder
    raise EmbeddedServerProblem(
        "HOTLINE_HOME 的路径太长，临时目录的路径也太长，放不下数据库的套接字（最多一百字节左右）。"
        "请把 HOTLINE_HOME 改到路径较短的文件夹，或把 TMPDIR 设为 /tmp。"
    )


def _list_temporary_folders() -> list[Path]:
    own = os.environ.get("XDG_RUNTIME_DIR")
    listed = [Path(own)] if own and get_account() is None and is_private(Path(own)) else []
    return [*listed, Path(tempfile.gettempdir()), Path("/tmp")]


def _find_port(last: int) -> int:
    for port in (last, 0):
        with socket.socket() as trial:
            try:
                trial.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise EmbeddedServerProblem(f"{LOOPBACK} 上没有空闲的端口。")
