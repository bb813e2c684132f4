"""How the state of a day looks, on every page alike: a colour, a sign beside it, and words."""

from dataclasses import dataclass

from kpi.figures.day_states import CoverageUnit, DayState
from kpi.figures.source import Rhythm, Source


@dataclass(frozen=True)
class DayMark:
    """`kind` is the colour's name; the sign is there so that colour is not alone."""

    kind: str
    chip: str
    sign: str
    about: str  # for a legend


LOOKS = {
    DayState.DATA: DayMark("covered", "full", "✓", "次日零时以后导出的文件含有当日数据"),
    DayState.ZERO: DayMark("zero", "full", "0", "已确认当日无业务，或当月无变动"),
    DayState.PARTLY: DayMark("partly", "partial", "◐", "缺部分小时，或有行未导入"),
    DayState.OWED: DayMark("owed", "partial", "○", "尚未报送，所在月份未结束"),
    DayState.MISSING: DayMark("missing", "none", "✕", "未报送，所在月份已结束"),
    DayState.AHEAD: DayMark("ahead", "nothing", "", "未到期"),
    DayState.NOT_EXPECTED: DayMark(
        "none", "nothing", "—", "无应报数据：本月没有问卷，或该类数据从未报送、可以没有"
    ),
    DayState.BEFORE: DayMark("none", "nothing", "—", "热线尚未启用"),
}


def describe_day(source: Source, unit: CoverageUnit, *, rows: int = 0, signed_by: str | None = None) -> str:
    """The state and what it rests on: 有数据（112 行）; 零报告（确认人 张三）; 部分（缺 3 小时）."""
    hours = source.rhythm is Rhythm.HOURLY and unit.ended and 0 < unit.lacking < unit.whole
    details = (
        f"缺 {unit.lacking} 小时" if hours else "",
        f"{rows:,} 行" if rows else "",
        f"确认人 {signed_by}" if signed_by else "",
        f"另有可能属于这里的 {unit.held:,} 行未导入" if unit.held else "",
    )
    text = "，".join(filter(None, details))
    return f"{unit.state}（{text}）" if text else unit.state
