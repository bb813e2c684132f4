"""资金: the cards' words about payments and the budget."""

from datetime import date, timedelta
from fractions import Fraction

from tests.kpi.from_cards.centre import FOR_PERIODS, Centre
from tests.kpi.from_cards.people import at_month_end, backed
from tests.kpi.from_cards.plain import Number, Plain, share, within
from tracker.events.payments import BudgetMoved, PaymentRecorded
from tracker.periods import Period


def due(centre: Centre, period: Period) -> list[PaymentRecorded]:
    """约定支付日落在本期的款项；退款不算应付款。"""
    return [
        payment for payment in centre.payments if within(payment.due_on, period) and payment.amount_fen >= 0
    ]


def _due_this_year(centre: Centre, period: Period) -> list[PaymentRecorded]:
    """约定支付日在本年1月以来、本期末以前的款项。"""
    return [one for one in centre.payments if _this_year(one.due_on, period) and one.amount_fen >= 0]


def _this_year(day: date | None, period: Period) -> bool:
    """本年1月以来，到本期期末。"""
    return day is not None and period.first_day.replace(month=1) <= day < period.end_day


def _on_time(payment: PaymentRecorded) -> bool:
    return payment.paid_on is not None and payment.paid_on <= payment.due_on


def _yuan(payments: list[PaymentRecorded]) -> Fraction:
    return Fraction(sum(payment.amount_fen for payment in payments), 100)


def payment_on_time_rate(centre: Centre, period: Period) -> Number:
    payments = due(centre, period)
    return share((one for one in payments if _on_time(one)), payments)


def _labour(centre: Centre, payments: list[PaymentRecorded]) -> list[PaymentRecorded] | None:
    """以统计设定为准；没有说明的项目按不明处理，一项也没有说明的无法核实。"""
    said = {one.known_as: one.holds for one in centre.said if one.topic == "labour"}
    if payments and not any(payment.item in said for payment in payments):
        return None
    return [payment for payment in payments if said.get(payment.item)]


def payment_on_time_labour_rate(centre: Centre, period: Period) -> Number | None:
    payments = _labour(centre, due(centre, period))
    return None if payments is None else share((one for one in payments if _on_time(one)), payments)


def payment_on_time_amount_rate(centre: Centre, period: Period) -> Number:
    payments = due(centre, period)
    return Number(_yuan([payment for payment in payments if _on_time(payment)]), _yuan(payments))


def payment_mean_delay(centre: Centre, period: Period) -> Number:
    """按时的为0，还没有付的、本期末以后才付的算到本期末。"""
    last_day = period.end_day - timedelta(days=1)
    payments = _due_this_year(centre, period)
    delays = [(min(one.paid_on or last_day, last_day) - one.due_on).days for one in payments]
    return Number(Fraction(sum(max(0, delay) for delay in delays)), Fraction(len(payments)))


def payment_overdue_amount(centre: Centre, period: Period) -> Number:
    """期末约定支付日已到而还没有支付的款项，不论哪一年到期。"""
    last_day = period.end_day - timedelta(days=1)
    return Number(
        _yuan(
            [
                one
                for one in centre.payments
                if one.due_on <= last_day
                and (one.paid_on is None or one.paid_on > last_day)
                and one.amount_fen >= 0
            ]
        )
    )


def payment_within_30_days_of_acceptance_rate(centre: Centre, period: Period) -> Number:
    """最迟在验收日期以后第30个自然日支付；验收日期空着的、退款不算。"""
    ends = [
        (one, one.goods_accepted_on + timedelta(days=30))
        for one in centre.payments
        if one.goods_accepted_on is not None and one.amount_fen >= 0
    ]
    ours = [(one, end) for one, end in ends if within(end, period)]
    return share((one for one, end in ours if one.paid_on is not None and one.paid_on <= end), ours)


def _has_no_year(moved: BudgetMoved) -> bool:
    return moved.movement == "approved" and moved.moved_on.month == 12 and moved.budget_year is None


