"""`hotline`, with a death at a moment that is known beforehand: the so-manieth step of its own code.

A step is a call of a function of the product or of psycopg: between any two of them lies what can be half
done. Who dies is the process itself, the one that reads its file, or a part of PostgreSQL.
What is left behind is written to a note before, for the test to look at.
"""

import atexit
import json
import os
import random
import sys
import threading
from importlib import import_module
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import psutil  # type: ignore[import-untyped]
import psycopg

from tests.tracker.servers import ROOT, find_postmaster

PRODUCT = tuple(f"{ROOT / room}{os.sep}" for room in ("tracker", "ingest", "kpi", "web"))
WATCHED = (*PRODUCT, f"{Path(psycopg.__file__).parent}{os.sep}")
BATCH = 40  # rows, so that a small file comes in several
COMMANDS = {
    "ingest": ("ingest.importing.cli",),
    "jobs": ("web.jobs_cli", "web.scheduler"),
    "serve": ("web.serving", "web.application", "web.http_server", "web.scheduler", "web.leftovers"),
}


class Order(NamedTuple):
    """Who is to die and when."""

    moment: int  # steps; 0: nobody dies, and the note says how many there were
    whom: str  # self | reader (a process that it began) | postmaster | server | backend
    start: str  # steps are counted from the first one in this file on, a path below the root; empty: all
    within: tuple[str, ...]  # only steps below these paths are counted; empty: all
    ahead: bool  # whether the file is read in a process of its own, as long ones are
    note: str  # a path

    def write(self) -> str:
        return json.dumps(self)


class Countdown:
    """Counts steps, and kills when the last one has come and who is to die is there."""

    def __init__(self, order: Order, home: Path) -> None:
        self._order = order
        self._data = home / "postgres"
        self._steps = count(1)
        self._begun = not order.start
        self._start = str(ROOT / order.start)
        self._within = tuple(str(ROOT / path) for path in order.within) or WATCHED
        self._is_watched: dict[str, bool] = {}
        self._process = os.getpid()  # forks inherit what watches, and are not meant
        self.taken = 0

    def install(self) -> None:
        """Watches this thread and all that begin from now on."""
        threading.settrace(self.see)
        sys.settrace(self.see)

    def see(self, frame: FrameType, what: str, _: Any) -> None:
        """Is told of each call, and of nothing within it."""
        file = frame.f_code.co_filename
        if not self._begun:
            self._begun = file == self._start
        watched = self._is_watched.get(file)
        if watched is None:
            watched = self._is_watched[file] = file.startswith(self._within)
        if watched and self._begun:
            self.taken = next(self._steps)
            if self.taken == self._order.moment and os.getpid() == self._process:
                self.strike(frame.f_code.co_qualname)

    def strike(self, place: str) -> None:
        doomed = self._find_doomed()
        children = [child.pid for child in psutil.Process().children(recursive=True)]
        note = {"place": place, "died": [one.pid for one in doomed], "children": children}
        Path(self._order.note).write_text(json.dumps(note))
        for one in doomed:
            one.kill()

    def write_steps(self) -> None:
        Path(self._order.note).write_text(json.dumps({"steps": self.taken}))

    def _find_doomed(self) -> list[psutil.Process]:
        match self._order.whom:
            case "self":
                return [psutil.Process()]
            case "reader":
                return self._draw(psutil.Process().children(recursive=True))
            case "postmaster":
                return [find_postmaster(self._data)]
            case "server":
                postmaster = find_postmaster(self._data)
                return [postmaster, *postmaster.children(recursive=True)]
        processes = find_postmaster(self._data).children()
        return self._draw([one for one in processes if "[local]" in " ".join(one.cmdline())])

    def _draw(self, processes: list[psutil.Process]) -> list[psutil.Process]:
        """One of them; none where there are none."""
        return [random.Random(self._order.moment).choice(processes)] if processes else []


def main() -> None:
    order, arguments = Order(*json.loads(sys.argv[1])), sys.argv[2:]
    from ingest.importing import file_context, parallel_reader, row_batches
    from web.cli import main as run

    for module in COMMANDS[arguments[0]]:
        import_module(module)
    row_batches.BATCH = parallel_reader.BATCH = parallel_reader.FIRST = parallel_reader.PART = BATCH
    if order.ahead:
        file_context.is_worthwhile = lambda path: True
    countdown = Countdown(order, Path(os.environ["HOTLINE_HOME"]))
    if order.moment == 0:
        atexit.register(countdown.write_steps)
    countdown.install()
    run(arguments)


if __name__ == "__main__":
    main()
