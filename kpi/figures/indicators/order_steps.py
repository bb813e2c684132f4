"""Indicators of the steps of work orders: signed for, returned, extended, redone, late."""

from fractions import Fraction

from kpi.figures.indicators.formula import ratio, total
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.indicators.order_cards import (
    AS_KNOWN_NOW,
    BY_ACCEPTANCE,
    CARRIED_OVER,
    SAMPLE,
    STEPS_NEEDED,
    build_share,
)
from kpi.figures.measures.work_orders import SIGNING_HOURS

GROUP = "工单"

_SECONDS = Fraction(1, 1000)  # 毫秒 → 秒

INDICATORS = (
    build_share(
        "work_order_signed_in_time_rate", "按时签收率", "work_orders_signed_in_time",
        "work_orders_dispatched", Direction.HIGHER, f"派单后{SIGNING_HOURS}小时内签收÷派单",
        Card(
            why="派下去没有人签收，办理就没有开始。",
            numerator=f"本期受理并派单、派单后{SIGNING_HOURS}小时内（含）签收的工单（件）。",
            denominator="本期受理并派单的工单（件）。",
            includes="还没有签收的在分母里；退单、改派的，看首次派单和首次签收。节假日照算。",
            excludes="没有派单时间的（直接办结的）工单。",
            month=BY_ACCEPTANCE, example=Example("4879", "5080", "96.04", SAMPLE),
        ),
    ),
    build_share(
        "work_order_returned_rate", "退单率", "work_orders_returned", "work_orders_dispatched",
        Direction.LOWER, "退单÷派单",
        Card(
            why="退单多，说明派错了单或单位推诿。",
            numerator="本期受理并派单的工单中，承办单位退回过的（件）；退过几次算一件。",
            denominator="本期受理并派单的工单（件）。",
            includes=f"退回后改派给别的单位的。{AS_KNOWN_NOW}",
            excludes=f"没有派单时间的（直接办结的）工单。{STEPS_NEEDED}",
            month=BY_ACCEPTANCE, example=Example("3", "100", "3.00", "派单100件、3件退回过时"),
        ),
    ),
    build_share(
        "work_order_redone_rate", "重办率", "work_orders_redone", "work_orders_ever_closed",
        Direction.LOWER, "重办÷办结",
        Card(
            why="办结后又退回重办的，第一次没有办好。",
            numerator="本期受理、办结过的工单中，退回重办过的（件）；重办几次算一件。",
            denominator="本期受理、办结过的工单（件），退回重办而尚未再办结的也在内。",
            includes=AS_KNOWN_NOW, excludes=f"没有办结过的工单。{STEPS_NEEDED}",
            month=BY_ACCEPTANCE, example=Example("94", "8038", "1.17", SAMPLE),
        ),
    ),
    build_share(
        "work_order_extended_rate", "延期率", "work_orders_due_extended", "work_orders_due",
        Direction.LOWER, "延期÷应办结",
        Card(
            why="延期多了，按时办结率就没有意义。",
            numerator="办结时限落在本期、批准过延期的工单（件）。",
            denominator="办结时限落在本期的工单（件），含以前受理结转来的。",
            includes=f"延期几次算一件，时限届满后才批准的也算。{CARRIED_OVER}",
            excludes=f"申请而没有批准的；没有办结时限的；到期以前已作废的。{STEPS_NEEDED}",
            month="按办结时限所在的北京日期归月。",
            example=Example("5", "100", "5.00", "应办结100件、5件延期过时"),
        ),
    ),
    build_share(
        "work_order_first_pass_rate", "一次办结率", "work_orders_due_closed_at_first_pass",
        "work_orders_due", Direction.HIGHER, "一次办结÷应办结（部分城市月报）",
        Card(
            why="按时办结而又不用重办，才是一次办好。",
            numerator="办结时限落在本期、按时办结且没有退回重办过的工单（件）。",
            denominator="办结时限落在本期的工单（件），含以前受理结转来的。",
            includes=f"到期没有办结的、退回重办过的在分母里；以后才退回重办的，数字会变动。{CARRIED_OVER}",
            excludes=f"没有办结时限的；到期以前已作废的。{STEPS_NEEDED}",
            month="按办结时限所在的北京日期归月。",
            example=Example("97", "100", "97.00", "应办结100件、3件逾期或重办时"),
        ),
    ),
    *(
        build_share(
            f"work_order_{key}_pass_rate", f"{word}办结率", f"work_orders_due_closed_at_{measure}",
            "work_orders_due", Direction.NEITHER, f"{word}办结÷应办结（部分城市月报）",
            Card(
                why="和一次办结率一起看，退回重办的几次才办成。",
                numerator=f"办结时限落在本期、按时办结且退回重办过{times}的工单（件）。",
                denominator="办结时限落在本期的工单（件），含以前受理结转来的。",
                includes=f"到期没有办结的在分母里；以后才退回重办的，数字会变动。{CARRIED_OVER}",
                excludes=f"没有办结时限的；到期以前已作废的。{STEPS_NEEDED}",
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
            includes=f"夜间、节假日照算。{CARRIED_OVER}",
            excludes="按时办结的；时限早于受理的；超时而还没有办结的，办结以后才算进来，数字会变动。",
            month="按办结时限所在的北京日期归月。",
            example=Example("345600", "432000", "0.80", "一件规定5天、超出4天时"),
        ),
    ),
)  # fmt: skip
