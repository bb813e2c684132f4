"""How turnover, staffing, closing in time, satisfaction and payment are counted elsewhere.

Two ways are not here, because no table that centres deliver tells what they need: payment counted from the
day of the invoice, and staffing in full-time equivalents.
"""

from dataclasses import replace
from fractions import Fraction

from kpi.figures.forks.fork import Fork, fork, like
from kpi.figures.indicators import INDICATORS, Card, Example, Indicator
from kpi.figures.indicators.formula import (
    Formula,
    Over,
    Part,
    Term,
    ever,
    monthly_mean,
    percent,
    ratio,
    total,
)
from kpi.figures.measures.staffing import LEAVING_WORDS, PASS_MARKS, TRANSFER_WORDS
from kpi.figures.measures.work_orders import CALENDAR_DAYS

_TURNOVER = INDICATORS["staff_turnover_rate"]
_IN_POST = INDICATORS["staffing_in_post_rate"]
_ON_TIME = INDICATORS["work_order_on_time_rate"]
_SATISFIED = INDICATORS["work_order_satisfaction_rate"]
_PRE_JOB = INDICATORS["pre_job_pass_rate"]
_CLOSING = INDICATORS["work_order_closing_rate"]
_FOLLOWED_UP = INDICATORS["work_order_follow_up_rate"]
_PAID = INDICATORS["payment_on_time_rate"]
_ACCEPTED = INDICATORS["payment_within_30_days_of_acceptance_rate"]
_SURVEYED = INDICATORS["survey_satisfaction_rate"]
_EXECUTION = INDICATORS["budget_execution_rate"]
_FEN = Fraction(1, 100)  # 分 → 元


def _card(base: Indicator, above: str | None = None, below: str | None = None, **changed: str) -> Card:
    """The indicator's card with other parts and an example of its own."""
    value = "12.50" if base is _TURNOVER else "90.00"
    example = Example(*(("5", "40") if base is _TURNOVER else ("90", "100")), value, "举例")
    told = base.card
    return replace(
        told,
        numerator=above or told.numerator,
        denominator=below or told.denominator,
        example=example,
        **changed,
    )


def _turnover(name: str, question: str, title: str, used_by: str, formula: Formula, card: Card) -> Fork:
    return fork(_TURNOVER, name, question, title, used_by, formula, card)


_HALF = Fraction(1, 2)
_MEAN_OF_ENDS = Part(
    (Term("staff_at_month_start", _HALF, Over.FIRST), Term("staff_at_month_end", _HALF, Over.LAST))
)
_AT_START = Part((Term("staff_at_month_start", over=Over.FIRST),))

TURNOVER = (
    _turnover(
        "on_mean_of_ends", "分母是谁", "离职÷期初期末平均在岗", "英国NHS数据词典：离职人数÷期初期末平均人数",
        ratio("staff_left", _MEAN_OF_ENDS, 100),
        _card(
            _TURNOVER, below="期初与期末在岗人数的平均数（人）。",
            includes="不论离职原因；期初是本期开始前一天在岗的人，期末是本期最后一天在岗的人。",
            excludes="期中入职又离职的人不在分母里，离职时仍在分子里。",
        ),
    ),
    _turnover(
        "on_start", "分母是谁", "离职÷期初在岗", "按年初在册人数考核的口径",
        ratio("staff_left", _AT_START, 100),
        _card(_TURNOVER, below="期初在岗人数（人）：本期开始前一天在岗的人。", includes="不论离职原因。"),
    ),
    _turnover(
        "on_monthly_mean", "分母是谁", "离职÷各月末平均在岗", "人力资源统计通行的平均人数口径",
        ratio("staff_left", monthly_mean("staff_at_month_end"), 100),
        _card(_TURNOVER, below="各月末在岗人数的平均数（人）。", includes="不论离职原因。"),
    ),
    _turnover(
        "not_transferred", "哪些人算离职", "离职（不含调动）÷核定岗位", "把内部调动不算流失的口径",
        ratio("staff_left_not_transferred", monthly_mean("posts_at_month_end"), 100),
        _card(
            _TURNOVER, "本期离职的人数（人），不含内部调动。",
            includes=f"没有写离职原因的算离职；原因里有{'、'.join(LEAVING_WORDS)}的，如“借调期满离职”，算离职。",
            excludes=f"离职原因写明{'、'.join(TRANSFER_WORDS)}的；入职。",
        ),
    ),
)  # fmt: skip

