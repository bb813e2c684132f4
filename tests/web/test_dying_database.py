"""The embedded server dies under `hotline serve`: pages say so, and work again by themselves."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tracker.servers import PATIENCE, ROOT, find_postmaster, kill_server, wait_until
from tracker import embedded

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "var"
    embedded.stop_server(tmp_path / "var" / "postgres")


@pytest.fixture
def address(home: Path) -> Iterator[str]:
    """Where `hotline serve` answers, over an embedded server of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serving = run_hotline(home, "serve", "--port", str(port))
    wait_until(lambda: serving.poll() is not None or status(f"http://127.0.0.1:{port}") == 401)
    yield f"http://127.0.0.1:{port}"
    serving.terminate()
    assert serving.wait(PATIENCE) == 0


def run_hotline(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "web.cli", *arguments],
        cwd=ROOT, text=True, env=os.environ | {"HOTLINE_HOME": str(home), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE if arguments[0] != "serve" else subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def status(address: str) -> int | None:
    """What an address answers that has to look a token up; None for nothing."""
    asked = urllib.request.Request(
        f"{address}/api/centers/tlf/figures/2023", headers={"Authorization": "Bearer hl_none"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as problem:
        return problem.code
    except OSError:
        return None


def test_a_server_that_dies_under_the_pages_comes_back(home: Path, address: str):
    before = find_postmaster(home / "postgres").pid
    seen = set()
    kill_server(home / "postgres")

    def works_again() -> bool:
        seen.add(status(address))
        return 401 in seen

    wait_until(works_again)
    assert seen <= {503, 401}
    assert find_postmaster(home / "postgres").pid != before


def test_a_server_that_was_stopped_stays_so_and_the_pages_say_it(home: Path, address: str):
    stopped = run_hotline(home, "stop")
    assert "内置数据库已停止" in stopped.communicate(timeout=PATIENCE)[0]
    assert {status(address) for _ in range(3)} == {503}
    embedded.start_server(home / "postgres")
    assert status(address) == 401


def test_the_pages_end_in_peace_after_their_database(home: Path, address: str):
    """The address's own end says whether they did."""
    run_hotline(home, "stop").communicate(timeout=PATIENCE)
    assert status(address) == 503
