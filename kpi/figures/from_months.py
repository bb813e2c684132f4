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
Parts = tuple[Fraction, Fraction | None]  # numerator; denominator, None for a count


@dataclass(frozen=True)
class Moved:
    """A locked month of which the facts say something else by now."""

    published: Figure
    live: Figure

    @property
    def month(self) -> Period:
        return self.published.period

    @property
    def difference(self) -> Parts:
        """By how much numerator and denominator are more by now."""
        return _less(_parts(self.live), _parts(self.published))


@dataclass(frozen=True)
class OfMonths:
    """A figure of a quarter or a year beside what its months come to, as they are published.

    `total` is the sum (of levels: the mean) of the months' numerators and denominators; None where it cannot
    be made of them: who was there at the start, variances, months counted by another definition.
    """

    indicator: Indicator
    figure: Figure
    locked: tuple[Figure, ...]  # the months that are locked, as they are published
    total: Parts | None
    moved: tuple[Moved, ...] = ()  # in order; empty where what the facts say now was not asked for
    live_total: Parts | None = None  # the total with what the facts say now of those that moved
    silent: tuple[Figure, ...] = ()  # months without a number, of which the period may have counted something

    @property
    def agrees(self) -> bool | None:
        """Whether both come to the same; None where there is no total."""
        return None if self.total is None else self.total == _parts(self.figure)

    @property
    def difference(self) -> Parts:
        """The figure's numerator and denominator less those of the total. Raises: ValueError without one."""
        if self.total is None:
            raise ValueError("there is no total to compare with")
        return _less(_parts(self.figure), self.total)

    @property
    def explained(self) -> bool:
        """Whether the months that moved make the whole difference."""
        return bool(self.moved) and self.live_total == _parts(self.figure)


Compared = Mapping[tuple[str, Period], OfMonths]  # by indicator and period
NOT_COMPARED: Compared = MappingProxyType({})


def compare_with_months(definitions: Definitions, shown: ByPeriod, live: ByPeriod) -> Compared:
    """Every shown figure of a quarter or a year that has locked months, beside those months.

    `live` holds what the facts say now of locked months; those that it has not are taken as unmoved.
    """
    found: dict[tuple[str, Period], OfMonths] = {}
    for key, by_period in shown.items():
        for period, figure in by_period.items():
            if isinstance(period, Month) or figure.numerator is None:
                continue
            indicator = definitions.in_force(key, period)
            months = _months(indicator, period, by_period)
            if any(one.vintage for one in months):
                found[key, period] = _compare(indicator, figure, months, live.get(key, {}))
    return found


def _months(indicator: Indicator, period: Period, by_period: Mapping[Period, Figure]) -> list[Figure]:
    """The months that make up a period; of what runs from January, the last one alone."""
    found = [by_period[month] for month in period.months if month in by_period]
    return found[-1:] if indicator.year_to_date else found


def _compare(
    indicator: Indicator, figure: Figure, months: Sequence[Figure], live: Mapping[Period, Figure]
) -> OfMonths:
    locked = tuple(one for one in months if one.vintage)
    now = {one.period: live.get(one.period, one) for one in locked}
    moved = tuple(Moved(one, now[one.period]) for one in locked if _parts(now[one.period]) != _parts(one))
    return OfMonths(
        indicator,
        figure,
        locked,
        _total(indicator, figure, months),
        moved,
        _total(indicator, figure, [now.get(one.period, one) for one in months]),
        tuple(one for one in months if one.numerator is None),
    )


def _total(indicator: Indicator, figure: Figure, months: Sequence[Figure]) -> Parts | None:
    counted = [one for one in months if one.numerator is not None]
    formula = indicator.formula
    if {one.definition_version for one in months} != {figure.definition_version}:
        return None
    if isinstance(formula, Lowest | Median) and len(counted) != 1:
        return None
    above = _combined(formula.numerator, [one.numerator or Fraction(0) for one in counted])
    if formula.denominator is None:
        return None if above is None else (above, None)
    below = _combined(formula.denominator, [one.denominator or Fraction(0) for one in counted])
    return None if above is None or below is None else (above, below)


def _combined(part: Part, of_months: Sequence[Fraction]) -> Fraction | None:
    """What a part comes to over several months, from what it is in each; None where it does not follow."""
    if len(of_months) == 1:
        return of_months[0]
    if any(term.over is not Over.ALL for term in part.terms):
        return None
    total = sum(of_months, Fraction(0))
    return total / len(of_months) if part.averaged and of_months else total


def _parts(figure: Figure) -> Parts:
    return figure.numerator or Fraction(0), figure.denominator


def _less(more: Parts, less: Parts) -> Parts:
    if more[1] is None and less[1] is None:
        return more[0] - less[0], None
    return more[0] - less[0], (more[1] or Fraction(0)) - (less[1] or Fraction(0))
