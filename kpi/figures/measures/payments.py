"""Measures of payments, by the day they were due or paid, and of the budget. Amounts are integers of 分."""

import sqlalchemy as sa

from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, scaled
from tracker.facts.payments import budget, payments

MOVEMENTS = {"approved": "预算批复", "received": "资金到位", "adjusted": "预算调整", "returned": "财政收回"}

_PAYMENT = (
    ("费用项目", payments.c.item),
    ("所属期间", payments.c.for_period),
    ("收款单位", payments.c.payee),
    ("约定支付日", payments.c.due_on),
    ("实际支付日", payments.c.paid_on),
    ("金额（元）", scaled(payments.c.amount_fen, 100, 2)),
    ("按时", payments.c.on_time),
    ("迟付天数", payments.c.late_days),
)

DUE = Population(
    key="payments_due", title="一笔应付款", rows=payments, of=payments, day=payments.c.due_on,
    columns=_PAYMENT, source="payments", facts=("payments",),
)  # fmt: skip
PAID = Population(
    key="payments_paid", title="一笔已付款", rows=payments, of=payments, day=payments.c.paid_on,
    columns=_PAYMENT, source="payments", facts=("payments",),
)  # fmt: skip
BUDGET = Population(
    key="budget", title="一笔预算变动", rows=budget, of=budget, day=budget.c.moved_on,
    columns=(
        ("类型", budget.c.movement),
        ("费用项目", budget.c.item),
        ("金额（元）", scaled(budget.c.amount_fen, 100, 2)),
        ("文号", budget.c.document),
    ),
    source="budget", facts=("budget",), words={"类型": MOVEMENTS},
)  # fmt: skip

POPULATIONS = (DUE, PAID, BUDGET)

LABOUR_WORDS = ("劳务", "工资", "薪")
_labour = sa.or_(*(payments.c.item.like(f"%{word}%") for word in LABOUR_WORDS))
_LABOUR = f"费用项目中有“{'”“'.join(LABOUR_WORDS)}”字样的"
_on_time = payments.c.on_time.is_(True)


def _moved(movement: str, title: str, about: str) -> Measure:
    return Measure(
        key=f"budget_{movement}_fen", title=title, unit="分", among=BUDGET, about=about,
        where=budget.c.movement == movement, value=budget.c.amount_fen,
    )  # fmt: skip


MEASURES = (
    Measure(
        key="payments_due", title="应付款", unit="笔", among=DUE,
        about="约定支付日落在本期的款项，到期未付的也在内。",
    ),
    Measure(
        key="payments_due_on_time", title="按时支付的应付款", unit="笔", among=DUE, where=_on_time,
        about="约定支付日落在本期、实际支付不晚于约定日的款项。",
    ),
    Measure(
        key="payments_due_paid", title="已支付的应付款", unit="笔", among=DUE,
        where=payments.c.paid_on.is_not(None),
        about="约定支付日落在本期、现已支付的款项。",
    ),
    Measure(
        key="payments_due_labour", title="应付人员经费", unit="笔", among=DUE, where=_labour,
        about=f"约定支付日落在本期、{_LABOUR}款项。",
    ),
    Measure(
        key="payments_due_labour_on_time", title="按时支付的人员经费", unit="笔", among=DUE,
        where=sa.and_(_labour, _on_time),
        about=f"约定支付日落在本期、{_LABOUR}款项中，实际支付不晚于约定日的。",
    ),
    Measure(
        key="payments_due_fen", title="应付金额", unit="分", among=DUE, value=payments.c.amount_fen,
        about="约定支付日落在本期的款项金额之和。",
    ),
    Measure(
        key="payments_due_on_time_fen", title="按时支付的金额", unit="分", among=DUE, where=_on_time,
        value=payments.c.amount_fen,
        about="约定支付日落在本期、按时支付的款项金额之和。",
    ),
    Measure(
        key="payments_late_days", title="迟付天数", unit="天", among=DUE, value=payments.c.late_days,
        where=payments.c.paid_on.is_not(None),
        about="约定支付日落在本期的已付款项，晚于约定日的日历天数之和；按时的为0，未付的不计。",
    ),
    Measure(
        key="payments_due_within_30_days", title="逾期30日内付清的应付款", unit="笔", among=DUE,
        where=payments.c.late_days <= 30, on_demand=True,
        about="约定支付日落在本期、最迟晚于约定日30个日历天支付的款项。",
    ),
    Measure(
        key="payments_paid", title="本期支付的款项", unit="笔", among=PAID, on_demand=True,
        where=payments.c.amount_fen >= 0,
        about="实际支付日落在本期的款项，不论约定哪天支付；退款不计。",
    ),
    Measure(
        key="payments_paid_on_time", title="本期按时支付的款项", unit="笔", among=PAID, where=_on_time,
        on_demand=True, about="实际支付日落在本期、不晚于约定日的款项。",
    ),
    Measure(
        key="payments_paid_fen", title="实际支出", unit="分", among=PAID, value=payments.c.amount_fen,
        about="实际支付日落在本期的款项金额之和；退款是负数，冲减支出。",
    ),
    Measure(
        key="payments_paid_labour_fen", title="实际支出的人员经费", unit="分", among=PAID, where=_labour,
        value=payments.c.amount_fen,
        about=f"实际支付日落在本期、{_LABOUR}款项金额之和；退款是负数，冲减支出。",
    ),
    _moved("approved", "批复预算", "本期批复的预算金额。"),
    _moved("received", "到位资金", "本期到账或下达额度的金额。"),
    _moved("adjusted", "预算调整", "本期调增（正）或调减（负）的预算金额。"),
    _moved("returned", "财政收回", "本期被财政收回的金额。"),
)  # fmt: skip
