"""Payments and budget movements."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from tracker.facts.fact import Fact, Row, Slots, day, fact_table, unknown, unknown_column

_BY_PAYING = {"title": "实际支付日", "by": ("paid_on",)}

payments = fact_table(
    "payments",
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("for_period", sa.Text),
    sa.Column("payee", sa.Text),
    sa.Column("due_on", sa.Date),  # None: a refund, which nobody owed
    sa.Column("paid_on", sa.Date, info={"title": "实际支付日"}),  # None: unpaid
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("on_time", sa.Boolean, info=_BY_PAYING),  # paid no later than due; None: unpaid, refund
    sa.Column("late_days", sa.Integer, info=_BY_PAYING),  # calendar days after the due day; None: as on_time
    unknown_column(),
)

budget = fact_table(
    "budget",
    sa.Column("moved_on", sa.Date, nullable=False),
    sa.Column("movement", sa.Text, nullable=False),  # approved | received | adjusted | returned
    sa.Column("item", sa.Text, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("document", sa.Text),
)


def _payment(slots: Slots) -> list[Row]:
    data: Any = slots[""].data
    due_on = None if data["amount_fen"] < 0 else data["due_on"]
    late_days = _late_days(due_on, data.get("paid_on"))
    on_time = None if late_days is None else late_days == 0
    item, for_period, payee, paid_on = (data.get(name) for name in ("item", "for_period", "payee", "paid_on"))
    row = (item, for_period, payee, due_on, paid_on, data["amount_fen"], on_time, late_days)
    return [(*row, unknown(data, ("paid_on",)))]


def _late_days(due_on: str | None, paid_on: str | None) -> int | None:
    if due_on is None or paid_on is None:
        return None
    return max(0, (date.fromisoformat(paid_on) - date.fromisoformat(due_on)).days)


def _movement(slots: Slots) -> list[Row]:
    data = slots[""].data
    return [
        (day(data["moved_on"]), data["movement"], data["item"], data["amount_fen"], data.get("document")),
    ]


PAYMENTS = Fact(table=payments, kind="payment", days=("due_on", "paid_on"), rows=_payment)
BUDGET = Fact(table=budget, kind="budget", days=("moved_on",), rows=_movement)
