"""What the plain recomputations share: a number as the cards have it, and which days are of a period."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from tests.kpi.from_cards.centre import Centre
from tracker.events.times import get_day
from tracker.periods import Period


@dataclass(frozen=True)
class Number:
    """分子 and 分母, exact, in the units of the card; no 分母: 本指标是数量."""

    numerator: Fraction
    denominator: Fraction | None = None


Plain = Callable[[Centre, Period], Number | None]  # None: the card gives no number then


def share(part: Iterable[object], whole: Iterable[object]) -> Number:
    """How many are of the part, and of the whole."""
    return Number(Fraction(len(list(part))), Fraction(len(list(whole))))


def count(things: Iterable[object]) -> Number:
    """How many."""
    return Number(Fraction(len(list(things))))


def within(day: date | datetime | None, period: Period) -> bool:
    """A day, or the Beijing day of a moment, is of the period."""
    if isinstance(day, datetime):
        day = get_day(day)
    return day is not None and period.first_day <= day < period.end_day
