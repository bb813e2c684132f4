"""Tables of a delivered file that another process reads; this one opens nothing of what strangers sent."""

from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import orjson

from tracker.sandbox import Limits, Sandbox, SandboxEnded
from tracker.tabular.cell_meanings import From1904
from tracker.tabular.serving import MARK, MARKED
from tracker.tabular.table import Cell, FileRefused, NoTable, Row, Table, UnreadableRow

_WORK = "tracker.tabular.serving:serve"
_REMEDY = "请把其中的数据区复制到一张新表，另存为 xlsx 或 CSV，再导入。"


def open_tables(path: Path, encoding: str | None = None) -> tuple[list[Table], list[str]]:
    """The tables of a file, told apart by its content and not by its name; with notes on what was left out.

    `encoding` is what a person says that a text file is in; None: it is found out. The process that reads
    ends with the last of the tables.

    Raises: FileRefused for a file that is empty, broken, locked, too large or of no kind that can be read,
    OSError."""
    reading = _Reading(path, encoding, Limits.for_bytes(path.stat().st_size))
    opened = reading.receive_contents()
    tables: list[Table] = [_Table(reading, place, about) for place, about in enumerate(opened["tables"])]
    return tables, opened["notes"]


class _Reading:
    """The process, and the answers that came for one iteration while another was waited for."""

    def __init__(self, path: Path, encoding: str | None, limits: Limits) -> None:
        self._sandbox = Sandbox(_WORK, [str(path.absolute()), encoding], limits)
        self._numbers = count(1)
        self._asked: deque[int] = deque()
        self._come: dict[int, bytes] = {}

    def begin(self, table: int, columns: frozenset[int]) -> int:
        """Asks for the first rows of an iteration, and gives its number."""
        iteration = next(self._numbers)
        self._ask([iteration, table, sorted(columns)])
        return iteration

    def go_on(self, iteration: int) -> None:
        """Asks for the following rows."""
        self._ask([iteration])

    def receive_part(self, iteration: int) -> bytes:
        """What was asked for last. Raises: FileRefused, OSError."""
        while iteration not in self._come:
            self._come[self._asked.popleft()] = self._receive()
        return self._come.pop(iteration)

    def receive_contents(self) -> Any:
        """What the file holds. Raises: FileRefused, OSError."""
        return read_answer(self._receive())

    def _ask(self, request: list[Any]) -> None:
        self._asked.append(request[0])
        self._sandbox.ask(request)

    def _receive(self) -> bytes:
        try:
            return self._sandbox.receive()
        except SandboxEnded as ended:
            place = f"（读到“{self._sandbox.place}”）" if self._sandbox.place else ""
            raise FileRefused(ended.sentence(f"这份文件{place}", _REMEDY)) from ended


class _Table:
    """One table of the file."""

    def __init__(self, reading: _Reading, place: int, about: dict[str, Any]) -> None:
        self.form: str = about["form"]
        self.sheet: str | None = about["sheet"]
        self.number: int = about["number"]
        self.encoding: str | None = about["encoding"]
        self.times: dict[str, str] = about["times"]  # row → time of its event
        self._reading = reading
        self._place = place
        self._head = about["head"].encode()
        self._compute_share = 0.0

    def head(self) -> list[Row]:
        return list(_unpack(self._head))

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        iteration = self._reading.begin(self._place, fill_down)
        while not (part := self._reading.receive_part(iteration)).startswith(b"{"):
            self._reading.go_on(iteration)  # read while these are used
            share, _, rows = part.partition(b" ")
            self._compute_share = float(share)
            yield from _unpack(rows)
        read_answer(part)

    def share_read(self) -> float:
        return self._compute_share


def read_answer(answer: bytes) -> Any:
    """An answer that is no rows. Raises: FileRefused, OSError."""
    content = orjson.loads(answer)
    if "refused" in content:
        raise (NoTable if content["no_table"] else FileRefused)(content["refused"])
    if "errno" in content:
        raise OSError(content["errno"], content["strerror"])
    return content


def _unpack(packed: bytes) -> Iterator[Row]:
    rows = orjson.loads(memoryview(packed)[1:])
    if packed.startswith(MARKED):
        return ((number, _restore_cells(cells)) for number, cells in rows)
    return map(tuple, rows)


def _restore_cells(cells: Any) -> Any:
    if isinstance(cells, dict):
        return UnreadableRow.because(*cells["of"])
    for column, cell in enumerate(cells):
        if type(cell) is dict:
            cells[column] = _restore(cell[MARK], cell["of"])
    return cells


def _restore(kind: str, of: Any) -> Cell:
    match kind:
        case "datetime":
            return datetime.fromisoformat(of)
        case "date":
            return date.fromisoformat(of)
        case "time":
            return time.fromisoformat(of)
        case "timedelta":
            return timedelta(*of)
    return From1904(of)
