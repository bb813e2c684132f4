"""Measures of the platforms' probes: each probed hour of each platform weighs the same, however often it was
probed."""

from typing import Any

import sqlalchemy as sa

from kpi.figures.measures.declared import select_declaration
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, SqlColumn, scale
from kpi.figures.source import Rhythm, Source
from tracker.facts.platform import outages, probes

SOURCES = (
    Source(
        key="probes",
        rhythm=Rhythm.HOURLY,
        remedy="请平台供应商补报缺失时段的巡检日志；确无巡检的时段无法补报，请尽快启用自动巡检。"
        "已停用的平台，请在“统计设定”里写明自哪天起不计入平台运转率。",
    ),
)

_HOUR_MS = 3_600_000

_beijing = sa.func.timezone("Asia/Shanghai", probes.c.at)
_into_the_hour = sa.cast(sa.extract("minute", _beijing), sa.BigInteger) * 60_000 + sa.cast(
    sa.func.floor(sa.extract("milliseconds", _beijing)), sa.BigInteger
)


def _apply_within_hour(function: Any) -> SqlColumn:
    """Over the probes of one platform in one hour, in the order of time."""
    hour = (probes.c.center_id, probes.c.platform, probes.c.probed_on, probes.c.hour)
    windowed: SqlColumn = function.over(partition_by=hour, order_by=(probes.c.at, probes.c.subject))
    return windowed


_until = sa.func.coalesce(_apply_within_hour(sa.func.lead(_into_the_hour)), _HOUR_MS)
_since = sa.case((_apply_within_hour(sa.func.row_number()) == 1, 0), else_=_into_the_hour)
_is_counted = sa.func.coalesce(
    select_declaration("platform", probes, probes.c.platform, probes.c.probed_on), sa.true(), type_=sa.Boolean
)

PROBED = (
    sa.select(
        probes.c.center_id,
        probes.c.subject,
        probes.c.seq,
        probes.c.platform,
        probes.c.at,
        probes.c.probed_on,
        probes.c.hour,
        probes.c.up,
        (_until - _since).label("stands_ms"),
    )
    .where(_is_counted)
    .subquery("probed")
)
"""Each probe stands for the time until the next one of its platform in the same hour of the clock, the last
for the rest of the hour, the first also for what went before it."""

PROBES = Population(
    key="probes", title="一次巡检", rows=PROBED, of=PROBED, day=PROBED.c.probed_on,
    columns=(
        ("巡检时间", PROBED.c.at), ("平台", PROBED.c.platform), ("正常", PROBED.c.up),
        ("代表的时间（秒）", scale(PROBED.c.stands_ms, 1000, 1)),
    ),
    source="probes", facts=("probes", "declarations", "outages"), rolled=True,
)  # fmt: skip

_hours = (
    sa.select(
        probes.c.center_id,
        probes.c.probed_on,
        probes.c.hour,
        probes.c.platform,
        sa.func.min(probes.c.subject).label("subject"),
        sa.func.min(probes.c.seq).label("seq"),
        sa.func.count().label("probes"),
    )
    .where(_is_counted)
    .group_by(probes.c.center_id, probes.c.probed_on, probes.c.hour, probes.c.platform)
    .subquery("probe_hours")
)
PROBE_HOURS = Population(
    key="probe_hours", title="一个平台有巡检的一小时", rows=_hours, of=_hours, day=_hours.c.probed_on,
    columns=(("平台", _hours.c.platform), ("时", _hours.c.hour), ("巡检次数", _hours.c.probes)),
    source="probes", facts=("probes", "declarations"), rolled=True,
)  # fmt: skip

POPULATIONS = (PROBES, PROBE_HOURS)

_up = PROBED.c.up.is_(True)
_planned = sa.exists().where(
    outages.c.center_id == PROBED.c.center_id,
    outages.c.platform == PROBED.c.platform,
    outages.c.planned.is_(True),
    outages.c.down_at <= PROBED.c.at,
    sa.or_(outages.c.up_at.is_(None), outages.c.up_at > PROBED.c.at),
)


def _build_time_measure(
    key: str, title: str, about: str, where: sa.ColumnElement[bool] | None, on_demand: bool
) -> Measure:
    return Measure(
        key=f"platform_{key}_ms", title=title, unit="毫秒", among=PROBES, where=where,
        value=PROBED.c.stands_ms, about=about, on_demand=on_demand,
    )  # fmt: skip


MEASURES = (
    Measure(key="probes", title="巡检次数", unit="次", among=PROBES, about="对计入的平台的全部巡检。"),
    _build_time_measure(
        "probed", "有巡检的平台时间",
        "各平台有巡检的小时之和：一个平台的一小时里至少有一次巡检的，计一小时，不论巡检几次。", None, False,
    ),
    _build_time_measure(
        "up", "正常的平台时间",
        "有巡检的平台时间中正常的部分：一次巡检代表到同一小时内下一次巡检为止的时间，最后一次代表到整点，第一次也代表整点到它的时间。",
        _up, False,
    ),
    _build_time_measure(
        "probed_unplanned", "有巡检的平台时间，不计计划停机",
        "有巡检的平台时间，除去停机记录写明计划停机的期间里的巡检所代表的时间。", sa.not_(_planned), True,
    ),
    _build_time_measure(
        "up_unplanned", "正常的平台时间，不计计划停机",
        "正常的平台时间，除去停机记录写明计划停机的期间里的巡检所代表的时间。",
        sa.and_(_up, sa.not_(_planned)), True,
    ),
    Measure(
        key="probe_hours", title="有巡检的平台小时", unit="小时", among=PROBE_HOURS,
        about="一个平台至少有一次巡检记录的小时，各平台相加，不论结果；数据完整率按它计算。",
    ),
)  # fmt: skip