IN_POST = (
    fork(
        _IN_POST, "person_days", "按月末还是按天", "在岗人日÷核定人日", "日均口径：月中空岗也看得到",
        percent("staff_person_days", "post_days"),
        _card(
            _IN_POST, "在岗人日：每人在岗的日历天数之和，只算有岗位核定的日子。",
            "核定人日：每天有效的核定人数之和。",
            includes="节假日；请假的人仍算在岗。岗位核定在月中生效的，从生效日算起。超编时可以超过100%。",
            excludes="离职日期当天（不在岗第一天）；首次岗位核定生效以前的日子。",
            month="按天计算，记在所在月的月末；没有花名册佐证的月份不计入。",
        ),
    ),
    fork(
        _IN_POST, "per_post", "岗位要不要对应", "各岗位在岗（最多计到核定）÷核定", "逐个岗位核对缺员的口径",
        percent("staff_at_month_end_in_posts", "posts_at_month_end"),
        _card(
            _IN_POST, "各月末在岗人数之和（人），逐个岗位计，每个岗位最多计到核定人数。",
            includes="岗位以月末当天为准，改名、合并的按现在的名称对应；不会超过100%。",
            excludes="超出核定人数的人、没有核定的岗位上的人；花名册没有写明岗位的人另列为不明。",
        ),
    ),
    fork(
        _IN_POST, "answering", "哪些岗位", "接听岗位在岗÷接听岗位核定", "只看接听电话的岗位的口径",
        percent("staff_at_month_end_answering", "posts_at_month_end_answering"),
        _card(
            _IN_POST, "各月末在接听岗位上的人数之和（人），一人一月计一次。",
            "各月末接听岗位的核定人数之和（人）。",
            includes="哪些岗位接听电话，以中心的统计设定为准；没有设定的岗位按不明处理。",
        ),
    ),
    fork(
        _IN_POST, "at_end", "按月末还是按天", "期末在岗÷期末核定", "只看期末一天的口径",
        percent(
            Part((Term("staff_at_month_end", over=Over.LAST),)),
            Part((Term("posts_at_month_end", over=Over.LAST),)),
        ),
        _card(
            _IN_POST, "期末（最后一个月的月末）在岗人数（人）。", "期末核定人数（人）。",
            includes="期末当天在岗的人。",
        ),
    ),
    fork(
        _IN_POST, "at_start", "按月末还是按天", "各月初在岗÷各月末核定", "按月初花名册考核的口径",
        percent("staff_at_month_start", "posts_at_month_end"),
        _card(
            _IN_POST, "各月初（上月最后一天）在岗人数之和（人）。", includes="当月离职的人仍算在当月之内。",
            excludes="当月入职的人。",
        ),
    ),
)  # fmt: skip


PRE_JOB = tuple(
    fork(
        _PRE_JOB, f"pass_mark_{mark}", "多少分合格", f"岗前考核满{mark}分÷本期在岗过",
        f"合格线定为{mark}分的合同或方案",
        percent(
            ever(f"staff_on_first_day_passed_{mark}", f"staff_joined_passed_{mark}"),
            ever("staff_on_first_day", "staff_joined"),
        ),
        _card(
            _PRE_JOB, f"本期至少有一天在岗、岗前考核成绩不低于{mark}分的人（人）。",
            includes="没有岗前考核成绩的人在分母里，不算合格。",
        ),
    )
    for mark in PASS_MARKS[1:]
)  # fmt: skip


