"""Control totals: what a body outside says the number is (外部核对数据)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar, NamedTuple

from tracker.events.event import Event
from tracker.events.times import get_day_start
from tracker.events.title import Title


class TotalUnit(NamedTuple):
    """The unit in which a total is kept, and what others are worth in it."""

    name: str
    worth: dict[str, Decimal]
    places: int = 0  # decimal places that a value may have


def _make_count_unit(name: str, *same: str) -> TotalUnit:
    return TotalUnit(name, dict.fromkeys((name, *same), Decimal(1)))


_CALLS = _make_count_unit("通", "次", "个", "路")
_PEOPLE = _make_count_unit("人", "名", "人次")
_ORDERS = _make_count_unit("件", "张", "个", "单", "宗")
_RECORDINGS = _make_count_unit("条", "个", "通", "份")
_YUAN = TotalUnit(
    "元",
    {"元": Decimal(1), "分": Decimal("0.01"), "千元": Decimal(1000), "万元": Decimal(10_000)},
    places=2,
)

TOTALS: dict[str, tuple[str, TotalUnit]] = {  # what a total is of: its Chinese name, its unit
    "telecom_calls": ("运营商账单呼入通话数", _CALLS),
    "recordings": ("录音条数", _RECORDINGS),
    "platform_orders": ("上级平台工单数", _ORDERS),
    "platform_closed": ("上级平台办结数", _ORDERS),
    "bank_paid": ("银行流水支付金额", _YUAN),
    "payroll_heads": ("工资表人数", _PEOPLE),
    "insured_heads": ("社保参保人数", _PEOPLE),
}


class TotalProblem(ValueError):
    """外部核对数据未保存，原因见说明。"""


@dataclass(frozen=True, kw_only=True)
class TotalAsserted(Event):
    """A body outside the centre says what a number is; the centre's own log is held against it.

    Source: control totals (外部核对数据), one row per total, or a person who enters one.
    """

    type: ClassVar[str] = "total.asserted"
    type_title: ClassVar[str] = "填报外部核对数据"
    source: ClassVar[str] = "control_totals"

    kind: Annotated[str, Title("核对项目", words={key: title for key, (title, _) in TOTALS.items()})]
    first_day: Annotated[date, Title("起始日")]
    end_day: Annotated[date, Title("截止日（不含）")]  # exclusive
    value: Annotated[Decimal, Title("数值")]  # in the unit of its kind
    unit: Annotated[str, Title("单位")]
    issued_by: Annotated[str, Title("出具单位")]  # the body outside
    document: Annotated[
        str | None, Title("依据材料的SHA-256", code=True)
    ]  # SHA-256 of the paper it stands on
    stated_by: Annotated[str | None, Title("申报人")]  # None: a delivered table says so
    stated_at: Annotated[datetime | None, Title("申报时间")]

    @property
    def subject(self) -> str:
        return f"total/{self.kind}/{self.first_day.isoformat()}/{self.end_day.isoformat()}/{self.issued_by}"

    @property
    def occurred_at(self) -> datetime:
        return get_day_start(self.first_day)


def convert_to_own_unit(kind: str, value: Decimal, unit: str | None) -> Decimal:
    """A total's value in the unit of its kind; no unit means that one.

    Raises: TotalProblem for a foreign unit, a negative value, or parts of what has none.
    """
    title, own = TOTALS[kind]
    if unit is not None and unit not in own.worth:
        raise TotalProblem(f"{title}的单位是“{own.name}”，不能写“{unit}”。")
    exact = value * own.worth[unit or own.name]
    if exact < 0:
        raise TotalProblem(f"{title}不能是负数。")
    if exact != round(exact, own.places):
        raise TotalProblem(f"{title}应为{'精确到分的金额' if own.places else '整数'}，不能是{exact:f}。")
    return Decimal(f"{exact.normalize():f}")


TYPES = (TotalAsserted,)
THINGS = {"total": "外部核对数据"}
SOURCES = {"control_totals": "外部核对数据"}
