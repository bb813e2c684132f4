"""Indicators of the seats: staffed as agreed, and what the time there was spent on."""

from fractions import Fraction

from kpi.figures.indicators.formula import percent, ratio, total
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator

GROUP = "座席"

HOURS = Fraction(1, 3_600_000)  # 毫秒 → 小时
SECONDS = Fraction(1, 1000)

_TOGETHER = (
    "同一座席同时写了两个状态的（相差1秒以内的按取整处理）、没有写结束时间的，不猜是哪一个，列为不明。"
)
_MONTH = "按北京日期归月，跨零点的状态各算各的日子。"

INDICATORS = (
    Indicator(
        key="seats_staffed_rate", title="座席到岗率（按时段）", unit="%", scale=2,
        formula=percent(total("seats_staffed_ms", times=HOURS), total("seats_contracted_ms", times=HOURS)),
        direction=Direction.HIGHER, source="服务合同约定的各时段座席数；座席状态日志",
        card=Card(
            why="合同按时段约定座席数，花名册上的人数看不出某个小时里坐着几个人。",
            numerator="约定的座席时间中有座席签入的部分（小时），一小时里最多计到约定的座席数。",
            denominator="约定的座席时间（小时）：合同座席表里当天各小时的座席数之和。",
            includes="签入以后不论空闲、示忙、小休，都算到岗。新的合同座席表自生效日期起代替以前的。",
            excludes="未报送座席状态的日子；合同座席表没有写的时段；超出约定的座席。" + _TOGETHER,
            month="按时段所在的北京日期归月。",
            example=Example("6780", "7440", "91.13"),
        ),
    ),
    Indicator(
        key="agent_occupancy_rate", title="工时利用率", unit="%", scale=2,
        formula=percent(
            total("agent_handling_ms", times=HOURS), total("agent_available_ms", times=HOURS)
        ),
        direction=Direction.NEITHER, source="呼叫中心通行的工时利用率：通话和整理÷签入且不在小休",
        card=Card(
            why="看座席的时间有多少用在处理来电上；过高没有余量，过低人手闲置。",
            numerator="通话和整理的时间（小时）。",
            denominator="签入且不在小休的时间（小时）。",
            includes="外呼的通话；保持算通话。",
            excludes="振铃、拨号不算通话；小休不在分母里。" + _TOGETHER,
            month=_MONTH,
            example=Example("3410.5", "5120", "66.61"),
        ),
    ),
    Indicator(
        key="agent_mean_wrap_up", title="平均整理时长", unit="秒", scale=1,
        formula=ratio(total("agent_wrap_up_ms", times=SECONDS), "agent_wrap_ups"),
        direction=Direction.LOWER, source="座席状态日志的整理（话后处理）状态",
        card=Card(
            why="话后整理的时间里座席接不了下一个电话。",
            numerator="各次整理的时长之和（秒）。",
            denominator="整理的次数（次）。",
            includes="不论由来电还是外呼引起。",
            excludes="与别的状态重叠的、没有写结束时间的，时长不明，不在平均之内。",
            month="按整理开始的北京日期归月，过零点的整段记在开始的一天。",
            example=Example("36120", "840", "43.0"),
        ),
    ),
    Indicator(
        key="agent_not_ready_rate", title="示忙占比", unit="%", scale=2,
        formula=percent(
            total("agent_not_ready_ms", times=HOURS), total("agent_signed_in_ms", times=HOURS)
        ),
        direction=Direction.LOWER, source="座席状态日志的示忙状态",
        card=Card(
            why="签入而示忙的座席不接电话，接通率低时先看这里。",
            numerator="示忙的时间（小时）。",
            denominator="签入的时间（小时）。",
            includes="自己示忙和被强制示忙。",
            excludes="小休、整理、培训会议不算示忙。" + _TOGETHER,
            month=_MONTH,
            example=Example("212", "5480", "3.87"),
        ),
    ),
)  # fmt: skip
