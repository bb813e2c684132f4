"""How a quarter's or a year's figure stands to the published figures of its months.

A locked month keeps the figure it was locked with, while the quarter above it is computed from what is known
now, or was locked at another time. Where the two do not come to the same, both are said, with the months
that make the difference.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from kpi.figures.definitions.in_force import Definitions
from kpi.figures.figure import Figure
from kpi.figures.indicators import Indicator
from kpi.figures.indicators.formula import Lowest, Median, Over, Part
from tracker.periods import Month, Period

ByPeriod = Mapping[str, Mapping[Period, Figure]]  # indicator → period → figure
FractionParts = tuple[Fraction, Fraction | None]  # numerator; denominator, None for a count


@dataclass(frozen=True)
class RestatedMonth:
    """A locked month of which the facts say something else by now."""

    published: Figure
    live: Figure

    @property
    def month(self) -> Period:
        return self.published.period

    @property
    def difference(self) -> FractionParts:
        """By how much numerator and denominator are more by now."""
        return _subtract(_get_parts(self.live), _get_parts(self.published))


@dataclass(frozen=True)
class MonthComparison:
    """A figure of a quarter or a year beside what its months come to, as they are published.

    `total` is the sum (of levels: the mean) of the months' numerators and denominators; None where it cannot
    be made of them: who was there at the start, variances, months counted by another definition.
    """

    indicator: Indicator
    figure: Figure
    locked: tuple[Figure, ...]  # the months that are locked, as they are published
    total: FractionParts | None
    moved: tuple[RestatedMonth, ...] = ()  # in order; empty where what the facts say now was not asked for
    live_total: FractionParts | None = None  # the total with what the facts say now of those that moved
    silent: tuple[Figure, ...] = ()  # months without a number, of which the period may have counted something

    @property
    def agrees(self) -> bool | None:
        """Whether both come to the same; None where there is no total."""
        return None if self.total is None else self.total == _get_parts(self.figure)

    @property
    def difference(self) -> FractionParts:
        """The figure's numerator and denominator less those of the total. Raises: ValueError without one."""
        if self.total is None:
            raise ValueError("there is no total to compare with")
        return _subtract(_get_parts(self.figure), self.total)

    @property
    def explained(self) -> bool:
        """Whether the months that moved make the whole difference."""
        return bool(self.moved) and self.live_total == _get_parts(self.figure)


MonthComparisons = Mapping[tuple[str, Period], MonthComparison]  # by indicator and period
NOT_COMPARED: MonthComparisons = MappingProxyType({})


def compare_with_months(definitions: Definitions, displayed: ByPeriod, live: ByPeriod) -> MonthComparisons:
    """Every shown figure of a quarter or a year that has locked months, beside those months.

    `live` holds what the facts say now of locked months; those that it has not are taken as unmoved.
    """
    comparisons: dict[tuple[str, Period], MonthComparison] = {}
    for key, by_period in displayed.items():
        for period, figure in by_period.items():
            if isinstance(period, Month) or figure.numerator is None:
                continue
            indicator = definitions.find_in_force(key, period)
            months = _list_months(indicator, period, by_period)
            if any(one.vintage for one in months):
                comparisons[key, period] = _compare(indicator, figure, months, live.get(key, {}))
    return comparisons


def _list_months(indicator: Indicator, period: Period, by_period: Mapping[Period, Figure]) -> list[Figure]:
    """The months that make up a period; of what runs from January, the last one alone."""
    months = [by_period[month] for month in period.months if month in by_period]
    return months[-1:] if indicator.year_to_date else months


def _compare(
    indicator: Indicator, figure: Figure, months: Sequence[Figure], live: Mapping[Period, Figure]
) -> MonthComparison:
    locked = tuple(one for one in months if one.vintage)
    now = {one.period: live.get(one.period, one) for one in locked}
    moved = tuple(
        RestatedMonth(one, now[one.period])
        for one in locked
        if _get_parts(now[one.period]) != _get_parts(one)
    )
    return MonthComparison(
        indicator,
        figure,
        locked,
        _sum_months(indicator, figure, months),
        moved,
        _sum_months(indicator, figure, [now.get(one.period, one) for one in months]),
        tuple(one for one in months if one.numerator is None),
    )


def _sum_months(indicator: Indicator, figure: Figure, months: Sequence[Figure]) -> FractionParts | None:
    with_numbers = [one for one in months if one.numerator is not None]
    formula = indicator.formula
    if {one.definition_version for one in months} != {figure.definition_version}:
        return None
    if isinstance(formula, Lowest | Median) and len(with_numbers) != 1:
        return None
    above = _combine_part(formula.numerator, [one.numerator or Fraction(0) for one in with_numbers])
    if formula.denominator is None:
        return None if above is None else (above, None)
    below = _combine_part(formula.denominator, [one.denominator or Fraction(0) for one in with_numbers])
    return None if above is None or below is None else (above, below)


def _combine_part(part: Part, of_months: Sequence[Fraction]) -> Fraction | None:
    """What a part comes to over several months, from what it is in each; None where it does not follow."""
    if len(of_months) == 1:
        return of_months[0]
    if any(term.over is not Over.ALL for term in part.terms):
        return None
    total = sum(of_months, Fraction(0))
    return total / len(of_months) if part.averaged and of_months else total


def _get_parts(figure: Figure) -> FractionParts:
    return figure.numerator or Fraction(0), figure.denominator


def _subtract(more: FractionParts, less: FractionParts) -> FractionParts:
    if more[1] is None and less[1] is None:
        return more[0] - less[0], None
    return more[0] - less[0], (more[1] or Fraction(0)) - (less[1] or Fraction(0))
