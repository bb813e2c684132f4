"""Every figure gross and net, and the rows between: what a package says of appeals against assessment."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpi.figures.codes import as_sealed
from kpi.figures.counted_rows import PartName
from kpi.figures.exclusions import FigurePeriod, NetComparison, compare_net
from kpi.figures.forks.net import make_gross_and_net
from kpi.figures.indicators import INDICATORS
from kpi.figures.serializing import format_exact
from kpi.handover.package.layout import dump_csv
from kpi.offline import Replay
from tracker.facts.appeals import appeals, call_appeals
from tracker.periods import Month, list_periods

NetClaim = dict[str, Any]
NetComparisons = Mapping[FigurePeriod, NetComparison]

_ROWS = (
    "指标", "编码", "月份", "对象", "记录号", "归属日期", "计入分子", "计入分母", "结果", "申诉",
    "申诉记录号", "申诉单位", "申诉日期", "申诉理由", "审核人", "审核日期",
)  # fmt: skip


def list_appeal_sources(replay: Replay) -> list[str]:
    """The sources of appeals of which the log tells any; without one a package says nothing of gross and
    net."""
    tables = (appeals, call_appeals)
    return [one.name for one in tables if replay.duck.execute(sa.select(one.c.subject).limit(1)).first()]


def compare_year(replay: Replay, year: int, moment: datetime) -> NetComparisons:
    """Every figure of a year that is counted net of such appeals, by the definitions in force, from the
    log."""
    definitions, told = replay.definitions(), set(list_appeal_sources(replay))
    wanted = [
        (declared, period)
        for key in INDICATORS
        for period in list_periods(year)
        if (both := make_gross_and_net(declared := definitions.find_in_force(key, period)))
        and not told.isdisjoint(both[1].needs)
    ]
    return compare_net(replay.duck.connection, replay.center, wanted, moment)


def make_net_claims(compared: NetComparisons) -> list[NetClaim]:
    """What is claimed of each: both figures, what is listed between, and whether that ties."""
    return [
        {
            "indicator": one.gross.indicator,
            "period": str(one.gross.period),
            "gross": as_sealed(one.gross),
            "net": as_sealed(one.net),
            "excluded": _format_sides(one, granted=True),
            "open": _format_sides(one, granted=False),
            "without_list": {part.value: format_exact(number) for part, number in one.unlisted.items()},
            "ties": one.agrees,
        }
        for one in compared.values()
    ]


def write_exclusions_table(compared: NetComparisons) -> bytes:
    """The rows between, month by month, for a spreadsheet; those of a quarter or year are its months'."""
    return dump_csv(_ROWS, (row for one in compared.values() for row in _list_rows(one)))


def _format_sides(one: NetComparison, *, granted: bool) -> dict[str, str | None]:
    return {part.value: format_exact(one.sum_rows(part, granted=granted)) for part in PartName}


def _list_rows(one: NetComparison) -> Iterator[tuple[Any, ...]]:
    if not isinstance(one.gross.period, Month):
        return
    declared = INDICATORS[one.gross.indicator]
    for row in one.rows:
        adds = (format_exact(row.adds(part)) for part in PartName)
        yield (
            declared.title, declared.key, str(one.gross.period), row.subject, row.seq, row.day, *adds,
            row.outcome, row.appeal, row.appeal_seq, row.asked_by, row.asked_on, row.reason, row.decided_by,
            row.decided_on,
        )  # fmt: skip
