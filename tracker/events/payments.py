"""Money: payments against their due day, and the budget."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from tracker.events.event import Event
from tracker.events.times import day_start


@dataclass(frozen=True, kw_only=True)
class PaymentRecorded(Event):
    """A sum was due on an agreed day, and was paid or not; or one that was paid came back.

    Source: payment details (支付明细), one row per voucher or per sum due.
    """

    type: ClassVar[str] = "payment.recorded"
    source: ClassVar[str] = "payments"

    payment_id: str  # voucher number, or item/period/payee where none is given yet
    item: str  # 费用项目
    for_period: str | None = None  # 所属期间, as written
    payee: str | None = None
    due_on: date
    paid_on: date | None = None  # bank or treasury confirmation; None: unpaid
    goods_accepted_on: date | None = None  # goods or services were accepted; None: nothing was
    amount_fen: int  # negative: a refund, received on paid_on
    voided: bool | None = (
        None  # the list says that it is void: nothing is due; left out where no column tells
    )

    @property
    def subject(self) -> str:
        return f"payment/{self.payment_id}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.paid_on or self.due_on)


@dataclass(frozen=True, kw_only=True)
class BudgetMoved(Event):
    """Budget was approved, received, adjusted, taken back, or carried over from the year before.

    Source: budget table (预算), one row per document and item.
    """

    type: ClassVar[str] = "budget.moved"
    source: ClassVar[str] = "budget"

    moved_on: date
    movement: str  # approved | received | adjusted | returned | carried
    item: str
    amount_fen: int  # positive; `adjusted` may be negative
    document: str | None = None
    budget_year: int | None = None  # whose budget it is; None: the year of the day
    voided: bool | None = None  # the list says that it is void; left out where no column tells

    @property
    def subject(self) -> str:
        return f"budget/{self.movement}/{self.document or self.moved_on.isoformat()}/{self.item}"

    @property
    def occurred_at(self) -> datetime:
        return day_start(self.moved_on)


TYPES = (PaymentRecorded, BudgetMoved)
