"""Numbers as evaluations print them, and shares as their files write them."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

from kpi.figures.indicators.indicator import round_exact
from kpi.figures.serializing import format_exact
from tracker.toml_file import read_exact_number

PLACES = 2


def show_points(points: Fraction) -> str:
    """A score with at most two places, half up: 2.60 is 2.6, 3.00 is 3."""
    return format_trimmed(round_exact(points, PLACES))


def show_parts(parts: Iterable[Fraction], start: Fraction = Fraction(0)) -> list[str]:
    """Scores laid end to end from `start`, written so that they add up to what `show_points` writes of each
    sum from the beginning: not the parts are rounded, but their ends."""
    ends = [round_exact(end, PLACES) for end in accumulate(parts, initial=start)]
    return [format_trimmed(end - begin) for begin, end in pairwise(ends)]


def show_number(value: Fraction, places: int = PLACES) -> str:
    """Exact where that is short, else half up at some places."""
    text = format_exact(value) or ""
    if "/" in text or len(text.partition(".")[2]) > 5:
        return format_trimmed(round_exact(value, places))
    return format_trimmed(Decimal(text))


def show_share(share: Fraction) -> str:
    """A share of one in per cent."""
    return f"{show_number(share * 100)}%"


def format_trimmed(number: Decimal) -> str:
    """Without zeros at the end, never in the form 1E+2."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def round_half_up_to(value: Fraction, places: int) -> Fraction:
    """Half up at the place, exact again."""
    return Fraction(round_exact(value, places))


def read_share(raw: Any) -> Fraction:
    """ "5%", "1/3" or 0.05 as a fraction of one. Raises: ValueError."""
    text = str(raw).strip()
    try:
        found = read_exact_number(text[:-1]) / 100 if text.endswith("%") else read_exact_number(raw)
    except ValueError:
        raise ValueError(f'应为比例，写成 "5%" 或 "1/3"，读到的是“{raw}”。') from None
    if not 0 <= found <= 1:
        raise ValueError(f"应在0与100%之间，读到的是“{raw}”。")
    return found
