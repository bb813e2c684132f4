"""Payments against the days they were due."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa

from tracker.events.times import get_day
from tracker.facts.payments import payments
from tracker.periods import Period

MOST = 500  # payments listed


class PaidState(StrEnum):
    """What became of a payment by the last delivery."""

    ON_TIME = "按时"
    LATE = "逾期支付"
    OVERDUE = "到期未付"
    NOT_DUE = "未到期"
    UNKNOWN = "实付不明"  # nobody told whether it was paid, or the day was not understood


@dataclass(frozen=True)
class DuePayment:
    """A sum that was due in the period."""

    subject: str
    item: str
    for_period: str | None
    payee: str | None
    due_on: date
    paid_on: date | None
    amount_fen: int
    state: PaidState
    days_late: int | None  # against the due day; negative: early; None: not due yet, or unknown


@dataclass(frozen=True)
class PaymentDays:
    """A period's payments, as of the last delivery."""

    at: datetime
    payments: list[DuePayment]  # the first MOST by due day

    @property
    def items(self) -> list[str]:
        return list(dict.fromkeys(one.item for one in self.payments))


def read_payment_days(connection: sa.Connection, center: str, period: Period, at: datetime) -> PaymentDays:
    """The payments due in a period, by due day."""
    of = payments.c
    rows = (
        sa.select(
            of.subject,
            of.item,
            of.for_period,
            of.payee,
            of.due_on,
            of.paid_on,
            of.amount_fen,
            _is_paying_unknown,
        )
        .where(of.center_id == center, of.due_on >= period.first_day, of.due_on < period.end_day)
        .order_by(of.due_on, of.item, of.subject)
        .limit(MOST)
    )
    today = get_day(at)
    return PaymentDays(at, [_build_payment(today, *row) for row in connection.execute(rows).all()])


_is_paying_unknown = payments.c.unknown.like("% paid_on %")


def _build_payment(
    today: date,
    subject: str,
    item: str,
    for_period: str | None,
    payee: str | None,
    due_on: date,
    paid_on: date | None,
    amount_fen: int,
    is_unknown: bool,
) -> DuePayment:
    if is_unknown:
        state = PaidState.UNKNOWN
    elif paid_on is not None:
        state = PaidState.LATE if paid_on > due_on else PaidState.ON_TIME
    else:
        state = PaidState.OVERDUE if due_on < today else PaidState.NOT_DUE
    days = None if state in (PaidState.NOT_DUE, PaidState.UNKNOWN) else ((paid_on or today) - due_on).days
    return DuePayment(subject, item, for_period, payee, due_on, paid_on, amount_fen, state, days)
