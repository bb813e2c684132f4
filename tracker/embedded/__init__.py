"""The embedded PostgreSQL server: started with the first process that uses it, stopped with the last.

Every connection needs a password that stands in a file for its owner alone, and the socket lies in a folder
that nobody else can enter.
"""

import atexit
import logging
import threading
from collections.abc import Callable
from pathlib import Path

import fasteners  # type: ignore[import-untyped]

from tracker.embedded import server
from tracker.embedded.files import ServerFiles
from tracker.embedded.problem import EmbeddedServerProblem as EmbeddedServerProblem
from tracker.embedded.server import derive_password as derive_password

LOOK = 0.5  # seconds between two looks at whether a server still runs
AFTER_FAILURE = 10.0  # seconds until it is tried again where it would not start

logger = logging.getLogger(__name__)
_joined: dict[Path, fasteners.InterProcessReaderWriterLock] = {}  # by data folder


def start_server(folder: Path) -> str:
    """Starts the server of a data folder, or joins the one that runs; gives its owner's address.

    It stops with the last process that uses it, however the others ended.
    Raises: EmbeddedServerProblem with a sentence that says what to do.
    """
    files = _find_files(folder)
    server.check_owner(files)
    with files.hold():
        url = server.ensure_running(files)
        _join(files)
    return url


def stop_server(folder: Path) -> bool:
    """Stops the server of a data folder, whoever uses it; gives whether it ran.

    Raises: EmbeddedServerProblem where it runs out of reach.
    """
    if not folder.exists():
        return False
    files = _find_files(folder)
    server.check_owner(files)
    with files.hold():
        stopped = server.stop(files)
        if lock := _joined.pop(files.data, None):  # to be joined again, though another folder lies there then
            lock.release_read_lock()
        return stopped


def keep_alive(folder: Path) -> Callable[[], None]:
    """Starts the server again whenever it dies, not when it was stopped; what it gives ends that."""
    files, ended = _find_files(folder), threading.Event()

    def keep_looking() -> None:
        pause = LOOK
        while not ended.wait(pause):
            try:
                _revive(files)
                pause = LOOK
            except EmbeddedServerProblem:
                logger.exception("the embedded server does not start again")
                pause = AFTER_FAILURE

    threading.Thread(target=keep_looking, daemon=True).start()
    return ended.set


def _revive(files: ServerFiles) -> None:
    if files.read_state() is None:
        return
    with files.hold():
        state = files.read_state()
        if state and state.wanted and not server.is_running(files):
            logger.error("the embedded server has died and is started again")
            server.ensure_running(files)


def _find_files(folder: Path) -> ServerFiles:
    folder.parent.mkdir(parents=True, exist_ok=True)
    return ServerFiles(folder.resolve())


def _join(files: ServerFiles) -> None:
    if files.data not in _joined:
        lock = fasteners.InterProcessReaderWriterLock(files.users)
        lock.acquire_read_lock()
        _joined[files.data] = lock
        atexit.register(_leave, files)


def _leave(files: ServerFiles) -> None:
    """Stops the server if nobody else uses it. A process that was killed let go of its lock."""
    if not files.folder.exists():
        return
    try:
        with files.hold():
            lock = _joined.pop(files.data, None)
            if lock is None:
                return
            lock.release_read_lock()
            if lock.acquire_write_lock(blocking=False):
                server.stop(files)
                lock.release_write_lock()
    except EmbeddedServerProblem:
        logger.exception("the embedded server was not stopped")
