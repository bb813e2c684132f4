"""Embedded servers of tests' own, and processes that use them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
USE = """
import sys
from pathlib import Path
from tracker import embedded
print(embedded.start_server(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


class User:
    """A process that uses a server until it is told to end."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USE, str(folder)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, "the server did not start"

    def leave(self) -> None:
        """Ends in the usual way."""
        self.process.communicate(timeout=PATIENCE)

    def kill(self) -> None:
        """Ends without a chance to tidy up."""
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)


@contextmanager
def use(folder: Path) -> Iterator[User]:
    """A user that leaves at the end, if it still runs."""
    user = User(folder)
    try:
        yield user
    finally:
        if user.process.poll() is None:
            user.leave()


def find_postmaster(folder: Path) -> psutil.Process:
    """The server's first process."""
    return psutil.Process(int((folder / "postmaster.pid").read_text().split("\n", 1)[0]))


def kill_server(folder: Path) -> None:
    """Kills every process of a server at once, as a machine without memory does."""
    postmaster = find_postmaster(folder)
    processes = [postmaster, *postmaster.children(recursive=True)]
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=PATIENCE)


def wait_until(condition: Callable[[], bool]) -> None:
    """Looks until it holds. Raises: AssertionError after a minute."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def is_root() -> bool:
    """Whether other accounts of the system can be tried."""
    return sys.platform != "win32" and os.geteuid() == 0
