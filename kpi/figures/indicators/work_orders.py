"""Indicators of work orders."""

from kpi.figures.indicators.formula import count, percent
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.measures.work_orders import OF_KINDS

_ACCEPTED = "按受理时间的北京日期归月；以后各月的办结、回访都回到受理的那个月。"
_CARRIED = "上一个月受理的工单没有交付、也没有签零报告的，结转来的工单不明，只算部分可核实；更早的月份不看。"
_SAMPLE = "样例中心2023年"
_LATER = "以现在所知为准：受理后来才办结或回访的，数字会随新交付的工单变动。"


def _opened(key: str, title: str, includes: str, excludes: str, example: str) -> Indicator:
    return Indicator(
        key=f"work_orders_{key}", title=title, unit="件", scale=0, formula=count(f"work_orders_{key}"),
        direction=Direction.NEITHER, source="工单逐件计数",
        card=Card(
            why="热线受理的诉求量和构成。",
            numerator=f"本期受理的{title.removesuffix('数')}（件）。",
            includes=includes,
            excludes=excludes,
            month=_ACCEPTED,
            example=Example(example, None, example, _SAMPLE),
        ),
    )  # fmt: skip


_BY_KIND = {
    "opened_consultation": "4283", "opened_complaint": "1790", "opened_request": "1332",
    "opened_suggestion": "402", "opened_report": "239", "opened_praise": "69", "opened_other": "0",
}  # fmt: skip

