"""Measures of payments, by the day they were due or paid, and of the budget. Amounts are integers of 分."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from kpi.figures.gap import GapCode
from kpi.figures.measures.certainty import declare_field
from kpi.figures.measures.declared import select_declaration
from kpi.figures.measures.measure import Measure
from kpi.figures.measures.population import Population, months, scale
from kpi.figures.source import DELIVER_LIST, Reach, Rhythm, Source
from tracker.events.payments import MOVEMENTS
from tracker.facts.payments import budget, payments

SOURCES = (
    Source(
        key="payments",
        rhythm=Rhythm.MONTHLY,
        remedy=DELIVER_LIST,
    ),
    Source(
        key="budget",
        rhythm=Rhythm.MONTHLY,
        reach=Reach.SPARSE,
        remedy="请报送月末以后导出的当年预算；确无变动的，请签零报告。",
    ),
)

LEGAL_DAYS = (30, 60)  # after acceptance; 60 at the most where a contract says so. 保障中小企业款项支付条例


def _build_columns(of: Any) -> tuple[tuple[str, sa.ColumnElement[Any]], ...]:
    return (
        ("费用项目", of.item),
        ("所属期间", of.for_period),
        ("收款单位", of.payee),
        ("约定支付日", of.due_on),
        ("实际支付日", of.paid_on),
        ("金额（元）", scale(of.amount_fen, 100, 2)),
        ("按时", of.on_time),
        ("逾期支付天数", of.late_days),
    )


def _build_population(key: str, title: str, day: sa.ColumnElement[Any]) -> Population:
    return Population(
        key=key, title=title, rows=payments, of=payments, day=day, columns=_build_columns(payments.c),
        source="payments", facts=("payments",),
    )  # fmt: skip


DUE = _build_population("payments_due", "一笔应付款", payments.c.due_on)
PAID = _build_population("payments_paid", "一笔已付款", payments.c.paid_on)


def _build_accepted_population(days: int) -> Population:
    """By the last day on which a payment may be made after acceptance."""
    return Population(
        key=f"payments_accepted_{days}", title=f"一笔验收后第{days}日到限的款项", rows=payments, of=payments,
        day=payments.c.goods_accepted_on + sa.literal_column(str(days), sa.Integer),
        columns=(*_build_columns(payments.c), ("验收日期", payments.c.goods_accepted_on)),
        source="payments", facts=("payments",), since=payments.c.due_on - max(LEGAL_DAYS),
    )  # fmt: skip


ACCEPTED = {days: _build_accepted_population(days) for days in LEGAL_DAYS}

_paid_by_then = sa.and_(payments.c.paid_on.is_not(None), payments.c.paid_on <= months.c.last_day)
_of_the_year = sa.extract("year", payments.c.due_on) == sa.extract("year", months.c.last_day)
_due_by_then = sa.and_(payments.c.due_on <= months.c.last_day, sa.or_(_of_the_year, sa.not_(_paid_by_then)))
_then = (
    sa.select(payments, months, _of_the_year.label("of_the_year"))
    .select_from(payments.join(months, _due_by_then))
    .subquery("payments_then")
)
THEN = Population(
    key="payments_then", title="一笔到期款项，按月末", rows=_then, of=_then, day=_then.c.last_day,
    columns=_build_columns(_then.c), source="payments", facts=("payments",), by_month=True,
    suspects=sa.select(payments.c.center_id).where(payments.c.unknown != ""),
)  # fmt: skip
_late_then = sa.func.greatest(
    sa.func.least(_then.c.paid_on, _then.c.last_day, type_=sa.Date) - _then.c.due_on, 0, type_=sa.BigInteger
)
_unpaid_then = sa.or_(_then.c.paid_on.is_(None), _then.c.paid_on > _then.c.last_day)

_on_its_day = sa.func.coalesce(payments.c.due_on, payments.c.paid_on)
_is_labour = sa.cast(select_declaration("labour", payments, payments.c.item_folded, _on_its_day), sa.Boolean)
_labour = sa.select(
    *(column for column in payments.c if column.name != "unknown"),
    _is_labour.label("labour"),
    sa.func.coalesce(payments.c.for_month, payments.c.due_on, payments.c.paid_on, type_=sa.Date).label(
        "cost_on"
    ),
    (payments.c.unknown + sa.case((_is_labour.is_(None), " labour "), else_="")).label("unknown"),
).subquery("payments_labour")
declare_field(_labour.c.labour, "费用项目是不是人员经费", code=GapCode.TOPIC_UNDECLARED)


def _build_labour_population(key: str, title: str, day: sa.ColumnElement[Any]) -> Population:
    return Population(
        key=key, title=title, rows=_labour, of=_labour, day=day, columns=_build_columns(_labour.c),
        source="payments", facts=("payments", "declarations"),
        suspects=sa.select(_labour.c.center_id).where(_labour.c.unknown != ""),
    )  # fmt: skip


LABOUR_DUE = _build_labour_population("payments_labour_due", "一笔应付人员经费", _labour.c.due_on)
LABOUR_COST = _build_labour_population(
    "payments_labour_cost", "一笔人员经费，按所属期间", _labour.c.cost_on,
)  # fmt: skip

BUDGET = Population(
    key="budget", title="一笔预算变动", rows=budget, of=budget, day=budget.c.placed_on,
    columns=(
        ("类型", budget.c.movement),
        ("费用项目", budget.c.item),
        ("日期", budget.c.moved_on),
        ("预算年度", budget.c.budget_year),
        ("金额（元）", scale(budget.c.amount_fen, 100, 2)),
        ("文号", budget.c.document),
    ),
    source="budget", facts=("budget",), words={"类型": MOVEMENTS}, since=budget.c.moved_on,
)  # fmt: skip


def _select_flow(
    table: sa.Table, day: sa.Column[Any], what: Any, sign: int, unknown: str, since: Any
) -> sa.Select[Any]:
    lacks = sa.case((table.c.unknown.like(f"% {unknown} %"), " placed_on "), else_="")
    return sa.select(
        table.c.center_id, table.c.subject, table.c.seq, day.label("placed_on"), since.label("since"),
        what.label("what"), table.c.item, (sign * table.c.amount_fen).label("adds"), lacks.label("unknown"),
    )  # fmt: skip


_BUDGETED = ("approved", "adjusted", "carried")
_flows = sa.union_all(
    _select_flow(budget, budget.c.placed_on, budget.c.movement, 1, "budget_year", budget.c.moved_on).where(
        budget.c.movement.in_(_BUDGETED)
    ),
    _select_flow(payments, payments.c.paid_on, sa.literal("paid"), -1, "paid_on", payments.c.due_on),
    _select_flow(payments, payments.c.due_on, sa.literal("due"), -1, "", payments.c.due_on),
).subquery("flows")
declare_field(_flows.c.placed_on, "预算年度或实际支付日")
FLOWS = Population(
    key="money_flows", title="一笔预算或支出", rows=_flows, of=_flows, day=_flows.c.placed_on,
    columns=(
        ("类型", _flows.c.what), ("费用项目", _flows.c.item), ("金额（元）", scale(_flows.c.adds, 100, 2)),
    ),
    source="budget", facts=("budget", "payments"), since=_flows.c.since, regrouped=True,
    words={"类型": MOVEMENTS | {"paid": "实际支付", "due": "应付"}},
)  # fmt: skip

POPULATIONS = (DUE, PAID, *ACCEPTED.values(), THEN, LABOUR_DUE, LABOUR_COST, BUDGET, FLOWS)

_on_time = payments.c.on_time.is_(True)


def _build_movement_measure(movement: str, title: str, about: str) -> Measure:
    return Measure(
        key=f"budget_{movement}_fen", title=title, unit="分", among=BUDGET, about=about,
        where=budget.c.movement == movement, value=budget.c.amount_fen,
    )  # fmt: skip


def _build_remainder_measure(key: str, title: str, spent: str, about: str) -> Measure:
    """The budget less what was spent of it."""
    return Measure(
        key=key, title=title, unit="分", among=FLOWS, where=_flows.c.what.in_((*_BUDGETED, spent)),
        value=_flows.c.adds, sources=("budget", "payments"), about=about,
    )  # fmt: skip


def _build_acceptance_measures(days: int) -> Iterator[Measure]:
    """Payments whose lawful time after acceptance ended, and those of them made by then."""
    among, limit = ACCEPTED[days], payments.c.goods_accepted_on + sa.literal_column(str(days), sa.Integer)
    ended = payments.c.amount_fen >= 0
    yield Measure(
        key=f"payments_accepted_{days}_days", title=f"验收后满{days}日的款项", unit="笔", among=among,
        where=ended, about=f"验收日期以后第{days}个自然日落在本期的款项，付了的和没付的都在内；退款不计。",
    )  # fmt: skip
    yield Measure(
        key=f"payments_paid_within_{days}_days", title=f"验收后{days}日内支付的款项", unit="笔", among=among,
        where=sa.and_(ended, payments.c.paid_on <= limit),
        about=f"验收日期以后第{days}个自然日落在本期、最迟在这一天支付的款项。",
    )  # fmt: skip


MEASURES = (
    Measure(
        key="payments_due", title="应付款", unit="笔", among=DUE,
        about="约定支付日落在本期的款项，到期未付的也在内；退款不算。",
    ),
    Measure(
        key="payments_due_on_time", title="按时支付的应付款", unit="笔", among=DUE, where=_on_time,
        about="约定支付日落在本期、实际支付不晚于约定日的款项。",
    ),
    Measure(
        key="payments_due_on_time_rolled", title="按时支付的应付款（节假日顺延）", unit="笔", among=DUE,
        where=payments.c.on_time_rolled.is_(True), on_demand=True,
        about="约定支付日落在本期、实际支付不晚于约定日的款项；约定日是休息日的，不晚于其后第一个工作日。",
    ),
    Measure(
        key="payments_due_paid", title="已支付的应付款", unit="笔", among=DUE,
        where=payments.c.paid_on.is_not(None), on_demand=True,
        about="约定支付日落在本期、现已支付的款项。",
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
        key="payments_due_late_by_30_days", title="逾期支付不超过30日的应付款", unit="笔", among=DUE,
        where=payments.c.late_days <= 30, on_demand=True,
        about="约定支付日落在本期、最迟晚于约定日30个日历天支付的款项。",
    ),
    Measure(
        key="payments_due_then", title="本年到月末已到期的款项", unit="笔", among=THEN,
        where=_then.c.of_the_year,
        about="每月末看，约定支付日在本年、已经到期的款项，一笔一月计一次。",
    ),
    Measure(
        key="payments_late_days_then", title="到月末的逾期支付天数", unit="天", among=THEN, value=_late_then,
        where=_then.c.of_the_year,
        about="每月末看，约定支付日在本年、已经到期的款项晚于约定日的日历天数之和；按时的为0，还没有付的算到月末。",
    ),
    Measure(
        key="payments_overdue_then_fen", title="月末逾期未付的金额", unit="分", among=THEN,
        where=_unpaid_then, value=_then.c.amount_fen,
        about="每月末看，约定支付日已到而还没有支付的款项金额之和，不论哪一年到期。",
    ),
    *(one for days in LEGAL_DAYS for one in _build_acceptance_measures(days)),
    Measure(
        key="payments_labour_due", title="应付人员经费", unit="笔", among=LABOUR_DUE,
        where=_labour.c.labour.is_(True),
        about="约定支付日落在本期的人员经费；哪些费用项目是人员经费，以统计设定为准。",
    ),
    Measure(
        key="payments_labour_due_on_time", title="按时支付的人员经费", unit="笔", among=LABOUR_DUE,
        where=sa.and_(_labour.c.labour.is_(True), _labour.c.on_time.is_(True)),
        about="约定支付日落在本期的人员经费中，实际支付不晚于约定日的。",
    ),
    Measure(
        key="payments_labour_cost_fen", title="人员经费", unit="分", among=LABOUR_COST,
        where=_labour.c.labour.is_(True), value=_labour.c.amount_fen,
        about="所属期间在本期的人员经费金额之和，付了的和没付的都在内；没有写明所属期间的按约定支付日。"
        "退款是负数，冲减，没有写明所属期间的按退款日。",
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
    _build_movement_measure("approved", "批复预算", "预算年度为本年、本期批复的预算金额。"),
    _build_movement_measure("received", "到位资金", "预算年度为本年、本期到账或下达额度的金额。"),
    _build_movement_measure("adjusted", "预算调整", "预算年度为本年、本期调增（正）或调减（负）的预算金额。"),
    _build_movement_measure("returned", "财政收回", "预算年度为本年、本期被财政收回的金额。"),
    _build_movement_measure("carried", "上年结转", "从上年结转到本年使用的金额。"),
    Measure(
        key="budget_changed_fen", title="预算调整额", unit="分", among=BUDGET,
        where=budget.c.movement == "adjusted", value=sa.func.abs(budget.c.amount_fen),
        about="预算年度为本年的各笔预算调整金额的绝对值之和，调增、调减不相抵。",
    ),
    _build_remainder_measure(
        "budget_unspent_fen", "预算结余", "paid",
        "批复预算加减预算调整、加上年结转，减去实际支出。",
    ),
    _build_remainder_measure(
        "budget_saved_fen", "成本节约额", "due",
        "批复预算加减预算调整、加上年结转，减去约定支付日落在本期的应付款（付了的和没付的都在内）。",
    ),
)  # fmt: skip
