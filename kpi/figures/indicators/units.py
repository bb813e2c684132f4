"""The units of what is counted, and of what is printed."""

from fractions import Fraction

from kpi.figures.indicators.formula import Part, Term
from kpi.figures.measures import MEASURES

_LARGER = {("毫秒", Fraction(1, 1000)): "秒", ("分", Fraction(1, 100)): "元"}
_LARGER["毫秒", Fraction(1, 60_000)] = "分钟"
_LARGER["毫秒", Fraction(1, 3_600_000)] = _LARGER["秒", Fraction(1, 3600)] = "小时"


def get_term_unit(term: Term) -> str:
    """The unit of what a term adds: the measure's, or the larger one that its factor makes of it."""
    unit = MEASURES[term.measure].unit
    return _LARGER.get((unit, abs(Fraction(term.times))), unit)


def get_part_unit(part: Part) -> str:
    """The unit of a numerator or denominator, which all its terms share."""
    return get_term_unit(part.terms[0])
