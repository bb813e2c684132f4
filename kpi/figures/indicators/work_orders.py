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
from kpi.figures.indicators.order_cards import AS_KNOWN_NOW, BY_ACCEPTANCE, CARRIED_OVER, SAMPLE, build_share

GROUP = "工单"

_CARRIED_TO_END = "以前受理的工单有缺的，结转来的不明，只算部分可核实；从开始报送那天起，缺哪一天都算。"


_SECONDS = Fraction(1, 1000)  # 毫秒 → 秒
_AT_END = "按月末的状态归月；季度、年度看最后一个月的月末，还没有结束的月份不算。"


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


INDICATORS = (
    Indicator(
        key="work_orders_opened", title="工单数", unit="件", scale=0, formula=count("work_orders_opened"),
        direction=Direction.NEITHER, source="工单逐件计数",
        card=Card(
            why="热线受理的诉求量；按诉求类型（咨询、投诉、求助等）的构成，按“诉求类型”分开看。",
            numerator="本期受理的工单（件）。",
            includes="直接办结和转派的都算，后来作废的也算；重办、改派的仍是原来那一件。",
            excludes="同一编号重复导出的行。",
            month=BY_ACCEPTANCE,
            example=Example("8115", None, "8115", SAMPLE),
        ),
    ),
    Indicator(
        key="work_orders_closed_in_period", title="办结量", unit="件", scale=0,
        formula=count("work_orders_closed_in_period"), direction=Direction.NEITHER, source="工单逐件计数",
        card=Card(
            why="本期实际办完的工作量。",
            numerator="办结时间落在本期的工单（件），不论何时受理。",
            includes=f"以前受理、本期办结的。{CARRIED_OVER}",
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
            includes=AS_KNOWN_NOW,
            excludes="退回重办而尚未再办结的不算办结；办结以后才作废的，仍算办结，不算作废。",
            month=BY_ACCEPTANCE,
            example=Example("8038", "8115", "99.05", SAMPLE),
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
            f"{CARRIED_OVER}",
            excludes="没有办结时限的工单；到期以前已作废的工单（办结以后才作废的仍算）。办结只写到日期、时限在当天某个钟点的，"
            "看不出是否按时，分子、分母都不计，列出最差和最好的可能。",
            month="按办结时限所在的北京日期归月。",
            example=Example("18000", "18086", "99.52", "某市某年应结案18086件"),
        ),
    ),
    build_share(
        "work_order_on_time_of_dispatched_rate", "按时办结率（派单）",
        "work_orders_due_dispatched_closed_on_time", "work_orders_due_dispatched", Direction.HIGHER,
        "应结案口径，只算承办单位办的",
        Card(
            why="直接办结的当场就办完，算进去会抬高按时办结率；承办单位办得怎样，看派单的。",
            numerator="派给承办单位、办结时限落在本期、且办结不晚于时限的工单（件）。",
            denominator="派给承办单位、办结时限落在本期的工单（件），含以前受理结转来的。",
            includes=f"到期没有办结的在分母里；延期、暂停的时限同“按时办结率（本期应办结）”。{CARRIED_OVER}",
            excludes="没有派单时间的（直接办结的）工单；没有办结时限的；到期以前已作废的。",
            month="按办结时限所在的北京日期归月。",
            example=Example("4755", "5018", "94.76", SAMPLE),
        ),
    ),
    build_share(
        "work_order_answered_directly_rate", "直接办结率", "work_orders_answered_directly",
        "work_orders_not_cancelled", Direction.NEITHER, "直接办结÷受理",
        Card(
            why="话务员当场答复、不用派单的有多少；它越高，各项办结指标越好看。",
            numerator="本期受理、没有派单就办结的工单（件）。",
            denominator="本期受理的工单（件），作废的除外。",
            includes=AS_KNOWN_NOW, excludes="有派单时间的工单；没有派单也没有办结的在分母里。",
            month=BY_ACCEPTANCE, example=Example("3035", "8115", "37.40", SAMPLE),
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
            includes=f"尚未到期也尚未办结的在分母里。{AS_KNOWN_NOW}",
            excludes="没有办结时限的，既不算按时也不算不按时，见“没有办结时限的工单占比”。",
            month=BY_ACCEPTANCE,
            example=Example("7848", "8115", "96.71", SAMPLE),
        ),
    ),
    build_share(
        "work_order_undated_rate", "没有办结时限的工单占比", "work_orders_undated",
        "work_orders_not_cancelled", Direction.LOWER, "没有时限÷受理",
        Card(
            why="没有时限的工单不在任何按时办结率里；占比高的，按时办结率只说了一部分工单。",
            numerator="本期受理、没有办结时限的工单（件），作废的除外。",
            denominator="本期受理的工单（件），作废的除外。",
            includes="办结时限一列是空的、也没有规则可以推算的。",
            excludes="办结时限没有看懂的，列为不明。",
            month=BY_ACCEPTANCE, example=Example("284", "551", "51.54", "受理551件、267件有时限时"),
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
            includes=AS_KNOWN_NOW,
            excludes="首次办结以前联系诉求人的，不算回访。",
            month=BY_ACCEPTANCE,
            example=Example("7217", "8038", "89.79", SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_reached_rate", title="有效回访率", unit="%", scale=2,
        formula=percent("work_orders_reached", "work_orders_followed_up"),
        direction=Direction.HIGHER,
        source="江阴等地月报：有效回访÷回访",
        card=Card(
            why="回访了却没有联系上的，得不到诉求人的答复。",
            numerator="本期受理并办结的工单中，办结后回访联系上诉求人的（件）。",
            denominator="本期受理并办结的工单中做过回访的（件）。",
            includes=f"回访几次的，联系上过一次就算联系上。{AS_KNOWN_NOW}",
            excludes="没有回访的工单。",
            month=BY_ACCEPTANCE,
            example=Example("7021", "7217", "97.28", SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_resolution_rate", title="解决率（全部诉求）", unit="%", scale=2,
        formula=percent("work_orders_solved", "work_orders_answered"), direction=Direction.HIGHER,
        source="北京市接诉即办工作条例第三十二条的解决率，以诉求人回访答复为准",
        card=Card(
            why="办结不等于解决，以诉求人的答复为准。",
            numerator="本期受理、现已办结，办结后回访时诉求人说已解决的工单（件）。",
            denominator="本期受理、办结后回访联系上，诉求人说了已解决、部分解决或未解决的工单（件）。",
            includes=f"退回重办而尚未再办结的、部分解决的在分母里，不算解决；回访几次的，以最后一次表态为准。{AS_KNOWN_NOW}",
            excludes="没有回访、没有联系上、没有表态的，既不算解决也不算没有解决；办结以前的联系不算回访。",
            month=BY_ACCEPTANCE,
            example=Example("6798", "7021", "96.82", SAMPLE),
        ),
    ),
    Indicator(
        key="complaint_resolution_rate", title="投诉解决率", unit="%", scale=2,
        formula=percent("work_orders_complaints_solved", "work_orders_complaints_answered"),
        direction=Direction.HIGHER,
        source="2022年12345热线服务费项目绩效评价评分表（C203）：投诉事件解决率，目标值未定",
        card=Card(
            why="评价单列投诉的解决情况。",
            numerator="本期受理的投诉中现已办结，办结后回访时诉求人说已解决的（件）。",
            denominator="本期受理的投诉中，办结后回访联系上，诉求人说了已解决或未解决的（件）。",
            includes="诉求类型为“投诉”的工单；退回重办而尚未再办结的在分母里，不算解决；回访几次的，以最后一次表态为准。"
            f"{AS_KNOWN_NOW}",
            excludes="其余诉求类型；没有联系上、没有表态的投诉。",
            month=BY_ACCEPTANCE,
            example=Example("1480", "1527", "96.92", SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_satisfaction_rate", title="满意率", unit="%", scale=2,
        formula=percent("work_orders_rated_satisfied", "work_orders_rated"), direction=Direction.HIGHER,
        source="满意÷有评价的口径",
        card=Card(
            why="诉求人对办理结果的评价；分母不同结果差得很多，别的算法列在其他口径里。",
            numerator="评价为非常满意、满意或基本满意的工单（件）。",
            denominator="有满意度评价的工单（件）。",
            includes="“基本满意”算满意，“一般”不算；评价几次的，以最后一次为准；不论是否办结，办结以前评价的也算。"
            f"{AS_KNOWN_NOW}",
            excludes="没有评价的工单。",
            month=BY_ACCEPTANCE,
            example=Example("47", "50", "94.00", "有评价50件、满意47件时"),
        ),
    ),
    _build_at_end(
        "work_orders_open_at_end", "期末在办工单数", "期末还有多少没有办完，下期要接着办。",
        "期末以前受理、期末还没有办结也没有作废的工单（件），不论何时受理。",
        f"期初在办＋本期受理－本期办结－本期作废＝期末在办。期末以后未再报送的，期末是否在办不明。{_CARRIED_TO_END}",
        Example("117", None, "117", SAMPLE),
    ),
    _build_at_end(
        "work_orders_overdue_at_end", "期末逾期在办工单数", "反映逾期未办结情况，应重点催办。",
        "期末在办的工单中，办结时限已过的（件）。",
        f"时限届满前批准延期的，按延期后的时限。没有办结时限的不算逾期。{_CARRIED_TO_END}",
        Example("80", None, "80", SAMPLE),
    ),
    Indicator(
        key="work_order_mean_handling", title="平均办理时间", unit="小时", scale=1,
        formula=ratio(total("work_orders_handling_s", times=Fraction(1, 3600)), "work_orders_handled"),
        direction=Direction.LOWER, source="从派单到办结的时间÷办结的派单工单",
        card=Card(
            why="按时不等于快；承办单位办一件要多久，看办理时间。",
            numerator="本期受理、派给承办单位并现已办结的工单，从首次派单到最后一次办结的时间之和（小时）。",
            denominator="本期受理、派给承办单位并现已办结的工单（件）。",
            includes=f"夜间、节假日和暂停的时间照算；改派、重办的，从首次派单算起。{AS_KNOWN_NOW}",
            excludes="没有派单时间的（直接办结的）工单；还没有办结的工单；办结早于派单、看不出办了多久的，列为不明。",
            month=BY_ACCEPTANCE,
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
            f"每一件的办理时间见“平均办理时间”的行。{AS_KNOWN_NOW}",
            excludes="没有派单时间的（直接办结的）工单；还没有办结的工单。总数少于5件的，不取中位数。",
            month=BY_ACCEPTANCE,
            example=Example("48", "1", "48.0", "5件用了2、20、48、96、400小时时"),
        ),
    ),
)  # fmt: skip
