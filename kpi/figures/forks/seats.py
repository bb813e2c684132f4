"""How the time at the seats is counted elsewhere."""

from kpi.figures.forks.fork import build_fork, change_card
from kpi.figures.indicators import INDICATORS, Card, Example
from kpi.figures.indicators.formula import percent, ratio, total
from kpi.figures.indicators.seats import HOURS, SECONDS

_STAFFED = INDICATORS["seats_staffed_rate"]
_OCCUPANCY = INDICATORS["agent_occupancy_rate"]
_WRAP_UP = INDICATORS["agent_mean_wrap_up"]

FORKS = (
    build_fork(
        _STAFFED, "whole_hours", "按时间还是按小时", "到齐的小时÷有约定的小时", "逐小时考核座席数的合同",
        percent("seat_hours_reached", "seat_hours_contracted"),
        change_card(
            _STAFFED, "座席签入的时间之和不少于约定座席数乘一小时的小时（小时）。",
            "合同座席表约定了座席的小时（小时）。",
            includes="一个小时里差一分钟也算没有到齐。",
        ),
    ),
    build_fork(
        _OCCUPANCY, "with_ringing", "振铃算不算", "通话、整理、振铃和拨号÷签入且不在小休",
        "把振铃和拨号算作处理时间的口径",
        percent(
            total("agent_handling_with_ringing_ms", times=HOURS), total("agent_available_ms", times=HOURS)
        ),
        change_card(
            _OCCUPANCY, "通话、整理、振铃和拨号的时间（小时）。", excludes="小休不在分母里。",
        ),
    ),
    build_fork(
        _OCCUPANCY, "of_signed_in", "小休在不在分母里", "通话和整理÷签入", "按签入总时长考核的口径",
        percent(total("agent_handling_ms", times=HOURS), total("agent_signed_in_ms", times=HOURS)),
        change_card(
            _OCCUPANCY, below="签入的时间（小时），小休在内。", excludes="振铃、拨号不算通话。",
        ),
    ),
    build_fork(
        _WRAP_UP, "per_answered", "分母是谁", "整理时长÷人工接听量", "平均处理时长（AHT）的口径：按接听量摊",
        ratio(total("agent_wrap_up_ms", times=SECONDS), "calls_answered"),
        Card(
            why=_WRAP_UP.card.why,
            numerator=_WRAP_UP.card.numerator,
            denominator="由座席接听的呼入电话（通）。",
            includes="外呼引起的整理在分子里，外呼不在分母里。",
            excludes=_WRAP_UP.card.excludes,
            month="整理按开始的日期、电话按进入系统的日期归月。",
            example=Example("36120", "840", "43.0"),
        ),
    ),
)  # fmt: skip
