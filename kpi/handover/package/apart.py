"""Work on a package in a process of its own, with limits of memory and time: packages come from strangers."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from kpi.handover.package.container import UnreadablePackage
from tracker.file_writing import WorkingFolder
from tracker.sandbox import Channel, Limits, SandboxEnded, run

_MEMORY = 8 << 30  # bytes of address space; what figures are computed in takes 3 GB before it spills
_SECONDS = 600  # of processor time for any package,
_BYTES_A_SECOND = 1 << 16  # and sixteen for each megabyte
_WRITTEN = 4 << 30  # bytes of a file for any package, and four for each byte of its own
_REMEDY = "请向中心索取重新打的包；包没有问题的，换一台内存更大的电脑再打开。"

Problems = tuple[type[Exception], ...]


def run_apart(work: str, path: Path, argument: Any, problems: Problems) -> Any:
    """The answer of `work` (module:function), which is given [path, an empty folder, argument].

    Raises: one of `problems` where the work met it, UnreadablePackage where it took too much, OSError."""
    limits = _limit(path.stat().st_size)
    with WorkingFolder() as folder:
        try:
            answer = run(work, [str(path.absolute()), str(folder), argument], limits)
        except SandboxEnded as ended:
            raise UnreadablePackage(ended.sentence("这个证据包", _REMEDY)) from ended
    if "problem" in answer:
        name, sentence = answer["problem"]
        raise next(one for one in problems if one.__name__ == name)(sentence)
    return answer["content"]


def answer_apart(channel: Channel, make: Callable[[], Any], problems: Problems) -> None:
    """The other side: sends what is made, or the problem that was met."""
    answer: dict[str, Any]
    try:
        answer = {"content": make()}
    except problems as problem:
        name = next(one.__name__ for one in problems if isinstance(problem, one))
        answer = {"problem": [name, str(problem)]}
    channel.answer(orjson.dumps(answer))


def _limit(size: int) -> Limits:
    return Limits(_MEMORY, _SECONDS + size // _BYTES_A_SECOND, _WRITTEN + 4 * size)