def _closing(name: str, question: str, title: str, used_by: str, formula: Formula, card: Card) -> Fork:
    return fork(_ON_TIME, name, question, title, used_by, formula, card)


ON_TIME = (
    like(
        _ON_TIME, "of_accepted", "分母是谁", "按时办结÷本期受理", "按受理批次跟踪的口径",
        INDICATORS["work_order_on_time_of_accepted_rate"],
    ),
    _closing(
        "of_closed", "分母是谁", "本期办结且按时÷本期办结", "按办结量考核的口径：到期没办的不在分母里",
        percent("work_orders_closed_in_period_on_time", "work_orders_closed_in_period_dated"),
        _card(
            _ON_TIME, "办结时间落在本期、且不晚于时限的工单（件）。",
            "办结时间落在本期、有办结时限的工单（件）。",
            includes="以前受理、本期办结的。",
            excludes="到期而没有办结的，不在分母里；没有办结时限的，既不算按时也不算不按时；"
            "办结后又退回重办、尚未再办结的。",
            month="按最后一次办结时间的北京日期归月。",
        ),
    ),
    *(
        _closing(
            f"within_{days}_days", "按什么日子计时", f"受理后{days}个自然日内办结÷本期受理",
            f"以自然日计时限的口径：北京2020年分级办理时限中的{days}天",
            percent(f"work_orders_accepted_closed_within_{days}_days", "work_orders_not_cancelled"),
            _card(
                _ON_TIME, f"本期受理、最迟在受理日后第{days}个自然日（含当天）办结的工单（件）。",
                "本期受理的工单（件），作废的除外。",
                includes="还没有办结的在分母里；节假日照算，延期不顺延。",
                excludes="以前受理、本期才办结的。", month="按受理的北京日期归月。",
            ),
        )
        for days in CALENDAR_DAYS
    ),
    _closing(
        "closed_over_due", "分母是谁", "本期办结÷本期应办结", "个别通报的口径：补办的旧单会使它超过100%",
        ratio("work_orders_closed_in_period", "work_orders_due", 100),
        _card(
            _ON_TIME, "办结时间落在本期的工单（件），不论何时到期、有没有时限。",
            includes="补办的旧单在分子里，不在分母里。",
            excludes="分子不含办结后又退回重办、尚未再办结的；分母不含没有办结时限的和到期以前已作废的。",
            month="分子按最后一次办结时间、分母按办结时限的北京日期归月。",
        ),
    ),
    like(
        _ON_TIME, "of_dispatched", "直接办结的", "派单且按时办结÷派单应办结", "只考核承办单位的口径",
        INDICATORS["work_order_on_time_of_dispatched_rate"],
    ),
    _closing(
        "extended_is_late", "延期的", "按最初的时限办结÷最初的时限到期", "延期不予认可的口径",
        percent("work_orders_first_due_closed_on_time", "work_orders_first_due"),
        _card(
            _ON_TIME, "延期以前的办结时限落在本期、且办结不晚于它的工单（件）。",
            "延期以前的办结时限落在本期的工单（件）。",
            includes="延期过、在最初的时限以后办结的在分母里，不算按时；暂停的时限照样顺延。"
            "看不出有没有延期的，算不出。",
            month="按延期以前的办结时限所在的北京日期归月。",
        ),
    ),
    _closing(
        "by_last_deadline", "延期的", "按最后的时限办结÷最后的时限到期", "补批延期也予认可的口径",
        percent("work_orders_last_due_closed_on_time", "work_orders_last_due"),
        _card(
            _ON_TIME, "最后批准的办结时限落在本期、且办结不晚于它的工单（件）。",
            "最后批准的办结时限落在本期的工单（件）。",
            includes="时限届满以后才批准的延期也算；到期没有办结的在分母里。",
            month="按最后批准的办结时限所在的北京日期归月。",
        ),
    ),
    _closing(
        "first_closing", "退回重办的", "应办结且首次办结按时÷应办结", "重办不重新计时的口径",
        percent("work_orders_due_first_closed_on_time", "work_orders_due"),
        _card(
            _ON_TIME, "办结时限落在本期、首次办结不晚于时限的工单（件）。",
            includes="首次办结后又退回重办的，仍看首次办结；到期没有办结的在分母里。"
            "重办过而只交付了最后一次办结时间的，看不出首次办结，列为不明。",
        ),
    ),
    like(
        _ON_TIME, "first_pass", "退回重办的", "应办结且一次办结÷应办结", "一次办结率：退回重办过的不算",
        INDICATORS["work_order_first_pass_rate"],
    ),
)  # fmt: skip

