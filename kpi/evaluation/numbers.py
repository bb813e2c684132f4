"""Numbers as evaluations print them, and shares as their files write them."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from kpi.figures.indicators.indicator import round_half_up
from kpi.figures.serializing import exact
from tracker.toml_file import read_exact_number

PLACES = 2


def points_text(points: Fraction) -> str:
    """A score with at most two places, half up: 2.60 is 2.6, 3.00 is 3."""
    return trimmed(round_half_up(points, PLACES))


def number_text(value: Fraction, places: int = PLACES) -> str:
    """Exact where that is short, else half up at some places."""
    told = exact(value) or ""
    if "/" in told or len(told.partition(".")[2]) > 5:
        return trimmed(round_half_up(value, places))
    return trimmed(Decimal(told))


def share_text(share: Fraction) -> str:
    """A share of one in per cent."""
    return f"{number_text(share * 100)}%"


def trimmed(number: Decimal) -> str:
    """Without zeros at the end, never in the form 1E+2."""
    told = f"{number:f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def rounded(value: Fraction, places: int) -> Fraction:
    """Half up at the place, exact again."""
    return Fraction(round_half_up(value, places))


def share(given: Any) -> Fraction:
    """ "5%", "1/3" or 0.05 as a fraction of one. Raises: ValueError."""
    told = str(given).strip()
    try:
        found = read_exact_number(told[:-1]) / 100 if told.endswith("%") else read_exact_number(given)
    except ValueError:
        raise ValueError(f'应为比例，写成 "5%" 或 "1/3"，读到的是“{given}”。') from None
    if not 0 <= found <= 1:
        raise ValueError(f"应在0与100%之间，读到的是“{given}”。")
    return found
