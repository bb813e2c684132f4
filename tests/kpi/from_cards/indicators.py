"""Every indicator's plain recomputation by its key, and how its numbers are held against what is shown."""

from decimal import Decimal
from fractions import Fraction

from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from tests.kpi.from_cards.centre import YEAR
from tests.kpi.from_cards.plain import Number, Plain
from tracker.modules import find_modules
from tracker.periods import Period, list_periods

PLAIN: dict[str, Plain] = {
    one.__name__: one for module in find_modules("PLAIN", str(__package__)) for one in module.PLAIN
}
PERIODS = list_periods(YEAR.year)
Shown = dict[str, dict[Period, Figure]]

Numbers = tuple[Fraction | None, Fraction | None, Decimal] | None


def as_shown(figure: Figure) -> Numbers:
    """None: no value is shown."""
    return None if figure.value is None else (figure.numerator, figure.denominator, figure.value)


def as_carded(key: str, number: Number | None) -> Numbers:
    """With the value rounded as the card says; none where there is nothing to divide by."""
    value = true_value(key, number)
    if number is None or value is None:
        return None
    return number.numerator, number.denominator, _half_up(value, INDICATORS[key].scale)


def true_value(key: str, number: Number | None) -> Fraction | None:
    """Not rounded, in the unit that is shown."""
    if number is None or number.denominator == 0:
        return None
    return number.numerator / (number.denominator or 1) * (100 if INDICATORS[key].unit == "%" else 1)


def _half_up(value: Fraction, places: int) -> Decimal:
    """四舍五入：a tie goes away from zero."""
    whole = int(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)