CLOSED = (
    fork(
        _CLOSING, "at_end", "看到什么时候", "本期办结÷（本期办结＋期末在办）", "年末结账的口径",
        percent(
            "work_orders_closed_in_period",
            Part((
                Term("work_orders_closed_in_period"), Term("work_orders_open_at_end", over=Over.LAST),
            )),
        ),
        _card(
            _CLOSING, "办结时间落在本期的工单（件），不论何时受理。",
            "本期办结的工单和期末在办的工单（件）：等于期初在办加本期受理，减本期作废。",
            includes="以前受理结转来的。", excludes="期末以后办结的，算在办。",
            month="按最后一次办结时间和期末的状态归月。",
        ),
    ),
)  # fmt: skip

FOLLOWED_UP = (
    fork(
        _FOLLOWED_UP, "owed", "哪些应回访", "应回访且已回访÷应回访", "表扬等不必回访的口径",
        percent("work_orders_owed_followed_up", "work_orders_owing_follow_up"),
        _card(
            _FOLLOWED_UP, "本期受理并办结、应回访的工单中做过回访的（件）。",
            "本期受理并办结、应回访的工单（件）。",
            includes="哪些诉求类型应回访，以中心的统计设定为准；没有设定的，除表扬以外都应回访；没有写诉求类型的算应回访。",
            excludes="无须回访的工单；办结以前的联系。",
        ),
    ),
)  # fmt: skip

ACCEPTED = (
    fork(
        _ACCEPTED, "within_60_days", "几日为限", "验收后60日内支付÷验收后满60日",
        "合同约定的付款期限最长60日",
        percent("payments_paid_within_60_days", "payments_accepted_60_days"),
        _card(
            _ACCEPTED, "最迟在验收日期以后第60个自然日支付的款项（笔）。",
            "验收日期以后第60个自然日落在本期的款项（笔），付了的和没付的都在内。",
            includes="节假日照算。", month="按验收日期以后第60个自然日归月；没有支付明细佐证的月份不计入。",
        ),
    ),
)  # fmt: skip

EXECUTION = (
    fork(
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
        _card(
            _EXECUTION, below="到位资金加上年结转，减去财政收回（元）。",
            excludes="已约定而没有实际支付的款项；财政收回的资金。",
        ),
    ),
)  # fmt: skip

