"""How closing in time, follow-up and satisfaction are counted elsewhere."""

from kpi.figures.forks.fork import Fork, build_fork, build_fork_like, change_card
from kpi.figures.indicators import INDICATORS, Card
from kpi.figures.indicators.formula import Formula, Over, Part, Term, percent, ratio
from kpi.figures.measures.work_orders import CALENDAR_DAYS

_ON_TIME = INDICATORS["work_order_on_time_rate"]
_SATISFIED = INDICATORS["work_order_satisfaction_rate"]
_CLOSING = INDICATORS["work_order_closing_rate"]
_RESPONSE = INDICATORS["work_order_response_rate"]
_RESOLUTION = INDICATORS["work_order_resolution_rate"]
_SIGNED = INDICATORS["work_order_signed_in_time_rate"]
_FOLLOWED_UP = INDICATORS["work_order_follow_up_rate"]


def _build_closing_fork(
    name: str, question: str, title: str, used_by: str, formula: Formula, card: Card
) -> Fork:
    return build_fork(_ON_TIME, name, question, title, used_by, formula, card)


ON_TIME = (
    build_fork_like(
        _ON_TIME, "of_accepted", "分母是谁", "按时办结÷本期受理", "按受理批次跟踪的口径",
        INDICATORS["work_order_on_time_of_accepted_rate"],
    ),
    _build_closing_fork(
        "of_closed", "分母是谁", "本期办结且按时÷本期办结", "按办结量考核的口径：到期没办的不在分母里",
        percent("work_orders_closed_in_period_on_time", "work_orders_closed_in_period_dated"),
        change_card(
            _ON_TIME, "办结时间落在本期、且不晚于时限的工单（件）。",
            "办结时间落在本期、有办结时限的工单（件）。",
            includes="以前受理、本期办结的。",
            excludes="到期而没有办结的，不在分母里；没有办结时限的，既不算按时也不算不按时；"
            "办结后又退回重办、尚未再办结的。",
            month="按最后一次办结时间的北京日期归月。",
        ),
    ),
    *(
        _build_closing_fork(
            f"within_{days}_days", "按什么日子计时", f"受理后{days}个自然日内办结÷本期受理",
            f"以自然日计时限的口径：北京2020年分级办理时限中的{days}天",
            percent(f"work_orders_accepted_closed_within_{days}_days", "work_orders_not_cancelled"),
            change_card(
                _ON_TIME, f"本期受理、最迟在受理日后第{days}个自然日（含当天）办结的工单（件）。",
                "本期受理的工单（件），作废的除外。",
                includes="还没有办结的在分母里；节假日照算，延期不顺延。",
                excludes="以前受理、本期才办结的。", month="按受理的北京日期归月。",
            ),
        )
        for days in CALENDAR_DAYS
    ),
    _build_closing_fork(
        "closed_over_due", "分母是谁", "本期办结÷本期应办结", "个别通报的口径：补办的旧单会使它超过100%",
        ratio("work_orders_closed_in_period", "work_orders_due", 100),
        change_card(
            _ON_TIME, "办结时间落在本期的工单（件），不论何时到期、有没有时限。",
            includes="补办的旧单在分子里，不在分母里。",
            excludes="分子不含办结后又退回重办、尚未再办结的；分母不含没有办结时限的和到期以前已作废的。",
            month="分子按最后一次办结时间、分母按办结时限的北京日期归月。",
        ),
    ),
    build_fork_like(
        _ON_TIME, "of_dispatched", "直接办结的", "派单且按时办结÷派单应办结", "只考核承办单位的口径",
        INDICATORS["work_order_on_time_of_dispatched_rate"],
    ),
    _build_closing_fork(
        "extended_is_late", "延期的", "按最初的时限办结÷最初的时限到期", "延期不予认可的口径",
        percent("work_orders_first_due_closed_on_time", "work_orders_first_due"),
        change_card(
            _ON_TIME, "延期以前的办结时限落在本期、且办结不晚于它的工单（件）。",
            "延期以前的办结时限落在本期的工单（件）。",
            includes="延期过、在最初的时限以后办结的在分母里，不算按时；暂停的时限照样顺延。"
            "看不出有没有延期的，算不出。",
            month="按延期以前的办结时限所在的北京日期归月。",
        ),
    ),
    _build_closing_fork(
        "by_last_deadline", "延期的", "按最后的时限办结÷最后的时限到期", "补批延期也予认可的口径",
        percent("work_orders_last_due_closed_on_time", "work_orders_last_due"),
        change_card(
            _ON_TIME, "最后批准的办结时限落在本期、且办结不晚于它的工单（件）。",
            "最后批准的办结时限落在本期的工单（件）。",
            includes="时限届满以后才批准的延期也算；到期没有办结的在分母里。",
            month="按最后批准的办结时限所在的北京日期归月。",
        ),
    ),
    _build_closing_fork(
        "first_closing", "退回重办的", "应办结且首次办结按时÷应办结", "重办不重新计时的口径",
        percent("work_orders_due_first_closed_on_time", "work_orders_due"),
        change_card(
            _ON_TIME, "办结时限落在本期、首次办结不晚于时限的工单（件）。",
            includes="首次办结后又退回重办的，仍看首次办结；到期没有办结的在分母里。"
            "重办过而只报送了最后一次办结时间的，看不出首次办结，列为不明。",
        ),
    ),
    build_fork_like(
        _ON_TIME, "first_pass", "退回重办的", "应办结且一次办结÷应办结", "一次办结率：退回重办过的不算",
        INDICATORS["work_order_first_pass_rate"],
    ),
)  # fmt: skip

