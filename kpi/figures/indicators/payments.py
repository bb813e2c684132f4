"""Indicators of payments, budget and cost."""

from decimal import Decimal
from fractions import Fraction

from kpi.figures.indicators.formula import (
    Formula,
    Over,
    Part,
    Quantity,
    Term,
    monthly_mean,
    percent,
    ratio,
    total,
)
from kpi.figures.indicators.indicator import Card, Direction, Example, Indicator
from kpi.figures.indicators.target import AtLeast

GROUP = "资金"

_SAMPLE = "样例中心2023年"
_FEN = Fraction(1, 100)  # 分 → 元
_DUE = "按约定支付日归月；晚付的仍回到约定的那个月。没有支付明细佐证的月份不计入。"
_CUMULATIVE = "累计指标：某月的数字是1月至该月底的累计。没有月末以后的报送佐证的月份不计入。"
_BUDGET_YEAR = (
    "预算按预算年度归年：预算表写明年度的以写明的为准（上年批复的从1月算起，次年到账的算在12月），没有写的按日期；"
    "12月批复、结转而没有写明年度的，可能是下一年的预算，按不明处理，分母里不明的比已知的多时不给出数字。"
)
_BUDGET = total("budget_approved_fen", "budget_adjusted_fen", "budget_carried_fen", times=_FEN)
_AVAILABLE = total("budget_received_fen", "budget_carried_fen", times=_FEN)
_LATE_THEN, _DUE_THEN = (
    Part((Term(key, over=Over.LAST),)) for key in ("payments_late_days_then", "payments_due_then")
)
_SME = "保障中小企业款项支付条例（2025）第九条、第十条"
_RULE = "保障中小企业款项支付条例；项目合同约定的支付日"
_WHOLE = "2022年部门整体支出绩效评价指标"
_FRAMEWORK = "财预〔2020〕10号 项目支出绩效评价管理办法"
_LABOUR = (
    "哪些费用项目是人员经费，由本单位在统计设定里逐项说明；没有说明的项目按不明处理，"
    "一项也没有说明的无法核实。"
)
_UNPAID = "到期未付的在分母里，不算按时。约定日为节假日的不顺延。"