SATISFIED = (
    fork(
        _SATISFIED, "of_reached", "分母是谁", "满意÷回访联系上", "岳阳等地月报：满意÷有效回访",
        percent("work_orders_satisfied", "work_orders_reached"),
        _card(
            _SATISFIED, "回访联系上且评价为非常满意、满意或基本满意的工单（件）。",
            "本期受理并办结的工单中，办结后回访联系上来电人的（件）。",
            includes="“基本满意”算满意，“一般”不算；联系上而没有评价的在分母里，不当作满意。",
            excludes="没有回访或没有联系上的工单。",
        ),
    ),
    fork(
        _SATISFIED, "not_dissatisfied", "没有评价的", "未表示不满意÷办结", "部分地方通报",
        percent("work_orders_not_dissatisfied", "work_orders_closed"),
        _card(
            _SATISFIED, "本期受理并办结、没有评价为不满意或非常不满意的工单（件）。",
            "本期受理的工单中现已办结的（件）。",
            includes="没有回访、没有评价的都当作满意，所以数字最高。", excludes="没有办结的工单。",
        ),
    ),
    fork(
        _SATISFIED, "neutral_counts", "“一般”算不算", "满意和一般÷有评价", "把“一般”归入满意的口径",
        percent("work_orders_rated_satisfied_or_neutral", "work_orders_rated"),
        _card(
            _SATISFIED, "评价为非常满意、满意、基本满意或一般的工单（件）。", includes="“一般”算满意。",
        ),
    ),
    fork(
        _SATISFIED, "fully", "“基本满意”算不算", "非常满意和满意÷有评价", "“基本满意”不算满意的口径",
        percent("work_orders_rated_fully_satisfied", "work_orders_rated"),
        _card(
            _SATISFIED, "评价为非常满意或满意的工单（件）。",
            includes="“基本满意”和“一般”在分母里，不算满意。",
        ),
    ),
)  # fmt: skip

PAID = (
    fork(
        _PAID, "of_paid", "分母是谁", "按时支付÷本期支付", "英国付款报告按“本期支付”分档的口径",
        percent("payments_paid_on_time", "payments_paid"),
        _card(
            _PAID, "本期支付、不晚于约定日的款项（笔）。", "实际支付日落在本期的款项（笔）。",
            includes="以前到期、本期补付的在分母里。", excludes="到期未付的款项，不在分母里。",
            month="按实际支付日归月。",
        ),
    ),
    fork(
        _PAID, "of_due_paid", "未付的", "按时支付÷应付且已付", "不计未付款项的口径",
        percent("payments_due_on_time", "payments_due_paid"),
        _card(
            _PAID, below="约定支付日落在本期、现已支付的款项（笔）。", includes="晚付的在分母里。",
            excludes="到期未付的款项，不在分母里。",
        ),
    ),
    fork(
        _PAID, "rolled", "宽限", "按时支付（节假日顺延）÷应付",
        "民法典第二百零三条：期间的最后一日是法定休假日的顺延",
        percent("payments_due_on_time_rolled", "payments_due"),
        _card(
            _PAID, "实际支付不晚于约定支付日的款项（笔）；约定日是休息日的，不晚于其后第一个工作日。",
            includes="到期未付的在分母里。工作日以国务院办公厅公布的节假日安排为准，没有该年日历的算不出来，列为不明。",
        ),
    ),
    fork(
        _PAID, "late_by_30_days", "宽限", "晚于约定日不超过30日支付÷应付",
        "以迟付30日为界的付款统计；从约定支付日起算，不是验收后30日的法定期限",
        percent("payments_due_late_by_30_days", "payments_due"),
        _card(
            _PAID, "最迟晚于约定支付日30个日历天支付的款项（笔）。",
            includes="到期未付的在分母里。法定期限从验收起算，见法定期限内支付率。",
        ),
    ),
)  # fmt: skip

SURVEYED = (
    fork(
        _SURVEYED, "by_users", "问谁", "会用的人满意÷会用的人回答", "使用人员满意度：没有用过的人不评价",
        percent("survey_satisfied_by_users", "survey_answered_satisfied_by_users"),
        _card(
            _SURVEYED, "知道热线、会使用的人中“满意”一题答“是”的问卷（份）。",
            "知道热线、会使用的人中回答了这一题的问卷（份）。",
            excludes="不知道热线、不会使用或没有回答前两题的问卷；没有回答这一题的问卷。",
        ),
    ),
)  # fmt: skip

FORKS = (
    *TURNOVER, *IN_POST, *PRE_JOB, *ON_TIME, *CLOSED, *FOLLOWED_UP, *SATISFIED, *PAID, *ACCEPTED, *EXECUTION,
    *SURVEYED,
)  # fmt: skip
