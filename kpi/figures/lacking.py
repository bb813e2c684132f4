"""What is missing and what mends it, told once for all the figures that suffer from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kpi.figures.carried import UNKNOWN
from kpi.figures.day_states import DayState
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import Indicator
from kpi.figures.sources import SOURCES

LACKING = (Status.UNVERIFIABLE, Status.PARTLY)  # the worse first

Pair = tuple[Indicator, Figure]


@dataclass(frozen=True)
class Lack:
    """What a source lacks, and the indicators that rest on it."""

    status: Status  # the worst among them
    reason: str  # 话单缺8月12日、8月13日。
    remedies: tuple[str, ...]
    suffering: tuple[Pair, ...]
    owed: bool  # its month still runs


def lacks_of(found: Iterable[Pair]) -> tuple[Lack, ...]:
    """One entry for each gap that the figures' reasons name; the worst first, then those that hit most."""
    suffering: dict[str, list[Pair]] = {}
    for pair in found:
        if pair[1].status in LACKING:
            for gap in _gaps_in(pair[1]):
                suffering.setdefault(gap, []).append(pair)
    lacks = [_lack(reason, pairs) for reason, pairs in suffering.items()]
    return tuple(sorted(lacks, key=lambda one: (LACKING.index(one.status), -len(one.suffering))))


def _gaps_in(figure: Figure) -> list[str]:
    """已交付的部分没有…，而话单缺8月12日；工单缺8月1日。缺少的部分… → 话单缺8月12日, 工单缺8月1日"""
    return figure.reason.partition("。")[0].rpartition("，而")[2].split("；")


def _lack(reason: str, pairs: Sequence[Pair]) -> Lack:
    needs = dict.fromkeys(need for indicator, _ in pairs for need in indicator.needs)
    about = [SOURCES[need] for need in needs if reason.startswith(SOURCES[need].title)]
    if reason.endswith(UNKNOWN):
        remedies = tuple(SOURCES[need].carried_remedy for need in needs if SOURCES[need].begun)
    elif (mended := _of_rows(reason)) is not None:
        remedies = (mended,)
    else:
        remedies = tuple(one.remedy for one in about)
    status = min((figure.status for _, figure in pairs), key=LACKING.index)
    owed = any(reason.startswith(f"{one.title}{DayState.OWED}") for one in about)
    return Lack(status, f"{reason}。", remedies, tuple(pairs), owed)


_OF_ROWS = (  # what a reason says of rows that are there → what mends it
    ("统计设定", "请在“统计设定”里说明，只须说明一次。"),
    ("待答的文件", "请回答待答问题（页面“待答问题”，或 hotline questions）。"),
    ("行被隔离", "请改正被隔离的行后重新导入；核对过、没有漏掉数据的，可以了结（hotline quarantine）。"),
    ("以后没有再交付", "请交付期末以后重新导出的工单，把当时还没有办结的也导出来。"),
    ("看不出来源是否区分", "请向平台供应商问明导出里能否区分；不能区分的，这项指标无从计算。"),
    ("”一列", "请在导出里加上这一列，重新导出本期数据后导入。"),
    ("行没有“", "请补全这些行的这一项，重新导出后导入。"),
    ("不明（其中", "请按“隔离行”里的说明改正没有读懂的内容，或回答导入时的问题，重新导入。"),
)


def _of_rows(reason: str) -> str | None:
    """What mends a gap that is not of days or months that did not come."""
    return next((remedy for mark, remedy in _OF_ROWS if mark in reason), None)