INDICATORS = (
    Indicator(
        key="payment_on_time_rate", title="支付及时率", unit="%", scale=2,
        formula=percent("payments_due_on_time", "payments_due"), direction=Direction.HIGHER,
        target=AtLeast(Decimal("80")), source=f"{_RULE}；2022年12345热线服务费项目绩效目标表（≥80%）",
        card=Card(
            why="反映按合同约定支付的及时程度。",
            numerator="实际支付不晚于约定支付日的款项（笔）。",
            denominator="约定支付日落在本期的款项（笔）。",
            includes=_UNPAID,
            excludes="约定支付日还没有到的款项；退款。",
            month=_DUE,
            example=Example("10", "16", "62.50", _SAMPLE),
        ),
    ),
    Indicator(
        key="payment_on_time_labour_rate", title="人员经费支付及时率", unit="%", scale=2,
        formula=percent("payments_labour_due_on_time", "payments_labour_due"), direction=Direction.HIGHER,
        source="2023年政务服务运行维护费项目绩效评价指标：薪酬按合同约定日发放",
        card=Card(
            why="劳务费晚付会拖欠工资，评价单独核查。",
            numerator="人员经费中实际支付不晚于约定支付日的（笔）。",
            denominator="约定支付日落在本期的人员经费（笔）。",
            includes=f"{_LABOUR}{_UNPAID}",
            excludes="说明不是人员经费的项目，如办公费、邮电费；退款。",
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
            excludes="约定支付日还没有到的款项；退款。",
            month=_DUE,
            example=Example("1364949.98", "2499900.00", "54.60", _SAMPLE),
        ),
    ),
    Indicator(
        key="payment_mean_delay", title="平均逾期天数", unit="天", scale=2, year_to_date=True,
        formula=ratio(_LATE_THEN, _DUE_THEN), direction=Direction.LOWER, source=_RULE,
        card=Card(
            why="晚付了多久；一直拖着不付的，拖得越久这个数越大。",
            numerator="到期款项晚于约定支付日的日历天数之和（天）：按时的为0，还没有付的算到本期末。",
            denominator="约定支付日在本年1月1日以来、到本期末为止的款项（笔），付了的和没付的都在内。",
            includes="约定日为节假日的不顺延；本期末以后才付的，在本期也算到本期末。",
            excludes="上年到期的款项，见逾期未付金额；退款。",
            month=f"累计指标：某月的数字是1月至该月底到期的款项在该月底的情况。{_DUE}",
            example=Example("33", "16", "2.06", _SAMPLE),
        ),
    ),
    Indicator(
        key="payment_overdue_amount", title="逾期未付金额", unit="元", scale=2,
        formula=Formula(Part((Term("payments_overdue_then_fen", _FEN, Over.LAST),)), None, 1, Quantity.COUNT),
        direction=Direction.LOWER, source=f"{_RULE}：到期应付未付的款项",
        card=Card(
            why="及时率只看笔数，欠着多少钱要单列。",
            numerator="期末（最后一个月的月末）约定支付日已到而还没有支付的款项金额（元）。",
            includes="不论哪一年到期；本期末以后才付的，在本期末仍是未付。",
            excludes="约定支付日还没有到的款项；退款。以前年度的支付明细未报送的，那时的欠款看不到，不在内。",
            month="取期末（最后一个月的月末）的余额；没有支付明细佐证的月份不计入。",
            example=Example("1000000.00", None, "1000000.00", "168万元到期款中100万元没有付"),
        ),
    ),
    Indicator(
        key="payment_within_30_days_of_acceptance_rate", title="法定期限内支付率（验收后30日）",
        unit="%", scale=2,
        formula=percent("payments_paid_within_30_days", "payments_accepted_30_days"),
        direction=Direction.HIGHER, source=f"{_SME}：自验收合格之日起30日内支付，合同另有约定的最长60日",
        card=Card(
            why="约定得再晚，也不能超过法定的期限；约定支付日以内不等于合法。",
            numerator="最迟在验收日期以后第30个自然日支付的款项（笔）。",
            denominator="验收日期以后第30个自然日落在本期的款项（笔），付了的和没付的都在内。",
            includes="节假日照算。合同约定付款期限在30日以上、60日以内的，用60日的其他口径。",
            excludes="验收日期空着的（没有验收或无须验收）；退款。支付明细没有验收日期一列的，无法核实。",
            month="按验收日期以后第30个自然日归月；没有支付明细佐证的月份不计入。",
            example=Example("9", "10", "90.00", "10笔中9笔在验收后30日内支付"),
        ),
    ),
    Indicator(
        key="funds_received_rate", title="资金到位率", unit="%", scale=2, year_to_date=True,
        formula=ratio(
            total("budget_received_fen", times=_FEN),
            total("budget_approved_fen", "budget_adjusted_fen", times=_FEN),
            100,
        ),
        direction=Direction.HIGHER, target=AtLeast(Decimal("100")),
        source=f"{_FRAMEWORK}：实际到位资金÷预算资金",
        card=Card(
            why="反映预算资金到位情况。",
            numerator="到位资金（元）。",
            denominator="批复预算加减预算调整（元）。",
            includes="本年1月以来的累计。钱在一年里陆续到位，目标按全年判定；到位多于预算的，超过100%。",
            excludes="上年结转和财政收回不改变本指标。",
            month=f"按到账、批复或调整日期归月。{_BUDGET_YEAR}{_CUMULATIVE}",
            example=Example("2524900.00", "2524900.00", "100.00", _SAMPLE),
        ),
    ),
    Indicator(
        key="budget_execution_rate", title="预算执行率（占到位资金）", unit="%", scale=2, year_to_date=True,
        formula=ratio(total("payments_paid_fen", times=_FEN), _AVAILABLE, 100),
        direction=Direction.HIGHER, source=f"{_FRAMEWORK}：实际支出÷实际到位资金",
        card=Card(
            why="反映到位资金的执行进度，绩效评价采用此口径。",
            numerator="实际支出（元）。",
            denominator="到位资金加上年结转（元）。",
            includes="本年1月以来的累计；所有费用项目。支出多于到位的（如垫付），超过100%；退款多于支出的，为负。",
            excludes="已约定而没有实际支付的款项；财政收回不从分母里减，减的用其他口径。",
            month=f"支出按实际支付日、到位按到账日期归月。{_BUDGET_YEAR}{_CUMULATIVE}",
            example=Example("2499900.00", "2524900.00", "99.01", _SAMPLE),
        ),
    ),
    Indicator(
        key="budget_execution_of_budget_rate", title="预算执行率（占全年预算）", unit="%", scale=2,
        year_to_date=True,
        formula=ratio(total("payments_paid_fen", times=_FEN), _BUDGET, 100),
        direction=Direction.HIGHER, source=f"{_FRAMEWORK}附自评表：全年执行数÷全年预算数",
        card=Card(
            why="单位自评表用这个口径（B/A），与占到位资金的口径不同，两个都留。",
            numerator="实际支出（元）。",
            denominator="批复预算加减预算调整，加上年结转（元）。",
            includes="本年1月以来的累计；所有费用项目。超支的，超过100%；退款多于支出的，为负。",
            excludes="财政收回不从分母里减。",
            month=f"支出按实际支付日、预算按批复和调整日期归月。{_BUDGET_YEAR}{_CUMULATIVE}",
            example=Example("2499900.00", "2524900.00", "99.01", _SAMPLE),
        ),
    ),
    Indicator(
        key="budget_adjustment_rate", title="预算调整率", unit="%", scale=2, year_to_date=True,
        formula=ratio(
            total("budget_changed_fen", times=_FEN), total("budget_approved_fen", times=_FEN), 100
        ),
        direction=Direction.LOWER, source=f"{_WHOLE}：预算调整数÷预算数",
        card=Card(
            why="预算编得准不准；调整多说明编制粗。",
            numerator="各笔预算调整金额的绝对值之和（元），调增、调减不相抵。",
            denominator="批复预算（元）。",
            includes="本年1月以来的累计；调整多于批复的，超过100%。",
            excludes="上年结转；财政收回。因政策、不可抗力或上级临时交办而调整的，评价时可以剔除，请另附说明。",
            month=f"按批复和调整日期归月。{_BUDGET_YEAR}{_CUMULATIVE}",
            example=Example("50000.00", "1000000.00", "5.00", "批复100万元，调减5万元"),
        ),
    ),
    Indicator(
        key="budget_carry_over_rate", title="结转结余率", unit="%", scale=2, year_to_date=True,
        formula=ratio(total("budget_unspent_fen", times=_FEN), _BUDGET, 100),
        direction=Direction.LOWER, source=f"{_WHOLE}：结转结余总额÷支出预算数",
        card=Card(
            why="年底还剩多少没有用。",
            numerator="批复预算加减预算调整、加上年结转，减去实际支出（元）。",
            denominator="批复预算加减预算调整，加上年结转（元）。",
            includes="年中的数字是到该月底还没有用的部分，结转结余以全年为准；超支时为负，退款多于支出时超过100%。",
            excludes="财政收回不从结余里减。",
            month=f"支出按实际支付日、预算按批复和调整日期归月。{_BUDGET_YEAR}{_CUMULATIVE}",
            example=Example("25000.00", "2524900.00", "0.99", _SAMPLE),
        ),
    ),
    Indicator(
        key="cost_saving_rate", title="成本节约率", unit="%", scale=2, year_to_date=True,
        formula=ratio(total("budget_saved_fen", times=_FEN), _BUDGET, 100),
        direction=Direction.HIGHER, source=f"{_FRAMEWORK}：（计划成本－实际成本）÷计划成本",
        card=Card(
            why="同样的事少花了多少钱；没有付的账不是节约。",
            numerator="批复预算加减预算调整、加上年结转，减去应付款（元）。",
            denominator="批复预算加减预算调整，加上年结转（元）。",
            includes="应付款是约定支付日落在本年的款项，付了的和没付的都在内。应付款多于预算的，为负。"
            "产出没有完成的，不能算节约，评价时请对照产出。",
            excludes="约定支付日还没有到的款项，所以年中的数字偏高，以全年为准；退款。",
            month=f"应付款按约定支付日、预算按批复和调整日期归月。{_BUDGET_YEAR}{_CUMULATIVE}",
            example=Example("25000.00", "2524900.00", "0.99", _SAMPLE),
        ),
    ),
    Indicator(
        key="payment_progress_rate", title="支付进度率", unit="%", scale=2,
        formula=ratio(
            total("payments_paid_fen", times=_FEN), total("payments_due_fen", times=_FEN), 100
        ),
        direction=Direction.HIGHER, source=f"{_WHOLE}：季度支付数÷季度任务数",
        card=Card(
            why="钱是不是均衡地花，不等年底突击；按季度看。",
            numerator="实际支付日落在本期的款项金额（元），退款冲减。",
            denominator="约定支付日落在本期的款项金额（元），作为本期的支付任务。",
            includes="提前付和补付以前的，使它超过100%；退款多于支付的，为负。财政另行下达用款计划的，以计划数为准，请另附。",
            excludes="约定支付日在别的期间、也在别的期间支付的款项；退款不在任务里。",
            month="支付按实际支付日、任务按约定支付日归月；没有支付明细佐证的月份不计入。",
            example=Example("90", "100", "90.00", "一季度任务100万元，支付90万元"),
        ),
    ),
    Indicator(
        key="cost_per_person", title="人均成本", unit="元/人", scale=2,
        formula=ratio(
            total("payments_labour_cost_fen", times=_FEN), monthly_mean("staff_at_month_end")
        ),
        direction=Direction.NEITHER,
        source="2022年12345热线服务费项目绩效目标表：人均工资支出（含管理费）",
        card=Card(
            why="每个在岗的人一期花了多少人员经费；多少才合适看合同，本身不分好坏。",
            numerator="所属期间在本期的人员经费（元），付了的和没付的都在内。",
            denominator="月末在岗人数的平均数（人）。",
            includes=f"{_LABOUR}含随劳务费支付的管理费；所属期间跨几个月的，归最后一个月。约定在以后月份支付的，"
            "报送了那个月的支付明细才计得进来。",
            excludes="说明不是人员经费的项目，如办公、邮电、平台租赁。",
            month="人员经费按所属期间归月，没有写明或看不懂的按约定支付日，退款按退款日；人数按月末归月；不同长短的期间不可互比。",
            example=Example("2269900.00", "33.3333333333", "68097.00", f"{_SAMPLE}，平均33.33人"),
        ),
    ),
)  # fmt: skip
