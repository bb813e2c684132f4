"""A kill at a random moment, and what must hold once everything was started again without a hand.

Number n of the kills is the same each time: who works, who dies and when are drawn from n.

`python -m tests.faults.kills 1000 200` does 200 of them from number 1000 on, and says what became of each.
"""

import json
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import psutil  # type: ignore[import-untyped]

from tests.conftest import run_folder
from tests.faults.instance import Instance, Server, wait_until
from tests.faults.victim import Order
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tracker.events.times import BEIJING

ROWS = 120
TABLES = ("tracker/tabular/sandboxed_tables.py",)
API = "web/api/files.py"
IMPORT = ("ingest", "web/api", "web/imports", "web/uploads.py", "tracker/log", "tracker/tabular")
AGAIN = (200, 201, 202)  # a file that was sent has come


class Attempt(NamedTuple):
    """One kill: the centre that it befalls, its file, and who is told what."""

    instance: Instance
    center: str
    path: Path
    token: str
    order: Order

    def was_struck(self) -> bool:
        return "place" in self.read_note()

    def read_note(self) -> dict[str, Any]:
        """What who was struck left behind; empty where nobody was."""
        note = Path(self.order.note)
        return json.loads(note.read_text()) if note.exists() else {}


class Kind(NamedTuple):
    """Who works while who dies; where steps are counted."""

    work: Callable[[Attempt], None]
    whom: str
    start: str = ""
    within: tuple[str, ...] = ()
    ahead: bool = False

    def __str__(self) -> str:
        return f"{self.work.__name__} {self.whom}{' ahead' * self.ahead}"


def ingest(attempt: Attempt) -> None:
    """An import by command, and the same command once more."""
    arguments = ("ingest", str(attempt.path), "--center", attempt.center)
    run_struck(attempt, *arguments)
    if attempt.order.moment:
        again = attempt.instance.run(*arguments)
        assert again.returncode == 0, again.stderr


def run_jobs(attempt: Attempt) -> None:
    """The scheduled work over a file that came undisturbed, and the same work once more."""
    attempt.instance.deliver(attempt.path, attempt.center)
    run_struck(attempt, "jobs", "run", "figures-recorded")
    attempt.instance.reopen()
    attempt.instance.let_beats_grow_old()
    if attempt.order.moment:
        again = attempt.instance.run("jobs", "run", "figures-recorded")
        assert again.returncode == 0 and "跳过" not in again.stdout, again.stdout + again.stderr


def run_struck(attempt: Attempt, *arguments: str) -> None:
    process = attempt.instance.begin(attempt.order, *arguments)
    code = process.wait()
    told = attempt.instance.read_output()
    assert "Traceback" not in told, told
    assert code in ((-9,) if dies_itself(attempt) else (0, 1, 2)), (code, told)


def send(to: str) -> Callable[[Attempt], None]:
    """A machine sends a file, and sends it again where nobody said that it had come."""

    def work(attempt: Attempt) -> None:
        with attempt.instance.serve(attempt.order) as server:
            status = server.send(attempt.path, attempt.center, attempt.token, to)
            wait_until(lambda: not server.is_running or attempt.instance.is_idle())
            if server.is_running and attempt.order.moment:
                send_until_it_came(attempt, server, to, status)
        if attempt.was_struck() and dies_itself(attempt):
            with attempt.instance.serve() as server:
                send_until_it_came(attempt, server, to, status)

    work.__name__ = f"send to {to}"
    return work


send_as_job, send_at_once = send("files"), send("deliveries")


def send_until_it_came(attempt: Attempt, server: Server, to: str, status: int) -> None:
    """A machine's part, and the time that passes meanwhile."""
    attempt.instance.let_beats_grow_old()
    wait_until(attempt.instance.is_idle)
    states = attempt.instance.list_states(attempt.center)
    came = status in AGAIN and all(state == "done" for state, _ in states)
    assert all(problem or state == "done" for state, problem in states), states
    if not came:
        wait_until(lambda: server.send(attempt.path, attempt.center, attempt.token, to) in AGAIN)
        wait_until(attempt.instance.is_idle)


