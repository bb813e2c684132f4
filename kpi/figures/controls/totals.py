"""What each control total is held against, and how far the two may lie apart. `CONTROLS` is the registry."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kpi.figures.indicators.formula import Part, total
from kpi.figures.measures import MEASURES
from tracker.events.assertions import TOTALS

_EXACT = "逐笔（件、人）可核对的数，不留允许误差"
_CLOCKS = "两个系统的计时起点和月界不同，默认允许1%；与对方另有约定的，从其约定"


@dataclass(frozen=True)
class Tolerance:
    """How far two numbers may lie apart: the larger of an absolute and a relative margin, both inclusive."""

    absolute: Decimal
    relative: Decimal  # of what the body outside says
    source: str  # why so much

    def compute_margin(self, claimed: Decimal) -> Decimal:
        return max(self.absolute, self.relative * claimed)

    def allows(self, claimed: Decimal, difference: Decimal) -> bool:
        return abs(difference) <= self.compute_margin(claimed)

    @property
    def text(self) -> str:
        return f"±{self.relative * 100:f}%".replace(".00%", "%") if self.relative else "不留允许误差"


@dataclass(frozen=True, kw_only=True, eq=False)
class Control:
    """One kind of total, and what of the log it must come to."""

    key: str  # one of tracker.events.assertions.TOTALS
    part: Part  # in the total's unit
    about: str  # what of the log is counted
    tolerance: Tolerance
    remedy: str
    level: bool = False  # a number of people at a month's end: only a single month can be checked

    @property
    def title(self) -> str:
        return TOTALS[self.key][0]

    @property
    def unit(self) -> str:
        return TOTALS[self.key][1].name

    @property
    def needs(self) -> tuple[str, ...]:
        """The sources that must be covered before anything can be said."""
        return tuple(dict.fromkeys(need for term in self.part.terms for need in MEASURES[term.measure].needs))


_NONE = Tolerance(Decimal(0), Decimal(0), _EXACT)
_ONE_PERCENT = Tolerance(Decimal(0), Decimal("0.01"), _CLOCKS)

CONTROLS: dict[str, Control] = {
    control.key: control
    for control in (
        Control(
            key="telecom_calls", part=total("calls_inbound"), tolerance=_ONE_PERCENT,
            about="话单中的呼入电话，按进入系统的日期；在语音导航中结束的也算",
            remedy="请运营商提供按日的呼入明细，与话单逐日比对；话单少的日子，请平台供应商补报。",
        ),
        Control(
            key="recordings", part=total("calls_answered"), tolerance=_ONE_PERCENT,
            about="话单中由座席接听的呼入电话",
            remedy="请录音系统导出录音清单并导入，再看数据勾稽表中没有录音的接听和没有接听的录音。",
        ),
        Control(
            key="platform_orders", part=total("work_orders_opened"), tolerance=_NONE,
            about="受理时间落在期内的工单，同一编号算一件",
            remedy="请向上级平台索取工单编号清单，找出只在一方的编号；多为月末受理的归月不同，或有工单没有回传。",
        ),
        Control(
            key="platform_closed", part=total("work_orders_closed_in_period"), tolerance=_NONE,
            about="办结时间落在期内的工单，不论何时受理",
            remedy="请向上级平台索取办结清单，逐件核对办结时间；退回重办的工单以最后一次办结为准。",
        ),
        Control(
            key="bank_paid", part=total("payments_paid_fen", times=Fraction(1, 100)), tolerance=_NONE,
            about="支付明细中实际支付日落在期内的金额",
            remedy="请对照银行流水逐笔核对支付明细的实际支付日和金额；漏登的补报支付明细。",
        ),
        Control(
            key="payroll_heads", part=total("staff_at_month_end"), tolerance=_NONE, level=True,
            about="花名册上月末在岗的人",
            remedy="请逐人核对工资表和花名册；当月离职仍发工资的人，在备注中列出。",
        ),
        Control(
            key="insured_heads", part=total("staff_at_month_end"), tolerance=_NONE, level=True,
            about="花名册上月末在岗的人",
            remedy="请逐人核对社保缴费名单和花名册；新入职未参保的请补缴，已离职未停保的请停保。",
        ),
    )
}  # fmt: skip
