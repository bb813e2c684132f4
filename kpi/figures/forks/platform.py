"""Whether a planned outage counts against the platforms."""

from kpi.figures.forks.fork import build_fork
from kpi.figures.indicators import INDICATORS, Card, Example
from kpi.figures.indicators.formula import percent, total
from kpi.figures.indicators.platform import HOURS

_RATE = INDICATORS["platform_uptime_rate"]

FORKS = (
    build_fork(
        _RATE, "less_planned", "计划停机", "计划内停机不计", "运维合同通行的可用率：不含事先公告的检修",
        percent(
            total("platform_up_unplanned_ms", times=HOURS), total("platform_probed_unplanned_ms", times=HOURS)
        ),
        Card(
            why="事先公告的检修不计为停机；没有登记为计划停机的照常算。",
            numerator="正常的平台时间，除去计划停机期间（小时）。",
            denominator="有巡检的平台时间，除去计划停机期间（小时）。",
            includes="停机记录里平台名称与巡检一致、“计划停机”选“是”的，从停机开始到恢复时间；没有填恢复时间的算还没有恢复。",
            excludes="计划停机期间的巡检所代表的时间，不论正常与否；没有巡检的小时。",
            month=_RATE.card.month,
            example=Example("95", "100", "95.00", "分子95、分母100时"),
        ),
    ),
)  # fmt: skip
