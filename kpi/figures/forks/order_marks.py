"""How closing in time is counted where orders with a mark do not count, and 挂账率 of all orders."""

from kpi.figures.forks.fork import Fork, build_fork, change_card
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.formula import percent

_ON_TIME = INDICATORS["work_order_on_time_rate"]
_HUNG = INDICATORS["work_order_hung_rate"]


def _leave_out(key: str, word: str, used_by: str, told_by: str) -> Fork:
    return build_fork(
        _ON_TIME, f"less_{key}", f"{word}的", f"按时办结÷应办结，{word}的除外", used_by,
        percent(f"work_orders_due_closed_on_time_less_{key}", f"work_orders_due_less_{key}"),
        change_card(
            _ON_TIME,
            f"办结时限落在本期、办结不晚于时限的工单（件），{word}的除外。",
            f"办结时限落在本期的工单（件），{word}的除外。",
            excludes=f"{word}的工单，以{told_by}为准；没有这一列的，算不出。{_ON_TIME.card.excludes}",
        ),
    )  # fmt: skip


FORKS = (
    _leave_out("assisting", "协办", "只考核主办单位、协办不重复计的口径（工单性质分主办、协办、转办的区）",
               "工单表的“工单性质”"),
    _leave_out("merged", "并单", "并单只考核主单的口径", "工单表的“原工单编号”"),
    _leave_out("hung", "挂账", "挂账（缓办）期间不考核时限的口径（数字城管）", "工单表的“挂账时间”"),
    build_fork(
        _HUNG, "of_accepted", "分母是谁", "挂账÷受理", "按受理件数计的口径",
        percent("work_orders_hung", "work_orders_accepted_marked"),
        change_card(
            _HUNG, below="本期受理、没有作废的工单（件）。", includes="直接办结的在分母里。",
            excludes="作废的。工单表没有“挂账时间”一列的，无法核实。",
        ),
    ),
)  # fmt: skip
