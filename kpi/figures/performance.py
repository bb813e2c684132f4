"""How a figure does against its target, apart from how well it is proven: what pages colour it by."""

from enum import StrEnum
from fractions import Fraction

from kpi.figures.attainment import judge, judge_by
from kpi.figures.figure import Figure
from kpi.figures.indicators.indicator import Indicator
from kpi.figures.indicators.target import Attainment


class Performance(StrEnum):
    """Whether a figure does what its target asks."""

    MET = "met"
    MISSED = "missed"
    ON_TRACK = "ontrack"  # its period runs, and it would be met if it ended now
    BEHIND = "behind"  # its period runs, and it would be missed if it ended now
    NEUTRAL = "neutral"  # no target, no value, too few things, or what is unknown decides


def rate_performance(indicator: Indicator, figure: Figure | None) -> Performance:
    """A figure by the judgement of `judge`; of a running period by where it stands now.

    `indicator`: the definition that the figure was counted by.
    """
    judged = judge(indicator, figure)
    if judged is None or figure is None or indicator.target is None:
        return Performance.NEUTRAL
    if judged.attainment is not Attainment.OPEN:
        return _OF_ENDED.get(judged.attainment, Performance.NEUTRAL)
    if not figure.provisional:
        return Performance.NEUTRAL
    now = judge_by(indicator.target.sense, Fraction(indicator.target.bound), indicator, figure)
    return _OF_RUNNING.get(now.attainment if now else Attainment.OPEN, Performance.NEUTRAL)


_OF_ENDED = {Attainment.MET: Performance.MET, Attainment.MISSED: Performance.MISSED}
_OF_RUNNING = {Attainment.MET: Performance.ON_TRACK, Attainment.MISSED: Performance.BEHIND}
