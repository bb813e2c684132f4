"""What each part contributes to the change of a figure between two periods; the contributions add up exactly.

A part has a numerator n and a denominator d in each period; over all parts these make N and D, and the rate
is R = N ÷ D. Where a part is there in both periods, its contribution is taken apart by the components of a
difference between two rates: E. M. Kitagawa, "Components of a Difference Between Two Rates", Journal of the
American Statistical Association 50 (1955), 1168–1194; Chinese statistics call them 固定构成影响 and 结构影响.
With the part's rate r = n ÷ d, its weight w = d ÷ D, and a bar for the mean of both periods:

- its own rate moved: (r₁ − r₀) × w̄;
- its weight moved: (w₁ − w₀) × (r̄ − R̄), so that more of what is better than the whole counts as a gain.

Days of different months have nothing to do with each other. They are set against the whole of the period
before, as observed against expected: (n₁ − R₀ × d₁) ÷ D₁.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Counted:
    """Numerator and denominator of a part in one period; `below` is None where the figure is a count."""

    above: Fraction
    below: Fraction | None


@dataclass(frozen=True)
class Contribution:
    """What a part adds to the change, in the figure's own unit before any factor."""

    own: Fraction  # because its own rate, or its number, moved
    weight: Fraction = Fraction(0)  # because its share of the whole moved, or it is there in one period only

    @property
    def total(self) -> Fraction:
        return self.own + self.weight


def compute_contributions(
    now: Mapping[Hashable, Counted], before: Mapping[Hashable, Counted]
) -> dict[Hashable, Contribution]:
    """Each part of either period with its contribution; all of them come to R₁ − R₀, or N₁ − N₀ of a count.

    Raises: ZeroDivisionError where one of the periods has nothing to divide by.
    """
    nothing = Counted(Fraction(0), Fraction(0))
    pairs = {key: (now.get(key, nothing), before.get(key, nothing)) for key in (*now, *before)}
    if any(one.below is None for one in (*now.values(), *before.values())):
        return {key: Contribution(here.above - there.above) for key, (here, there) in pairs.items()}
    whole_here, whole_there = add_up(now), add_up(before)
    return {key: _compare(here, whole_here, there, whole_there) for key, (here, there) in pairs.items()}


def compute_excesses(now: Mapping[Hashable, Counted], before: Counted) -> dict[Hashable, Contribution]:
    """Each part of this period against the whole of the period before; all of them come to R₁ − R₀.

    Raises: ZeroDivisionError where one of the periods has nothing to divide by.
    """
    expected = before.above / (before.below or Fraction(0))
    whole = add_up(now).below or Fraction(0)
    return {
        key: Contribution((one.above - expected * (one.below or Fraction(0))) / whole)
        for key, one in now.items()
    }


def add_up(parts: Mapping[Hashable, Counted]) -> Counted:
    """All parts together."""
    above = sum((one.above for one in parts.values()), Fraction(0))
    if any(one.below is None for one in parts.values()):
        return Counted(above, None)
    return Counted(above, sum((one.below or Fraction(0) for one in parts.values()), Fraction(0)))


def _compare(here: Counted, whole_here: Counted, there: Counted, whole_there: Counted) -> Contribution:
    """A part that one period lacks, or that has nothing to divide by there, has no rate to be compared."""
    weight_here, weight_there = _divide(here.below, whole_here), _divide(there.below, whole_there)
    middle = (_divide(whole_here.above, whole_here) + _divide(whole_there.above, whole_there)) / 2
    total = _divide(here.above, whole_here) - _divide(there.above, whole_there)
    total -= (weight_here - weight_there) * middle
    if not here.below or not there.below:
        return Contribution(Fraction(0), total)
    own = (here.above / here.below - there.above / there.below) * (weight_here + weight_there) / 2
    return Contribution(own, total - own)


def _divide(number: Fraction | None, whole: Counted) -> Fraction:
    return (number or Fraction(0)) / (whole.below or Fraction(0))
