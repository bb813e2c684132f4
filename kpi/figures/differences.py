"""A figure beside an earlier one of its indicator: by how much it differs, or why that cannot be said."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from kpi.figures.attainment import check_few
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators.indicator import Direction, Indicator
from kpi.figures.indicators.target import Sense
from tracker.periods import Period


class Course(StrEnum):
    """What a difference means."""

    BETTER = "改善"
    WORSE = "变差"
    SAME = "持平"
    NEITHER = ""  # more is neither better nor worse


@dataclass(frozen=True)
class FigureDifference:
    """A figure less an earlier one, both as printed; `amount` is None where they cannot be compared."""

    before: Period
    amount: Decimal | None = None
    course: Course = Course.NEITHER
    reason: str = ""  # a sentence; empty where they can be compared


def compare_figures(
    indicator: Indicator, now: Figure | None, before: Figure | None, period_before: Period
) -> FigureDifference:
    """The difference of two figures that are both 可核实, ended, counted by one version and not of too few.

    `indicator`: the definition of `now`. Of what runs from January, only the same span is compared.
    """
    reason = _find_obstacle(indicator, now, before, period_before)
    if reason or now is None or before is None or now.value is None or before.value is None:
        return FigureDifference(period_before, reason=reason)
    amount = now.value - before.value
    return FigureDifference(period_before, amount, _find_course(indicator, amount))


def _find_obstacle(
    indicator: Indicator, now: Figure | None, before: Figure | None, period_before: Period
) -> str:
    """Why two figures cannot be compared, the first reason of several; empty where they can."""
    if now is None:
        return "本期没有数字，不作比较。"
    for period, figure in ((now.period, now), (period_before, before)):
        obstacle = find_own_obstacle(indicator, figure)
        if obstacle:
            return f"{period.label}{obstacle}，不作比较。"
    assert before is not None
    if now.definition_version != before.definition_version:
        return (
            f"{now.period.label}按口径第{now.definition_version}版计算，"
            f"{period_before.label}按第{before.definition_version}版，口径不同，不作比较。"
        )
    if indicator.year_to_date and now.period.months[-1].month != period_before.months[-1].month:
        return "本指标自1月起累计，两期起止不同，不作比较。"
    return ""


def find_own_obstacle(indicator: Indicator, figure: Figure | None) -> str:
    """What about a figure keeps it from being compared with any other."""
    if figure is None:
        return "没有计算过的数字"
    if figure.status is not Status.VERIFIABLE or figure.value is None:
        return f"的数字{figure.status.value}"
    few = check_few(indicator, figure.denominator)
    if few is not None:
        return f"件数太少（{few.words}）"
    return "尚未结束" if figure.provisional else ""


def _find_course(indicator: Indicator, amount: Decimal) -> Course:
    """By the sense of the target, or the direction where there is none."""
    if not amount:
        return Course.SAME
    sense = indicator.target.sense if indicator.target else _SENSES.get(indicator.direction)
    if sense not in (Sense.AT_LEAST, Sense.AT_MOST):
        return Course.NEITHER
    return Course.BETTER if (amount > 0) is (sense is Sense.AT_LEAST) else Course.WORSE


_SENSES = {Direction.HIGHER: Sense.AT_LEAST, Direction.LOWER: Sense.AT_MOST}