CLOSED = (
    build_fork(
        _CLOSING, "at_end", "看到什么时候", "本期办结÷（本期办结＋期末在办）", "年末结账的口径",
        percent(
            "work_orders_closed_in_period",
            Part((
                Term("work_orders_closed_in_period"), Term("work_orders_open_at_end", over=Over.LAST),
            )),
        ),
        change_card(
            _CLOSING, "办结时间落在本期的工单（件），不论何时受理。",
            "本期办结的工单和期末在办的工单（件）：等于期初在办加本期受理，减本期作废。",
            includes="以前受理结转来的。", excludes="期末以后办结的，算在办。",
            month="按最后一次办结时间和期末的状态归月。",
        ),
    ),
)  # fmt: skip

FOLLOWED_UP = (
    build_fork(
        _FOLLOWED_UP, "owed", "哪些应回访", "应回访且已回访÷应回访", "表扬等不必回访的口径",
        percent("work_orders_owed_followed_up", "work_orders_owing_follow_up"),
        change_card(
            _FOLLOWED_UP, "本期受理并办结、应回访的工单中做过回访的（件）。",
            "本期受理并办结、应回访的工单（件）。",
            includes="哪些诉求类型应回访，以中心的统计设定为准；没有设定的，除表扬以外都应回访；没有写诉求类型的算应回访。",
            excludes="无须回访的工单；办结以前的联系。",
        ),
    ),
)  # fmt: skip

SATISFIED = (
    build_fork(
        _SATISFIED, "of_reached", "分母是谁", "满意÷回访联系上", "岳阳等地月报：满意÷有效回访",
        percent("work_orders_satisfied", "work_orders_reached"),
        change_card(
            _SATISFIED, "回访联系上且评价为非常满意、满意或基本满意的工单（件）。",
            "本期受理并办结的工单中，办结后回访联系上诉求人的（件）。",
            includes="“基本满意”算满意，“一般”不算；联系上而没有评价的在分母里，不当作满意。",
            excludes="没有回访或没有联系上的工单。",
        ),
    ),
    build_fork(
        _SATISFIED, "not_dissatisfied", "没有评价的", "未表示不满意÷办结", "部分地方通报",
        percent("work_orders_not_dissatisfied", "work_orders_closed"),
        change_card(
            _SATISFIED, "本期受理并办结、没有评价为不满意或非常不满意的工单（件）。",
            "本期受理的工单中现已办结的（件）。",
            includes="没有回访、没有评价的都当作满意，所以数字最高。", excludes="没有办结的工单。",
        ),
    ),
    build_fork(
        _SATISFIED, "neutral_counts", "“一般”算不算", "满意和一般÷有评价", "把“一般”归入满意的口径",
        percent("work_orders_rated_satisfied_or_neutral", "work_orders_rated"),
        change_card(
            _SATISFIED, "评价为非常满意、满意、基本满意或一般的工单（件）。", includes="“一般”算满意。",
        ),
    ),
    build_fork(
        _SATISFIED, "fully", "“基本满意”算不算", "非常满意和满意÷有评价", "“基本满意”不算满意的口径",
        percent("work_orders_rated_fully_satisfied", "work_orders_rated"),
        change_card(
            _SATISFIED, "评价为非常满意或满意的工单（件）。",
            includes="“基本满意”和“一般”在分母里，不算满意。",
        ),
    ),
)  # fmt: skip

RESPONDED = (
    build_fork(
        _RESPONSE, "of_reached", "分母是谁", "联系过÷回访联系上", "未表态的不算响应的口径",
        percent("work_orders_responded", "work_orders_response_reached"),
        change_card(
            _RESPONSE, below="本期受理、办结后回访联系上诉求人的工单（件）。",
            includes="未表态的在分母里，不当作联系过。", excludes="没有回访、没有联系上的。",
        ),
    ),
    build_fork(
        _RESPONSE, "of_closed", "分母是谁", "联系过÷办结", "按办结件数考核的口径：没有回访到的也在分母里",
        percent("work_orders_responded", "work_orders_response_closed"),
        change_card(
            _RESPONSE, below="本期受理的工单中现已办结的（件）。",
            includes="没有回访、没有联系上、未表态的在分母里，不当作联系过。", excludes="没有办结的工单。",
        ),
    ),
)  # fmt: skip

RESOLVED = (
    build_fork(
        _RESOLUTION, "part_counts", "“部分解决”算不算", "解决和部分解决÷表态", "把“部分解决”归入解决的口径",
        percent("work_orders_solved_or_part", "work_orders_answered_with_part"),
        change_card(
            _RESOLUTION, "本期受理、现已办结，回访时诉求人说已解决或部分解决的工单（件）。",
            includes="“部分解决”算解决。",
        ),
    ),
)  # fmt: skip

SIGNED = (
    build_fork(
        _SIGNED, "by_deadline", "几时为限", "签收截止时间前签收÷有签收截止时间的派单",
        "工单逐件写明签收截止时间的城市",
        percent("work_orders_signed_by_deadline", "work_orders_sign_due"),
        change_card(
            _SIGNED, "本期受理并派单、签收不晚于签收截止时间的工单（件）。",
            "本期受理并派单、写有签收截止时间的工单（件）。",
            excludes="没有签收截止时间的；没有派单时间的（直接办结的）工单。",
        ),
    ),
)  # fmt: skip

FORKS = (
    *RESPONDED,
    *RESOLVED,
    *SIGNED,
    *ON_TIME,
    *CLOSED,
    *FOLLOWED_UP,
    *SATISFIED,
)
