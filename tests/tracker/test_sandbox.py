"""A process for what strangers sent: whatever it does, whoever asked goes on and is told."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from tracker.sandbox import Channel, Ending, Limits, Sandbox, SandboxEnded, run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits")

HERE = "tests.tracker.test_sandbox"
PATIENCE = 20  # seconds


def echo(channel: Channel, argument: object) -> None:
    channel.answer(json.dumps([argument, os.getpid()]).encode())
    for request in channel.requests():
        channel.answer(json.dumps(request).encode())


def take_memory(channel: Channel, argument: object) -> None:
    channel.answer(json.dumps(len(bytearray(4 << 30))).encode())


def be_aborted(channel: Channel, argument: object) -> None:
    """As Rust ends a process that it finds no memory for."""
    os.abort()


def spin(channel: Channel, argument: object) -> None:
    while True:
        pass


def be_damaged(channel: Channel, argument: object) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def stumble(channel: Channel, argument: object) -> None:
    raise RuntimeError("nobody foresaw this")


def show_settings(channel: Channel, argument: object) -> None:
    channel.answer(json.dumps([name for name in os.environ if name.startswith("HOTLINE_")]).encode())


@pytest.mark.parametrize(
    ("work", "ending"),
    [
        (take_memory, Ending.MEMORY),
        (be_aborted, Ending.MEMORY),
        (spin, Ending.TIME),
        (be_damaged, Ending.CRASH),
        (stumble, Ending.CRASH),
    ],
)
def test_whatever_ends_the_work_is_told_and_the_next_one_is_done(work, ending: Ending) -> None:
    with pytest.raises(SandboxEnded) as ended:
        run(f"{HERE}:{work.__name__}", None, Limits(memory=1 << 30, seconds=1))
    assert ended.value.ending is ending
    assert run(f"{HERE}:echo", "next", Limits())[0] == "next"


def test_each_sentence_says_what_the_limit_is_and_what_to_do() -> None:
    said = [
        SandboxEnded(ending, Limits(memory=2 << 30, seconds=60)).sentence("这份文件", "请另存。")
        for ending in Ending
    ]
    assert ["2 GB" in said[0], "60 秒" in said[1], "处理不了" in said[2]] == [True] * 3
    assert all(one.startswith("这份文件读不进来") and one.endswith("请另存。") for one in said)


def test_threads_share_nothing_but_the_process_that_forks() -> None:
    found: dict[int, list[object]] = {}

    def ask(number: int) -> None:
        sandbox = Sandbox(f"{HERE}:echo", number, Limits())
        first = json.loads(sandbox.receive())
        sandbox.ask(number * 10)
        found[number] = [*first, json.loads(sandbox.receive())]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: (said[0], said[2]) for number, said in found.items()} == {
        n: (n, n * 10) for n in range(12)
    }
    assert len({said[1] for said in found.values()}) == 12


def test_the_process_knows_no_setting_of_the_instance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_VAULT_KEY", "ab" * 32)
    program = f"from tracker.sandbox import *; print(run('{HERE}:show_settings', None, Limits()))"
    root = Path(__file__).parents[2]
    printed = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "[]"


def test_nothing_is_left_when_whoever_asked_lets_go() -> None:
    sandbox = Sandbox(f"{HERE}:spin_after_answer", None, Limits())
    process = psutil.Process(json.loads(sandbox.receive()))
    del sandbox
    process.wait(PATIENCE)


def spin_after_answer(channel: Channel, argument: object) -> None:
    channel.answer(json.dumps(os.getpid()).encode())
    spin(channel, argument)


ASK_AND_WAIT = f"""
import json, time
from tracker.sandbox import Sandbox, Limits
sandbox = Sandbox("{HERE}:spin_after_answer", None, Limits())
print(json.loads(sandbox.receive()), flush=True)
time.sleep(1000)
"""


def test_nothing_is_left_when_whoever_asked_is_killed() -> None:
    """The work is busy and never looks up; its own parent ends it, and then itself."""
    with subprocess.Popen(
        [sys.executable, "-c", ASK_AND_WAIT], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE
    ) as asker:
        assert asker.stdout is not None
        work = psutil.Process(int(asker.stdout.readline()))
        forker = work.parent()
        assert forker is not None and forker.ppid() == asker.pid
        asker.kill()
        for process in (work, forker):
            process.wait(PATIENCE)


def test_work_goes_on_when_the_process_that_forks_was_killed() -> None:
    first = Sandbox(f"{HERE}:echo", 1, Limits())
    forker = psutil.Process(json.loads(first.receive())[1]).parent()
    assert forker is not None
    forker.kill()
    end = time.monotonic() + PATIENCE
    while forker.is_running() and forker.status() != psutil.STATUS_ZOMBIE and time.monotonic() < end:
        time.sleep(0.01)
    assert run(f"{HERE}:echo", 2, Limits())[0] == 2
