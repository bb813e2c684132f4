"""Asterisk's queue_log: one line an event of a waiting call, put together to one row a call.

A line is `epoch|call id|queue|agent|EVENT|data…`. Calls that hang up in the voice menu never reach a queue
and are not in it. What a call became is known from its last event; where the log lacks its beginning or
end, the row says so in the cells that would tell it, so that they read as unknown and not as "not answered".
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from operator import itemgetter

from tracker.periods import SHANGHAI
from tracker.tabular.source import ByteSource
from tracker.tabular.table import HEAD_ROWS, Cell, FileRefused, Row, Table, UnreadableRow

LARGEST = 256 << 20  # bytes; the calls are in memory until all lines are read
TITLES = (
    "流水号", "呼叫类型", "主叫号码", "进入系统时间", "进入队列时间", "坐席应答时间", "结束时间",
    "通话时长（秒）", "呼叫结果", "坐席工号", "技能组",
)  # fmt: skip

_LINE = re.compile(r"(\d{9,11})(?:\.\d+)?\|([^|]*)\|([^|]*)\|([^|]*)\|([A-Z_]+)(?:\|(.*))?")
_TRIED_LINES = 5
_LONGEST_LINE = 4096  # bytes
_ENTERED, _CONNECTED, _RANG = "ENTERQUEUE", "CONNECT", "RINGNOANSWER"
_TRANSFERRED = frozenset(("TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER"))
_TALKED = _TRANSFERRED | {
    "COMPLETEAGENT",
    "COMPLETECALLER",
}  # data end with seconds talked, place
_LEFT = {  # event → what the call became
    "ABANDON": "队列放弃",
    "EXITWITHTIMEOUT": "队列超时",
    "EXITEMPTY": "队列溢出",
    "EXITWITHKEY": "按键离开队列",
}
_OF_CALLS = {_ENTERED, _CONNECTED, _RANG, *_TALKED, *_LEFT}
_NO_BEGINNING, _NO_ANSWER, _NO_END = "日志里没有进队记录", "日志里没有接听记录", "日志里没有结束记录"


@dataclass(slots=True)
class _QueueCall:
    """A call as far as its events were met; moments are seconds since 1970."""

    line: int  # of its first event
    queue: str
    entered: int | None = None
    caller: str = ""
    answered: int | None = None
    agent: str = ""
    talked: int | None = None  # seconds
    ended: int | None = None  # None while it waits or is talked
    left: str = ""
    transferred: bool = False

    def take(self, event: str, at: int, agent: str, data: Sequence[str]) -> None:
        if event == _ENTERED:
            self.ended = None
            self.caller = self.caller or (data[1] if len(data) > 1 else "")
        elif event == _CONNECTED:
            self.ended = None
            if self.answered is None:
                self.answered, self.agent = at, agent
        elif event in _TALKED:
            self.ended = at
            self.transferred = self.transferred or event in _TRANSFERRED
            if len(data) > 1 and data[-2].isascii() and data[-2].isdigit():
                self.talked = (self.talked or 0) + int(data[-2])
        elif event in _LEFT:
            self.ended, self.left = at, _LEFT[event]

    def cells(self, number: str) -> list[Cell]:
        """As a row under TITLES."""
        entered = _NO_BEGINNING if self.entered is None else _format_time(self.entered)
        answered: Cell = ""
        talked: Cell = ""
        outcome: Cell = self.left
        if self.answered is not None or self.talked is not None:
            answered = _NO_ANSWER if self.answered is None else _format_time(self.answered)
            talked = _NO_END if self.talked is None or self.ended is None else self.talked
            outcome = "已接听"
        elif self.ended is None:
            answered = talked = outcome = _NO_END
        ended = _NO_END if self.ended is None else _format_time(self.ended)
        return [
            number, "呼入", self.caller, entered, entered, answered, ended,
            talked, outcome, self.agent, self.queue,
        ]  # fmt: skip


class QueueLog:
    """The calls of a log, each numbered by the line of its first event; the titles are row 0."""

    form = "Asterisk 队列日志"
    sheet: str | None = None
    number = 1
    encoding: str | None = None

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._done = 0

    def head(self) -> list[Row]:
        return list(islice(self.rows(), HEAD_ROWS))

    def rows(self, fill_down: frozenset[int] = frozenset()) -> Iterator[Row]:
        yield 0, TITLES
        for done, row in enumerate(self._rows, 1):
            self._done = done
            yield row

    def share_read(self) -> float:
        return self._done / max(len(self._rows), 1)


def is_queue_log(begin: str) -> bool:
    """Whether a text, of which this is the beginning, is a queue_log."""
    lines = begin.splitlines()[:_TRIED_LINES]
    whole = lines[:-1] if len(lines) > 1 else lines  # the last one may be cut off
    return bool(whole) and all(_LINE.fullmatch(line) for line in whole)


def open_queue_log(source: ByteSource) -> tuple[list[Table], list[str]]:
    """The one table, and notes on what a queue_log cannot tell. Raises: FileRefused."""
    if source.size > LARGEST:
        raise FileRefused(f"队列日志超过 {LARGEST >> 20} MB；请按月拆开后分别导入。")
    calls, broken = _read(source)
    if not calls:
        raise FileRefused("队列日志（queue_log）里没有来电：没有一行是来电进队、接听或放弃的记录。")
    rows: list[Row] = [(call.line, call.cells(number)) for number, call in calls.items()]
    rows += [(line, _UNREADABLE) for line in broken]
    return [QueueLog(sorted(rows, key=itemgetter(0)))], list(_list_notes(calls.values()))


def _read(source: ByteSource) -> tuple[dict[str, _QueueCall], list[int]]:
    """The calls by their number, and the lines that are none of a log."""
    calls: dict[str, _QueueCall] = {}
    broken: list[int] = []
    with source.open() as file:
        for number, line in enumerate(iter(lambda: file.readline(_LONGEST_LINE), b""), 1):
            text = line.decode("utf-8", "replace").strip("\ufeff\r\n ")
            found = _LINE.fullmatch(text)
            if found is None:
                broken += [number] if text else []
                continue
            at, call_id, queue, agent, event, data = found.groups()
            if event not in _OF_CALLS or call_id in ("", "NONE"):
                continue
            call = calls.get(call_id)
            if call is None:
                call = calls[call_id] = _QueueCall(number, queue, int(at) if event == _ENTERED else None)
            call.take(event, int(at), agent, (data or "").rstrip("|").split("|"))
    return calls, broken


def _list_notes(calls: Collection[_QueueCall]) -> Iterator[str]:
    yield (
        "这是队列日志（queue_log），按来电合成一行：在语音导航里挂断的来电不进队列，日志里没有；"
        "进入系统的时间未记录，按进入队列的时间计。"
    )
    counted = (
        (
            sum(call.entered is None for call in calls),
            "个来电在日志开始以前已经进队，不知道何时进来：请把前一份日志接在前面，合成一个文件再导入。",
        ),
        (
            sum(call.ended is None for call in calls),
            "个来电到日志末尾还没有结束，是否接听、何时结束记为未知：请把后一份日志接在后面，合成一个文件再导入。",
        ),
        (
            sum(call.transferred for call in calls),
            "个来电由座席转出，转出以后的通话不在日志里：结束时间和通话时长只算到转出为止。",
        ),
        (
            sum(call.answered is None and call.left not in ("", _LEFT["ABANDON"]) for call in calls),
            "个来电未接听就离开了队列，之后去了哪里不在日志里：结束时间是离开队列的时刻。",
        ),
    )
    yield from (f"有 {count} {what}" for count, what in counted if count)


def _format_time(epoch: int) -> str:
    return f"{datetime.fromtimestamp(epoch, SHANGHAI):%Y-%m-%d %H:%M:%S}"


_UNREADABLE = UnreadableRow.because("这一行不是队列日志的记录", "请核对这一行是否被截断，或重新导出日志")
