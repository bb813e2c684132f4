"""Money: payments against their due day, and the budget."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, ClassVar

from tracker.events.event import Event
from tracker.events.times import get_day_start
from tracker.events.title import Title

MOVEMENTS = {
    "approved": "预算批复",
    "received": "资金到位",
    "adjusted": "预算调整",
    "returned": "财政收回",
    "carried": "上年结转",
}


@dataclass(frozen=True, kw_only=True)
class PaymentRecorded(Event):
    """A sum was due on an agreed day, and was paid or not; or one that was paid came back.

    Source: payment details (支付明细), one row per voucher or per sum due.
    """

    type: ClassVar[str] = "payment.recorded"
    type_title: ClassVar[str] = "登记支付"
    source: ClassVar[str] = "payments"

    # voucher number, or item/period/payee where none is given yet
    payment_id: Annotated[str, Title("凭证号", code=True)]
    item: Annotated[str, Title("费用项目")]
    for_period: Annotated[str | None, Title("所属期间")] = None  # as written
    payee: Annotated[str | None, Title("收款单位")] = None
    due_on: Annotated[date, Title("到期日")]
    paid_on: Annotated[date | None, Title("实际支付日")] = None  # bank or treasury confirmation; None: unpaid
    # goods or services were accepted; None: nothing was
    goods_accepted_on: Annotated[date | None, Title("验收日期")] = None
    amount_fen: Annotated[int, Title("金额", unit="分")]  # negative: a refund, received on paid_on
    # the list says that it is void: nothing is due; left out where no column tells
    voided: Annotated[bool | None, Title("已作废")] = None

    @property
    def subject(self) -> str:
        return f"payment/{self.payment_id}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.paid_on or self.due_on)


@dataclass(frozen=True, kw_only=True)
class BudgetMoved(Event):
    """Budget was approved, received, adjusted, taken back, or carried over from the year before.

    Source: budget table (预算), one row per document and item.
    """

    type: ClassVar[str] = "budget.moved"
    type_title: ClassVar[str] = "预算变动"
    source: ClassVar[str] = "budget"

    moved_on: Annotated[date, Title("日期")]
    # approved | received | adjusted | returned | carried
    movement: Annotated[str, Title("变动类型", words=MOVEMENTS)]
    item: Annotated[str, Title("费用项目")]
    amount_fen: Annotated[int, Title("金额", unit="分")]  # positive; `adjusted` may be negative
    document: Annotated[str | None, Title("文号")] = None
    # whose budget it is; None: the year of the day
    budget_year: Annotated[int | None, Title("预算年度")] = None
    # the list says that it is void; left out where no column tells
    voided: Annotated[bool | None, Title("已作废")] = None

    @property
    def subject(self) -> str:
        return f"budget/{self.movement}/{self.document or self.moved_on.isoformat()}/{self.item}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.moved_on)


TYPES = (PaymentRecorded, BudgetMoved)
THINGS = {"payment": "支付", "budget": "预算"}
SOURCES = {"payments": "支付明细", "budget": "预算"}