def dies_itself(attempt: Attempt) -> bool:
    return attempt.was_struck() and attempt.order.whom == "self"


KINDS = (
    Kind(ingest, "self"),
    Kind(ingest, "self", ahead=True),
    Kind(ingest, "reader", within=TABLES),
    Kind(ingest, "server"),
    Kind(ingest, "backend"),
    Kind(ingest, "postmaster"),
    Kind(run_jobs, "self"),
    Kind(run_jobs, "server"),
    Kind(send_as_job, "self", API, IMPORT),
    Kind(send_as_job, "reader", API, TABLES),
    Kind(send_as_job, "server", API, IMPORT),
    Kind(send_at_once, "self", API, IMPORT),
    Kind(send_at_once, "backend", API, IMPORT),
)


class Killer:
    """Kills over one instance, which holds nothing else each time."""

    def __init__(self, folder: Path) -> None:
        self.instance = Instance(folder)
        self._steps: dict[Kind, int] = {}  # of kinds that differ not only in who dies

    def kill(self, number: int) -> str:
        """Says where it came, once everything holds that must. Raises: AssertionError."""
        kind = KINDS[number % len(KINDS)]
        moment = random.Random(number).randint(1, self._count_steps(kind) * 9 // 10)  # threads vary a little
        attempt = self._prepare(f"k{number}", kind, moment)
        kind.work(attempt)
        assert attempt.was_struck(), "it ended before"
        self.instance.reopen()
        for orphan in attempt.read_note()["children"]:
            wait_until(lambda orphan=orphan: not is_alive(orphan))
        self._compare(attempt)
        return str(attempt.read_note()["place"])

    def _count_steps(self, kind: Kind) -> int:
        """How many there are where nobody dies; measured once."""
        alike = kind._replace(whom="")
        if alike not in self._steps:
            attempt = self._prepare(f"m{len(self._steps)}", kind, 0)
            kind.work(attempt)
            self._steps[alike] = attempt.read_note()["steps"]
        return self._steps[alike]

    def _prepare(self, center: str, kind: Kind, moment: int) -> Attempt:
        self.instance.clear()
        folder = self.instance.folder / center
        folder.mkdir(exist_ok=True)
        year = str(datetime.now(BEIJING).year - 1)  # few years, whose figures are soon computed
        rows = (
            CALL_1.replace("c1", f"{center}x{n}").replace("13800000001", f"138{n:08}") for n in range(ROWS)
        )
        lines = [row.replace("2023", year) for row in rows]
        path = csv_file(folder, CALL_HEADER, *lines, "坏行", name=f"话单_{year}-05.csv")
        order = Order(moment, kind.whom, kind.start, kind.within, kind.ahead, str(folder / "note"))
        return Attempt(self.instance, center, path, self.instance.make_center(center), order)

    def _compare(self, attempt: Attempt) -> None:
        """With the same file for another centre, undisturbed."""
        center, other = attempt.center, f"{attempt.center}-other"
        figures = self.instance.read_figures(center)  # none where nothing has computed them
        self.instance.make_center(other)
        self.instance.deliver(attempt.path, other)
        assert self.instance.describe(center) == self.instance.describe(other)
        if figures:
            self.instance.compute_figures(other)
            assert figures == self.instance.read_figures(other)
        report = self.instance.check(center)
        assert report.faults == 0, report.lines


def is_alive(process: int) -> bool:
    try:
        return bool(psutil.Process(process).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def make_folder(name: str = "faults") -> Iterator[Path]:
    """Where an instance of this process may lie, in memory if there is room."""
    folder = run_folder(f"{name}-{os.getpid()}")
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Prints a line for each kill, and how many were followed by a fault."""
    first, count = map(int, sys.argv[1:])
    with make_folder() as folder:
        killer, faults = Killer(folder), 0
        for number in range(first, first + count):
            try:
                outcome = killer.kill(number)
            except AssertionError as problem:
                faults += 1
                outcome = f"FAULT: {problem}"
            print(f"{number} {KINDS[number % len(KINDS)]}: {outcome}", flush=True)
        killer.instance.end()
        print(f"{count} kills, {faults} faults")


if __name__ == "__main__":
    main()
