"""Indicators of payments, budget and cost."""

from decimal import Decimal
from fractions import Fraction

from kpi.figures.indicators.formula import monthly_mean, percent, ratio, total
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.indicators.target import AtLeast
from kpi.figures.measures.payments import LABOUR_WORDS

_SAMPLE = "样例中心2023年"
_FEN = Fraction(1, 100)  # 分 → 元
_DUE = "按约定支付日归月；晚付的仍回到约定的那个月。没有支付明细佐证的月份不计入。"
_CUMULATIVE = "累计指标：某月的数字是1月至该月底的累计。没有月末以后的交付佐证的月份不计入。"
_RULE = "保障中小企业款项支付条例；项目合同约定的支付日"
_FRAMEWORK = "财预〔2020〕10号 项目支出绩效评价管理办法"
_LABOUR = f"费用项目中有“{'”“'.join(LABOUR_WORDS)}”字样的款项。"
_UNPAID = "到期未付的在分母里，不算按时。约定日为节假日的不顺延。"

INDICATORS = (
    Indicator(
        key="payment_on_time_rate", title="支付及时率", unit="%", scale=2,
        formula=percent("payments_due_on_time", "payments_due"), direction=Direction.HIGHER,
        target=AtLeast(Decimal("80")), source=f"{_RULE}；2022年12345热线服务费项目绩效目标表（≥80%）",
        card=Card(
            why="该付的钱有没有按合同约定的日子付出去。",
            numerator="实际支付不晚于约定支付日的款项（笔）。",
            denominator="约定支付日落在本期的款项（笔）。",
            includes=_UNPAID,
            excludes="约定支付日还没有到的款项。",
            month=_DUE,
            example=Example("10", "16", "62.50", _SAMPLE),
        ),
    ),
    Indicator(
        key="payment_on_time_labour_rate", title="人员经费支付及时率", unit="%", scale=2,
        formula=percent("payments_due_labour_on_time", "payments_due_labour"), direction=Direction.HIGHER,
        source="2023年政务服务运行维护费项目绩效评价指标：薪酬按合同约定日发放",
        card=Card(
            why="劳务费晚付会拖欠工资，评价单独核查。",
            numerator="人员经费中实际支付不晚于约定支付日的（笔）。",
            denominator="约定支付日落在本期的人员经费（笔）。",
            includes=f"{_LABOUR}{_UNPAID}",
            excludes="办公费、邮电费等其他费用。",
            month=_DUE,
            example=Example("6", "12", "50.00", _SAMPLE),
        ),
    ),
    Indicator(
        key="payment_on_time_amount_rate", title="支付及时率（按金额）", unit="%", scale=2,
        formula=percent(
            total("payments_due_on_time_fen", times=_FEN), total("payments_due_fen", times=_FEN)
        ),
        direction=Direction.HIGHER, source=_RULE,
        card=Card(
            why="大额晚付比小额晚付要紧，按笔数看不出来。",
            numerator="按时支付的款项金额（元）。",
            denominator="约定支付日落在本期的款项金额（元）。",
            includes=_UNPAID,
            excludes="约定支付日还没有到的款项。",
            month=_DUE,
            example=Example("1364949.98", "2499900.00", "54.60", _SAMPLE),
        ),
    ),
    Indicator(
        key="payment_mean_delay", title="平均迟付天数", unit="天", scale=2,
        formula=ratio("payments_late_days", "payments_due_paid"), direction=Direction.LOWER, source=_RULE,
        card=Card(
            why="晚付了多久。",
            numerator="已付款项晚于约定支付日的日历天数之和（天），按时的为0。",
            denominator="约定支付日落在本期、现已支付的款项（笔）。",
            includes="按时支付的在分母里；约定日为节假日的不顺延。",
            excludes="尚未支付的款项：它们拖了多久还不知道，见支付及时率的分母。",
            month=_DUE,
            example=Example("33", "16", "2.06", _SAMPLE),
        ),
    ),
    Indicator(
        key="funds_received_rate", title="资金到位率", unit="%", scale=2, year_to_date=True,
        formula=ratio(
            total("budget_received_fen", times=_FEN), total("budget_approved_fen", times=_FEN), 100
        ),
        direction=Direction.HIGHER, target=AtLeast(Decimal("100")),
        source=f"{_FRAMEWORK}：实际到位资金÷预算资金",
        card=Card(
            why="批复的预算有没有拿到。",
            numerator="到位资金（元）。",
            denominator="批复预算（元）。",
            includes="本年1月以来的累计。",
            excludes="预算调整和财政收回不改变本指标。",
            month=f"按到账或批复日期归月。{_CUMULATIVE}",
            example=Example("2524900.00", "2524900.00", "100.00", _SAMPLE),
        ),
    ),
    Indicator(
        key="budget_execution_rate", title="预算执行率（占到位资金）", unit="%", scale=2, year_to_date=True,
        formula=ratio(
            total("payments_paid_fen", times=_FEN), total("budget_received_fen", times=_FEN), 100
        ),
        direction=Direction.HIGHER, source=f"{_FRAMEWORK}：实际支出÷实际到位资金",
        card=Card(
            why="到手的钱用出去了多少；绩效评价用这个口径。",
            numerator="实际支出（元）。",
            denominator="到位资金（元）。",
            includes="本年1月以来的累计；所有费用项目。",
            excludes="已约定而没有实际支付的款项。",
            month=f"支出按实际支付日、到位按到账日期归月。{_CUMULATIVE}",
            example=Example("2499900.00", "2524900.00", "99.01", _SAMPLE),
        ),
    ),
    Indicator(
        key="budget_execution_of_budget_rate", title="预算执行率（占全年预算）", unit="%", scale=2,
        year_to_date=True,
        formula=ratio(
            total("payments_paid_fen", times=_FEN),
            total("budget_approved_fen", "budget_adjusted_fen", times=_FEN),
            100,
        ),
        direction=Direction.HIGHER, source=f"{_FRAMEWORK}附自评表：全年执行数÷全年预算数",
        card=Card(
            why="单位自评表用这个口径（B/A），与占到位资金的口径不同，两个都留。",
            numerator="实际支出（元）。",
            denominator="批复预算加减预算调整（元）。",
            includes="本年1月以来的累计；所有费用项目。",
            excludes="财政收回不从分母里减。",
            month=f"支出按实际支付日、预算按批复和调整日期归月。{_CUMULATIVE}",
            example=Example("2499900.00", "2524900.00", "99.01", _SAMPLE),
        ),
    ),
    Indicator(
        key="cost_per_person", title="人均成本", unit="元/人", scale=2,
        formula=ratio(
            total("payments_paid_labour_fen", times=_FEN), monthly_mean("staff_at_month_end")
        ),
        direction=Direction.LOWER,
        source="2022年12345热线服务费项目绩效目标表：人均工资支出（含管理费）",
        card=Card(
            why="每个在岗的人一期花了多少人员经费。",
            numerator="本期实际支付的人员经费（元）。",
            denominator="月末在岗人数的平均数（人）。",
            includes=f"{_LABOUR}含随劳务费支付的管理费。",
            excludes="办公、邮电、平台租赁等非人员费用。",
            month="支出按实际支付日、人数按月末归月；不同长短的期间不可互比。",
            example=Example("2269900.00", "33.3333333333", "68097.00", f"{_SAMPLE}，平均33.33人"),
        ),
    ),
)  # fmt: skip
