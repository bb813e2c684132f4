"""Whether a figure reaches its target: one judgement for pages, commands and papers."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import count

from kpi.figures.figure import Figure, Status
from kpi.figures.indicators.indicator import Indicator, round_half_up
from kpi.figures.indicators.target import Attainment, Sense


@dataclass(frozen=True)
class Judgement:
    """Whether a target is reached, and what must be said beside it; `remark` is empty where nothing must."""

    attainment: Attainment
    remark: str = ""

    @property
    def words(self) -> str:
        """达标, 未达标（精确值97.995%）, 未定（数据不全，上下限在目标两侧）."""
        return self.attainment.value + (f"（{self.remark}）" if self.remark else "")


def judge(indicator: Indicator, figure: Figure | None) -> Judgement | None:
    """A figure against the target of the definition that it was counted by.

    A figure that is 可核实 is judged by its exact value, one that is 部分可核实 by its bounds: it is reached
    where the worst case reaches it, missed where the best case misses it, else open. None where there is no
    target or no value.
    """
    target = indicator.target
    return None if target is None else judge_by(target.sense, Fraction(target.bound), indicator, figure)


def judge_by(sense: Sense, bound: Fraction, indicator: Indicator, figure: Figure | None) -> Judgement | None:
    """The same against a target that is not the definition's own, in the unit of the indicator."""
    exact = exact_value(indicator, figure)
    if figure is None or exact is None:
        return None
    if figure.status is not Status.PARTLY:
        attainment = sense.judge(exact, exact, bound)
        telling = _telling(sense, exact, bound, indicator.rounded(exact))
        return Judgement(attainment, f"精确值{telling}{indicator.unit}" if telling else "")
    if figure.low is None or figure.high is None:
        return Judgement(Attainment.OPEN, "数据不全，上下限无法估计")
    attainment = sense.judge(Fraction(figure.low), Fraction(figure.high), bound)
    remark = "数据不全，上下限在目标两侧" if attainment is Attainment.OPEN else ""
    return Judgement(attainment, remark)


def exact_value(indicator: Indicator, figure: Figure | None) -> Fraction | None:
    """A figure's value before rounding, by the definition that it was counted by; None where it has none."""
    if figure is None or figure.value is None or figure.numerator is None:
        return None
    above, below = figure.numerator * indicator.formula.times, figure.denominator
    return above if below is None else above / below


def telling_text(sense: Sense, exact: Fraction, bound: Fraction, printed: str) -> str:
    """A value as it is printed, or with so many more digits that it shows whether it meets the bound."""
    return _telling(sense, exact, bound, Decimal(printed)) or printed


def _telling(sense: Sense, exact: Fraction, bound: Fraction, printed: Decimal) -> str:
    """Digits that show whether a value meets a bound; empty where the printed ones do."""
    met = sense.met(exact, bound)
    if sense.met(Fraction(printed), bound) is met:
        return ""
    longer = (round_half_up(exact, places) for places in count(1))
    return str(next(one for one in longer if sense.met(Fraction(one), bound) is met))