INDICATORS = (
    _opened(
        "opened", "工单数", "直接办结和转派的都算；重办、改派的仍是原来那一件。", "同一编号重复导出的行。",
        "8115",
    ),
    *(
        _opened(
            measure.key.removeprefix("work_orders_"), f"{measure.title}数",
            f"{measure.about}", "其余诉求类型的工单。", _BY_KIND[measure.key.removeprefix("work_orders_")],
        )
        for measure in OF_KINDS
    ),
    Indicator(
        key="work_orders_closed_in_period", title="办结量", unit="件", scale=0,
        formula=count("work_orders_closed_in_period"), direction=Direction.NEITHER, source="工单逐件计数",
        card=Card(
            why="本期实际办完的工作量。",
            numerator="办结时间落在本期的工单（件），不论何时受理。",
            includes=f"以前受理、本期办结的。{_CARRIED}",
            excludes="办结后又退回重办、尚未再办结的。",
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
            excludes="退回重办而尚未再办结的不算办结。",
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
            includes="到期没有办结的在分母里；时限届满前批准延期的，按延期后的时限；届满后才批准的，仍算逾期。"
            "办理中暂停（挂起、待补充）的，规定顺延的，时限按暂停时长顺延；没有规定的，时限不变。"
            f"分承办单位时，算在到期（先办结的，办结）时持有它的单位名下。{_CARRIED}",
            excludes="没有办结时限的工单；到期以前已作废的工单。",
            month="按办结时限所在的北京日期归月。",
            example=Example("18000", "18086", "99.52", "某市某年应结案18086件"),
        ),
    ),
    Indicator(
        key="work_order_on_time_of_accepted_rate", title="按时办结率（本期受理）", unit="%", scale=2,
        formula=percent("work_orders_closed_on_time", "work_orders_not_cancelled"),
        direction=Direction.HIGHER,
        source="受理口径，与应办结口径对照",
        card=Card(
            why="同一批受理的工单最终按时办结了多少。",
            numerator="本期受理的工单中，办结不晚于办结时限的（件）。",
            denominator="本期受理的工单（件），作废的除外。",
            includes=f"尚未到期也尚未办结的在分母里。{_LATER}",
            excludes="没有办结时限的不算按时。",
            month=_ACCEPTED,
            example=Example("7848", "8115", "96.71", _SAMPLE),
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
            excludes="没有办结就联系来电人的，不算回访。",
            month=_ACCEPTED,
            example=Example("7217", "8038", "89.79", _SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_reached_rate", title="有效回访率", unit="%", scale=2,
        formula=percent("work_orders_followed_up_reached", "work_orders_followed_up"),
        direction=Direction.HIGHER,
        source="江阴等地月报：有效回访÷回访",
        card=Card(
            why="回访了却没有联系上的，得不到来电人的答复。",
            numerator="本期受理并办结的工单中，回访联系上来电人的（件）。",
            denominator="本期受理并办结的工单中做过回访的（件）。",
            includes=_LATER,
            excludes="没有回访的工单。",
            month=_ACCEPTED,
            example=Example("7021", "7217", "97.28", _SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_resolution_rate", title="解决率（全部诉求）", unit="%", scale=2,
        formula=percent("work_orders_solved", "work_orders_reached"), direction=Direction.HIGHER,
        source="北京市接诉即办工作条例第三十二条的解决率，以来电人回访答复为准",
        card=Card(
            why="办结不等于解决，以来电人的答复为准。",
            numerator="回访联系上且来电人说已解决的工单（件）。",
            denominator="回访联系上的工单（件）。",
            includes=_LATER,
            excludes="没有回访或没有联系上的，既不算解决也不算没有解决。",
            month=_ACCEPTED,
            example=Example("6798", "7021", "96.82", _SAMPLE),
        ),
    ),
    Indicator(
        key="complaint_resolution_rate", title="投诉解决率", unit="%", scale=2,
        formula=percent("work_orders_complaints_solved", "work_orders_complaints_reached"),
        direction=Direction.HIGHER, source="2022年12345热线服务费项目绩效目标表：投诉事件解决率",
        card=Card(
            why="绩效目标表单列投诉的解决情况。",
            numerator="回访联系上且来电人说已解决的投诉（件）。",
            denominator="回访联系上的投诉（件）。",
            includes=f"诉求类型为“投诉”的工单。{_LATER}",
            excludes="其余诉求类型；没有联系上的投诉。",
            month=_ACCEPTED,
            example=Example("1480", "1527", "96.92", _SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_satisfaction_rate", title="满意率（占有评价）", unit="%", scale=2,
        formula=percent("work_orders_rated_satisfied", "work_orders_rated"), direction=Direction.HIGHER,
        source="满意÷有评价的口径",
        card=Card(
            why="来电人对办理结果的评价；分母不同结果差得很多，所以三个口径并列。",
            numerator="评价为非常满意、满意或基本满意的工单（件）。",
            denominator="有满意度评价的工单（件）。",
            includes="“基本满意”算满意，“一般”不算。",
            excludes="没有评价的工单。",
            month=_ACCEPTED,
            example=Example("47", "50", "94.00", "有评价50件、满意47件时"),
        ),
    ),
    Indicator(
        key="work_order_satisfaction_of_reached_rate", title="满意率（占回访联系上）", unit="%", scale=2,
        formula=percent("work_orders_satisfied", "work_orders_reached"), direction=Direction.HIGHER,
        source="岳阳等地月报：满意÷有效回访",
        card=Card(
            why="联系上却没有给出评价的，不当作满意。",
            numerator="回访联系上且评价为非常满意、满意或基本满意的工单（件）。",
            denominator="回访联系上的工单（件）。",
            includes="“基本满意”算满意，“一般”不算；联系上而没有评价的在分母里。",
            excludes="没有回访或没有联系上的工单。",
            month=_ACCEPTED,
            example=Example("6533", "7021", "93.05", _SAMPLE),
        ),
    ),
    Indicator(
        key="work_order_not_dissatisfied_rate", title="满意率（未表示不满意占办结）", unit="%", scale=2,
        formula=percent("work_orders_not_dissatisfied", "work_orders_closed"), direction=Direction.HIGHER,
        source="部分地方通报口径：（办结−不满意）÷办结",
        card=Card(
            why="有的通报把没有评价的都当作满意，数字最高，列出来便于对照。",
            numerator="本期受理并办结、没有评价为不满意或非常不满意的工单（件）。",
            denominator="本期受理的工单中现已办结的（件）。",
            includes="没有回访、没有评价的算在分子里。",
            excludes="没有办结的工单。",
            month=_ACCEPTED,
            example=Example("97", "100", "97.00", "办结100件、3件不满意时"),
        ),
    ),
)  # fmt: skip
