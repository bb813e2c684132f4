"""资金: the cards' words about payments and the budget."""

from datetime import date
from fractions import Fraction

from tests.kpi.from_cards.centre import Centre
from tests.kpi.from_cards.people import at_month_end
from tests.kpi.from_cards.plain import Number, Plain, share, within
from tracker.events.payments import PaymentRecorded
from tracker.periods import Period


def due(centre: Centre, period: Period) -> list[PaymentRecorded]:
    """约定支付日落在本期的款项；退款不算应付款。"""
    return [
        payment for payment in centre.payments if within(payment.due_on, period) and payment.amount_fen >= 0
    ]


def _on_time(payment: PaymentRecorded) -> bool:
    return payment.paid_on is not None and payment.paid_on <= payment.due_on


def _labour(payment: PaymentRecorded) -> bool:
    return any(word in payment.item for word in ("劳务", "工资", "薪"))


def _yuan(payments: list[PaymentRecorded]) -> Fraction:
    return Fraction(sum(payment.amount_fen for payment in payments), 100)


def payment_on_time_rate(centre: Centre, period: Period) -> Number:
    payments = due(centre, period)
    return share((one for one in payments if _on_time(one)), payments)


def payment_on_time_labour_rate(centre: Centre, period: Period) -> Number:
    payments = [payment for payment in due(centre, period) if _labour(payment)]
    return share((one for one in payments if _on_time(one)), payments)


def payment_on_time_amount_rate(centre: Centre, period: Period) -> Number:
    payments = due(centre, period)
    return Number(_yuan([payment for payment in payments if _on_time(payment)]), _yuan(payments))


def payment_mean_delay(centre: Centre, period: Period) -> Number:
    delays = [
        max(0, (payment.paid_on - payment.due_on).days)
        for payment in due(centre, period)
        if payment.paid_on is not None
    ]
    return Number(Fraction(sum(delays)), Fraction(len(delays)))


def _this_year(day: date | None, period: Period) -> bool:
    """本年1月以来，到本期期末。"""
    return day is not None and period.first_day.replace(month=1) <= day < period.end_day


def _moved(centre: Centre, movement: str, period: Period) -> Fraction:
    moved = [one for one in centre.budget if one.movement == movement and _this_year(one.moved_on, period)]
    return Fraction(sum(one.amount_fen for one in moved), 100)


def _spent(centre: Centre, period: Period) -> Fraction:
    """实际支出：退款是负数，冲减支出。"""
    return _yuan([payment for payment in centre.payments if _this_year(payment.paid_on, period)])


def funds_received_rate(centre: Centre, period: Period) -> Number:
    return Number(_moved(centre, "received", period), _moved(centre, "approved", period))


def budget_execution_rate(centre: Centre, period: Period) -> Number:
    return Number(_spent(centre, period), _moved(centre, "received", period))


def budget_execution_of_budget_rate(centre: Centre, period: Period) -> Number:
    budget = _moved(centre, "approved", period) + _moved(centre, "adjusted", period)
    return Number(_spent(centre, period), budget)


def cost_per_person(centre: Centre, period: Period) -> Number:
    people = [len(at_month_end(centre, month)) for month in period.months]
    paid = [one for one in centre.payments if within(one.paid_on, period) and _labour(one)]
    return Number(_yuan(paid), Fraction(sum(people), len(people)))


PLAIN: tuple[Plain, ...] = (
    payment_on_time_rate,
    payment_on_time_labour_rate,
    payment_on_time_amount_rate,
    payment_mean_delay,
    funds_received_rate,
    budget_execution_rate,
    budget_execution_of_budget_rate,
    cost_per_person,
)
