"""Indicators of work orders."""

from fractions import Fraction

from kpi.figures.indicators.formula import (
    Formula,
    Over,
    Part,
    Quantity,
    Term,
    count,
    median,
    percent,
    ratio,
    total,
)
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.measures.work_orders import SIGNING_HOURS

GROUP = "工单"

_ACCEPTED = "按受理时间的北京日期归月；以后各月的办结、回访都回到受理的那个月。"
_CARRIED = (
    "上一个月受理的工单没有交付、也没有签零报告的，结转来的工单不明，只算部分可核实；更早的月份不追溯。"
)
_CARRIED_TO_END = "以前受理的工单有缺的，结转来的不明，只算部分可核实；从开始交付那天起，缺哪一天都算。"
_SAMPLE = "样例中心2023年"
_LATER = "以现在所知为准：以后才办结、回访或退回重办的，数字会随新交付的工单变动。"


_SECONDS = Fraction(1, 1000)  # 毫秒 → 秒
_AT_END = "按月末的状态归月；季度、年度看最后一个月的月末，还没有结束的月份不算。"
_STEPS = "流转记录或工单表的相应一列没有交付的，无法核实。"


def _build_at_end(
    key: str, title: str, why: str, numerator: str, includes: str, example: Example
) -> Indicator:
    return Indicator(
        key=key, title=title, unit="件", scale=0, direction=Direction.LOWER, source="工单逐件计数",
        formula=Formula(Part((Term(key, over=Over.LAST),)), None, 1, Quantity.COUNT),
        card=Card(
            why=why, numerator=numerator, includes=includes,
            excludes="月末以前已作废的；退回重办的，以最后一次办结为准，再办结以前一直算在办。",
            month=_AT_END, example=example,
        ),
    )  # fmt: skip


def _build_share(
    key: str, title: str, above: str, below: str, direction: Direction, source: str, card: Card
) -> Indicator:
    return Indicator(
        key=key, title=title, unit="%", scale=2, formula=percent(above, below), direction=direction,
        source=source, card=card,
    )  # fmt: skip


