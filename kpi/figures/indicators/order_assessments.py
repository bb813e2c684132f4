"""Indicators of how units handled work orders, as callers said and as deadlines of their own show."""

from kpi.figures.indicators.indicator import Card, Direction, Example
from kpi.figures.indicators.order_cards import (
    AS_KNOWN_NOW,
    BY_ACCEPTANCE,
    CARRIED_OVER,
    STEPS_NEEDED,
    build_share,
)

GROUP = "工单"

INDICATORS = (
    build_share(
        "work_order_response_rate", "响应率", "work_orders_responded", "work_orders_response_asked",
        Direction.HIGHER, "北京市接诉即办工作条例：响应率、解决率、满意率；以回访答复为准",
        Card(
            why="单位有没有联系诉求人，由诉求人自己说。",
            numerator="本期受理、办结后回访联系上，诉求人说单位联系过的工单（件）。",
            denominator="本期受理、办结后回访联系上，诉求人说了联系过没有的工单（件）。",
            includes=AS_KNOWN_NOW,
            excludes="没有回访、没有联系上的；未表态的。工单表没有“是否联系市民”一列的，无法核实。",
            month=BY_ACCEPTANCE, example=Example("93", "100", "93.00", "问到100件、93件联系过时"),
        ),
    ),
    build_share(
        "work_order_replied_in_time_rate", "按时反馈率", "work_orders_replied_in_time",
        "work_orders_reply_due", Direction.HIGHER, "二级单位按时反馈÷应反馈",
        Card(
            why="街道、处室这一级拖住了，市级的时限就守不住。",
            numerator="二级单位的反馈截止时间落在本期、反馈不晚于它的工单（件）。",
            denominator="二级单位的反馈截止时间落在本期的工单（件），含以前受理的。",
            includes=f"到期没有反馈的在分母里。{CARRIED_OVER}",
            excludes="没有二级反馈截止时间的；作废的。",
            month="按二级反馈截止时间的北京日期归月。",
            example=Example("95", "100", "95.00", "应反馈100件、5件超时或没有反馈时"),
        ),
    ),
    build_share(
        "work_order_returned_late_rate", "超时退单率", "work_orders_returned_late",
        "work_orders_returned_dated", Direction.LOWER, "超过退单截止时间的退单÷有退单时限的退单",
        Card(
            why="退单也有时限，过了时限再退，办理时间已经耽误。",
            numerator="本期受理并派单、首次退单晚于退单截止时间的工单（件）。",
            denominator="本期受理并派单、退回过并写有退单截止时间的工单（件）。",
            includes="退过几次的，看首次退单。",
            excludes=f"没有退单截止时间的；没有写退单时间的。{STEPS_NEEDED}",
            month=BY_ACCEPTANCE, example=Example("4", "20", "20.00", "退单20件、4件超过时限时"),
        ),
    ),
    *(
        build_share(
            f"work_order_{key}_satisfaction_rate", f"{word}满意率", f"work_orders_{key}_satisfied",
            f"work_orders_{key}_rated", Direction.HIGHER, f"回访对{word}的评价",
            Card(
                why=f"对结果不满意的，不一定对{word}不满意，分开看才知道差在哪里。",
                numerator=f"本期受理、诉求人对{word}评价为非常满意、满意或基本满意的工单（件）。",
                denominator=f"本期受理、诉求人评价了{word}的工单（件）。",
                includes="“基本满意”算满意，“一般”不算。",
                excludes=f"没有评价{word}的；工单表没有这一列的，无法核实。",
                month=BY_ACCEPTANCE, example=Example("96", "100", "96.00", "评价100件、96件满意时"),
            ),
        )
        for key, word in (("attitude", "服务态度"), ("process", "办理过程"))
    ),
)  # fmt: skip
