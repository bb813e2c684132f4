"""How payment and the budget are counted elsewhere.

Payment counted from the day of the invoice is not here, because no table that centres deliver tells of it.
"""

from fractions import Fraction

from kpi.figures.forks.fork import build_fork, change_card
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.formula import (
    Part,
    Term,
    percent,
    ratio,
    total,
)

_PAID = INDICATORS["payment_on_time_rate"]
_ACCEPTED = INDICATORS["payment_within_30_days_of_acceptance_rate"]
_EXECUTION = INDICATORS["budget_execution_rate"]
_FEN = Fraction(1, 100)  # 分 → 元


PAID = (
    build_fork(
        _PAID, "of_paid", "分母是谁", "按时支付÷本期支付", "英国付款报告按“本期支付”分档的口径",
        percent("payments_paid_on_time", "payments_paid"),
        change_card(
            _PAID, "本期支付、不晚于约定日的款项（笔）。", "实际支付日落在本期的款项（笔）。",
            includes="以前到期、本期补付的在分母里。", excludes="到期未付的款项，不在分母里。",
            month="按实际支付日归月。",
        ),
    ),
    build_fork(
        _PAID, "of_due_paid", "未付的", "按时支付÷应付且已付", "不计未付款项的口径",
        percent("payments_due_on_time", "payments_due_paid"),
        change_card(
            _PAID, below="约定支付日落在本期、现已支付的款项（笔）。", includes="晚付的在分母里。",
            excludes="到期未付的款项，不在分母里。",
        ),
    ),
    build_fork(
        _PAID, "rolled", "宽限", "按时支付（节假日顺延）÷应付",
        "民法典第二百零三条：期间的最后一日是法定休假日的顺延",
        percent("payments_due_on_time_rolled", "payments_due"),
        change_card(
            _PAID, "实际支付不晚于约定支付日的款项（笔）；约定日是休息日的，不晚于其后第一个工作日。",
            includes="到期未付的在分母里。工作日以国务院办公厅公布的节假日安排为准，没有该年日历的算不出来，列为不明。",
        ),
    ),
    build_fork(
        _PAID, "late_by_30_days", "宽限", "晚于约定日不超过30日支付÷应付",
        "以逾期支付30日为界的付款统计；从约定支付日起算，不是验收后30日的法定期限",
        percent("payments_due_late_by_30_days", "payments_due"),
        change_card(
            _PAID, "最迟晚于约定支付日30个日历天支付的款项（笔）。",
            includes="到期未付的在分母里。法定期限从验收起算，见法定期限内支付率。",
        ),
    ),
)  # fmt: skip

ACCEPTED = (
    build_fork(
        _ACCEPTED, "within_60_days", "几日为限", "验收后60日内支付÷验收后满60日",
        "合同约定的付款期限最长60日",
        percent("payments_paid_within_60_days", "payments_accepted_60_days"),
        change_card(
            _ACCEPTED, "最迟在验收日期以后第60个自然日支付的款项（笔）。",
            "验收日期以后第60个自然日落在本期的款项（笔），付了的和没付的都在内。",
            includes="节假日照算。", month="按验收日期以后第60个自然日归月；没有支付明细佐证的月份不计入。",
        ),
    ),
)  # fmt: skip

EXECUTION = (
    build_fork(
        _EXECUTION, "less_returned", "收回的", "实际支出÷（到位－收回）", "财政收回的额度不算到位的评价口径",
        ratio(
            total("payments_paid_fen", times=_FEN),
            Part(
                (
                    Term("budget_received_fen", _FEN), Term("budget_carried_fen", _FEN),
                    Term("budget_returned_fen", -_FEN),
                )
            ),
            100,
        ),
        change_card(
            _EXECUTION, below="到位资金加上年结转，减去财政收回（元）。",
            excludes="已约定而没有实际支付的款项；财政收回的资金。",
        ),
    ),
)  # fmt: skip

FORKS = (
    *PAID,
    *ACCEPTED,
    *EXECUTION,
)