INDICATORS = (
    Indicator(
        key="work_orders_opened", title="工单数", unit="件", scale=0, formula=count("work_orders_opened"),
        direction=Direction.NEITHER, source="工单逐件计数",
        card=Card(
            why="热线受理的诉求量；按诉求类型（咨询、投诉、求助等）的构成，按“诉求类型”分开看。",
            numerator="本期受理的工单（件）。",
            includes="直接办结和转派的都算，后来作废的也算；重办、改派的仍是原来那一件。",
            excludes="同一编号重复导出的行。",
            month=_ACCEPTED,
            example=Example("8115", None, "8115", _SAMPLE),
        ),
    ),
    Indicator(
        key="work_orders_closed_in_period", title="办结量", unit="件", scale=0,
        formula=count("work_orders_closed_in_period"), direction=Direction.NEITHER, source="工单逐件计数",
        card=Card(
            why="本期实际办完的工作量。",
            numerator="办结时间落在本期的工单（件），不论何时受理。",
            includes=f"以前受理、本期办结的。{_CARRIED}",
            excludes="办结后又退回重办、尚未再办结的；作废的（办结以后才作废的仍算办结）。",
            month="按最后一次办结时间的北京日期归月。",
            example=Example("8038", None, "8038", "受理的8038件都在当年办结时"),
        ),
    ),
    Indicator(
        key="work_order_closing_rate", title="办结率", unit="%", scale=2,
        formula=percent("work_orders_closed", "work_orders_not_cancelled"), direction=Direction.HIGHER,
        source="热线月报通行口径：受理工单中已办结的比例",
        card=Card(
            why="受理的诉求有没有都办完。",
            numerator="本期受理的工单中现已办结的（件）。",
            denominator="本期受理的工单（件），作废的除外。",
            includes=_LATER,
            excludes="退回重办而尚未再办结的不算办结；办结以后才作废的，仍算办结，不算作废。",
            month=_ACCEPTED,
            example=Example("8038", "8115", "99.05", _SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_on_time_rate", title="按时办结率（本期应办结）", unit="%", scale=2,
        formula=percent("work_orders_due_closed_on_time", "work_orders_due"), direction=Direction.HIGHER,
        source="应结案口径：应办结且按时办结÷应办结（郑州等地月报）；各地热线条例的办理时限",
        card=Card(
            why="到期的都办了没有；用“本期办结”作分母会出现超过100%或漏算逾期未办的情形。",
            numerator="办结时限落在本期、且办结不晚于时限的工单（件）。",
            denominator="办结时限落在本期的工单（件），含以前受理结转来的。",
            includes="到期没有办结的在分母里；时限届满前批准延期的，按延期后的时限；届满后才批准的，仍算逾期，"
            "除非到期时已经办结、以后退回重办。"
            "办理中暂停（挂起、待补充）的，规定顺延的，时限按暂停时长顺延；没有规定的，时限不变。"
            "分承办单位时，算在到期（先办结的，办结）时持有它的单位名下；退单后还没有派给别的单位的，不算任何单位的。"
            f"{_CARRIED}",
            excludes="没有办结时限的工单；到期以前已作废的工单（办结以后才作废的仍算）。办结只写到日期、时限在当天某个钟点的，"
            "看不出是否按时，分子、分母都不计，列出最差和最好的可能。",
            month="按办结时限所在的北京日期归月。",
            example=Example("18000", "18086", "99.52", "某市某年应结案18086件"),
        ),
    ),
    _build_share(
        "work_order_on_time_of_dispatched_rate", "按时办结率（派单）",
        "work_orders_due_dispatched_closed_on_time", "work_orders_due_dispatched", Direction.HIGHER,
        "应结案口径，只算承办单位办的",
        Card(
            why="直接办结的当场就办完，算进去会抬高按时办结率；承办单位办得怎样，看派单的。",
            numerator="派给承办单位、办结时限落在本期、且办结不晚于时限的工单（件）。",
            denominator="派给承办单位、办结时限落在本期的工单（件），含以前受理结转来的。",
            includes=f"到期没有办结的在分母里；延期、暂停的时限同“按时办结率（本期应办结）”。{_CARRIED}",
            excludes="没有派单时间的（直接办结的）工单；没有办结时限的；到期以前已作废的。",
            month="按办结时限所在的北京日期归月。",
            example=Example("4755", "5018", "94.76", _SAMPLE),
        ),
    ),
    _build_share(
        "work_order_answered_directly_rate", "直接办结率", "work_orders_answered_directly",
        "work_orders_not_cancelled", Direction.NEITHER, "直接办结÷受理",
        Card(
            why="话务员当场答复、不用派单的有多少；它越高，各项办结指标越好看。",
            numerator="本期受理、没有派单就办结的工单（件）。",
            denominator="本期受理的工单（件），作废的除外。",
            includes=_LATER, excludes="有派单时间的工单；没有派单也没有办结的在分母里。",
            month=_ACCEPTED, example=Example("3035", "8115", "37.40", _SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_on_time_of_accepted_rate", title="按时办结率（本期受理）", unit="%", scale=2,
        formula=percent("work_orders_closed_on_time", "work_orders_dated"),
        direction=Direction.HIGHER,
        source="受理口径，与应办结口径对照",
        card=Card(
            why="同一批受理的工单最终按时办结了多少。",
            numerator="本期受理、有办结时限的工单中，办结不晚于办结时限的（件）。",
            denominator="本期受理、有办结时限的工单（件），作废的除外。",
            includes=f"尚未到期也尚未办结的在分母里。{_LATER}",
            excludes="没有办结时限的，既不算按时也不算不按时，见“没有办结时限的工单占比”。",
            month=_ACCEPTED,
            example=Example("7848", "8115", "96.71", _SAMPLE),
        ),
    ),
    _build_share(
        "work_order_undated_rate", "没有办结时限的工单占比", "work_orders_undated",
        "work_orders_not_cancelled", Direction.LOWER, "没有时限÷受理",
        Card(
            why="没有时限的工单不在任何按时办结率里；占比高的，按时办结率只说了一部分工单。",
            numerator="本期受理、没有办结时限的工单（件），作废的除外。",
            denominator="本期受理的工单（件），作废的除外。",
            includes="办结时限一列是空的、也没有规则可以推算的。",
            excludes="办结时限没有看懂的，列为不明。",
            month=_ACCEPTED, example=Example("284", "551", "51.54", "受理551件、267件有时限时"),
        ),
    ),
    Indicator(
        key="work_order_follow_up_rate", title="回访率", unit="%", scale=2,
        formula=percent("work_orders_followed_up", "work_orders_closed"), direction=Direction.HIGHER,
        source="各地热线条例的回访要求；回访÷办结",
        card=Card(
            why="解决率、满意率都靠回访得来，回访少则不可信。",
            numerator="本期受理并办结的工单中做过回访的（件），不论是否联系上。",
            denominator="本期受理的工单中现已办结的（件）。",
            includes=_LATER,
            excludes="首次办结以前联系来电人的，不算回访。",
            month=_ACCEPTED,
            example=Example("7217", "8038", "89.79", _SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_reached_rate", title="有效回访率", unit="%", scale=2,
        formula=percent("work_orders_reached", "work_orders_followed_up"),
        direction=Direction.HIGHER,
        source="江阴等地月报：有效回访÷回访",
        card=Card(
            why="回访了却没有联系上的，得不到来电人的答复。",
            numerator="本期受理并办结的工单中，办结后回访联系上来电人的（件）。",
            denominator="本期受理并办结的工单中做过回访的（件）。",
            includes=f"回访几次的，联系上过一次就算联系上。{_LATER}",
            excludes="没有回访的工单。",
            month=_ACCEPTED,
            example=Example("7021", "7217", "97.28", _SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_resolution_rate", title="解决率（全部诉求）", unit="%", scale=2,
        formula=percent("work_orders_solved", "work_orders_answered"), direction=Direction.HIGHER,
        source="北京市接诉即办工作条例第三十二条的解决率，以来电人回访答复为准",
        card=Card(
            why="办结不等于解决，以来电人的答复为准。",
            numerator="本期受理、现已办结，办结后回访时来电人说已解决的工单（件）。",
            denominator="本期受理、办结后回访联系上，来电人说了已解决、部分解决或未解决的工单（件）。",
            includes=f"退回重办而尚未再办结的、部分解决的在分母里，不算解决；回访几次的，以最后一次表态为准。{_LATER}",
            excludes="没有回访、没有联系上、没有表态的，既不算解决也不算没有解决；办结以前的联系不算回访。",
            month=_ACCEPTED,
            example=Example("6798", "7021", "96.82", _SAMPLE),
        ),
    ),
    Indicator(
        key="complaint_resolution_rate", title="投诉解决率", unit="%", scale=2,
        formula=percent("work_orders_complaints_solved", "work_orders_complaints_answered"),
        direction=Direction.HIGHER,
        source="2022年12345热线服务费项目绩效评价评分表（C203）：投诉事件解决率，目标值未定",
        card=Card(
            why="评价单列投诉的解决情况。",
            numerator="本期受理的投诉中现已办结，办结后回访时来电人说已解决的（件）。",
            denominator="本期受理的投诉中，办结后回访联系上，来电人说了已解决或未解决的（件）。",
            includes="诉求类型为“投诉”的工单；退回重办而尚未再办结的在分母里，不算解决；回访几次的，以最后一次表态为准。"
            f"{_LATER}",
            excludes="其余诉求类型；没有联系上、没有表态的投诉。",
            month=_ACCEPTED,
            example=Example("1480", "1527", "96.92", _SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_satisfaction_rate", title="满意率", unit="%", scale=2,
        formula=percent("work_orders_rated_satisfied", "work_orders_rated"), direction=Direction.HIGHER,
        source="满意÷有评价的口径",
        card=Card(
            why="来电人对办理结果的评价；分母不同结果差得很多，别的算法列在对照口径里。",
            numerator="评价为非常满意、满意或基本满意的工单（件）。",
            denominator="有满意度评价的工单（件）。",
            includes="“基本满意”算满意，“一般”不算；评价几次的，以最后一次为准；不论是否办结，办结以前评价的也算。"
            f"{_LATER}",
            excludes="没有评价的工单。",
            month=_ACCEPTED,
            example=Example("47", "50", "94.00", "有评价50件、满意47件时"),
        ),
    ),
    _build_at_end(
        "work_orders_open_at_end", "期末在办工单数", "期末还有多少没有办完，下期要接着办。",
        "期末以前受理、期末还没有办结也没有作废的工单（件），不论何时受理。",
        f"期初在办＋本期受理－本期办结－本期作废＝期末在办。期末以后没有再交付的，期末是否在办不明。{_CARRIED_TO_END}",
        Example("117", None, "117", _SAMPLE),
    ),
    _build_at_end(
        "work_orders_overdue_at_end", "期末超期在办工单数", "已经超期还没有办的，最该催办。",
        "期末在办的工单中，办结时限已过的（件）。",
        f"时限届满前批准延期的，按延期后的时限。没有办结时限的不算超期。{_CARRIED_TO_END}",
        Example("80", None, "80", _SAMPLE),
    ),
    Indicator(
        key="work_order_mean_handling", title="平均办理时间", unit="小时", scale=1,
        formula=ratio(total("work_orders_handling_s", times=Fraction(1, 3600)), "work_orders_handled"),
        direction=Direction.LOWER, source="从派单到办结的时间÷办结的派单工单",
        card=Card(
            why="按时不等于快；承办单位办一件要多久，看办理时间。",
            numerator="本期受理、派给承办单位并现已办结的工单，从首次派单到最后一次办结的时间之和（小时）。",
            denominator="本期受理、派给承办单位并现已办结的工单（件）。",
            includes=f"夜间、节假日和暂停的时间照算；改派、重办的，从首次派单算起。{_LATER}",
            excludes="没有派单时间的（直接办结的）工单；还没有办结的工单；办结早于派单、看不出办了多久的，列为不明。",
            month=_ACCEPTED,
            example=Example("288", "4", "72.0", "4件共288小时时"),
        ),
    ),
    Indicator(
        key="work_order_median_handling", title="办理时间中位数", unit="小时", scale=1,
        formula=median(
            "work_orders_handling_each_s", "work_orders_handled", times=Fraction(1, 3600), fewest=5
        ),
        direction=Direction.LOWER, source="从派单到办结的时间排在正中的工单",
        card=Card(
            why="少数拖得很久的工单会拉高平均数，中位数不受影响；两者相差大，说明有积案。",
            numerator="本期受理、派给承办单位并现已办结的工单，按从首次派单到最后一次办结的时间由短到长排列，"
            "排在正中的一件（总数是双数的取正中两件）的办理时间之和（小时）。",
            denominator="排在正中的工单：总数是单数的1件，双数的2件。",
            includes="夜间、节假日和暂停的时间照算；改派、重办的，从首次派单算起。总数写在依据里，"
            f"每一件的办理时间见“平均办理时间”的行。{_LATER}",
            excludes="没有派单时间的（直接办结的）工单；还没有办结的工单。总数少于5件的，不取中位数。",
            month=_ACCEPTED,
            example=Example("48", "1", "48.0", "5件用了2、20、48、96、400小时时"),
        ),
    ),
    _build_share(
        "work_order_signed_in_time_rate", "按时签收率", "work_orders_signed_in_time",
        "work_orders_dispatched", Direction.HIGHER, f"派单后{SIGNING_HOURS}小时内签收÷派单",
        Card(
            why="派下去没有人签收，办理就没有开始。",
            numerator=f"本期受理并派单、派单后{SIGNING_HOURS}小时内（含）签收的工单（件）。",
            denominator="本期受理并派单的工单（件）。",
            includes="还没有签收的在分母里；退单、改派的，看首次派单和首次签收。节假日照算。",
            excludes="没有派单时间的（直接办结的）工单。",
            month=_ACCEPTED, example=Example("4879", "5080", "96.04", _SAMPLE),
        ),
    ),
    _build_share(
        "work_order_returned_rate", "退单率", "work_orders_returned", "work_orders_dispatched",
        Direction.LOWER, "退单÷派单",
        Card(
            why="退单多，说明派错了单或单位推诿。",
            numerator="本期受理并派单的工单中，承办单位退回过的（件）；退过几次算一件。",
            denominator="本期受理并派单的工单（件）。",
            includes=f"退回后改派给别的单位的。{_LATER}",
            excludes=f"没有派单时间的（直接办结的）工单。{_STEPS}",
            month=_ACCEPTED, example=Example("3", "100", "3.00", "派单100件、3件退回过时"),
        ),
    ),
    _build_share(
        "work_order_redone_rate", "重办率", "work_orders_redone", "work_orders_ever_closed",
        Direction.LOWER, "重办÷办结",
        Card(
            why="办结后又退回重办的，第一次没有办好。",
            numerator="本期受理、办结过的工单中，退回重办过的（件）；重办几次算一件。",
            denominator="本期受理、办结过的工单（件），退回重办而尚未再办结的也在内。",
            includes=_LATER, excludes=f"没有办结过的工单。{_STEPS}",
            month=_ACCEPTED, example=Example("94", "8038", "1.17", _SAMPLE),
        ),
    ),
    _build_share(
        "work_order_extended_rate", "延期率", "work_orders_due_extended", "work_orders_due",
        Direction.LOWER, "延期÷应办结",
        Card(
            why="延期多了，按时办结率就没有意义。",
            numerator="办结时限落在本期、批准过延期的工单（件）。",
            denominator="办结时限落在本期的工单（件），含以前受理结转来的。",
            includes=f"延期几次算一件，时限届满后才批准的也算。{_CARRIED}",
            excludes=f"申请而没有批准的；没有办结时限的；到期以前已作废的。{_STEPS}",
            month="按办结时限所在的北京日期归月。",
            example=Example("5", "100", "5.00", "应办结100件、5件延期过时"),
        ),
    ),
    _build_share(
        "work_order_first_pass_rate", "一次办结率", "work_orders_due_closed_at_first_pass",
        "work_orders_due", Direction.HIGHER, "一次办结÷应办结（部分城市月报）",
        Card(
            why="按时办结而又不用重办，才是一次办好。",
            numerator="办结时限落在本期、按时办结且没有退回重办过的工单（件）。",
            denominator="办结时限落在本期的工单（件），含以前受理结转来的。",
            includes=f"到期没有办结的、退回重办过的在分母里；以后才退回重办的，数字会变动。{_CARRIED}",
            excludes=f"没有办结时限的；到期以前已作废的。{_STEPS}",
            month="按办结时限所在的北京日期归月。",
            example=Example("97", "100", "97.00", "应办结100件、3件超期或重办时"),
        ),
    ),
    *(
        _build_share(
            f"work_order_{key}_pass_rate", f"{word}办结率", f"work_orders_due_closed_at_{measure}",
            "work_orders_due", Direction.NEITHER, f"{word}办结÷应办结（部分城市月报）",
            Card(
                why="和一次办结率一起看，退回重办的几次才办成。",
                numerator=f"办结时限落在本期、按时办结且退回重办过{times}的工单（件）。",
                denominator="办结时限落在本期的工单（件），含以前受理结转来的。",
                includes=f"到期没有办结的在分母里；以后才退回重办的，数字会变动。{_CARRIED}",
                excludes=f"没有办结时限的；到期以前已作废的。{_STEPS}",
                month="按办结时限所在的北京日期归月。",
                example=Example("2", "100", "2.00", f"应办结100件、2件{word}办结时"),
            ),
        )
        for key, word, measure, times in (
            ("second", "二次", "pass_2", "一次"), ("third", "三次", "pass_3", "二次"),
            ("later", "四次及以上", "later_pass", "三次以上"),
        )
    ),
    Indicator(
        key="work_order_overtime_ratio", title="超时倍数", unit="倍", scale=2,
        formula=ratio(
            total("work_orders_overtime_ms", times=_SECONDS),
            total("work_orders_allowed_ms", times=_SECONDS),
        ),
        direction=Direction.LOWER, source="数字城管通行的超时倍数：超时时间÷规定时间",
        card=Card(
            why="超时一小时和超时一个月，按时办结率里看不出差别。",
            numerator="办结时限落在本期、办结晚于时限的工单，从时限到办结的时间之和（秒）。",
            denominator="同样这些工单，从受理到办结时限的时间之和（秒）。",
            includes=f"夜间、节假日照算。{_CARRIED}",
            excludes="按时办结的；时限早于受理的；超时而还没有办结的，办结以后才算进来，数字会变动。",
            month="按办结时限所在的北京日期归月。",
            example=Example("345600", "432000", "0.80", "一件规定5天、超出4天时"),
        ),
    ),
    _build_share(
        "work_order_response_rate", "响应率", "work_orders_responded", "work_orders_response_asked",
        Direction.HIGHER, "北京市接诉即办工作条例：响应率、解决率、满意率；以回访答复为准",
        Card(
            why="单位有没有联系来电人，由来电人自己说。",
            numerator="本期受理、办结后回访联系上，来电人说单位联系过的工单（件）。",
            denominator="本期受理、办结后回访联系上，来电人说了联系过没有的工单（件）。",
            includes=_LATER,
            excludes="没有回访、没有联系上的；未表态的。工单表没有“是否联系市民”一列的，无法核实。",
            month=_ACCEPTED, example=Example("93", "100", "93.00", "问到100件、93件联系过时"),
        ),
    ),
    _build_share(
        "work_order_replied_in_time_rate", "按时反馈率", "work_orders_replied_in_time",
        "work_orders_reply_due", Direction.HIGHER, "二级单位按时反馈÷应反馈",
        Card(
            why="街道、处室这一级拖住了，市级的时限就守不住。",
            numerator="二级单位的反馈截止时间落在本期、反馈不晚于它的工单（件）。",
            denominator="二级单位的反馈截止时间落在本期的工单（件），含以前受理的。",
            includes=f"到期没有反馈的在分母里。{_CARRIED}",
            excludes="没有二级反馈截止时间的；作废的。",
            month="按二级反馈截止时间的北京日期归月。",
            example=Example("95", "100", "95.00", "应反馈100件、5件超时或没有反馈时"),
        ),
    ),
    _build_share(
        "work_order_returned_late_rate", "超时退单率", "work_orders_returned_late",
        "work_orders_returned_dated", Direction.LOWER, "超过退单截止时间的退单÷有退单时限的退单",
        Card(
            why="退单也有时限，过了时限再退，办理时间已经耽误。",
            numerator="本期受理并派单、首次退单晚于退单截止时间的工单（件）。",
            denominator="本期受理并派单、退回过并写有退单截止时间的工单（件）。",
            includes="退过几次的，看首次退单。",
            excludes=f"没有退单截止时间的；没有写退单时间的。{_STEPS}",
            month=_ACCEPTED, example=Example("4", "20", "20.00", "退单20件、4件超过时限时"),
        ),
    ),
    *(
        _build_share(
            f"work_order_{key}_satisfaction_rate", f"{word}满意率", f"work_orders_{key}_satisfied",
            f"work_orders_{key}_rated", Direction.HIGHER, f"回访对{word}的评价",
            Card(
                why=f"对结果不满意的，不一定对{word}不满意，分开看才知道差在哪里。",
                numerator=f"本期受理、来电人对{word}评价为非常满意、满意或基本满意的工单（件）。",
                denominator=f"本期受理、来电人评价了{word}的工单（件）。",
                includes="“基本满意”算满意，“一般”不算。",
                excludes=f"没有评价{word}的；工单表没有这一列的，无法核实。",
                month=_ACCEPTED, example=Example("96", "100", "96.00", "评价100件、96件满意时"),
            ),
        )
        for key, word in (("attitude", "服务态度"), ("process", "办理过程"))
    ),
)  # fmt: skip
