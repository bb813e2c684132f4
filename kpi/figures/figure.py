"""A figure: one indicator of one centre in one period, with everything needed to defend it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kpi.figures.gap import Gap
from tracker.periods import Period


class Status(StrEnum):
    """Can the figure be walked back to delivered rows?"""

    VERIFIABLE = "可核实"  # every expected day has backing, and every row tells what decides
    PARTLY = "部分可核实"  # days without backing, rows held back, or rows that do not tell what decides
    UNVERIFIABLE = "无法核实"  # no backing, or no row tells what decides: no value is shown
    NOT_APPLICABLE = "不适用"  # backed, but there was nothing to divide by

    @property
    def meaning(self) -> str:
        """What it says of a figure, in a sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    Status.VERIFIABLE: "应有数据的每一天都有来源文件支撑，没有未导入的行，参与计算的内容均可识别。",
    Status.PARTLY: "部分日期缺数据，或有行未导入、有行无法判断是否计入；"
    "缺失均已列出。上下限为最差和最好的可能，"
    "其中缺的日子按最忙的一天估计，实际可能更多，不据此判断是否达标。",
    Status.UNVERIFIABLE: "没有数据，或所有行均缺少所需的列；不给出数字，既不是0，也不是100%。",
    Status.NOT_APPLICABLE: "分母为0，或尚未到报送时间。",
}


class LockState(StrEnum):
    """May the figure still move?"""

    PROVISIONAL = "未锁定"  # its month is not locked
    LOCKED = "已锁定"  # as it was locked
    CORRECTED = "已更正"  # locked, and replaced since with two people's consent


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One computed indicator.

    `value` is None unless status is 可核实 or 部分可核实; it is rounded half up at the indicator's scale,
    while numerator and denominator stay exact. `coverage` is backed ÷ expected units (days, hours, months),
    never capped and never filled; None where nothing was expected yet. `low` and `high` bound the value:
    worst and best case while coverage is below 1, or the 95 % Wilson interval of a survey share; `bounds`
    says which. A sealed figure stands as it was sealed, whatever has been recorded since.
    """

    indicator: str
    center: str
    period: Period
    numerator: Fraction | None
    denominator: Fraction | None  # None: the indicator is a count or a sum
    value: Decimal | None
    unit: str
    coverage: Fraction | None
    status: Status
    reason: str  # a sentence; names the gaps
    gaps: tuple[Gap, ...] = ()  # none unless status is 部分可核实 or 无法核实
    low: Decimal | None = None
    high: Decimal | None = None
    bounds: str | None = None
    provisional: bool = False  # the period has not ended
    definition_version: int
    source: str  # where the definition comes from
    log_seq: int  # the log position the figure was computed at
    computed_at: datetime
    vintage: int = 0  # 0: provisional; 1: as locked; 2 and above: corrected
    code: str = ""  # 7K3M-Q2XF; empty until the figure is stored

    @property
    def lock(self) -> LockState:
        """Provisional, locked or corrected."""
        if self.vintage == 0:
            return LockState.PROVISIONAL
        return LockState.LOCKED if self.vintage == 1 else LockState.CORRECTED