def _moved(centre: Centre, movement: str, period: Period) -> list[int]:
    """预算表写明年度的以写明的为准，没有写的按日期；上年批复的从1月算起，次年到账的算在12月。"""
    year = period.first_day.year
    return [
        one.amount_fen
        for one in centre.budget
        if one.movement == movement
        and not _has_no_year(one)
        and year == (one.budget_year or one.moved_on.year)
        and min(one.moved_on, date(year, 12, 31)) < period.end_day
    ]


def _budget(centre: Centre, *movements: str, period: Period) -> Fraction:
    return Fraction(sum(sum(_moved(centre, movement, period)) for movement in movements), 100)


def _spent(centre: Centre, period: Period) -> Fraction:
    """实际支出：退款是负数，冲减支出。"""
    return _yuan([payment for payment in centre.payments if _this_year(payment.paid_on, period)])


def _whole(centre: Centre, period: Period) -> Fraction:
    """批复预算加减预算调整，加上年结转。"""
    return _budget(centre, "approved", "adjusted", "carried", period=period)


def _is_unclear(centre: Centre, period: Period) -> bool:
    """12月批复而没有写明年度的，可能是下一年的预算：分母不明。"""
    return any(_has_no_year(one) and one.moved_on < period.end_day for one in centre.budget)


def funds_received_rate(centre: Centre, period: Period) -> Number | None:
    if _is_unclear(centre, period):
        return None
    return Number(
        _budget(centre, "received", period=period), _budget(centre, "approved", "adjusted", period=period)
    )


def budget_execution_rate(centre: Centre, period: Period) -> Number:
    return Number(_spent(centre, period), _budget(centre, "received", "carried", period=period))


def budget_execution_of_budget_rate(centre: Centre, period: Period) -> Number | None:
    if _is_unclear(centre, period):
        return None
    return Number(_spent(centre, period), _whole(centre, period))


def budget_adjustment_rate(centre: Centre, period: Period) -> Number | None:
    if _is_unclear(centre, period):
        return None
    changed = sum(map(abs, _moved(centre, "adjusted", period)))
    return Number(Fraction(changed, 100), _budget(centre, "approved", period=period))


def budget_carry_over_rate(centre: Centre, period: Period) -> Number | None:
    if _is_unclear(centre, period):
        return None
    whole = _whole(centre, period)
    return Number(whole - _spent(centre, period), whole)


def cost_saving_rate(centre: Centre, period: Period) -> Number | None:
    if _is_unclear(centre, period):
        return None
    whole = _whole(centre, period)
    return Number(whole - _yuan(_due_this_year(centre, period)), whole)


def payment_progress_rate(centre: Centre, period: Period) -> Number:
    paid = [payment for payment in centre.payments if within(payment.paid_on, period)]
    return Number(_yuan(paid), _yuan(due(centre, period)))


def cost_per_person(centre: Centre, period: Period) -> Number | None:
    people = [len(at_month_end(centre, month)) for month in backed(centre, period)]
    costs = _labour(centre, [one for one in centre.payments if within(_cost_of(one), period)])
    return Number(_yuan(costs), Fraction(sum(people), len(people))) if people and costs is not None else None


def _cost_of(payment: PaymentRecorded) -> date | None:
    """按所属期间归月，跨几个月的归最后一个月；没有写明或看不懂的按约定支付日，退款按退款日。"""
    month = FOR_PERIODS.get(payment.for_period or "")
    if month is not None:
        return month.first_day
    return payment.due_on if payment.amount_fen >= 0 else payment.paid_on


PLAIN: tuple[Plain, ...] = (
    payment_on_time_rate,
    payment_on_time_labour_rate,
    payment_on_time_amount_rate,
    payment_mean_delay,
    payment_overdue_amount,
    payment_within_30_days_of_acceptance_rate,
    funds_received_rate,
    budget_execution_rate,
    budget_execution_of_budget_rate,
    budget_adjustment_rate,
    budget_carry_over_rate,
    cost_saving_rate,
    payment_progress_rate,
    cost_per_person,
)
