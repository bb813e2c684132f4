"""Work for the process that reads strangers' files, none of which it survives."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

from tracker.sandbox import Channel
from tracker.tabular.serving import serve

HERE = "tests.faults.endings"


class Panic(BaseException):
    """As a panic in Rust comes to Python: no Exception."""


class _Broken(Channel):
    """Ends its process once rows are asked for."""

    def __init__(self, whole: Channel, end: Callable[[Channel, Any], None]) -> None:
        super().__init__(whole._connection)
        self._end = end

    def requests(self) -> Iterator[Any]:
        for request in super().requests():
            self._end(self, request)
            yield request


def panic(channel: Channel, argument: Any) -> None:
    raise Panic("nobody foresaw this")


def be_killed(channel: Channel, argument: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def be_damaged(channel: Channel, argument: Any) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def take_memory(channel: Channel, argument: Any) -> None:
    channel.answer(str(len(bytearray(4 << 30))).encode())


def take_time(channel: Channel, argument: Any) -> None:
    while True:
        pass


def panic_at_rows(channel: Channel, argument: Any) -> None:
    """Tells what tables there are, and reads none."""
    serve(_Broken(channel, panic), argument)


def be_killed_at_rows(channel: Channel, argument: Any) -> None:
    serve(_Broken(channel, be_killed), argument)


AT_ONCE = (panic, be_killed, be_damaged, take_memory, take_time)
AT_ROWS = (panic_at_rows, be_killed_at_rows)
